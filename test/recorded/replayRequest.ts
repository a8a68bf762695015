import type { HttpClient } from '@azure/core-rest-pipeline';
import type { RunRecord } from '../../src/runs/run.ts';
import { startEmbeddedApp, type EmbeddedApp } from '../support/embeddedApp.ts';
import type { ReplayedEnding } from './compareEndings.ts';
import type { Cause } from './recordedFlows.ts';

/** Against what, and when, a request is replayed. */
export interface ReplaySetting {
  readonly httpClient: HttpClient;
  /** ISO 8601 UTC; the virtual clock begins there. */
  readonly startAt: string | undefined;
  /** Whether waiting any longer shows nothing more, because the recording has stopped. */
  readonly isExhausted: () => boolean;
}

const longestHours = 48;
const lookEveryHours = 0.5;

async function ended(app: EmbeddedApp, runId: string, isExhausted: () => boolean): Promise<RunRecord> {
  for (let hours = lookEveryHours; ; hours += lookEveryHours) {
    const run = await app.runEnded(runId, lookEveryHours);
    if (run.endedAt !== undefined || isExhausted() || hours >= longestHours) return run;
  }
}

/** An allow-list with just the vault and the subscription that a request names. */
function allowing(body: unknown) {
  const vault =
    /\/subscriptions\/([^/"]+)\/resourceGroups\/[^/"]+\/providers\/Microsoft\.(?:RecoveryServices\/vaults|DataProtection\/backupVaults)\/[^/"]+/i;
  const [id = '', subscription = ''] = vault.exec(JSON.stringify(body)) ?? [];
  return {
    subscriptions: [subscription],
    vaults: [id.replace(/^\/subscriptions/i, '/subscriptions')],
    deleteBackups: true,
  };
}

/** Asks the whole app, in this process and on a virtual clock, and waits for the run's end: at most two days. */
export async function replayRequest(
  { path, body }: Extract<Cause, { by: 'request' }>,
  { httpClient, startAt, isExhausted }: ReplaySetting,
): Promise<ReplayedEnding> {
  const app = await startEmbeddedApp({
    world: {},
    httpClient,
    environment: { DELETE_BACKUPS: 'true' },
    plan: () => ({ safety: allowing(body) }),
    ...(startAt && { startAt }),
  });
  try {
    const answer = await app.request('POST', path, body);
    if (answer?.status !== 202) {
      const message = JSON.stringify(answer?.body) ?? 'no answer';
      return { status: `refused ${answer?.status ?? ''}`, error: { code: 'RequestRefused', message } };
    }
    return await ended(app, (answer.body as { id: string }).id, isExhausted);
  } finally {
    await app.stop();
  }
}
