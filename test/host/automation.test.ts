import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { localAudience } from '../../local/issuer/issuer.ts';
import { demoShare, startClosedApp, type ClosedApp } from '../support/bundledApp.ts';
import { describeScripts, readAction, runProgram, type Ending } from './shells.ts';

const body = JSON.stringify({ target: demoShare('archive') });

let closed: ClosedApp;
let folder: string;

beforeAll(async () => void (closed = await startClosedApp(600)), 120_000);
afterAll(() => closed.stop());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'automation-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

const tokenCommand = (query = '') => `curl -s '${closed.issuer.origin}/token${query}'`;
const backUp = (shell: string, ...options: string[]): Promise<Ending> =>
  runProgram(shell, [
    ...['scripts/backup.sh', '--app', closed.app, '--token-command', tokenCommand()],
    ...options,
  ]);

/** Runs of the app, newest first. */
async function runs(): Promise<readonly { readonly id: string }[]> {
  const headers = { authorization: `Bearer ${await closed.issuer.token()}` };
  const answer = await fetch(`${closed.app}/api/runs?top=100`, { headers });
  return ((await answer.json()) as { value: readonly { readonly id: string }[] }).value;
}

describeScripts('scripts/backup.sh against the closed app', () => {
  test.each(['dash', 'bash'])(
    '%s: a backup that completes ends with 0; asked again with its key it is the same run',
    async (shell) => {
      const before = (await runs()).length;
      const record = join(folder, 'record.json');
      const first = await backUp(shell, '--body', body, '--key', `twice.${shell}`, '--record', record);
      expect(first).toMatchObject({ code: 0, errors: '' });
      const { id, status, recoveryPoint } = JSON.parse(readFileSync(record, 'utf8')) as Record<
        string,
        unknown
      >;
      expect(status).toBe('completed');
      expect(recoveryPoint).toMatchObject({ id: expect.stringContaining('/recoveryPoints/') });
      expect(first.out).toContain(`Run ${String(id)} accepted, key twice.${shell}.`);
      const again = await backUp(shell, '--body', body, '--key', `twice.${shell}`);
      expect(again).toMatchObject({ code: 0, errors: '' });
      expect(again.out).toContain(String(id));
      expect((await runs()).length).toBe(before + 1);
    },
    120_000,
  );

  test('a run that fails ends with 1, and says the code, the message and what to do', async () => {
    const nothing = JSON.stringify({ target: demoShare('no-such-share') });
    const { code, errors } = await backUp('sh', '--body', nothing);
    expect(code).toBe(1);
    expect(errors).toMatch(/^Run [0-9a-f]{40}: failed\. \w+: .+/);
  }, 120_000);

  test('what the app refuses ends with 3: no role, a field it does not know, a key with another body', async () => {
    const reader = await backUp('sh', '--body', body, '--token-command', tokenCommand('?roles=Backups.Read'));
    expect(reader).toMatchObject({ code: 3, errors: expect.stringContaining('Backups.Run') });
    const unknown = await backUp('sh', '--body', '{"targte":1}');
    expect(unknown).toMatchObject({ code: 3, errors: expect.stringContaining('targte') });
    await backUp('sh', '--body', body, '--key', 'mine');
    const other = JSON.stringify({ target: demoShare('archive'), keepFor: 'P9D' });
    expect(await backUp('sh', '--body', other, '--key', 'mine')).toMatchObject({
      code: 3,
      errors: expect.stringContaining('IdempotencyKeyReused'),
    });
    const stranger = await backUp('sh', '--body', body, '--token-command', 'echo abc');
    expect(stranger).toMatchObject({ code: 3, errors: expect.stringContaining('401') });
  }, 120_000);
});

describeScripts('actions/backup', () => {
  const action = readAction('actions/backup/action.yml');
  const fakeAz = () => {
    const az = `#!/bin/sh\ncase "$*" in *get-access-token*${localAudience}/.default*) ${tokenCommand()} ;; *) exit 1 ;; esac\n`;
    writeFileSync(join(folder, 'az'), az, { mode: 0o755 });
  };
  const file = (name: string): string => join(folder, name);
  const read = (name: string): string => readFileSync(file(name), 'utf8');

  /** The steps one after the other, as a runner takes them: expressions become variables, files carry outputs. */
  async function take(inputs: Readonly<Record<string, string>>, job: Record<string, string> = {}) {
    const outputs: Record<string, string> = {};
    const valueOf = (expression: string): string => {
      const [from, name = '', , output = ''] = expression.split('.');
      if (from === 'inputs') return inputs[name] ?? action.defaults[name] ?? '';
      return from === 'steps' ? (outputs[`${name}.${output}`] ?? '') : resolve('actions/backup');
    };
    let ending: Ending = { code: null, out: '', errors: '' };
    for (const { id, variables, script } of action.steps) {
      for (const name of ['env', 'output']) writeFileSync(file(name), '');
      const given = Object.entries(variables).map(([name, text]) => [
        name,
        text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => valueOf(expression)),
      ]);
      writeFileSync(file('step.sh'), script);
      ending = await runProgram('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file('step.sh')], {
        ...(Object.fromEntries(given) as Record<string, string>),
        ...{ PATH: `${folder}:${process.env['PATH']}`, GITHUB_ACTIONS: 'true', RUNNER_TEMP: folder },
        ...{ GITHUB_RUN_ID: '4711', GITHUB_RUN_ATTEMPT: '1', GITHUB_JOB: 'release' },
        ...{ GITHUB_ENV: file('env'), GITHUB_OUTPUT: file('output'), GITHUB_STEP_SUMMARY: file('summary') },
        ...job,
      });
      for (const line of read('output').split('\n').filter(Boolean)) {
        const at = line.indexOf('=');
        outputs[`${id}.${line.slice(0, at)}`] = line.slice(at + 1);
      }
      if (ending.code !== 0) break;
    }
    return { ...ending, outputs };
  }

  test('a backup: outputs, record and a summary; the same attempt is the same run, the next place or attempt another', async () => {
    fakeAz();
    const inputs = { app: closed.app, audience: localAudience, body };
    const first = await take(inputs);
    expect(first).toMatchObject({ code: 0, errors: '' });
    expect(first.outputs).toMatchObject({
      'key.key': expect.stringMatching(/^github-4711-1-release-1-\d+-\d+$/),
      'backup.status': 'completed',
      'backup.run-id': expect.stringMatching(/^[0-9a-f]{40}$/),
      'backup.recovery-point': expect.stringContaining('/recoveryPoints/'),
    });
    expect(JSON.parse(readFileSync(first.outputs['key.record'] ?? '', 'utf8'))).toMatchObject({
      requestedBy: { key: first.outputs['key.key'] },
    });
    expect(read('summary')).toMatch(
      /^### Backup: completed\n\n\| \| \|\n\|---\|---\|\n\| run \| [0-9a-f]{40} \|/,
    );
    const id = first.outputs['backup.run-id'];
    expect((await take(inputs)).outputs['backup.run-id']).toBe(id);
    expect((await take(inputs, { BACKUPS_ASKED: '1' })).outputs['backup.run-id']).not.toBe(id);
    expect((await take(inputs, { GITHUB_RUN_ATTEMPT: '2' })).outputs['backup.run-id']).not.toBe(id);
  }, 180_000);

  test('a run that fails fails the step with an annotation; the summary has the reason', async () => {
    fakeAz();
    const failing = JSON.stringify({ target: demoShare('no-such-share') });
    const { code, out, outputs } = await take({
      app: closed.app,
      audience: localAudience,
      body: failing,
    });
    expect(code).toBe(1);
    expect(out).toMatch(/^::error title=Backup::Run [0-9a-f]{40}: failed\./m);
    expect(outputs['backup.status']).toBe('failed');
    expect(read('summary')).toMatch(/\| message \| .+ \|/);
  }, 120_000);

  test('an az that can get no token any more is signed in again with a new word of GitHub', async () => {
    const az = `#!/bin/sh
echo "$*" >>'${file('az.log')}'
case "$*" in
  *get-access-token*) [ -e '${file('again')}' ] && ${tokenCommand()} ;;
  *user.name*) echo client ;;
  *tenantId*) echo tenant ;;
  login*) touch '${file('again')}' ;;
esac
`;
    writeFileSync(file('az'), az, { mode: 0o755 });
    writeFileSync(file('word.json'), '{"value":"word-of-github"}');
    const { code, out } = await runProgram('sh', ['actions/backup/token.sh'], {
      ...{ PATH: `${folder}:${process.env['PATH']}`, AUDIENCE: `api://${localAudience}` },
      ...{
        ACTIONS_ID_TOKEN_REQUEST_URL: `file://${file('word.json')}?v=1`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
      },
    });
    expect(code).toBe(0);
    expect(out.split('.')).toHaveLength(3);
    expect(read('az.log')).toContain(
      'login --service-principal --username client --tenant tenant --federated-token word-of-github',
    );
  });
});
