import type { Management, PurgeOutcome, SendOutcome, StartOutcome } from './management.ts';
import { statusBody, type StatusBody } from './statusBody.ts';

/** The durable client without HTTP: the same outcomes, as values. Inputs and data are plain JSON values. */
export interface DirectClient {
  /** 202 or 409. An absent input becomes an empty string, as the SDK's own `startNew` sends it. */
  start(name: string, id?: string, input?: unknown): StartOutcome;
  /** 202, 404 or 410. */
  raise(id: string, event: string, data?: unknown): SendOutcome;
  /** The instance as the management API shows it; undefined is its 404. */
  status(id: string): StatusBody | undefined;
  terminate(id: string, reason: string): SendOutcome;
  suspend(id: string, reason: string): SendOutcome;
  resume(id: string, reason: string): SendOutcome;
  /** 200, 404 or 412. */
  purge(id: string): PurgeOutcome;
}

/** A client that talks to the engine of its own process. */
export function createDirectClient(management: Management): DirectClient {
  return {
    start: (name, id, input) => management.start(name, id, JSON.stringify(input ?? '')),
    raise: (id, event, data) => management.raise(id, event, JSON.stringify(data ?? null)),
    status(id) {
      const record = management.record(id);
      return record && statusBody(record);
    },
    terminate: (id, reason) => management.terminate(id, reason),
    suspend: (id, reason) => management.suspend(id, reason),
    resume: (id, reason) => management.resume(id, reason),
    purge: (id) => management.purge(id),
  };
}
