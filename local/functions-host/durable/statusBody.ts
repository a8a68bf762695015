import { parseJsonOrKeep } from '../typedData.ts';
import { historyView, type HistoryViewEvent } from './historyView.ts';
import type { InstanceRecord, RuntimeStatus } from './instanceRecord.ts';

/** An instance as the management API shows it. Values that are not JSON are plain strings. */
export interface StatusBody {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: RuntimeStatus;
  /** Null when there is none or it was not asked for; the SDK needs the key. */
  readonly input: unknown;
  readonly customStatus: unknown;
  readonly output: unknown;
  /** `yyyy-MM-ddTHH:mm:ssZ`, cut to the second. */
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly historyEvents?: readonly HistoryViewEvent[];
}

/** What a status query asks for besides the status. */
export interface StatusView {
  readonly showInput: boolean;
  readonly showHistory: boolean;
  readonly showHistoryOutput: boolean;
}

/** The view of a client that asks for nothing special. */
export const plainView: StatusView = { showInput: true, showHistory: false, showHistoryOutput: false };

/** The status of an instance as clients see it. */
export function statusBody({ head, history }: InstanceRecord, view: StatusView = plainView): StatusBody {
  return {
    name: head.name,
    instanceId: head.instanceId,
    runtimeStatus: head.status,
    input: view.showInput ? valueOf(head.input) : null,
    customStatus: valueOf(head.customStatus),
    output: valueOf(head.output),
    createdTime: wholeSeconds(head.createdAt),
    lastUpdatedTime: wholeSeconds(head.updatedAt),
    ...(view.showHistory ? { historyEvents: historyView(history, view.showHistoryOutput) } : {}),
  };
}

const valueOf = (text: string | null): unknown => (text === null ? null : parseJsonOrKeep(text));

const wholeSeconds = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
