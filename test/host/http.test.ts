import { describe, expect, test } from 'vitest';
import { setCookieHeader } from '../../local/functions-host/http/setCookie.ts';
import { parseRouteTemplate, pathSegments } from '../../local/functions-host/http/routeTemplate.ts';
import { startHost } from './startHost.ts';

const REQUIRE = "const { app } = require('@azure/functions');\n";

const match = (template: string, path: string) => parseRouteTemplate(template).match(pathSegments(path));

describe('route template', () => {
  test.each([
    ['hello/{name}', '/HELLO/Bob/', { name: 'Bob' }],
    ['hello/{name:alpha}', '/hello/bob1', undefined],
    ['hello/{name}/{rest?}', '/hello/bob', { name: 'bob' }],
    ['hello/{name}/{rest?}', '/hello/bob/more/still', undefined],
    ['page/{number=1}', '/page', { number: '1' }],
    ['files/{*rest}', '/files/a/b%20c', { rest: 'a/b c' }],
    ['files/{*rest}', '/files', {}],
    ['items/{id:int}', '/items/12', { id: '12' }],
    ['items/{id:int}', '/items/99999999999', undefined],
    [
      'items/{id:guid}',
      '/items/b38b6685-44d2-4ee5-afc5-0f61e3b71b78',
      { id: 'b38b6685-44d2-4ee5-afc5-0f61e3b71b78' },
    ],
    ['flag/{on:bool}', '/flag/True', { on: 'True' }],
    ['at/{day:datetime}', '/at/2026-08-22', { day: '2026-08-22' }],
    ['code/{c:length(2,3)}', '/code/abcd', undefined],
    ['code/{c:regex(^a.c$)}', '/code/abc', { c: 'abc' }],
    ['{file}.{extension}', '/a.txt', { file: 'a', extension: 'txt' }],
    ['hello/{name}', '/hello/a%2Fb', { name: 'a%2Fb' }],
    ['hello/{name}', '/hello/a%0D%0Ab', { name: 'a\r\nb' }],
    ['hello', '/hello/more', undefined],
  ])('%s at %s gives %j', (template, path, values) => {
    expect(match(template, path)).toEqual(values);
  });

  test('an unknown constraint is refused', () => {
    expect(() => parseRouteTemplate('a/{b:colour}')).toThrow("unknown route constraint 'colour'");
  });
});

describe('routes', () => {
  const FUNCTIONS = `${REQUIRE}
    const say = (text) => () => ({ body: text });
    app.http('any', { route: 'things/{*rest}', handler: say('catch-all') });
    app.http('one', { route: 'things/{id}', handler: say('parameter') });
    app.http('number', { route: 'things/{id:int}', handler: say('constrained') });
    app.http('exact', { route: 'things/new', handler: say('literal') });
    app.http('poster', { methods: ['POST'], route: 'poster', handler: say('posted') });
    app.http('other', { methods: ['GET'], route: 'poster', handler: say('got') });
    app.http('named', { handler: say('by name') });`;

  test('literal goes before constrained, parameter and catch-all', async () => {
    const { get } = await startHost({ 'app.js': FUNCTIONS });
    const bodies = [];
    for (const path of ['new', '12', 'old', 'old/er']) bodies.push((await get(`/api/things/${path}`))[1]);
    expect(bodies).toEqual(['literal', 'constrained', 'parameter', 'catch-all']);
  });

  test('the route defaults to the name of the function, in any case', async () => {
    const { get } = await startHost({ 'app.js': FUNCTIONS });
    expect(await get('/API/Named/')).toEqual([200, 'by name']);
  });

  test('one route may belong to two functions with different methods', async () => {
    const { host, get } = await startHost({ 'app.js': FUNCTIONS });
    expect(await get('/api/poster')).toEqual([200, 'got']);
    expect(String((await host.request({ method: 'POST', path: '/api/poster' })).body)).toBe('posted');
  });

  test.each(['PUT', 'HEAD', 'OPTIONS'])('the wrong method %s is 404', async (method) => {
    const { host } = await startHost({ 'app.js': FUNCTIONS });
    expect(await host.request({ method, path: '/api/named' })).toEqual({ status: 404, headers: {} });
  });

  test('the prefix may be empty', async () => {
    const { get } = await startHost({
      'app.js': FUNCTIONS,
      'host.json': '{ "extensions": { "http": { "routePrefix": "" } } }',
    });
    expect(await get('/named')).toEqual([200, 'by name']);
  });

  test('the root shows that the host runs, unless it is left to the app', async () => {
    const files = {
      'host.json': '{ "extensions": { "http": { "routePrefix": "" } } }',
      'app.js': `${REQUIRE}
        app.http('page', { route: '{*path}', handler: (request) => ({ body: \`page \${request.params.path ?? ''}\` }) });
        app.http('api', { route: 'api/named', handler: () => ({ body: 'api' }) });`,
    };
    const shown = await startHost(files);
    expect((await shown.get('/'))[1]).toContain('The local Functions host is running.');
    expect(await shown.get('/api/named')).toEqual([200, 'api']);
    expect(await shown.get('/ui/runs/1')).toEqual([200, 'page ui/runs/1']);
    const left = await startHost(files, {
      environment: { AzureWebJobsStorage: 'UseDevelopmentStorage=true', AzureWebJobsDisableHomepage: 'true' },
    });
    expect(await left.get('/')).toEqual([200, 'page ']);
  });

  test('a function whose route is taken, reserved or broken does not start; the others do', async () => {
    const { host, get } = await startHost({
      'host.json': '{ "extensions": { "http": { "routePrefix": "" } } }',
      'app.js': `${REQUIRE}
        app.http('first', { route: 'same', handler: () => ({ body: 'first' }) });
        app.http('second', { route: 'Same', handler: () => ({ body: 'second' }) });
        app.http('reserved', { route: 'admin/x', handler: () => ({}) });
        app.http('broken', { route: 'x/{a:colour}', handler: () => ({}) });`,
    });
    expect(await get('/same')).toEqual([200, 'first']);
    expect(host.functions().map(({ name, disabled }) => [name, disabled])).toEqual([
      ['broken', "unknown route constraint 'colour'"],
      ['first', undefined],
      ['reserved', "route 'admin/x' begins with a reserved word"],
      ['second', "route 'Same' belongs to function 'first'"],
    ]);
  });
});

describe('answers', () => {
  test.each([
    ['undefined', 204, ''],
    ['null', 204, ''],
    ['{}', 200, ''],
    ['{ jsonBody: null }', 200, ''],
    ['{ status: 201, body: "text" }', 201, 'text'],
    ['"bare string"', 500, ''],
  ])('the result %s is %i', async (result, status, body) => {
    const { get } = await startHost({
      'app.js': `${REQUIRE} app.http('f', { handler: () => (${result}) });`,
    });
    expect(await get('/api/f')).toEqual([status, body]);
  });

  test('a thrown error is an empty 500', async () => {
    const { get } = await startHost({
      'app.js': `${REQUIRE} app.http('f', { handler: () => { throw new Error('inner detail'); } });`,
    });
    expect(await get('/api/f')).toEqual([500, '']);
  });

  test('over a real socket bytes stay bytes, headers repeat and each cookie has a header', async () => {
    const { host } = await startHost(
      {
        'app.js': `${REQUIRE} app.http('f', { methods: ['POST'], handler: async (request) => ({
          body: Buffer.from(await request.arrayBuffer()),
          headers: { 'x-seen': request.headers.get('x-many') + ' ' + request.params.none + ' ' + request.query.get('q') },
          cookies: [{ name: 'c', value: 'v 1', httpOnly: true, sameSite: 'Lax' }, { name: 'd', value: '2' }],
        }) });`,
      },
      { listen: true, port: 0 },
    );
    const { publicBase } = host.urls();
    const headers = new Headers([
      ['x-many', 'a'],
      ['x-many', 'b'],
    ]);
    const reply = await fetch(`${publicBase.replace('localhost', '127.0.0.1')}/api/f?q=1`, {
      method: 'POST',
      body: Buffer.from([0, 255, 1]),
      headers,
    });
    expect([...new Uint8Array(await reply.arrayBuffer())]).toEqual([0, 255, 1]);
    expect(reply.headers.get('x-seen')).toBe('a, b undefined 1');
    expect(reply.headers.getSetCookie()).toEqual(['c=v%201; path=/; samesite=lax; httponly', 'd=2; path=/']);
  });

  test('the body of a GET is dropped', async () => {
    const { host } = await startHost({
      'app.js': `${REQUIRE} app.http('f', { handler: async (request) => ({ body: 'got <' + await request.text() + '>' }) });`,
    });
    expect(String((await host.request({ method: 'GET', path: '/api/f', body: 'x' })).body)).toBe('got <>');
  });

  test('cookie attributes are written in the order of the official host', () => {
    expect(
      setCookieHeader({
        name: 'a',
        value: 'x y;=é',
        domain: { value: 'd.example' },
        path: { value: '/p' },
        secure: { value: true },
        sameSite: 'explicitNone',
        maxAge: { value: 5 },
        expires: { value: { seconds: 0 } },
      }),
    ).toBe(
      'a=x%20y%3B%3D%C3%A9; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=5; domain=d.example; path=/p; secure; samesite=none',
    );
  });

  test('a management URL with a key in an answer is warned of', async () => {
    const { get, warnings } = await startHost({
      'app.js': `${REQUIRE} app.http('f', { handler: () => ({ jsonBody: { statusQueryGetUri: 'http://x/?code=k' } }) });`,
    });
    await get('/api/f');
    expect(warnings.list().map(({ code, subject }) => [code, subject])).toEqual([['H18', 'f']]);
  });
});

describe('keys', () => {
  const LEVELS = `${REQUIRE}
    for (const authLevel of ['anonymous', 'function', 'admin'])
      app.http(authLevel, { authLevel, handler: () => ({ body: 'in' }) });`;
  const withKey = (key: string) => ({ 'x-functions-key': key });

  test.each([
    ['anonymous', undefined, 200],
    ['anonymous', 'wrong', 200],
    ['function', undefined, 401],
    ['function', 'wrong', 401],
    ['function', 'function-key', 200],
    ['function', 'host-key', 200],
    ['function', 'master-key', 200],
    ['admin', 'function-key', 401],
    ['admin', 'master-key', 200],
  ])('level %s with key %s is %i', async (level, key, status) => {
    const { get } = await startHost({ 'app.js': LEVELS }, { enableAuth: true });
    expect((await get(`/api/${level}`, key === undefined ? {} : withKey(key)))[0]).toBe(status);
  });

  test('the header wins over the query', async () => {
    const { get } = await startHost({ 'app.js': LEVELS }, { enableAuth: true });
    expect(await get('/api/function?code=function-key', withKey('wrong'))).toEqual([401, '']);
    expect(await get('/api/function?code=wrong', withKey('function-key'))).toEqual([200, 'in']);
  });

  test('keys are not checked unless asked for', async () => {
    const { get } = await startHost({ 'app.js': LEVELS });
    expect(await get('/api/admin')).toEqual([200, 'in']);
    expect((await get('/admin/host/status'))[0]).toBe(200);
  });

  test('webhooks and the admin API say 401 with a challenge, ping is open', async () => {
    const { host, get } = await startHost({ 'app.js': LEVELS }, { enableAuth: true });
    const refused = { status: 401, headers: { 'www-authenticate': 'Bearer' } };
    const path = '/runtime/webhooks/eventgrid?functionName=x';
    expect(await host.request({ method: 'POST', path })).toEqual(refused);
    expect(await host.request({ method: 'GET', path: '/admin/host/status' })).toEqual(refused);
    expect((await get('/admin/host/status', withKey('function-key')))[0]).toBe(401);
    expect((await get('/admin/host/status', withKey('master-key')))[0]).toBe(200);
    expect((await get('/admin/host/ping'))[0]).toBe(200);
  });
});

test('a body nested 5,000 levels deep reaches the function, which may refuse it', async () => {
  const { host } = await startHost({
    'app.js': `${REQUIRE} app.http('depth', { handler: async (request) => ({ body: String((await request.text()).length) }) });`,
  });
  const body = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
  const reply = await host.request({
    ...{ method: 'POST', path: '/api/depth', body },
    headers: { 'content-type': 'application/json' },
  });
  expect([reply.status, String(reply.body)]).toEqual([200, '30001']);
});

describe('admin API', () => {
  const TICK = `${REQUIRE}
    globalThis.ticks = [];
    app.timer('tick', { schedule: '0 0 * * * *', handler: (timer) => { globalThis.ticks.push(timer); } });`;

  test('says that it is running, readable by a readiness check', async () => {
    const { get } = await startHost({ 'app.js': TICK });
    const [status, body] = await get('/admin/host/status');
    expect([status, (JSON.parse(body) as { state: string }).state]).toEqual([200, 'Running']);
  });

  test('fires a timer by hand, an unknown function is 404', async () => {
    const { host } = await startHost({ 'app.js': TICK });
    const fire = async (name: string) =>
      (
        await host.request({
          method: 'POST',
          path: `/admin/functions/${name}`,
          headers: { 'content-type': 'application/json' },
          body: '{"input":"x"}',
        })
      ).status;
    expect([await fire('Tick'), await fire('tock')]).toEqual([202, 404]);
    const { ticks } = globalThis as { ticks?: { isPastDue: boolean; scheduleStatus: { last: string } }[] };
    await new Promise(setImmediate);
    expect(ticks?.map(({ isPastDue, scheduleStatus }) => [isPastDue, scheduleStatus.last])).toEqual([
      [false, '0001-01-01T00:00:00+00:00'],
    ]);
  });

  test.each([
    [undefined, 415],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json; charset=utf-8', 202],
    ['application/merge-patch+json', 202],
  ])('a call by hand of content type %s is answered %i', async (type, status) => {
    const { host } = await startHost({ 'app.js': TICK });
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
    const reply = await host.request({ method: 'POST', path: '/admin/functions/tick', headers, body: '{}' });
    expect(reply.status).toBe(status);
  });

  test('lists the functions in order of name', async () => {
    const { get } = await startHost({
      'app.js': `${REQUIRE} app.http('b', { handler: () => ({}) }); app.http('A', { handler: () => ({}) });`,
    });
    const listed = JSON.parse((await get('/admin/functions'))[1]) as {
      name: string;
      invoke_url_template: string;
    }[];
    expect(listed.map((each) => [each.name, each.invoke_url_template])).toEqual([
      ['A', 'http://localhost:7071/api/A'],
      ['b', 'http://localhost:7071/api/b'],
    ]);
  });
});
