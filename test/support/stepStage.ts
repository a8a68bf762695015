import { readFailure } from '../../src/arm/outcomes.ts';
import type { ArmCall, ArmClient, ArmReply, Json, JsonObject } from '../../src/arm/call.ts';
import type { OrderAnswer } from '../../src/orchestrations/takeStep.ts';
import type { RunEnding, RunFinish } from '../../src/runs/run.ts';
import type {
  AnyStep,
  ReadContext,
  Step,
  StepOrder,
  StepOutcome,
  StepReading,
} from '../../src/steps/step.ts';
import type { WatchOrder, WatchOutcome } from '../../src/arm/backupJob.ts';
import type { Stage } from './playFlow.ts';
import { watchToTheEnd } from './watchStage.ts';

/** Answers one ARM request: a simulator, or a script. `path` may be a poll URL. */
export type Arm = (request: {
  method: string;
  url: string;
  body?: string;
  clientRequestId: string;
}) => Promise<ArmReply>;

/** A stage whose steps are carried out at once, without ledger or queue: described, sent, followed, read. */
export interface StepStage extends Stage {
  readonly ending: () => RunEnding | undefined;
  /** Names of the steps in the order in which they were first ordered. */
  readonly stepNames: readonly string[];
}

/** What the stage is made of. */
export interface StageSettings {
  readonly steps: readonly AnyStep[];
  readonly arm: Arm;
  readonly clock: { now: number };
  /** Answers a step instead of ARM: a crash, an adopted job, a cancelled run. */
  readonly interfere?: (order: StepOrder) => StepOutcome | 'silence' | undefined;
  /** Tells a watched job's outcome instead of its tracker. */
  readonly interfereWatch?: (order: WatchOrder) => WatchOutcome | undefined;
}

interface StepState {
  readonly attemptId: string;
  readonly firstAt: string;
  readonly sentAt: string;
  pollUrl?: string;
  operationId?: string;
  waitSeconds: number;
}

const armOrigin = 'https://management.azure.com';

const urlOf = ({ path, apiVersion, query }: ArmCall): string => {
  const url = new URL(path, armOrigin);
  url.searchParams.set('api-version', apiVersion);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  return url.href;
};

const lastSegment = (url: string): string | undefined => new URL(url).pathname.split('/').at(-1);

/** The script or simulator as a client. */
const clientOf = (arm: Arm): ArmClient => ({
  send: async (call, { clientRequestId }) => ({
    kind: 'reply',
    reply: await arm({ method: call.method, url: urlOf(call), clientRequestId }),
  }),
  followUrl: async (url, _origin, { clientRequestId }) => ({
    kind: 'reply',
    reply: await arm({ method: 'GET', url, clientRequestId }),
  }),
});

/** Makes a stage for one run. */
export function stepStage(settings: StageSettings): StepStage {
  const { clock, arm } = settings;
  const catalogue = new Map(
    settings.steps.map((step) => [step.name, step as unknown as Step<JsonObject, Json>]),
  );
  const states = new Map<string, StepState>();
  const events: { name: string; payload: unknown }[] = [];
  const stepNames: string[] = [];
  let ending: RunEnding | undefined;
  const iso = () => new Date(clock.now).toISOString();

  const send = (state: StepState, method: string, url: string, body?: Json): Promise<ArmReply> =>
    arm({
      method,
      url,
      clientRequestId: state.attemptId,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  async function allPages(state: StepState, first: ArmReply): Promise<ArmReply> {
    const rows: Json[] = [];
    for (let reply = first; ;) {
      const { value = [], nextLink } = (reply.body ?? {}) as { value?: Json[]; nextLink?: string | null };
      rows.push(...value);
      if (!nextLink) return { ...first, body: { value: rows } };
      reply = await send(state, 'GET', nextLink);
    }
  }

  function reading(
    step: Step<JsonObject, Json>,
    reply: ArmReply,
    order: StepOrder,
    state: StepState,
  ): StepReading<Json> {
    if (reply.status >= 400 || isFailed(reply)) {
      const failure = readFailure(reply);
      return step.readRefusal?.(failure, reply.status, order.input) ?? { kind: 'refused', failure };
    }
    const context: ReadContext = {
      now: new Date(clock.now),
      attemptId: state.attemptId,
      sentAt: state.sentAt,
      waitSeconds: state.waitSeconds,
      stepId: order.stepId,
      firstAt: state.firstAt,
      ...(state.operationId === undefined ? {} : { operationId: state.operationId }),
    };
    return step.read(reply, order.input, context);
  }

  /** An operation that failed says so at HTTP 200. */
  function isFailed(reply: ArmReply): boolean {
    const { status, error } = (reply.body ?? {}) as { status?: string; error?: Json };
    return reply.status === 200 && status === 'Failed' && error !== undefined;
  }

  /** Follows an accepted operation by the header that the step wants; 202 and running words mean another poll. */
  function isRunning(reply: ArmReply): boolean {
    const { status } = (reply.body ?? {}) as { status?: string };
    return reply.status === 202 || (reply.status === 200 && /^in ?progress$/i.test(status ?? ''));
  }

  function accepted(step: Step<JsonObject, Json>, reply: ArmReply, state: StepState): boolean {
    const { headers } = reply;
    const status = headers['azure-asyncoperation'];
    const result = headers['location'];
    const url = step.longRunning?.follow === 'result' ? (result ?? status) : (status ?? result);
    if (reply.status !== 202 || !url || !step.longRunning) return false;
    const operationId = lastSegment(url);
    Object.assign(state, { operationId, pollUrl: url });
    state.waitSeconds = Number(headers['retry-after'] ?? step.longRunning.defaultWaitSeconds);
    return !step.longRunning.endsAtAcceptance;
  }

  async function look(
    step: Step<JsonObject, Json>,
    order: StepOrder,
    state: StepState,
  ): Promise<StepReading<Json>> {
    const followed = step.followsStep && states.get(step.followsStep(order.input))?.pollUrl;
    const pollUrl = state.pollUrl ?? followed;
    if (pollUrl) {
      const reply = await send(state, 'GET', pollUrl);
      if (isRunning(reply))
        return { kind: 'waiting', waitSeconds: Number(reply.headers['retry-after'] ?? state.waitSeconds) };
      return reading(step, reply, order, state);
    }
    const call = step.describe(order.input);
    const first = await send(state, call.method, urlOf(call), call.body);
    if (accepted(step, first, state)) return { kind: 'waiting', waitSeconds: state.waitSeconds };
    return reading(
      step,
      step.pages && first.status === 200 ? await allPages(state, first) : first,
      order,
      state,
    );
  }

  async function carryOut(order: StepOrder): Promise<StepOutcome> {
    const step = catalogue.get(order.stepName);
    if (!step) throw new Error(`The catalogue has no step ${order.stepName}.`);
    const number = order.stepId.padStart(12, '0');
    const fresh = {
      attemptId: `00000000-0000-4000-8000-${number}`,
      firstAt: iso(),
      sentAt: iso(),
      waitSeconds: 60,
    };
    const state = states.get(order.stepId) ?? fresh;
    states.set(order.stepId, state);
    return (await look(step, order, state)) as StepOutcome;
  }

  async function orderStep(order: StepOrder): Promise<OrderAnswer> {
    if (!states.has(order.stepId) && stepNames.length < Number(order.stepId)) stepNames.push(order.stepName);
    const instead = settings.interfere?.(order);
    if (instead === 'silence') return null;
    const outcome = instead ?? (await carryOut(order));
    events.push({ name: `step-${order.ask}`, payload: { stepId: order.stepId, outcome } });
    return null;
  }

  return {
    now: () => clock.now,
    advanceTo: (milliseconds) => void (clock.now = Math.max(clock.now, milliseconds)),
    nextEvent: () => events.shift(),
    stepNames,
    ending: () => ending,
    async activity(name, input) {
      if (name === 'orderStep') return await orderStep(input as StepOrder);
      if (name === 'watchJob') {
        const instead = settings.interfereWatch?.(input as WatchOrder);
        if (instead) return instead;
        const { told, answer } = await watchToTheEnd(input as WatchOrder, { clock, arm: clientOf(arm) });
        events.push(...told);
        return answer;
      }
      if (name !== 'finishRun') throw new Error(`No activity ${name}.`);
      ending = (input as RunFinish).ending;
      return null;
    },
  };
}
