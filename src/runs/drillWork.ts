import type { DrillVerdict } from '../plan/drillParts.ts';
import type { DrillThing } from './request.ts';

/** Something that could not be shown to be gone, and why. */
export type LeftOver = { readonly id: string; readonly reason: string };

/** What a drill asks of a webhook: whether what came back is right. */
export type WebhookQuestion = {
  readonly url: string;
  readonly run: string;
  readonly resourceId: string;
  readonly restoredTo: readonly string[];
  readonly pointAt: string;
};

/** Its verdict by status: 200 and 204 good, 422 bad; 202 and everything else is none yet. */
export type WebhookVerdict = 'good' | 'bad' | 'none';

/** What came of a drill, as the coverage of the resource shows it. Instants are ISO 8601 UTC. */
export type DrillProof = {
  readonly run: string;
  readonly at: string;
  readonly verdict: DrillVerdict;
  readonly pointAt?: string;
  readonly restoreSeconds?: number;
  /** Why it proves nothing: code and message. */
  readonly reason?: string;
};

/**
 * Input of the activity `noteDrill`, each harmless to repeat: before anything is made, when nothing will appear any more,
 * when something was seen to be gone or left, and when the verdict is known.
 */
export type DrillNote =
  | { readonly moment: 'planned'; readonly run: string; readonly things: readonly DrillThing[] }
  | { readonly moment: 'settled'; readonly run: string }
  | { readonly moment: 'cleaned'; readonly run: string; readonly left: readonly LeftOver[] }
  | { readonly moment: 'proved'; readonly resourceId: string; readonly proof: DrillProof };
