import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle.ts';
import { requireLate } from '../../scripts/lateLibraries.ts';
import { usedMembers } from '../../scripts/lateModules.ts';
import { platform } from '../support/platformCode.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'bundle-'));
const sizes = new Map<string, number>();

beforeAll(async () => {
  for (const [file, bytes] of await bundle(folder)) if (file.endsWith('.cjs')) sizes.set(file, bytes);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the import of the deployed app has done, told by a process of its own. */
interface Start {
  readonly registered: readonly string[];
  readonly files: readonly string[];
  readonly hasSchemas: boolean;
}

function start(): Start {
  const code = `${platform}
    require(${JSON.stringify(path.join(folder, 'main.cjs'))});
    const files = Object.keys(require.cache).map((file) => require('node:path').basename(file));
    // Zod puts this there when it is evaluated.
    console.log(JSON.stringify({ registered: [...registered.keys()], files, hasSchemas: '__zod_globalConfig' in globalThis }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Start;
}

describe('the deployed app', () => {
  test('starts from main.cjs alone, with every function and without a schema', () => {
    const triggers = readFileSync('src/main.ts', 'utf8').matchAll(/functions\/(\w+)\./g);
    const { registered, files, hasSchemas } = start();
    expect(registered.toSorted()).toEqual([...triggers].map(([, name]) => name).toSorted());
    expect(files).toEqual(['main.cjs']);
    expect(hasSchemas).toBe(false);
  });

  test('is smaller than 2.5 MB in all its files, of which a start reads less than a third', () => {
    const all = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    expect(all).toBeLessThan(2_500_000);
    expect(sizes.get('main.cjs')).toBeLessThan(all / 3);
  });

  test.each([
    ['axios.cjs', 'axios'],
    ['moment.cjs', 'moment'],
    ['lodash-cloneDeep.cjs', 'lodash/cloneDeep'],
    ['opentelemetry-api.cjs', '@opentelemetry/api'],
    ['validator-lib-isURL.cjs', 'validator/lib/isURL'],
  ])('%s gives what %s gives', (file, library) => {
    const require = createRequire(createRequire(import.meta.url).resolve('durable-functions'));
    const late = createRequire(import.meta.url)(path.join(folder, file)) as object;
    const original = require(library) as object;
    expect(typeof late).toBe(typeof original);
    expect(Object.keys(late).toSorted()).toEqual(Object.keys(original).toSorted());
  });
});

describe('of a library that is a file of its own', () => {
  test('what a module names is used', () => {
    expect(usedMembers('import { Cron, Other as Mine } from "croner";\nnew Cron();', 'croner')).toEqual([
      'Cron',
      'Other',
    ]);
  });

  test('what a module takes from the whole is used, whatever else has that letter', () => {
    const code = 'import * as z from "zod";\nconst a = z.string().regex(/[a-z]+/), b = az.c(d.z.e, z.int());';
    expect(usedMembers(code, 'zod')).toEqual(['string', 'int']);
  });

  test('the whole of it stops the build', () => {
    expect(() => usedMembers('import * as z from "zod";\nbuild(z);', 'zod')).toThrow(
      'zod is used as a whole, as z',
    );
  });

  test('a module without it uses nothing', () => {
    expect(usedMembers('import { a } from "other";', 'zod')).toEqual([]);
  });
});

describe('a library that durable-functions asks for at its top', () => {
  test('is asked for where it is used', () => {
    const late = requireLate(
      'const moment = require("moment");\nconst later = (at) => moment(at).add(moment.duration(1));\n',
    );
    expect(late).toBe('\nconst later = (at) => require("moment")(at).add(require("moment").duration(1));\n');
  });

  test('is replaced by the one member that is used', () => {
    const late = requireLate('const validator_1 = require("validator");\n(0, validator_1.isURL)(text);\n');
    expect(late).toBe('\n(0, require("validator/lib/isURL"))(text);\n');
  });

  test('stays where it is when it is another', () => {
    const code = 'const functions_1 = require("@azure/functions");\nfunctions_1.app.http();\n';
    expect(requireLate(code)).toBe(code);
  });

  test('stops the build when another member is used', () => {
    const code = 'const validator_1 = require("validator");\n(0, validator_1.isEmail)(text);\n';
    expect(() => requireLate(code)).toThrow('validator is used in an unknown way, as validator_1.isEmail');
  });

  test('has the check that the library itself would use', () => {
    const require = createRequire(createRequire(import.meta.url).resolve('durable-functions'));
    const [whole, part] = ['validator', 'validator/lib/isURL'].map(
      (name) => require(name) as { isURL?: unknown },
    );
    expect(part).toBe(whole?.isURL);
    expect(part).toBeTypeOf('function');
  });
});
