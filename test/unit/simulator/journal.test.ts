import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openKeptSimulator } from '../../../local/arm-simulator/journal.ts';
import type { Simulator } from '../../../local/arm-simulator/simulator.ts';
import { protectedWorld, vaultId } from './simulated-cloud.ts';

const version = 'api-version=2025-02-01';
const jobsPath = `${vaultId}/backupJobs?${version}`;

function journalFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'azure.jsonl');
}

async function ask(simulator: Simulator, method: string, url: string, body?: unknown) {
  const reply = await simulator.handle({
    method,
    url,
    headers: { authorization: 'Bearer secret-token-of-somebody' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: JSON.parse(reply.body ?? '{}') as { value: { id: string }[] } };
}

async function backUpTheMachine(simulator: Simulator): Promise<void> {
  const items = await ask(simulator, 'GET', `${vaultId}/backupProtectedItems?${version}`);
  const machine = items.body.value.find(({ id }) => /;vm1$/i.test(id));
  const body = { properties: { objectType: 'IaasVMBackupRequest' } };
  expect((await ask(simulator, 'POST', `${machine?.id}/backup?${version}`, body)).status).toBe(202);
}

test('a job that ran when the process ended is there after the next start, under the same id', async () => {
  const file = journalFile();
  const before = await openKeptSimulator(file, { world: protectedWorld });
  await backUpTheMachine(before);
  const jobs = await ask(before, 'GET', jobsPath);
  expect(jobs.body.value).toHaveLength(1);
  const after = await openKeptSimulator(file, {});
  const idOf = ({ id }: { id: string }) => id;
  expect((await ask(after, 'GET', jobsPath)).body.value.map(idOf)).toEqual(jobs.body.value.map(idOf));
  expect(after.effects.count('backup')).toBe(1);
});

test('a file torn by a kill loses its last line alone', async () => {
  const file = journalFile();
  await backUpTheMachine(await openKeptSimulator(file, { world: protectedWorld }));
  appendFileSync(file, '{"at":1790000000000,"request":{"meth');
  const after = await openKeptSimulator(file, {});
  expect((await ask(after, 'GET', jobsPath)).body.value).toHaveLength(1);
});

test('the file holds who asked, and no token', async () => {
  const file = journalFile();
  await backUpTheMachine(await openKeptSimulator(file, { world: protectedWorld }));
  expect(readFileSync(file, 'utf8')).not.toContain('secret-token');
});

test('what is answered once more tells no webhook of it', async () => {
  const file = journalFile();
  const endpoint = 'http://127.0.0.1:9/';
  const before = await openKeptSimulator(file, { world: protectedWorld });
  await ask(before, 'POST', '/simulator/world', { world: { eventSubscriptions: [{ endpoint }] } });
  const after = await openKeptSimulator(file, {});
  expect(after.core.world.eventSubscriptions).toEqual([]);
});
