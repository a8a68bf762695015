import type { Clock } from './clock/clock.ts';
import { seededGuid } from './guid.ts';
import type { HostLog } from './hostLog.ts';
import { applyLogHooks } from './logHooks.ts';
import type {
  CoreInvocationContext,
  InvocationModel,
  InvocationResponse,
  LogLevel,
  RetryContext,
} from './programmingModel.ts';
import type { FunctionRegistry, RegisteredFunction } from './registry.ts';
import { isShort, shortModel } from './shortModel.ts';
import type { TriggerMetadata } from './triggerMetadata.ts';
import type { NamedTypedData, TypedData } from './typedData.ts';
import type { Warnings } from './warnings.ts';

/** What a listener knows about one call. */
export interface InvocationInput {
  /** Trigger first, then input bindings; each name is a binding key of the function. */
  readonly inputData: readonly NamedTypedData[];
  readonly triggerMetadata: TriggerMetadata;
  readonly retryContext?: RetryContext;
}

/** How a call ended. `result` is the handler's own live value, `error` what it threw; both after the hooks. */
export type InvocationOutcome =
  | {
      readonly ok: true;
      readonly returnValue?: TypedData | undefined;
      readonly outputData: readonly NamedTypedData[];
      readonly result: unknown;
    }
  | { readonly ok: false; readonly error: unknown };

/** Runs a function once. Never rejects; after the host has crashed it never settles. */
export type Invoke = (fn: RegisteredFunction, input: InvocationInput) => Promise<InvocationOutcome>;

/** What an invoker needs from the host. */
export interface InvokerOptions {
  readonly registry: FunctionRegistry;
  readonly clock: Clock;
  readonly log: HostLog;
  readonly warnings: Warnings;
  /** Sends the outputs of a call that succeeded; a rejection fails the call. */
  readonly dispatchOutputs?: (fn: RegisteredFunction, outputData: readonly NamedTypedData[]) => Promise<void>;
  /** Data of the input bindings beside the trigger. */
  readonly extraInputs?: (fn: RegisteredFunction) => readonly NamedTypedData[];
  /** `functionTimeout` in milliseconds; a longer call is warned of. */
  readonly timeoutMs?: number;
  /** Wraps each call, so that a crash can cut it off. */
  readonly guard?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Calls functions without the library's conversions where {@link isShort} allows it. */
  readonly short?: boolean;
}

/** One call in flight, shared by its stages. */
interface Call {
  readonly fn: RegisteredFunction;
  readonly registry: FunctionRegistry;
  readonly core: CoreInvocationContext;
  readonly model: InvocationModel;
  readonly context: unknown;
  readonly hookData: Record<string, unknown>;
}

/** Builds `invoke`: arguments, hooks, handler, hooks, response, outputs. */
export function createInvoker(options: InvokerOptions): Invoke {
  const guard = options.guard ?? ((work) => work());
  const extraInputs = options.extraInputs ?? (() => []);
  return (fn, input) =>
    guard(() => invokeOnce(options, fn, { ...input, inputData: [...input.inputData, ...extraInputs(fn)] }));
}

async function invokeOnce(
  options: InvokerOptions,
  fn: RegisteredFunction,
  input: InvocationInput,
): Promise<InvocationOutcome> {
  const startedAt = options.clock.now();
  try {
    return await runStages(options, fn, input);
  } catch (error) {
    logFailure(options, fn, error);
    return { ok: false, error };
  } finally {
    warnOfDuration(options, fn, options.clock.now() - startedAt);
  }
}

function logFailure(options: InvokerOptions, fn: RegisteredFunction, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  const line = {
    level: 'error' as const,
    category: 'Host.Results',
    message: `Functions.${fn.name} failed: ${text}`,
  };
  options.log({
    ...line,
    ...applyLogHooks(options.registry, { ...line, hookData: {}, invocationContext: undefined }),
    functionName: fn.name,
  });
}

const HTTP_TIMEOUT_MS = 230_000;

function warnOfDuration(options: InvokerOptions, fn: RegisteredFunction, durationMs: number): void {
  const isHttp = fn.trigger.type.toLowerCase() === 'httptrigger';
  const limit = Math.min(options.timeoutMs ?? Infinity, isHttp ? HTTP_TIMEOUT_MS : Infinity);
  if (durationMs <= limit) return;
  options.warnings.warn('H16', fn.name, `ran ${durationMs} ms; Azure ends it after ${limit} ms`);
}

async function runStages(
  options: InvokerOptions,
  fn: RegisteredFunction,
  input: InvocationInput,
): Promise<InvocationOutcome> {
  const programmingModel = options.registry.model();
  if (!programmingModel) throw new Error('The app has registered nothing.');
  const hookData: Record<string, unknown> = {};
  const seen: { context?: unknown } = {};
  const core = coreContext(options, fn, input, hookData, seen);
  const model =
    options.short && isShort(fn) ? shortModel(core) : await programmingModel.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  seen.context = context;
  const call: Call = { fn, registry: options.registry, core, model, context, hookData };
  const result = await callHandler(call, inputs);
  const response = await model.getResponse(context, result);
  await options.dispatchOutputs?.(fn, allOutputs(fn, response));
  return {
    ok: true,
    outputData: response.outputData ?? [],
    result,
    get returnValue() {
      return response.returnValue ?? undefined;
    },
  };
}

const allOutputs = (fn: RegisteredFunction, response: InvocationResponse): readonly NamedTypedData[] => {
  const returns = fn.bindings.find((binding) => binding.key === '$return' && binding.direction === 'out');
  const returned = returns && response.returnValue ? [{ name: '$return', data: response.returnValue }] : [];
  return [...(response.outputData ?? []), ...returned];
};

async function callHandler(call: Call, first: unknown[]): Promise<unknown> {
  const pre = hookContext(call, { inputs: first, functionCallback: call.fn.callback });
  await runHooks(call, 'preInvocationHooks', 'preInvocation', pre);
  const inputs = pre['inputs'] as unknown[];
  const callback = pre['functionCallback'] as RegisteredFunction['callback'];
  const post = hookContext(call, { inputs, result: null, error: null });
  call.core.state = 'invocation';
  try {
    post['result'] = await call.model.invokeFunction(call.context, inputs, callback);
  } catch (error) {
    post['error'] = error;
  }
  call.core.state = undefined;
  await runHooks(call, 'postInvocationHooks', 'postInvocation', post);
  const error = post['error'];
  if (error !== null && error !== undefined) throw error as Error;
  return post['result'];
}

const hookContext = (call: Call, own: Record<string, unknown>): Record<string, unknown> => ({
  hookData: call.hookData,
  appHookData: call.registry.appHookData,
  invocationContext: call.context,
  ...own,
});

async function runHooks(
  call: Call,
  state: CoreInvocationContext['state'],
  name: 'preInvocation' | 'postInvocation',
  context: Record<string, unknown>,
): Promise<void> {
  call.core.state = state;
  try {
    for (const hook of call.registry.hooks(name)) await hook(context);
  } finally {
    call.core.state = undefined;
  }
}

function coreContext(
  options: InvokerOptions,
  fn: RegisteredFunction,
  input: InvocationInput,
  hookData: Record<string, unknown>,
  seen: { context?: unknown },
): CoreInvocationContext {
  const invocationId = options.short ? `${fn.name}-${options.clock.now()}` : seededGuid(options.clock);
  const log = (level: LogLevel, category: string, message: string): void => {
    const line = applyLogHooks(options.registry, {
      level,
      category,
      message,
      hookData,
      invocationContext: seen.context,
    });
    options.log({ ...line, category, functionName: fn.name, invocationId });
  };
  return {
    invocationId,
    request: {
      invocationId,
      functionId: fn.name,
      traceContext: { traceParent: '', traceState: '', attributes: {} },
      ...input,
    },
    metadata: fn.metadata,
    state: undefined,
    log,
  };
}
