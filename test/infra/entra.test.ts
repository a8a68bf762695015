import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compileRegistration } from '../../scripts/infra/registration.ts';
import { bicep } from './foretold.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'entra-'));
afterAll(() => rmSync(folder, { recursive: true }));

const registered = '77777777-7777-7777-7777-777777777777';

/** An `az` that notes what it is asked and answers a directory that has the application, or has it not yet. */
function withDirectory(script: string, args: readonly string[], isThere: boolean) {
  const log = path.join(folder, 'az.log');
  writeFileSync(log, '');
  writeFileSync(
    path.join(folder, 'az'),
    `#!/bin/sh
echo "$@" | tr '\\n' ' ' >> '${log}'; echo >> '${log}'
case "$1 $2 $3" in
  "cloud show --query") echo https://graph.microsoft.com/ ;;
  "ad app list") ${isThere ? `echo ${registered}` : ':'} ;;
  "ad app create") echo ${registered} ;;
  "ad app show") echo object-of-the-application ;;
  "ad sp list") ${isThere ? 'echo principal-of-the-api' : ':'} ;;
  "ad sp show") case "$*" in *Backups.Admin*) : ;; *appRoles*) echo role-id ;; *) echo principal-of-the-api ;; esac ;;
  "rest --method GET") ${isThere ? 'echo assignment' : ':'} ;;
esac
`,
  );
  chmodSync(path.join(folder, 'az'), 0o755);
  const done = spawnSync('sh', [script, ...args], {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env['PATH']}` },
  });
  const asked = readFileSync(log, 'utf8').trimEnd().split('\n');
  return { code: done.status, out: done.stdout.trim(), errors: done.stderr, asked };
}

const changing = (asked: readonly string[]): readonly string[] =>
  asked
    .filter((line) => / (?:create|update)\b|--method (?:PATCH|POST)/.test(line))
    .map((line) => line.split(' ').slice(0, 3).join(' '));

const roles = JSON.parse(readFileSync('infra/entra/appRoles.json', 'utf8')) as readonly {
  readonly id: string;
  readonly value: string;
  readonly allowedMemberTypes: readonly string[];
}[];

test('the four roles of the API, for people and for pipelines', () => {
  expect(roles.map(({ value }) => value)).toEqual([
    'Backups.Read',
    'Backups.Run',
    'Protections.Write',
    'Protections.Delete',
  ]);
  expect(new Set(roles.map(({ id }) => id)).size).toBe(4);
  for (const { allowedMemberTypes } of roles) expect(allowedMemberTypes).toEqual(['Application', 'User']);
});

test('registering makes an application without a secret, asks for assignment, and prints the client id alone', () => {
  const { code, out, asked } = withDirectory('infra/entra/register.sh', ['Azure backups'], false);
  expect({ code, out }).toEqual({ code: 0, out: registered });
  expect(asked.join('\n')).not.toMatch(/credential|password|secret/i);
  expect(asked.join('\n')).toContain('appRoleAssignmentRequired=true');
  expect(asked.join('\n')).toContain('"requestedAccessTokenVersion": 2');
  expect(changing(asked)).toEqual([
    'ad app create',
    'ad app update',
    'rest --method PATCH',
    'rest --method PATCH',
    'ad sp create',
    'ad sp update',
  ]);
});

test('registering again makes nothing a second time', () => {
  const { code, out, asked } = withDirectory('infra/entra/register.sh', ['Azure backups'], true);
  expect({ code, out }).toEqual({ code: 0, out: registered });
  expect(changing(asked)).toEqual([
    'ad app update',
    'rest --method PATCH',
    'rest --method PATCH',
    'ad sp update',
  ]);
});

test('the page is told as the place to come back to after signing in', () => {
  const { asked } = withDirectory(
    'infra/entra/register.sh',
    ['Azure backups', 'https://app.example.net/'],
    true,
  );
  expect(asked.join('\n')).toContain('"redirectUris": ["https://app.example.net/"]');
});

test('roles are given once, and one that the API does not have is refused by name', () => {
  const assign = 'infra/entra/assign.sh';
  const fresh = withDirectory(assign, [registered, 'somebody', 'Backups.Read', 'Backups.Run'], false);
  expect(fresh.out.split('\n')).toEqual(['somebody has Backups.Read', 'somebody has Backups.Run']);
  expect(changing(fresh.asked)).toEqual(['rest --method POST', 'rest --method POST']);
  expect(changing(withDirectory(assign, [registered, 'somebody', 'Backups.Read'], true).asked)).toEqual([]);
  const unknown = withDirectory(assign, [registered, 'somebody', 'Backups.Admin'], false);
  expect(unknown.code).toBe(1);
  expect(unknown.errors).toContain('Backups.Admin is no role');
  expect(withDirectory(assign, [registered], false).code).toBe(2);
});

describe.skipIf(bicep === undefined)('the registration as Bicep', () => {
  test('compiles against the documented shapes of Graph, and says what the script says', () => {
    const { api, principal } = compileRegistration(bicep ?? '');
    expect(api).toMatchObject({ signInAudience: 'AzureADMyOrg', api: { requestedAccessTokenVersion: 2 } });
    expect(principal).toMatchObject({ appRoleAssignmentRequired: true });
    expect(JSON.stringify(api)).not.toMatch(/passwordCredentials|keyCredentials/);
  });
});
