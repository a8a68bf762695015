import { expect, test } from 'vitest';
import { durableWorld, type DurableWorld, type Register } from './durableWorld.ts';

const app: Register = (durable) => {
  durable.activity('echo', { handler: (input: unknown) => input });
  durable.orchestration('echoIt', function* (context) {
    return (yield context.df.callActivity('echo', context.df.getInput())) as unknown;
  });
  durable.orchestration('waiting', function* (context) {
    return (yield context.df.waitForExternalEvent('go')) as unknown;
  });
  durable.orchestration('parent', function* (context) {
    return (yield context.df.callSubOrchestrator('echoIt', 1, 'kid')) as unknown;
  });
};

async function startedWorld(...instances: readonly [name: string, id: string][]): Promise<DurableWorld> {
  const world = await durableWorld(app);
  for (const [name, id] of instances) await world.http('POST', `orchestrators/${name}/${id}`, '{"a":1}');
  await world.clock.runFor(1000);
  return world;
}

const bodyOf = async (reply: ReturnType<DurableWorld['http']>): Promise<unknown> =>
  JSON.parse(String((await reply).body)) as unknown;

test('a start answers 202 with the management addresses', async () => {
  const world = await startedWorld();
  const reply = await world.http('POST', 'orchestrators/echoIt/e1', '{"a":1}');
  expect(reply).toMatchObject({
    status: 202,
    headers: {
      location:
        'http://localhost:7071/runtime/webhooks/durabletask/instances/e1?taskHub=TestHubName&connection=Storage&code=KEY',
      'retry-after': '10',
    },
  });
  expect(Object.keys(JSON.parse(String(reply.body)) as object)).toEqual([
    'id',
    'statusQueryGetUri',
    'sendEventPostUri',
    'terminatePostUri',
    'purgeHistoryDeleteUri',
    'restartPostUri',
    'suspendPostUri',
    'resumePostUri',
  ]);
});

test('a start without body has no input, one with broken JSON is refused', async () => {
  const world = await startedWorld();
  await world.http('POST', 'orchestrators/waiting/none');
  expect(await bodyOf(world.http('GET', 'instances/none'))).toMatchObject({ input: null });
  expect((await world.http('POST', 'orchestrators/waiting/bad', '{bad')).status).toBe(400);
  expect((await world.http('GET', 'instances/bad')).status).toBe(404);
});

test('an id in use answers 409 with its status', async () => {
  const world = await startedWorld(['waiting', 'w1']);
  const reply = await world.http('POST', 'orchestrators/waiting/w1', '1');
  expect([reply.status, reply.body]).toEqual([
    409,
    '{"Message":"An Orchestration instance with the status Running already exists."}',
  ]);
});

test('a status is 202 with a place to ask again while running, 200 at the end', async () => {
  const world = await startedWorld(['waiting', 'w1'], ['echoIt', 'e1']);
  expect(await world.http('GET', 'instances/w1')).toMatchObject({
    status: 202,
    headers: { 'retry-after': '5' },
  });
  const done = await world.http(
    'GET',
    'instances/e1?showHistory=true&showHistoryOutput=true&showInput=false',
  );
  expect(done.status).toBe(200);
  expect(JSON.parse(String(done.body))).toMatchObject({
    name: 'echoIt',
    input: null,
    output: { a: 1 },
    createdTime: '2026-08-22T02:00:00Z',
    historyEvents: [
      { EventType: 'ExecutionStarted', FunctionName: 'echoIt', Input: '{"a":1}' },
      { EventType: 'TaskCompleted', FunctionName: 'echo', Result: { a: 1 }, Input: null },
      { EventType: 'ExecutionCompleted', OrchestrationStatus: 'Completed', Result: { a: 1 } },
    ],
  });
  expect((await world.http('GET', 'instances/nobody')).status).toBe(404);
});

test('a failed instance is 500 only on request', async () => {
  const world = await startedWorld(['nothing', 'n1']);
  expect((await world.http('GET', 'instances/n1')).status).toBe(200);
  expect((await world.http('GET', 'instances/n1?returnInternalServerErrorOnFailure=true')).status).toBe(500);
});

test.each([
  ['instances/nobody/raiseEvent/go', '1', 'application/json', 404],
  ['instances/e1/raiseEvent/go', '1', 'application/json', 410],
  ['instances/w1/raiseEvent/go', '1', 'text/plain', 400],
  ['instances/w1/raiseEvent/go', '', 'application/json', 400],
  ['instances/w1/raiseEvent/go', '{x', 'application/json', 400],
  ['instances/w1/raiseEvent/a%2Fb', '1', 'application/json', 404],
  ['instances/w1/raiseEvent/go', 'null', 'application/json', 202],
])('POST %s with body %j as %s is %i', async (path, body, type, status) => {
  const world = await startedWorld(['waiting', 'w1'], ['echoIt', 'e1']);
  expect((await world.http('POST', path, body, type)).status).toBe(status);
});

test('suspending twice is 500, a finished instance 410, an unknown one 404', async () => {
  const world = await startedWorld(['waiting', 'w1'], ['echoIt', 'e1']);
  const suspend = async (id: string): Promise<number> => {
    const { status } = await world.http('POST', `instances/${id}/suspend?reason=r`);
    await world.clock.runFor(1000);
    return status;
  };
  expect([await suspend('w1'), await suspend('w1'), await suspend('e1'), await suspend('x')]).toEqual([
    202, 500, 410, 404,
  ]);
});

test('a rewind is refused in the words of the host, and not offered for a failed instance', async () => {
  const world = await startedWorld(['nothing', 'n1'], ['echoIt', 'e1']);
  expect((await world.http('POST', 'instances/n1/rewind?reason=x')).status).toBe(501);
  expect((await world.http('POST', 'instances/e1/rewind?reason=x')).status).toBe(412);
  expect(await bodyOf(world.http('POST', 'instances/nope/rewind?reason=x'))).toBe(
    'No orchestration with instance ID "$nope" found.',
  );
});

test('a restart runs the same input under a new id', async () => {
  const world = await startedWorld(['echoIt', 'e1']);
  const { id } = (await bodyOf(world.http('POST', 'instances/e1/restart'))) as { id: string };
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect((await world.finish(id))?.output).toEqual({ a: 1 });
  expect((await world.http('POST', 'instances/nope/restart')).status).toBe(400);
});

test('a purge of one deletes it alone, never an unfinished one', async () => {
  const world = await startedWorld(['parent', 'p1'], ['waiting', 'w1']);
  await world.finish('p1');
  expect(await bodyOf(world.http('DELETE', 'instances/p1'))).toEqual({ instancesDeleted: 1 });
  expect((await world.http('GET', 'instances/kid')).status).toBe(200);
  expect((await world.http('DELETE', 'instances/p1')).status).toBe(404);
  expect((await world.http('DELETE', 'instances/w1')).status).toBe(412);
  expect(world.codes()).toContain('H25');
});

test.each([
  ['', 400, ['e1', 'n1', 'w1']],
  ['createdTimeFrom=2020-01-01', 200, []],
  ['createdTimeFrom=2020-01-01&runtimeStatus=Running', 200, []],
  ['createdTimeFrom=2020-01-01&runtimeStatus=Bogus', 200, []],
  ['createdTimeFrom=2020-01-01&runtimeStatus=Completed,Running', 200, ['n1', 'w1']],
  ['createdTimeFrom=2020-01-01&runtimeStatus=Failed', 200, ['e1', 'w1']],
  ['createdTimeFrom=2030-01-01', 404, ['e1', 'n1', 'w1']],
])('a purge by %j is %i and leaves %j', async (query, status, left) => {
  const world = await startedWorld(['waiting', 'w1'], ['echoIt', 'e1'], ['nothing', 'n1']);
  expect((await world.http('DELETE', `instances/?${query}`)).status).toBe(status);
  expect(world.engine.stuck()).toEqual([]);
  const list = (await bodyOf(world.http('GET', 'instances'))) as { instanceId: string }[];
  expect(list.map((each) => each.instanceId)).toEqual(left);
});

test('a list is paged in order of id; what cannot be read filters nothing', async () => {
  const world = await startedWorld(['waiting', 'c'], ['echoIt', 'b'], ['echoIt', 'a']);
  const ids = async (query: string): Promise<string[]> =>
    ((await bodyOf(world.http('GET', `instances/?${query}`))) as { instanceId: string }[]).map(
      (each) => each.instanceId,
    );
  expect(await ids('runtimeStatus=Completed')).toEqual(['a', 'b']);
  expect(await ids('runtimeStatus=Bogus')).toEqual(['a', 'b', 'c']);
  expect(await ids('createdTimeFrom=zzz')).toEqual(['a', 'b', 'c']);
  expect(await ids('instanceIdPrefix=c')).toEqual(['c']);
  const page = await world.http('GET', 'instances?top=2');
  const token = String(page.headers['x-ms-continuation-token']);
  expect(Buffer.from(token, 'base64').toString()).toBe('c');
  expect(await ids('top=3')).toHaveLength(3);
});

test.each([
  ['%40x', '@x', '%40x'],
  ['a%20b', 'a b', 'a+b'],
  ['a%5Cb', 'a\\b', 'a%5Cb'],
  ['p%2525', 'p%', 'p%25'],
  ['p%2Bq', 'p q', 'p+q'],
  ['%C3%BC', 'ü', '%C3%BC'],
])('the path %s starts the id %j, written back as %s', async (path, id, written) => {
  const world = await startedWorld();
  const reply = await world.http('POST', `orchestrators/waiting/${path}`, '1');
  expect(JSON.parse(String(reply.body))).toMatchObject({ id });
  expect(reply.headers['location']).toContain(`/instances/${written}?`);
  expect(world.codes()).toContain('H29');
});

test('the client binding names the loopback address and texts everywhere', async () => {
  const world = await startedWorld();
  const input = JSON.parse(world.clientInput().string ?? '') as {
    rpcBaseUrl: string;
    managementUrls: object;
  };
  expect(input.rpcBaseUrl).toBe('http://127.0.0.1:17071/durabletask/');
  expect(Object.values(input.managementUrls).every((value) => typeof value === 'string')).toBe(true);
});
