import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compile } from '../../scripts/infra/deployments.ts';
import { bicep, hookEnvironment } from './foretold.ts';

const read = (file: string): string => readFileSync(file, 'utf8');
const { parameters } = JSON.parse(read('infra/main.parameters.json')) as {
  parameters: Readonly<Record<string, { readonly value: string }>>;
};

const folder = mkdtempSync(path.join(tmpdir(), 'azd-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script of infra with an `az` that only notes what it is asked, and fails as often as told. */
function withAz(
  script: string,
  failures: number,
  environment: Readonly<Record<string, string>> = hookEnvironment,
) {
  const log = path.join(folder, 'az.log');
  writeFileSync(log, '');
  const az = path.join(folder, 'az');
  writeFileSync(az, `#!/bin/sh\necho "$@" >> '${log}'\n[ "$(wc -l < '${log}')" -gt ${failures} ]\n`);
  chmodSync(az, 0o755);
  const done = spawnSync('sh', [script], {
    encoding: 'utf8',
    env: {
      ...{ PATH: `${folder}:${process.env['PATH']}`, RETRY_SECONDS: '0' },
      ...{ AZURE_SUBSCRIPTION_ID: '11111111-1111-1111-1111-111111111111', ...environment },
    },
  });
  return { code: done.status, errors: done.stderr, asked: read(log).trimEnd().split('\n') };
}

test('azure.yaml names what there is: the folder that is packed, infra, and hooks that can be run', () => {
  const yaml = read('azure.yaml');
  expect(yaml).toContain('project: .local/package');
  expect(read('scripts/package.ts')).toContain("path.join(root, '.local', 'package')");
  expect(yaml).toContain('remoteBuild: false');
  for (const [, hook = ''] of yaml.matchAll(/run: (infra\/\S+)/g)) {
    expect(statSync(hook).mode & 0o111).not.toBe(0);
    expect(spawnSync('sh', ['-n', hook]).status).toBe(0);
  }
});

test('events are subscribed to after the function is seen, however long that takes', () => {
  const { code, asked } = withAz('infra/hooks/postdeploy.sh', 3);
  expect(code).toBe(0);
  expect(asked.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    ...['resource show --ids', 'resource show --ids', 'resource show --ids', 'resource show --ids'],
    'deployment sub create',
  ]);
  expect(asked[0]).toContain('/sites/backups-app/functions/onResourceWritten');
  expect(asked.at(-1)).toContain('--template-file infra/events.bicep --parameters infra/events.bicepparam');
});

test('a function that never comes ends the hook with the reason', () => {
  const { code, errors } = withAz('infra/hooks/postdeploy.sh', 1000);
  expect(code).toBe(1);
  expect(errors).toContain('has the code been published?');
});

test('who wants no events gets none', () => {
  const { code, asked } = withAz('infra/hooks/postdeploy.sh', 0, { SUBSCRIBE_TO_EVENTS: 'false' });
  expect({ code, asked }).toEqual({ code: 0, asked: [''] });
});

describe.skipIf(bicep === undefined)('parameters', () => {
  test('azd gives every parameter of the template but the key, and those that Azure itself knows', () => {
    const template = compile(bicep ?? '', 'main');
    const notGiven = ['accessTenantId', 'notifyKey', 'resourceGroupName'];
    expect([...Object.keys(parameters), ...notGiven].sort()).toEqual(Object.keys(template.parameters).sort());
  });

  test('what azd gives when nothing is set is what the template would take', () => {
    const template = compile(bicep ?? '', 'main');
    for (const [name, { value }] of Object.entries(parameters)) {
      const [, preset] = /^\$\{[A-Z_]+=(.*)\}$/.exec(value) ?? [];
      const { type, defaultValue } = template.parameters[name] ?? { type: '' };
      if (defaultValue === undefined) expect([name, preset]).toEqual([name, undefined]);
      else
        expect([name, preset]).toEqual([
          name,
          type === 'string' ? defaultValue : JSON.stringify(defaultValue),
        ]);
    }
  });
});
