import { expect, onTestFinished, test } from 'vitest';
import { createRealClock } from '../../local/functions-host/clock/realClock.ts';
import { createSupervisor, type ReadyWorker } from '../../local/functions-host/supervisor.ts';
import { emptyFolder, sampleApp } from './sampleApp.ts';

const APP = `
  const { app } = require('@azure/functions');
  app.http('pid', { handler: () => ({ body: String(process.pid) }) });
  let running = 0;
  app.http('slow', { handler: () => { running += 1; return new Promise(() => undefined); } });
  app.http('running', { handler: () => ({ body: String(running) }) });
  app.http('reject', { handler: () => { Promise.reject(new Error('nobody waits')); return new Promise(() => undefined); } });
  app.http('throw', { handler: () => { setImmediate(() => { throw new Error('uncaught'); }); return new Promise(() => undefined); } });
  app.http('exit', { handler: () => { process.exit(0); } });`;

/** A supervisor whose workers are announced one by one through `nextWorker`. */
function supervise(files: Record<string, string>, strict = false) {
  const announced: ReadyWorker[] = [];
  const waiting: ((worker: ReadyWorker) => void)[] = [];
  const supervisor = createSupervisor({
    appFolder: sampleApp(files),
    dataFolder: emptyFolder(),
    port: 0,
    enableAuth: false,
    strict,
    log: 'ignore',
    clock: createRealClock(),
    environment: { ...process.env, NODE_OPTIONS: '' },
    ready: (worker) => {
      const wake = waiting.shift();
      if (wake) wake(worker);
      else announced.push(worker);
    },
  });
  onTestFinished(() => supervisor.stop());
  const nextWorker = (): Promise<ReadyWorker> => {
    const worker = announced.shift();
    return worker ? Promise.resolve(worker) : new Promise((resolve) => waiting.push(resolve));
  };
  return { supervisor, nextWorker };
}

const get = async (port: number, path: string): Promise<[number, string]> => {
  const reply = await fetch(`http://127.0.0.1:${port}/api/${path}`);
  return [reply.status, await reply.text()];
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Resolves once the process is gone: until then its port may still take a call, and cut it off like those that run. */
async function endOf(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise(setImmediate);
}

test.each(['reject', 'throw', 'exit'])(
  'after "%s" the worker is replaced: running calls get an empty 500, later ones wait and succeed',
  async (path) => {
    const { supervisor, nextWorker } = supervise({ 'app.js': APP });
    const { publicPort, pid } = await supervisor.start();
    await nextWorker();
    const slow = get(publicPort, 'slow');
    while ((await get(publicPort, 'running'))[1] !== '1');
    const ended = get(publicPort, path);
    expect(await Promise.all([slow, ended])).toEqual([
      [500, ''],
      [500, ''],
    ]);
    await endOf(pid);
    const [status, later] = await get(publicPort, 'pid');
    const replacement = await nextWorker();
    expect([status, later]).toEqual([200, String(replacement.pid)]);
    expect(replacement.pid).not.toBe(pid);
  },
);

test('a killed worker is replaced on the same port', async () => {
  const { supervisor, nextWorker } = supervise({ 'app.js': APP });
  const first = await supervisor.start();
  await nextWorker();
  supervisor.killWorker();
  const second = await nextWorker();
  expect(second.publicPort).toBe(first.publicPort);
  expect(await get(second.publicPort, 'pid')).toEqual([200, String(second.pid)]);
});

test('stop ends the worker and leaves nothing running', async () => {
  const { supervisor } = supervise({ 'app.js': APP });
  const { pid } = await supervisor.start();
  await supervisor.stop();
  expect(await supervisor.ended).toBe(0);
  expect(isAlive(pid)).toBe(false);
});

test('an app that does not load fails the start with its reason', async () => {
  const { supervisor } = supervise({ 'app.js': 'throw new Error("broken at load");' });
  await expect(supervisor.start()).rejects.toThrow('broken at load');
  expect(await supervisor.ended).toBe(2);
});

test('under --strict a warning ends the run', async () => {
  const unread = `const { app } = require('@azure/functions');
    app.timer('t', { schedule: '0 0 * * * *', runOnStartup: true, handler: () => undefined });`;
  const { supervisor } = supervise({ 'app.js': unread }, true);
  await expect(supervisor.start()).rejects.toThrow('a warning fails a strict run');
  expect(await supervisor.ended).toBe(3);
});
