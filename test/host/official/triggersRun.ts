import type { RecordedCall } from './callRecorder.ts';
import { differ } from './compareConversation.ts';
import { playExchange } from './managementRun.ts';
import { shapeOf } from './normalise.ts';
import { keys, type OfficialWorld } from './officialWorld.ts';
import type { Exchange, TriggerLine } from './recordings.ts';

const SETTLE_MS = 5_000;
const TWO_MINUTES_MS = 120_000;

/**
 * Causes what a recorded trigger call was caused by and compares reply and call.
 *
 * @param earlier calls of the conversations, in which the raw forms of durable functions are looked up.
 */
export async function playTrigger(
  world: OfficialWorld,
  line: TriggerLine,
  earlier: readonly RecordedCall[],
): Promise<readonly string[]> {
  if (line.caller) return playCaller(world, line, line.caller);
  if (line.trigger === 'queue') return playQueue(world, line);
  if (line.trigger === 'http') await playRequest(world, line);
  if (line.trigger === 'timer') await playTimer(world, line);
  return compareCall(line, [...earlier, ...world.recorder.calls]);
}

async function playCaller(
  world: OfficialWorld,
  line: TriggerLine,
  caller: Exchange,
): Promise<readonly string[]> {
  const before = world.recorder.calls.length;
  const key = caller.requestHeaders?.['x-functions-key'];
  const withKey = key?.includes('master')
    ? { ...caller.requestHeaders, 'x-functions-key': keys.master }
    : caller.requestHeaders;
  const bare = { ...caller, ...(withKey ? { requestHeaders: withKey } : {}) };
  const reply = await playExchange(world, bare, []);
  const calls = world.recorder.calls.slice(before).filter((call) => call.functionName === line.functionName);
  if (line.functionName === null)
    return [
      ...reply,
      ...differ(
        'calls',
        0,
        world.recorder.calls.slice(before).filter((call) => call.triggerType !== 'timerTrigger').length,
      ),
    ];
  return [...reply, ...compareCall(line, calls)];
}

/** A call whose HTTP exchange was not kept is made again from the request the app received. */
async function playRequest(world: OfficialWorld, { request }: TriggerLine): Promise<void> {
  const http = request?.inputData[0]?.data['http'] as
    { method: string; url: string; body?: { bytes?: { utf8?: string } } | null } | undefined;
  if (!http) return;
  const { pathname, search } = new URL(http.url);
  const body = http.body?.bytes?.utf8;
  const headers = { 'content-type': 'application/json' };
  await world.call({
    method: http.method,
    path: pathname + search,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

async function playQueue(world: OfficialWorld, line: TriggerLine): Promise<readonly string[]> {
  const before = world.recorder.calls.length;
  const text = String(line.request?.inputData[0]?.data['string'] ?? '');
  await world.queues.put('work-items', Buffer.from(text, 'utf8').toString('base64'));
  await world.clock.runFor(SETTLE_MS);
  return compareCall(line, world.recorder.calls.slice(before));
}

async function playTimer(world: OfficialWorld, line: TriggerLine): Promise<void> {
  if (/admin/.test(line.note ?? '')) {
    const isWithInput = Object.keys(line.request?.triggerMetadata ?? {}).length > 1;
    const body = JSON.stringify(isWithInput ? { input: 'x' } : {});
    const headers = { 'content-type': 'application/json', 'x-functions-key': keys.master };
    await world.call({ method: 'POST', path: `/admin/functions/${line.functionName ?? ''}`, headers, body });
  }
  await world.clock.runFor(TWO_MINUTES_MS);
}

/** Equal when any local call of the function has the recorded kinds and keys; otherwise the nearest is shown. */
function compareCall(line: TriggerLine, calls: readonly RecordedCall[]): readonly string[] {
  const own = calls.filter((call) => call.functionName === line.functionName);
  const recorded = recordedShape(line);
  if (own.some((call) => differ('', recorded, localShape(call)).length === 0)) return [];
  return differ(`call of ${line.functionName ?? 'nothing'}`, recorded, own[0] && localShape(own[0]));
}

const recordedShape = ({ request, response }: TriggerLine): unknown => ({
  input: request?.inputData.map(({ data }) => inputShape(data)),
  metadata: metadataShape(request?.triggerMetadata ?? {}),
  answer: response?.['failed'] === true ? 'failed' : returnShape(response?.['returnValue']),
});

const localShape = (call: RecordedCall): unknown => ({
  input: call.inputData.map(({ data }) => inputShape(data as Record<string, unknown>)),
  metadata: metadataShape(call.triggerMetadata),
  answer: call.response && 'failed' in call.response ? 'failed' : returnShape(call.response?.returnValue),
});

/** Kind of a typed value; an HTTP request shows its keys, JSON its inner kinds. */
function inputShape(data: Readonly<Record<string, unknown>>): unknown {
  if (typeof data['json'] === 'string') return { json: shapeOf(JSON.parse(data['json'])) };
  if (typeof data['http'] !== 'object' || data['http'] === null)
    return Object.keys(data).filter((key) => data[key] !== undefined);
  const { nullableHeaders: _headers, body, ...http } = data['http'] as Record<string, unknown>;
  return {
    http: { ...(shapeOf(withoutEmpty(http)) as object), hasBody: body !== null && body !== undefined },
  };
}

// Empty fields of the wire form carry nothing: the library never reads them.
const withoutEmpty = (http: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(
    Object.entries(http).filter(
      ([key, value]) =>
        value !== null &&
        value !== '' &&
        value !== false &&
        key !== 'identities' &&
        JSON.stringify(value) !== '{}' &&
        JSON.stringify(value) !== '[]',
    ),
  );

const metadataShape = (metadata: Readonly<Record<string, unknown>>): unknown => shapeOf(metadata);

function returnShape(value: unknown): unknown {
  const { http, ...rest } = (value ?? {}) as { http?: Record<string, unknown> };
  if (!http) return Object.keys(rest);
  return { status: http['statusCode'], headers: Object.keys((http['headers'] ?? {}) as object).sort() };
}
