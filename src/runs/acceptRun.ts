import type { RunRequest } from './request.ts';
import type { RequestedBy, RunRecord } from './run.ts';
import type { RunServices } from './runServices.ts';

/** What became of a request: a new run, the run it has made before, or a key that belongs to another body. */
export interface Acceptance {
  readonly kind: 'accepted' | 'repeated' | 'keyReused';
  readonly run: RunRecord;
}

/** Part of a batch: its id, and the item that tells this run from the others of the same key. */
export interface BatchPart {
  readonly batch: string;
  readonly item: string;
}

/** Inserts the run if its key is new. The flow is not started: call `startRun` afterwards, also for a repeated one. */
export async function acceptRun(
  _services: RunServices,
  _request: RunRequest,
  _requestedBy: RequestedBy,
  _part?: BatchPart,
): Promise<Acceptance> {
  throw new Error('acceptRun is not built yet');
}
