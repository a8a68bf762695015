import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { listingLines } from '../../local/functions-host/functionListing.ts';
import { sampleApp } from './sampleApp.ts';
import { startHost } from './startHost.ts';

const HELLO = (name: string): string =>
  `const { app } = require('@azure/functions'); app.http('${name}', { handler: () => ({ body: '${name}' }) });`;

test('"main" is a glob and every match is loaded', async () => {
  const { host } = await startHost({
    'package.json': '{ "main": "src/{index.js,functions/*.js}" }',
    'src/index.js': 'globalThis.loaded = ["index"];',
    'src/functions/a.js': `globalThis.loaded.push("a"); ${HELLO('a')}`,
    'src/functions/b.js': `globalThis.loaded.push("b"); ${HELLO('b')}`,
    'src/other.js': HELLO('other'),
  });
  expect(host.functions().map(({ name }) => name)).toEqual(['a', 'b']);
  expect((globalThis as { loaded?: string[] }).loaded).toEqual(['index', 'a', 'b']);
});

test('an ES module registers through the same library', async () => {
  const { get } = await startHost({
    'package.json': '{ "main": "app.mjs" }',
    'app.mjs':
      "import { app } from '@azure/functions'; app.http('m', { handler: () => ({ body: 'module' }) });",
  });
  expect(await get('/api/m')).toEqual([200, 'module']);
});

test('a .cjs entry of a module package is CommonJS', async () => {
  const { get } = await startHost({
    'package.json': '{ "type": "module", "main": "app.cjs" }',
    'app.cjs': HELLO('c'),
  });
  expect(await get('/api/c')).toEqual([200, 'c']);
});

test('a bundle that leaves only the core module out registers and is evaluated afresh after a crash', async () => {
  const source = sampleApp({
    'app.js': `const { app } = require('@azure/functions'); const df = require('durable-functions');
      let calls = 0;
      df.app.activity('a', { handler: () => 1 });
      app.http('b', { handler: () => ({ body: String(++calls) }) });`,
  });
  const bundle = buildSync({
    entryPoints: [`${source}/app.js`],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['@azure/functions-core'],
    write: false,
  }).outputFiles[0]?.text;
  const { host, get } = await startHost({
    'package.json': '{ "type": "module", "main": "dist/main.cjs" }',
    'dist/main.cjs': bundle ?? '',
  });
  expect(await get('/api/b')).toEqual([200, '1']);
  host.crash();
  await host.start();
  expect(host.functions().map(({ name }) => name)).toEqual(['a', 'b']);
  expect(await get('/api/b')).toEqual([200, '1']);
});

test.each([
  ['no file matches', { 'package.json': '{ "main": "none/*.js" }' }, 'no file matches "main": none/*.js'],
  ['an entry throws', { 'app.js': 'throw new Error("at load");' }, 'at load'],
  ['nothing is registered', { 'app.js': '' }, 'no function was registered'],
  [
    'a name is taken',
    { 'app.js': HELLO('x') + HELLO('X').replace('const { app }', 'var { app: again }') },
    'app',
  ],
  [
    'an appStart hook throws',
    { 'app.js': `${HELLO('x')} app.hook.appStart(() => { throw new Error('hook'); });` },
    'hook',
  ],
  ['host.json is broken', { 'host.json': '{', 'app.js': HELLO('x') }, 'host.json is no JSON'],
])('the start fails when %s', async (_case, files, message) => {
  await expect(startHost(files as unknown as Record<string, string>)).rejects.toThrow(message);
});

test('after the start nothing more can be registered', async () => {
  const { get } = await startHost({
    'app.js': `const { app } = require('@azure/functions');
      app.http('late', { handler: () => {
        try { app.http('x', { handler: () => ({}) }); } catch (error) { return { body: error.message }; }
      } });`,
  });
  expect(await get('/api/late')).toEqual([200, 'A function can only be registered during app startup.']);
});

test('a function with a binding this host lacks is disabled with a warning', async () => {
  const { host, warnings, get } = await startHost({
    'app.js': `${HELLO('x')} app.storageBlob('b', { path: 'c/{name}', connection: '', handler: () => undefined });`,
  });
  expect(host.functions().find(({ name }) => name === 'b')).toMatchObject({
    disabled: "binding 'blobTrigger' is not supported",
  });
  expect(warnings.list().map(({ code, subject }) => [code, subject])).toEqual([['H17', 'b']]);
  expect(await get('/api/x')).toEqual([200, 'x']);
});

test('a switched-off function is listed and does not answer', async () => {
  const { host, get } = await startHost(
    { 'app.js': HELLO('x') },
    { environment: { 'AzureWebJobs.x.Disabled': 'true' } },
  );
  expect(await get('/api/x')).toEqual([404, '']);
  expect(host.functions()).toEqual([
    { name: 'x', trigger: 'httpTrigger', disabled: 'switched off by a setting' },
  ]);
});

test('a missing %NAME% disables its function only', async () => {
  const { host, get } = await startHost({
    'app.js': `${HELLO('x')} app.storageQueue('q', { queueName: '%None%', connection: '', handler: () => undefined });`,
  });
  expect(await get('/api/x')).toEqual([200, 'x']);
  expect(host.functions().find(({ name }) => name === 'q')?.disabled).toBe("setting 'None' does not exist");
});

test('the app sees its settings, and the environment is as before when the host has stopped', async () => {
  const { host, get } = await startHost({
    'local.settings.json': '{ "Values": { "SAMPLE_SETTING": "from the file" } }',
    'app.js': `const { app } = require('@azure/functions');
      app.http('x', { handler: () => ({ body: process.env.SAMPLE_SETTING + ' ' + process.env.WEBSITE_HOSTNAME }) });`,
  });
  expect(await get('/api/x')).toEqual([200, 'from the file localhost:7071']);
  await host.stop();
  expect(process.env['SAMPLE_SETTING']).toBeUndefined();
});

test('appTerminate hooks run at a graceful stop', async () => {
  const { host } = await startHost({
    'app.js': `${HELLO('x')} app.hook.appTerminate(() => { globalThis.terminated = true; });`,
  });
  await host.stop();
  expect((globalThis as { terminated?: boolean }).terminated).toBe(true);
});

test('the listing shows where each function is reached', async () => {
  const { host } = await startHost({
    'local.settings.json': '{ "Values": { "Q": "work" } }',
    'app.js': `${HELLO('x')}
      app.timer('t', { schedule: '0 0 * * * *', handler: () => undefined });
      app.storageQueue('q', { queueName: '%Q%', connection: '', handler: () => undefined });
      app.storageQueue('p', { queueName: 'work-poison', connection: 'None', handler: () => undefined });
      app.eventGrid('e', { handler: () => undefined });`,
  });
  expect(listingLines(host.functions())).toEqual([
    'Functions:',
    '  e: eventGridTrigger http://localhost:7071/runtime/webhooks/eventgrid?functionName=e',
    "  p: queueTrigger disabled: setting 'None' does not exist",
    '  q: queueTrigger work',
    '  t: timerTrigger 0 0 * * * *',
    '  x: httpTrigger [GET,POST] http://localhost:7071/api/x',
  ]);
});
