import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createDoors } from '../../local/functions-host/doors.ts';
import type { HostReply } from '../../local/functions-host/durableExtension.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const ask = { method: 'GET', path: '/' };
const nobody = { reply: { status: 404, headers: {} } };

test('an answer that has been given is kept nowhere', async () => {
  const doors = createDoors();
  const given: WeakRef<Buffer>[] = [];
  const serve = (): Promise<HostReply> => {
    const body = Buffer.alloc(1024);
    given.push(new WeakRef(body));
    return Promise.resolve({ status: 200, headers: {}, body });
  };
  doors.admit({ public: () => ({ serve }), rpc: () => nobody });
  for (let request = 0; request < 100; request++) await doors.request(ask, 'localhost');
  await new Promise(setImmediate);
  collectGarbage();
  expect(given.filter((answer) => answer.deref() !== undefined).length).toBeLessThan(3);
});

test('a call that is being served when the worker dies is answered 500, the next one is served', async () => {
  const doors = createDoors();
  let serve = (): Promise<HostReply> => new Promise(() => undefined);
  doors.admit({ public: () => ({ serve: () => serve() }), rpc: () => nobody });
  const cut = doors.request(ask, 'localhost');
  doors.cutOff();
  serve = () => Promise.resolve({ status: 204, headers: {} });
  expect([(await cut).status, (await doors.request(ask, 'localhost')).status]).toEqual([500, 204]);
});
