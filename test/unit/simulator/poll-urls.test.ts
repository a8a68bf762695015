import { expect, test } from 'vitest';
import { backUpShare, itemNamed, protectedWorld, simulatedCloud } from './simulated-cloud.ts';

async function accepted(world = protectedWorld) {
  const cloud = simulatedCloud({ world });
  const { id } = await itemNamed(cloud, 'docs');
  const { headers } = await cloud.send('POST', `${id}/backup`, backUpShare);
  return { cloud, status: headers['Azure-AsyncOperation'] ?? '', result: headers['Location'] ?? '' };
}

test('poll URLs are signed and between three and four thousand characters long', async () => {
  const { status, result } = await accepted();
  for (const url of [status, result]) {
    expect(url.length).toBeGreaterThan(3060);
    expect(url.length).toBeLessThan(3814);
    expect(url).toMatch(/\?api-version=2025-08-01&t=\d{18}&c=MIIHhz[\w-]{2569}&s=[\w-]{342}&h=[\w-]{43}$/);
  }
});

test('a poll URL that lost a character is refused', async () => {
  const { cloud, status } = await accepted();
  expect((await cloud.get(status)).status).toBe(200);
  expect((await cloud.get(status.slice(0, -1))).status).toBe(403);
  expect((await cloud.get(status.replace(/&h=.*/, ''))).status).toBe(403);
});

test('each running answer of a result URL is signed anew', async () => {
  const { cloud, result } = await accepted();
  cloud.wait(1);
  const again = (await cloud.get(result)).headers['Location'] ?? '';
  expect(again).not.toBe(result);
  expect(again.replace(/&t=.*/, '')).toBe(result.replace(/&t=.*/, ''));
});

test('the same seed gives the same ids and signatures', async () => {
  expect((await accepted()).status).toBe((await accepted()).status);
});

test('a world can leave signatures out', async () => {
  const world = { ...protectedWorld, settings: { signedPollUrls: false } };
  const { cloud, status } = await accepted(world);
  expect(status).toMatch(/\/operationsStatus\/[0-9a-f-]{36}\?api-version=2025-08-01$/);
  expect((await cloud.get(status)).status).toBe(200);
});

test('the time scale shortens durations and Retry-After, never below a second', async () => {
  const world = { ...protectedWorld, settings: { timeScale: 120 } };
  const cloud = simulatedCloud({ world });
  const { id } = await itemNamed(cloud, 'docs');
  const { headers } = await cloud.send('DELETE', id);
  expect(headers['Retry-After']).toBe('1');
  cloud.wait(0.25);
  expect((await cloud.get(headers['Azure-AsyncOperation'] ?? '')).body.status).toBe('Succeeded');
});
