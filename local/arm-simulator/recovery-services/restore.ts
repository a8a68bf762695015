import type { Item, Job, JobTask } from './state.ts';
import type { VaultCall } from './vault-call.ts';

/** A restore of one item, asked for. */
export interface Restoring extends VaultCall {
  readonly item: Item;
  /** What a `restored` fault makes of it. */
  readonly variant: 'empty' | 'corrupt' | undefined;
}

/** What a restore will do, as its kind reads it from the request. */
export interface Restore {
  /** ARM id of the share, group or account that things come back into. */
  readonly targetId: string;
  /** What the caller must be allowed to do on the target. */
  readonly linked: readonly { readonly action: string; readonly scope: string }[];
  readonly seconds: number;
  /** Why the job will fail. */
  readonly obstacle:
    { readonly code?: string; readonly errorCode: number; readonly errorString: string } | undefined;
  readonly properties: Record<string, string>;
  readonly endProperties: Record<string, string>;
  readonly restoreType?: string;
  readonly tasks: (startAt: number, endAt: number) => readonly JobTask[];
  readonly complete?: (job: Job, now: number) => void;
}
