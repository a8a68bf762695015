import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRealClock, type Clock } from './clock.ts';
import type { ArmReply, ArmRequest } from './exchange.ts';
import type { FaultRuleSeed } from './faults.ts';
import { readPrincipal } from './principal.ts';
import { createSimulator, type Simulator } from './simulator.ts';
import type { WorldSeed } from './world.ts';

/** What a kept simulator began with. */
export interface Beginning {
  readonly world?: WorldSeed;
  readonly faults?: readonly FaultRuleSeed[];
  readonly timeScale?: number;
}

interface Asked {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly request: ArmRequest;
}

interface Began {
  readonly at: number;
  readonly began: Beginning;
}

/** A journal's lines: the beginning, then every request in the order of its arrival. */
type Line = Began | Asked;

/** A simulator as it begins. @param clock absent: the machine's. */
export const simulatorFrom = ({ world, faults, timeScale }: Beginning, clock?: Clock): Simulator =>
  createSimulator({
    ...(clock && { clock }),
    ...(world && { world }),
    ...(faults && { faults }),
    ...(timeScale !== undefined && { settings: { timeScale } }),
  });

/** The real clock, or the time of the request that is answered once more. */
interface ReplayClock extends Clock {
  replayedAt: number | undefined;
}

function replayClock(): ReplayClock {
  const real = createRealClock();
  const clock: ReplayClock = {
    ...real,
    replayedAt: undefined,
    now: () => clock.replayedAt ?? real.now(),
    after: (delayMs, run) => real.after(clock.replayedAt === undefined ? delayMs : 0, run),
  };
  return clock;
}

/** A request as it is kept: who asked, but not the token that said so. */
function withoutToken(request: ArmRequest): ArmRequest {
  const caller = readPrincipal(request.headers, '');
  const headers = Object.entries(request.headers).filter(([name]) => !/^authorization$/i.test(name));
  if (caller === undefined) return { ...request, headers: Object.fromEntries(headers) };
  const { objectId: oid, tenantId: tid } = caller;
  const claims = Buffer.from(JSON.stringify({ oid, ...(tid !== '' && { tid }) })).toString('base64url');
  return {
    ...request,
    headers: { ...Object.fromEntries(headers), authorization: `Bearer kept.${claims}.kept` },
  };
}

/** Where events go belongs to the running simulator: what is answered once more tells nobody. */
const withoutTargets = (world: WorldSeed): WorldSeed => ({ ...world, eventSubscriptions: [] });

function toldToNobody(request: ArmRequest): ArmRequest {
  if (!/\/simulator\/world$/.test(request.url) || request.body === undefined) return request;
  const body = JSON.parse(request.body) as { readonly world?: WorldSeed };
  return { ...request, body: JSON.stringify({ ...body, world: withoutTargets(body.world ?? {}) }) };
}

/** A kill may leave a torn last line, which is passed over. */
function readLines(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text) => {
      try {
        return [JSON.parse(text) as Line];
      } catch {
        return [];
      }
    });
}

async function replay(simulator: Simulator, clock: ReplayClock, asked: readonly Asked[]): Promise<void> {
  for (const { at, request } of asked) {
    clock.replayedAt = at;
    // A reply that was dropped is dropped again; its effect is what counts.
    await simulator.handle(toldToNobody(request)).catch(() => undefined);
  }
  clock.replayedAt = undefined;
}

/**
 * A simulator whose state outlives its process. Same beginning, same requests, same times: same state, so the file holds
 * the requests alone and they are answered once more when it is opened.
 *
 * @param file JSON lines; made when missing. One that exists decides about the beginning, whatever `fresh` says.
 */
export async function openKeptSimulator(file: string, fresh: Beginning): Promise<Simulator> {
  const known = existsSync(file) ? readLines(file) : [];
  const clock = replayClock();
  const first = known.find((line) => 'began' in line) ?? { at: clock.now(), began: fresh };
  const { began } = first;
  // What the world says of the past is counted from its beginning.
  clock.replayedAt = first.at;
  const simulator = simulatorFrom(
    { ...began, ...(began.world && { world: withoutTargets(began.world) }) },
    clock,
  );
  const asked = known.filter((line) => 'request' in line);
  await replay(simulator, clock, asked);
  const lines: readonly Line[] = [first, ...asked];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { eventSubscriptions = [] } = began.world ?? {};
  if (eventSubscriptions.length > 0) simulator.loadWorld({ eventSubscriptions }, 'merge');
  return keeping(simulator, (request) => {
    const line: Asked = { at: clock.now(), request: withoutToken(request) };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  });
}

/** The same simulator, each request noted before it is answered. */
function keeping(simulator: Simulator, note: (request: ArmRequest) => void): Simulator {
  const handle = (request: ArmRequest): Promise<ArmReply> => {
    note(request);
    return simulator.handle(request);
  };
  return Object.create(simulator, { handle: { value: handle } }) as Simulator;
}
