import type { Clock } from '../clock/clock.ts';
import type { Warnings } from '../warnings.ts';
import type { Engine } from './engine.ts';
import type { Fault, Faults } from './faultPoints.ts';
import { eventRaised, executionTerminated, pauseChanged, type HistoryEvent } from './historyEvents.ts';
import { isFinished, type InstanceRecord, type RuntimeStatus } from './instanceRecord.ts';

/** What came of a start: 202 accepted, 409 the id is in use. */
export type StartOutcome =
  | { readonly status: 202; readonly id: string }
  | { readonly status: 409; readonly runtimeStatus: RuntimeStatus };

/** What came of a message to an instance: accepted, missing, finished, or refused in its present state. */
export type SendOutcome =
  { readonly status: 202 | 404 | 410 } | { readonly status: 500; readonly runtimeStatus: RuntimeStatus };

/** What came of a purge: done, missing, or refused because the instance has not finished. */
export type PurgeOutcome =
  | { readonly status: 200; readonly instancesDeleted: number }
  | { readonly status: 404 }
  | { readonly status: 412; readonly runtimeStatus: RuntimeStatus };

/** Which instances a list or a purge means; absent fields match everything. Times are milliseconds since the epoch. */
export interface InstanceFilter {
  readonly createdFrom?: number;
  readonly createdTo?: number;
  readonly statuses?: readonly RuntimeStatus[];
  readonly idPrefix?: string;
}

/** What clients may do with instances, whichever way they come. */
export interface Management {
  /** @param input JSON text, null for none. @param instanceId absent: a new one. */
  start(name: string, instanceId: string | undefined, input: string | null): StartOutcome;
  /** @param data JSON text. */
  raise(instanceId: string, event: string, data: string): SendOutcome;
  terminate(instanceId: string, reason: string | null): SendOutcome;
  suspend(instanceId: string, reason: string | null): SendOutcome;
  resume(instanceId: string, reason: string | null): SendOutcome;
  purge(instanceId: string): PurgeOutcome;
  /** Deletes what the filter matches, running instances too, and says how many. */
  purgeBy(filter: InstanceFilter): number;
  record(instanceId: string): InstanceRecord | undefined;
  /** Ordered by id. */
  list(filter: InstanceFilter): readonly InstanceRecord[];
}

/** What management works with. */
export interface ManagementOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly warnings: Warnings;
  readonly newGuid: () => string;
  readonly isOrchestrator: (name: string) => boolean;
  readonly faults?: Faults;
}

const PLAIN = /^[A-Za-z0-9._:-]+$/;

/** Management over a running engine. */
export function createManagement(options: ManagementOptions): Management {
  const { engine, warnings, clock } = options;
  const checkWord = (word: string, what: string): void => {
    if (!PLAIN.test(word))
      warnings.warn('H29', word, `${what} outside [A-Za-z0-9._:-] may reach another instance, verb or text`);
  };
  const checkReason = (reason: string | null): void => {
    if (reason !== null && reason !== '') checkWord(reason, 'a reason');
  };
  const send = (instanceId: string, event: HistoryEvent): SendOutcome => {
    const record = engine.record(instanceId);
    if (!record) return { status: 404 };
    if (isFinished(record.head.status)) return { status: 410 };
    engine.deliver(instanceId, event);
    return { status: 202 };
  };
  const changePause = (
    verb: 'suspend' | 'resume',
    instanceId: string,
    reason: string | null,
  ): SendOutcome => {
    const status = engine.record(instanceId)?.head.status;
    const isSuspended = status === 'Suspended';
    checkReason(reason);
    const isRefused =
      status !== undefined && !isFinished(status) && (verb === 'suspend' ? isSuspended : !isSuspended);
    if (isRefused) return { status: 500, runtimeStatus: status };
    return send(instanceId, pauseChanged(verb, reason, clock.now()));
  };
  const list = (filter: InstanceFilter): InstanceRecord[] =>
    [...engine.records()].filter((record) => matches(record, filter)).sort(byId);
  return {
    start(name, asked, input) {
      const id = asked ?? options.newGuid().replaceAll('-', '');
      checkWord(id, 'an instance id');
      const earlier = engine.record(id)?.head;
      if (earlier?.status === 'Running' || earlier?.status === 'Suspended')
        return { status: 409, runtimeStatus: earlier.status };
      if (!options.isOrchestrator(name))
        warnings.warn('H23', name, 'start of an unknown orchestrator: accepted, then Failed');
      if (earlier?.status === 'Pending') return { status: 202, id };
      if (earlier) warnings.warn('H09', id, 'a start over a finished instance runs everything again');
      engine.create({ instanceId: id, name, input, generation: earlier ? (earlier.generation ?? 0) + 1 : 0 });
      return { status: 202, id };
    },
    raise(instanceId, event, data) {
      if (!/^[A-Za-z]/.test(event))
        warnings.warn('H10', event, 'an event name that begins with no letter may complete a task');
      checkWord(event, 'an event name');
      const fault: Fault = options.faults?.at('event raised', `${instanceId}/${event}`) ?? 'go';
      const outcome = raiseUnder(
        fault,
        () => send(instanceId, eventRaised(event, data, clock.now())),
        options,
      );
      if (outcome.status !== 202)
        warnings.warn('H11', event, 'raised to an unknown or finished instance: dropped');
      return outcome;
    },
    terminate(instanceId, reason) {
      checkReason(reason);
      return send(instanceId, executionTerminated(reason, clock.now()));
    },
    suspend: (instanceId, reason) => changePause('suspend', instanceId, reason),
    resume: (instanceId, reason) => changePause('resume', instanceId, reason),
    purge(instanceId) {
      const head = engine.record(instanceId)?.head;
      if (!head) return { status: 404 };
      if (!isFinished(head.status)) return { status: 412, runtimeStatus: head.status };
      if ([...engine.records()].some((each) => each.head.parent?.instanceId === instanceId))
        warnings.warn('H25', instanceId, 'purge of a parent: its children stay');
      engine.remove(instanceId);
      return { status: 200, instancesDeleted: 1 };
    },
    purgeBy(filter) {
      const doomed = list(filter);
      for (const { head } of doomed) engine.remove(head.instanceId);
      return doomed.length;
    },
    record: (instanceId) => engine.record(instanceId),
    list,
  };
}

/** Lost, doubled and late events look like success to the sender. */
function raiseUnder(fault: Fault, raise: () => SendOutcome, { clock }: ManagementOptions): SendOutcome {
  if (fault === 'lose') return { status: 202 };
  if (typeof fault === 'object') {
    clock.after(fault.delayMs, () => void raise());
    return { status: 202 };
  }
  const outcome = raise();
  if (fault === 'duplicate') raise();
  return outcome;
}

function matches({ head }: InstanceRecord, filter: InstanceFilter): boolean {
  return (
    (filter.createdFrom === undefined || head.createdAt >= filter.createdFrom) &&
    (filter.createdTo === undefined || head.createdAt <= filter.createdTo) &&
    (filter.statuses === undefined || filter.statuses.includes(head.status)) &&
    (filter.idPrefix === undefined || head.instanceId.startsWith(filter.idPrefix))
  );
}

const byId = (a: InstanceRecord, b: InstanceRecord): number =>
  a.head.instanceId < b.head.instanceId ? -1 : a.head.instanceId > b.head.instanceId ? 1 : 0;
