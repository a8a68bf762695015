import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { demoGroup, demoShare, startClosedApp, type ClosedApp } from '../support/bundledApp.ts';

const target = demoShare('archive');

let closed: ClosedApp;

beforeAll(async () => void (closed = await startClosedApp(60)), 120_000);
afterAll(() => closed.stop());

const endpoint = () => new URL(`${closed.app}/api/mcp`);

/** A client as assistants have it, with a token in its configuration. */
async function assistant(mode: 'legacy' | 'auto', roles: readonly string[]): Promise<Client> {
  const authorization = `Bearer ${await closed.issuer.token({ roles })}`;
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(
    new StreamableHTTPClientTransport(endpoint(), { requestInit: { headers: { authorization } } }),
  );
  onTestFinished(() => client.close());
  return client;
}

describe.each(['legacy', 'auto'] as const)('an assistant at the bundle, beginning as %s', (mode) => {
  test('backs a share up and follows the run to its recovery point', async () => {
    const client = await assistant(mode, ['Backups.Read', 'Backups.Run']);
    const { structuredContent: asked } = await client.callTool({
      name: 'back_up_now',
      arguments: { target, key: `release-47-${mode}` },
    });
    const { id } = asked as { id: string };
    const { structuredContent: ended } = await client.callTool({ name: 'run', arguments: { id, wait: 120 } });
    expect(ended).toMatchObject({ id, status: 'completed', recoveryPoint: { tiers: [{}] } });
    const { structuredContent: listed } = await client.callTool({ name: 'runs', arguments: { top: 1 } });
    expect(listed).toMatchObject({ value: [{ id, status: 'completed' }] });
  }, 180_000);

  test('reads coverage, a resource and the plan', async () => {
    const client = await assistant(mode, ['Backups.Read']);
    expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('back_up_now');
    const coverage = await client.callTool({ name: 'coverage', arguments: { state: 'ok' } });
    expect(coverage.structuredContent).toMatchObject({ value: [], summary: {} });
    const unseen = await client.callTool({ name: 'explain_resource', arguments: { id: `${demoGroup}/x` } });
    expect([unseen.isError, JSON.stringify(unseen.content)]).toEqual([
      true,
      expect.stringContaining('ResourceNotSeen'),
    ]);
    const plan = await client.callTool({ name: 'plan_dry_run', arguments: {} });
    expect(plan.structuredContent).toMatchObject({ standing: 'empty', rules: [], orphans: { count: 0 } });
  }, 60_000);
});

test('without a token: 401 and where to get one; other verbs: 405', async () => {
  const bare = await fetch(endpoint(), { method: 'POST', body: '{}' });
  expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('authorization_uri='),
  ]);
  const authorization = `Bearer ${await closed.issuer.token({ roles: ['Backups.Read'] })}`;
  for (const method of ['GET', 'DELETE']) {
    const answer = await fetch(endpoint(), { method, headers: { authorization } });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  }
});
