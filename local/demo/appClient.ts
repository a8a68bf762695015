import { readFileSync } from 'node:fs';
import { request } from 'node:https';

/** Reads JSON from the app. @throws Error with status and body for an answer that is no success. */
export async function readJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Fires a timer function by hand, as the portal does. */
export const fireTimer = (app: string, name: string): Promise<void> =>
  readJson(`${app}/admin/functions/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });

/** PUTs a resource into the simulated Azure, as its owner would. */
export function putResource(arm: string, caFile: string, id: string, body: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${'o'.repeat(40)}`, 'content-type': 'application/json' };
  const url = `${arm}${id}?api-version=2023-05-01`;
  return new Promise((resolve, reject) => {
    const ca = readFileSync(caFile, 'utf8');
    const outgoing = request(url, { method: 'PUT', headers, ca, agent: false }, (reply) => {
      reply.resume();
      const { statusCode = 0 } = reply;
      if (statusCode < 300) resolve();
      else reject(new Error(`PUT ${id}: ${statusCode}`));
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}
