import type { InvocationContext } from '@azure/functions';
import { OrchestrationRuntimeStatus, getClient, type DurableClient } from 'durable-functions';
import type { Json } from '../arm/call.ts';

/** How an instance of a flow stands, as far as the platform knows; the ledger is the truth. */
export type FlowStatus = 'pending' | 'running' | 'completed' | 'failed' | 'terminated';

/**
 * The only door to Durable Functions' client. Ids match `^[a-z0-9][a-z0-9-]{0,63}$`, event names `^(step|job)-\d{1,6}$`;
 * anything else throws before it reaches the client.
 */
export interface Flows {
  /** Starts an instance; `exists` when one of that id is pending or running. Never called for an id that has ended. */
  start(orchestration: string, instanceId: string, input: Json): Promise<'started' | 'exists'>;
  /** Raises an event; `ended` and `missing` are answers, not errors. */
  raise(instanceId: string, eventName: string, payload: Json): Promise<'raised' | 'ended' | 'missing'>;
  /** Undefined when no instance has that id. */
  status(instanceId: string): Promise<FlowStatus | undefined>;
  /** Removes the history of one ended instance; a missing one is fine, a running one is left alone. */
  purge(instanceId: string): Promise<void>;
}

const instanceIdGrammar = /^[a-z0-9][a-z0-9-]{0,63}$/;
const eventNameGrammar = /^(step|job)-\d{1,6}$/;

/** The id as given. @throws RangeError when Durable Functions must not see it: it would read it as part of a path or query. */
function checkedInstanceId(id: string): string {
  if (!instanceIdGrammar.test(id))
    throw new RangeError('An instance id is [a-z0-9-], at most 64 characters.');
  return id;
}

/** The name as given. @throws RangeError for a name that is not ours: a number, for one, completes the task of that number. */
function checkedEventName(name: string): string {
  if (!eventNameGrammar.test(name)) throw new RangeError('An event name is step-<n> or job-<n>.');
  return name;
}

/** The name as given. @throws RangeError when it is more than a plain word: an unknown name hangs or ends the instance. */
function checkedOrchestrationName(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(name))
    throw new RangeError('An orchestration is named by letters and digits.');
  return name;
}

/** The members of Durable Functions' client that are used; no purge by filter, no terminate, no suspend. */
export type FlowClient = Pick<
  DurableClient,
  'startNew' | 'raiseEvent' | 'getStatus' | 'purgeInstanceHistory'
>;

/** The flows behind the Durable client input of an invocation (`extraInputs: [df.input.durableClient()]`). */
export const durableFlows = (context: InvocationContext): Flows => flowsOf(getClient(context));

/** The flows behind a client. The client tells answers apart by the text of its errors alone. */
export function flowsOf(client: FlowClient): Flows {
  return {
    start: (orchestration, instanceId, input) => start(client, orchestration, instanceId, input),
    raise: (instanceId, eventName, payload) => raise(client, instanceId, eventName, payload),
    status: (instanceId) => statusOf(client, instanceId),
    purge: (instanceId) => purge(client, instanceId),
  };
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const isMissing = (error: unknown): boolean => /No instance with ID|replied with HTTP 404/.test(said(error));
const hasStatus = (error: unknown, status: number): boolean =>
  said(error).includes(`unexpected status code: ${status}.`);

async function start(
  client: FlowClient,
  orchestration: string,
  instanceId: string,
  input: Json,
): Promise<'started' | 'exists'> {
  const name = checkedOrchestrationName(orchestration);
  try {
    await client.startNew(name, { instanceId: checkedInstanceId(instanceId), input });
    return 'started';
  } catch (error) {
    if (hasStatus(error, 409)) return 'exists';
    throw error;
  }
}

// A 410 (the instance has ended) resolves like a 202 in the client, so `ended` is not told apart from `raised`.
async function raise(
  client: FlowClient,
  instanceId: string,
  eventName: string,
  payload: Json,
): Promise<'raised' | 'missing'> {
  const [id, name] = [checkedInstanceId(instanceId), checkedEventName(eventName)];
  try {
    await client.raiseEvent(id, name, payload);
    return 'raised';
  } catch (error) {
    if (isMissing(error)) return 'missing';
    throw error;
  }
}

const flowStatuses: Readonly<Record<string, FlowStatus>> = {
  [OrchestrationRuntimeStatus.Pending]: 'pending',
  [OrchestrationRuntimeStatus.Running]: 'running',
  [OrchestrationRuntimeStatus.ContinuedAsNew]: 'running',
  [OrchestrationRuntimeStatus.Suspended]: 'running',
  [OrchestrationRuntimeStatus.Completed]: 'completed',
  [OrchestrationRuntimeStatus.Failed]: 'failed',
  [OrchestrationRuntimeStatus.Terminated]: 'terminated',
  [OrchestrationRuntimeStatus.Canceled]: 'terminated',
};

async function statusOf(client: FlowClient, instanceId: string): Promise<FlowStatus | undefined> {
  const id = checkedInstanceId(instanceId);
  try {
    const { runtimeStatus } = await client.getStatus(id, { showInput: false });
    // A word of a later platform is taken for running: the ledger decides.
    return flowStatuses[runtimeStatus] ?? 'running';
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function purge(client: FlowClient, instanceId: string): Promise<void> {
  const id = checkedInstanceId(instanceId);
  try {
    await client.purgeInstanceHistory(id);
  } catch (error) {
    // 412: still running, left alone.
    if (!hasStatus(error, 412) && !isMissing(error)) throw error;
  }
}
