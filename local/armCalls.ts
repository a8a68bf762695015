import { readFileSync } from 'node:fs';
import { request } from 'node:https';

/** Any well-formed token is believed by the simulator. */
export const anyToken = 'o'.repeat(40);

/** Asks the simulated Azure. @throws Error with status and body for an answer that is no success. */
export type ArmCall = <T>(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown) => Promise<T>;

const headers = { authorization: `Bearer ${anyToken}`, 'content-type': 'application/json' };

/** Calls as an owner of resources makes them. @param caFile PEM of the authority the certificate comes from. */
export function armCalls(arm: string, caFile: string): ArmCall {
  const ca = readFileSync(caFile, 'utf8');
  return <T>(method: string, path: string, body?: unknown) =>
    new Promise<T>((resolve, reject) => {
      const url = new URL(path, arm);
      const outgoing = request(url, { method, headers, ca, agent: false }, async (reply) => {
        const chunks: Buffer[] = [];
        for await (const chunk of reply) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString('utf8');
        const { statusCode = 0 } = reply;
        if (statusCode < 300) resolve((text === '' ? undefined : JSON.parse(text)) as T);
        else reject(new Error(`${method} ${url.pathname}: ${statusCode} ${text}`));
      });
      outgoing.on('error', reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
