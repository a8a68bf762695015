import type { DurableUrls, HostReply, HostRequest } from '../durableExtension.ts';
import type { Warnings } from '../warnings.ts';
import { readApiPath } from './apiPath.ts';
import { readListFilter, readPurgeFilter } from './instanceQuery.ts';
import type { Management, SendOutcome } from './management.ts';
import { startedUrls } from './managementUrls.ts';
import { statusBody, type StatusView } from './statusBody.ts';
import { isFinished } from './instanceRecord.ts';

/** What the HTTP API is built from. */
export interface HttpApiOptions {
  readonly management: Management;
  readonly urls: DurableUrls;
  readonly hub: string;
  readonly warnings: Warnings;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

const empty = (status: number): HostReply => ({ status, headers: {} });

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HostReply => ({
  status,
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify(body),
});

const errorBody = (message: string, exception: string, type: string): object => ({
  Message: message,
  ExceptionMessage: exception,
  ExceptionType: type,
  StackTrace: '   at the local host',
});

const badJson = (exception: string): HostReply =>
  json(400, errorBody('Invalid JSON content', exception, 'Newtonsoft.Json.JsonReaderException'));

/** The management API of the Durable extension. @param rest the path below the mount, as sent. */
export function handleManagement(options: HttpApiOptions, request: HostRequest, rest: string): HostReply {
  const path = readApiPath(rest);
  if (!path) return empty(404);
  const [id, verb, word] = path.segments;
  if (path.collection === 'orchestrators' && id !== undefined) return start(options, request, id, verb);
  if (path.collection !== 'instances') return empty(404);
  if (id === undefined) return onCollection(options, request);
  if (verb === undefined) return onInstance(options, request, id);
  return request.method === 'POST'
    ? onVerb(options, request, { id, verb: verb.toLowerCase(), word })
    : empty(404);
}

function start(
  options: HttpApiOptions,
  request: HostRequest,
  name: string,
  id: string | undefined,
): HostReply {
  if (request.method !== 'POST') return empty(404);
  const input = readJson(request.body.toString('utf8'));
  if (input === undefined) return badJson('Unexpected character encountered while parsing value.');
  const outcome = options.management.start(name, id, input);
  return outcome.status === 202
    ? started(options, outcome.id)
    : json(409, {
        Message: `An Orchestration instance with the status ${outcome.runtimeStatus} already exists.`,
      });
}

function started(options: HttpApiOptions, id: string): HostReply {
  const urls = startedUrls(options.urls, options.hub, id);
  return json(202, urls, { location: urls['statusQueryGetUri'] ?? '', 'retry-after': '10' });
}

/** Compact JSON text, null for an empty body, undefined for text that is no JSON. */
function readJson(text: string): string | null | undefined {
  if (text.trim() === '') return null;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function onCollection(options: HttpApiOptions, request: HostRequest): HostReply {
  if (request.method === 'GET') return list(options, request);
  return request.method === 'DELETE' ? purgeBy(options, request) : empty(404);
}

function list({ management, warnings }: HttpApiOptions, request: HostRequest): HostReply {
  const { filter, dropped } = readListFilter(request.query);
  if (dropped.length > 0)
    warnings.warn('H25', 'list', `ignored, so everything is listed: ${dropped.join(', ')}`);
  const token = request.headers['x-ms-continuation-token'];
  const from = token === undefined || token === '' ? '' : Buffer.from(token, 'base64').toString('utf8');
  const rest = management.list(filter).filter((record) => record.head.instanceId >= from);
  const top = Number(request.query.get('top') ?? 0);
  const page = top > 0 ? rest.slice(0, top) : rest;
  const next = rest[page.length];
  const more = next && {
    'x-ms-continuation-token': Buffer.from(next.head.instanceId, 'utf8').toString('base64'),
  };
  const view = viewOf(request.query);
  return json(
    200,
    page.map((record) => statusBody(record, view)),
    more ?? {},
  );
}

function purgeBy({ management, warnings }: HttpApiOptions, request: HostRequest): HostReply {
  const query = readPurgeFilter(request.query);
  if (!query) return json(400, "Please provide value for 'createdTimeFrom' parameter.");
  if (!query.filter.statuses)
    warnings.warn('H25', 'purge', 'no finished status in the filter: running instances go too');
  const instancesDeleted = management.purgeBy(query.filter);
  return instancesDeleted === 0 ? empty(404) : json(200, { instancesDeleted });
}

function onInstance(options: HttpApiOptions, request: HostRequest, id: string): HostReply {
  if (request.method === 'GET') return status(options, request, id);
  return request.method === 'DELETE' ? purge(options, id) : empty(404);
}

function status({ management, urls, hub }: HttpApiOptions, request: HostRequest, id: string): HostReply {
  const record = management.record(id);
  if (!record) return empty(404);
  const body = statusBody(record, viewOf(request.query));
  if (!isFinished(record.head.status)) {
    const location = startedUrls(urls, hub, id)['statusQueryGetUri'] ?? '';
    return json(202, body, { location, 'retry-after': '5' });
  }
  const isShownAsError =
    isOn(request.query, 'returnInternalServerErrorOnFailure') && record.head.status === 'Failed';
  return json(isShownAsError ? 500 : 200, body);
}

const isOn = (query: URLSearchParams, name: string, otherwise = false): boolean => {
  const text = query.get(name);
  return text === null ? otherwise : text.toLowerCase() === 'true';
};

const viewOf = (query: URLSearchParams): StatusView => ({
  showInput: isOn(query, 'showInput', true),
  showHistory: isOn(query, 'showHistory'),
  showHistoryOutput: isOn(query, 'showHistoryOutput'),
});

function purge({ management }: HttpApiOptions, id: string): HostReply {
  const outcome = management.purge(id);
  if (outcome.status === 404) return empty(404);
  if (outcome.status === 200) return json(200, { instancesDeleted: outcome.instancesDeleted });
  return json(
    412,
    `Only orchestrations in a terminal state can be purged, but the orchestration with instance ID ${id} has status ${outcome.runtimeStatus}`,
  );
}

interface VerbCall {
  readonly id: string;
  readonly verb: string;
  readonly word: string | undefined;
}

function onVerb(options: HttpApiOptions, request: HostRequest, { id, verb, word }: VerbCall): HostReply {
  const { management } = options;
  const reason = request.query.get('reason');
  switch (verb) {
    case 'raiseevent':
      return word === undefined ? empty(404) : raise(options, request, id, word);
    case 'terminate':
      return sent(management.terminate(id, reason), verb, id);
    case 'suspend':
      return sent(management.suspend(id, reason), verb, id);
    case 'resume':
      return sent(management.resume(id, reason), verb, id);
    case 'rewind':
      return rewind(options, id);
    case 'restart':
      return restart(options, request, id);
    default:
      return empty(404);
  }
}

function sent(outcome: SendOutcome, verb: string, id: string): HostReply {
  if (outcome.status !== 500) return empty(outcome.status);
  const text = `Cannot ${verb} the orchestration instance ${id} because instance is in the ${outcome.runtimeStatus} state.`;
  return json(
    500,
    errorBody('Something went wrong while processing your request', text, 'System.InvalidOperationException'),
  );
}

function raise({ management }: HttpApiOptions, request: HostRequest, id: string, event: string): HostReply {
  const record = management.record(id);
  if (!record || isFinished(record.head.status)) return empty(management.raise(id, event, 'null').status);
  if (!/^application\/json/i.test(request.headers['content-type'] ?? ''))
    return json(400, { Message: 'Only application/json request content is supported' });
  const data = readJson(request.body.toString('utf8'));
  if (data === null) return badJson("Error reading JToken from JsonReader. Path '', line 0, position 0.");
  if (data === undefined) return badJson('Unexpected character encountered while parsing value.');
  return empty(management.raise(id, event, data).status);
}

// A rewind rewrites a history in place; the local host leaves that out.
function rewind({ management }: HttpApiOptions, id: string): HostReply {
  const record = management.record(id);
  if (!record) return json(404, `No orchestration with instance ID "$${id}" found.`);
  if (record.head.status === 'Failed') return empty(501);
  return json(
    412,
    `This orchestration has status ${record.head.status}, but only orchestrations in the "Failed" state can be rewound.`,
  );
}

function restart(options: HttpApiOptions, request: HostRequest, id: string): HostReply {
  const record = options.management.record(id);
  if (!record) {
    const text = `No instance with ID '${id}' was found. (Parameter 'instanceId')`;
    return json(
      400,
      errorBody(
        'InstanceId does not match a valid orchestration instance.',
        text,
        'System.ArgumentException',
      ),
    );
  }
  const isNew = isOn(request.query, 'restartWithNewInstanceId', true);
  const outcome = options.management.start(record.head.name, isNew ? undefined : id, record.head.input);
  return outcome.status === 202 ? started(options, outcome.id) : empty(409);
}
