import { readFileSync } from 'node:fs';
import { request } from 'node:https';

/** One line of the simulator's log. */
export interface LoggedRequest {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly status: number;
  readonly effect: readonly string[];
}

/** A change the simulator has made. */
export interface Effect {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: string;
  readonly subject: string;
}

/** The simulator's own routes, which no client of ARM has. */
export interface SimulatorControl {
  log(): Promise<readonly LoggedRequest[]>;
  effects(): Promise<readonly Effect[]>;
  /** Takes the place of the faults before. */
  setFaults(faults: unknown): Promise<void>;
  /** Adds to the world. */
  addWorld(world: unknown): Promise<void>;
}

interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly ca: string;
  readonly body?: unknown;
}

function exchange<T>({ method, url, ca, body }: Exchange): Promise<T> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, ca, agent: false }, async (reply) => {
      const chunks: Buffer[] = [];
      for await (const chunk of reply) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString('utf8');
      if (reply.statusCode === 200) resolve(JSON.parse(text) as T);
      else reject(new Error(`${method} ${url}: ${reply.statusCode} ${text}`));
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Speaks to a running simulator. @param caFile PEM of the authority its certificate comes from. */
export function simulatorControl(arm: string, caFile: string): SimulatorControl {
  const ca = readFileSync(caFile, 'utf8');
  const read = async <T>(name: string): Promise<readonly T[]> =>
    (await exchange<{ value: readonly T[] }>({ method: 'GET', url: `${arm}/simulator/${name}`, ca })).value;
  const send = async (name: string, body: unknown): Promise<void> =>
    void (await exchange({ method: 'POST', url: `${arm}/simulator/${name}`, ca, body }));
  return {
    log: () => read('log'),
    effects: () => read('effects'),
    setFaults: (faults) => send('faults', faults),
    addWorld: (world) => send('world', { mode: 'merge', world }),
  };
}
