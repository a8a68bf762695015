import type { Fault } from '../../local/arm-simulator/faults.ts';
import type { Simulator } from '../../local/arm-simulator/simulator.ts';
import type { EmbeddedApp } from '../support/embeddedApp.ts';
import type { AroundPort } from '../support/mortalPorts.ts';
import { chanceOf, type Chance } from './chance.ts';
import { indiscreet, type FaultKind, type Fired } from './faultKinds.ts';
import type { SimWorld } from './world.ts';

/** What harms the app while a world is played; nothing after `stop`. */
export interface Troubles {
  readonly around: AroundPort;
  readonly skewMs: () => number;
  /** By how much the clock of the process has jumped so far. */
  readonly jumpedMs: () => number;
  readonly fired: Fired;
  readonly fire: (kind: FaultKind) => void;
  /** Called once the app is there. */
  begin(app: EmbeddedApp): void;
  /** Does something of the world's own, which no trouble may meet. */
  spared<T>(work: () => Promise<T>): Promise<T>;
  stop(): void;
}

/** So many seconds must lie between two deaths: a process that dies at its birth shows nothing. */
const betweenDeathsMs = 20_000;

/** The troubles of a world, by its seed. */
export function troublesOf({ seed, enabled }: SimWorld): Troubles {
  const chance = chanceOf(seed, 2);
  const fired: Fired = {};
  let app: EmbeddedApp | undefined;
  let active = true;
  let diedAt = -Infinity;
  let jumped = 0;
  /** Port calls until a life that began with a death ends with one; a death inside the recovery of another. */
  let callsToNextDeath = Infinity;
  const fire = (kind: FaultKind) => void (fired[kind] = (fired[kind] ?? 0) + 1);
  const strikes = (kind: FaultKind, percent: number): boolean => {
    if (!active || !app || !enabled.has(kind) || !chance.percent(percent)) return false;
    fire(kind);
    return true;
  };
  const pause = (seconds: number) =>
    new Promise<void>((resolve) => void app?.clock.after(seconds * 1000, resolve));
  const lost = (what: string) => new Error(`The answer of ${what} was lost.`);

  function mayDie(): boolean {
    return app !== undefined && app.clock.now() - diedAt > betweenDeathsMs;
  }
  function dies(kind: 'death' | 'freeze', percent: number): boolean {
    if (!mayDie() || !strikes(kind, percent)) return false;
    diedAt = app?.clock.now() ?? 0;
    return true;
  }

  async function atTable(port: string, effect: () => Promise<unknown>): Promise<unknown> {
    if (strikes('tableRefused', 1)) throw new Error(`${port} is out of reach.`);
    const isWrite = !port.endsWith('.read') && !port.endsWith('.page');
    // A client of storage repeats what was not answered: the second answer is what its caller sees.
    if (isWrite && strikes('tableRepeated', 2)) await effect();
    const answer = await effect();
    if (isWrite && strikes('tableAnswerLost', 1.5)) throw lost(port);
    return answer;
  }

  async function atQueue(effect: () => Promise<unknown>): Promise<unknown> {
    if (strikes('queueRefused', 3)) throw new Error('The queue is out of reach.');
    if (strikes('messageLate', 5)) {
      app?.clock.after(chance.oneOf([30, 200, 1000, 2400]) * 1000, () => void effect());
      return undefined;
    }
    if (strikes('messageTwice', 10)) {
      await effect();
      app?.clock.after(chance.oneOf([0, 1, 40, 2400]) * 1000, () => void effect());
    } else await effect();
    if (strikes('queueAnswerLost', 3)) throw lost('the queue');
    return undefined;
  }

  async function atFlows(port: string, effect: () => Promise<unknown>): Promise<unknown> {
    if (port === 'flows.raise') {
      if (strikes('eventDropped', 10)) return 'raised';
      if (strikes('eventLate', 10)) {
        app?.clock.after(chance.oneOf([5, 100, 900]) * 1000, () => void effect());
        return 'raised';
      }
      if (strikes('eventTwice', 15)) await effect();
    }
    const answer = await effect();
    if (port === 'flows.start' && strikes('startAnswerLost', 15)) throw lost('the start of a flow');
    return answer;
  }

  function poisonOne(): void {
    const rows = app?.tables.steps.rows().filter(({ state }) => state !== undefined) ?? [];
    const row = rows.length > 0 ? chance.oneOf(rows) : undefined;
    if (!row || !strikes('poison', 100)) return;
    const text = Buffer.from(JSON.stringify({ runId: row.partitionKey, stepId: row.rowKey })).toString(
      'base64',
    );
    void app?.queues.put('backup-steps-poison', text, { ttlSeconds: -1 });
  }

  const around: AroundPort = (port, effect) =>
    active && enabled.size > 0 ? troubled(port, effect) : effect();

  /** Whether this call meets the second death of a pair. */
  function diesAgain(): boolean {
    if (--callsToNextDeath > 0) return false;
    callsToNextDeath = Infinity;
    return strikes('deathAgain', 100);
  }

  async function troubled(port: string, effect: () => Promise<unknown>): Promise<unknown> {
    if (diesAgain()) {
      if (chance.percent(50)) await effect();
      app?.kill();
    } else if (dies('death', 1.5)) {
      if (chance.percent(50)) await effect();
      app?.kill();
      if (enabled.has('deathAgain') && chance.percent(60)) callsToNextDeath = chance.whole(1, 25);
    }
    if (dies('freeze', 1)) return frozen(port, effect);
    return disturbed(port, effect);
  }

  /** A process stands still before what it does, or before it sees the answer; another one has begun meanwhile. */
  async function frozen(port: string, effect: () => Promise<unknown>): Promise<unknown> {
    const isAfter = chance.percent(50);
    const answer = isAfter ? await effect() : undefined;
    app?.freeze();
    await pause(chance.oneOf([20, 60, 130, 400, 900]));
    return isAfter ? answer : disturbed(port, effect);
  }

  function disturbed(port: string, effect: () => Promise<unknown>): Promise<unknown> {
    if (port.startsWith('queue.')) return atQueue(effect);
    if (port.startsWith('flows.')) return atFlows(port, effect);
    return port.startsWith('arm.') ? effect() : atTable(port, effect);
  }

  return {
    around,
    fired,
    skewMs: () => {
      const skew = enabled.has('clockSkew') ? chance.whole(-30, 30) * 1000 : 0;
      if (skew !== 0 && active) fire('clockSkew');
      return active ? skew : 0;
    },
    jumpedMs: () => (active ? jumped : 0),
    fire,
    begin(begun) {
      app = begun;
      if (enabled.has('clockJump'))
        for (let minute = chance.whole(1, 8); minute <= 44; minute += chance.whole(5, 20))
          app.clock.after(minute * 60_000, () => {
            if (strikes('clockJump', 100)) jumped = chance.oneOf([-5, -2, -1, 0, 1, 3, 6]) * 3_600_000;
          });
      disturbArm(app.simulator, { strikes, fire, chance });
      if (enabled.has('poison'))
        for (let minute = 1; minute <= 44; minute += 6) app.clock.after(minute * 60_000, poisonOne);
    },
    async spared(work) {
      const was = active;
      active = false;
      try {
        return await work();
      } finally {
        active = was;
      }
    },
    stop() {
      active = false;
      app?.simulator.faults.clear();
    },
  };
}

/** Which kind of fault a rule of the table is. */
const kindOfRule = {
  operation: 'operationRefused',
  pollUrl: 'pollUrlUnusable',
  job: 'listLag',
  list: 'listStale',
  restored: 'restoreBent',
} as const;

interface Disturbance {
  readonly strikes: (kind: FaultKind, percent: number) => boolean;
  readonly fire: (kind: FaultKind) => void;
  readonly chance: Chance;
}

/** Faults of single requests, beside those of the table, which are counted here. */
function disturbArm({ faults }: Simulator, disturbance: Disturbance): void {
  const hit = faults.hit.bind(faults);
  faults.hit = (route, url) => {
    const met = hit(route, url);
    for (const fault of met) {
      const kind = kindOfRule[fault.kind as keyof typeof kindOfRule] as FaultKind | undefined;
      if (fault.kind === 'operation' && fault.withoutProperties) disturbance.fire('operationWithoutJob');
      else if (fault.kind === 'job' && route.endsWith('.restore')) disturbance.fire('restoreFails');
      else if (kind) disturbance.fire(kind);
    }
    const more = faultOfRequest(route, disturbance);
    return more ? [...met, more] : met;
  };
}

function faultOfRequest(route: string, { strikes, chance }: Disturbance): Fault | undefined {
  const isPoll = /\.(itemStatus|itemResult|operation\w*)$/.test(route);
  if (isPoll && strikes('pollRefused', 15))
    return refusal(chance.oneOf([403, 404, 500]), 'OperationNotFound');
  if (strikes('armReset', 3)) return { kind: 'drop', when: 'before' };
  if (strikes('armAnswerLost', 5)) return { kind: 'drop', when: 'after' };
  if (strikes('armUnavailable', 5)) return refusal(503, 'ServiceUnavailable');
  if (strikes('armThrottled', 3))
    return refusal(429, 'TooManyRequests', { 'Retry-After': String(chance.whole(1, 90)) });
  if (strikes('armSlow', 5))
    return { kind: 'delay', seconds: chance.oneOf([3, 25, 55]), when: chance.oneOf(['before', 'after']) };
  return undefined;
}

const refusal = (status: number, code: string, headers: Record<string, string> = {}): Fault => ({
  ...{ kind: 'reply', when: 'before', status, shape: 'service' },
  ...{ code, message: indiscreet, headers },
});
