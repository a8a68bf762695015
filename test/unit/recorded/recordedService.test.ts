import { createPipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, test } from 'vitest';
import { differenceOf, type ReplayedEnding } from '../../recorded/compareEndings.ts';
import { atOurBeat, translated } from '../../recorded/operationPolls.ts';
import type { RecordedEnding } from '../../recorded/recordedEnding.ts';
import { readRecording } from '../../recorded/readExchanges.ts';
import { recordedFlows } from '../../recorded/recordedFlows.ts';
import { RecordedService } from '../../recorded/recordedService.ts';
import { noTraffic } from '../../recorded/traffic.ts';

const arm = 'https://management.azure.com';
const vault =
  '/subscriptions/0a1b2c3d-0000-4000-8000-00000000000f/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/vault';
const item = `${vault}/backupFabrics/Azure/protectionContainers/c/protectedItems/VM;iaasvmcontainerv2;rg;web`;
const signed = `${arm}${vault}/x/operationsStatus/op-1?t=1&s=${'A'.repeat(40)}&h=${'B'.repeat(40)}`;

const line = (method: string, url: string, status: number, body: string, headers: object = {}): string =>
  JSON.stringify({ method, url, status, responseBody: body, responseHeaders: headers });

const states = ['IRPending', 'Protected'].map((protectionState) =>
  line('GET', `${arm}${item}`, 200, JSON.stringify({ id: item, properties: { protectionState } })),
);
const backup = line('POST', `${arm}${item}/backup`, 202, '', { 'Azure-AsyncOperation': signed });
const running = line('GET', signed, 200, '{"status":"InProgress"}');

async function asked(lines: readonly string[], ...requests: readonly (readonly [string, string])[]) {
  const { exchanges } = readRecording('r.jsonl', lines.join('\n'));
  const [flow] = recordedFlows({ name: 'r.jsonl', exchanges, unreadableLines: [] });
  if (!flow) throw new Error('No flow in the recording.');
  const service = new RecordedService(exchanges, flow);
  const answers: string[] = [];
  for (const [method, url] of requests) {
    const request = createPipelineRequest({ url, method: method as 'GET' });
    const { status, bodyAsText } = await service.sendRequest(request);
    answers.push(`${status} ${bodyAsText}`);
  }
  return { answers, traffic: service.traffic };
}

describe('the recorded service', () => {
  test('before its write a read gets the last state before it; after it the states that followed, in order', async () => {
    const [pending = '', isProtected = ''] = states;
    const lines = [pending, isProtected, backup, pending, isProtected];
    const { answers } = await asked(
      lines,
      ['GET', `${arm}${item}`],
      ['POST', `${arm}${item}/backup`],
      ...Array.from({ length: 3 }, () => ['GET', `${arm}${item}`] as const),
    );
    const seen = answers.map(
      (answer) => /IRPending|Protected/.exec(answer.replace(/protected(?:Items|State)/gi, ''))?.[0],
    );
    expect(seen).toEqual(['Protected', undefined, 'IRPending', 'Protected', 'Protected']);
  });

  test('a signed URL is followed as it came; one that was altered is told', async () => {
    const post = ['POST', `${arm}${item}/backup`] as const;
    const verbatim = await asked([backup, running], post, ['GET', signed]);
    const altered = await asked([backup, running], post, ['GET', signed.replace('h=B', 'h=C')]);
    expect(verbatim.traffic.wrong).toEqual([]);
    expect(altered.traffic.wrong).toEqual([
      `a signed URL was altered: ${vault.toLowerCase()}/x/operationsstatus/op-1`,
    ]);
  });

  test('another family of polls of the same operation answers, too', async () => {
    const result = `${arm}${vault}/backupOperationResults/op-1?api-version=1`;
    const { answers, traffic } = await asked([backup, running], ['GET', result]);
    expect(answers).toEqual(['202 ']);
    expect(traffic.unrecorded.size).toBe(0);
  });

  test('an unrecorded list is empty, an unrecorded resource is missing, and both are counted', async () => {
    const { answers, traffic } = await asked(
      [backup],
      ['GET', `${arm}${vault}/backupEngines?api-version=1`],
      ['GET', `${arm}${vault}/backupEngines/one?api-version=1`],
    );
    expect(answers).toEqual(['200 {"value":[]}', expect.stringMatching(/^404 /)]);
    expect(traffic.unrecorded.size).toBe(2);
  });

  test('an unrecorded write is refused and told', async () => {
    const { answers, traffic } = await asked([backup], ['DELETE', `${arm}${item}?api-version=1`]);
    expect(answers[0]).toMatch(/^400 .*WriteNotRecorded/);
    expect(traffic.wrong).toEqual([`a write that was not recorded: DELETE ${item.toLowerCase()}`]);
  });
});

describe('polls', () => {
  const at = (second: number, status: string): string =>
    line('GET', `${arm}${vault}/backupOperations/op`, 200, JSON.stringify({ status }), {
      Date: new Date(Date.UTC(2026, 7, 22, 2, 0, second)).toUTCString(),
    });
  const words = (lines: readonly string[]) =>
    atOurBeat(readRecording('r', lines.join('\n')).exchanges).map(
      ({ reply }) => (reply.body as { status: string }).status,
    );

  test('of polls that come every second only those of our beat are left, and every change', () => {
    const everySecond = Array.from({ length: 59 }, (_, second) => at(second, 'InProgress'));
    expect(words([...everySecond, at(59, 'Succeeded')])).toEqual(['InProgress', 'InProgress', 'Succeeded']);
    expect(words([at(0, 'InProgress'), at(60, 'InProgress'), at(61, 'Failed')])).toHaveLength(3);
  });

  test('a status document reads as a result that is there or not yet', () => {
    const reply = (status: string) => ({ status: 200, headers: {}, body: { status } });
    expect(translated(reply('InProgress'), 'status', 'result').status).toBe(202);
    expect(translated(reply('Succeeded'), 'status', 'result').status).toBe(200);
    expect(translated({ status: 202, headers: {}, body: undefined }, 'result', 'status').body).toEqual({
      status: 'InProgress',
    });
  });
});

describe('an ending that differs is told', () => {
  const { exchanges } = readRecording('r.jsonl', backup);
  const [flow] = recordedFlows({ name: 'r.jsonl', exchanges, unreadableLines: [] });
  const sent = { ...noTraffic(), isSent: true, sent: new Map([[0, 1]]) };
  const times = { startTime: '2026-08-22T02:00:00.123Z', endTime: undefined };
  const job = { kind: 'job', jobId: 'job-1', status: 'Completed', ...times, points: [] } as const;
  const difference = (recorded: RecordedEnding, run: ReplayedEnding, traffic = sent): string | undefined =>
    flow && differenceOf(recorded, run, traffic, flow);
  const ran = (id: string, status: string, startedAt = '2026-08-22T02:00:00.000Z') => ({
    ...{ status, job: { id, status: 'Completed', startedAt } },
  });

  test('another job, another status of the job, another time, another code, another state', () => {
    expect(difference(job, ran('job-2', 'completed'))).toContain('followed the job job-2');
    expect(difference(job, ran('job-1', 'failed'))).toContain('the run ended failed');
    expect(difference(job, ran('job-1', 'completed', '2026-08-22T03:00:00Z'))).toContain('the job ran 2026');
    expect(difference(job, ran('job-1', 'completed'))).toBeUndefined();
    const refused = { kind: 'failed', code: 'A', isBusy: false } as const;
    const error = { code: 'B', message: 'm' };
    expect(difference(refused, { status: 'failed', error })).toContain('recorded is A');
    const changed = { kind: 'changed', states: ['IRPending'] } as const;
    const result = { protectionState: 'ProtectionStopped' };
    expect(difference(changed, { status: 'completed', result })).toContain('the run saw ProtectionStopped');
  });

  test('a recovery point that the service did not list', () => {
    const listed = { ...job, points: ['/points/1'] };
    expect(difference(listed, ran('job-1', 'completed'))).toContain('none of those listed');
    const seen = { ...ran('job-1', 'completed'), recoveryPoint: { id: '/Points/1' } };
    expect(difference(listed, seen)).toBeUndefined();
  });

  test('a run that never sent the write has not ended as recorded, whatever it says', () => {
    expect(difference(job, { status: 'completed' }, noTraffic())).toContain('the write was not sent');
  });
});

test('a write that is sent again is told', async () => {
  const post = ['POST', `${arm}${item}/backup`] as const;
  const { traffic } = await asked([backup], post, post);
  expect(traffic.wrong.join()).toMatch(/\/backup was sent 2 times$/);
});
