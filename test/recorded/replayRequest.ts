import type { HttpClient } from '@azure/core-rest-pipeline';
import { startEmbeddedApp } from '../support/embeddedApp.ts';
import type { ReplayedEnding } from './compareEndings.ts';
import type { Cause } from './recordedFlows.ts';

/** Asks the whole app, in this process and on a virtual clock, and waits for the run's end: at most two days. */
export async function replayRequest(
  { path, body }: Extract<Cause, { by: 'request' }>,
  httpClient: HttpClient,
  startAt: string | undefined,
): Promise<ReplayedEnding> {
  const app = await startEmbeddedApp({
    world: {},
    httpClient,
    environment: { DELETE_BACKUPS: 'true' },
    ...(startAt && { startAt }),
  });
  try {
    const answer = await app.request('POST', path, body);
    if (answer?.status !== 202) {
      const message = JSON.stringify(answer?.body) ?? 'no answer';
      return { status: `refused ${answer?.status ?? ''}`, error: { code: 'RequestRefused', message } };
    }
    return await app.runEnded((answer.body as { id: string }).id);
  } finally {
    await app.stop();
  }
}
