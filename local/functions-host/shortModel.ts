import { format } from 'node:util';
import type {
  CoreInvocationContext,
  InvocationModel,
  InvocationResponse,
  LogLevel,
} from './programmingModel.ts';
import type { RegisteredFunction } from './registry.ts';
import { decodeTypedData, encodeTypedData, type NamedTypedData, type TypedData } from './typedData.ts';

/** The invocation context of a short call: what the library's own has, but for trigger metadata and bindings. */
class ShortContext {
  readonly #core: CoreInvocationContext;
  readonly #inputs: readonly NamedTypedData[];
  readonly invocationId: string;
  readonly functionName: string;
  readonly triggerMetadata = {};
  readonly options = {};
  readonly extraInputs = {
    get: (binding: string | { readonly name: string }): unknown => {
      const wanted = typeof binding === 'string' ? binding : binding.name;
      return decodeTypedData(this.#inputs.find(({ name }) => name === wanted)?.data);
    },
  };

  constructor(core: CoreInvocationContext) {
    this.#core = core;
    this.#inputs = core.request.inputData;
    this.invocationId = core.invocationId;
    this.functionName = core.metadata.name;
  }

  #say(level: LogLevel, values: readonly unknown[]): void {
    this.#core.log(level, 'user', format(...values));
  }
  log(...values: unknown[]): void {
    this.#say('information', values);
  }
  trace(...values: unknown[]): void {
    this.#say('trace', values);
  }
  debug(...values: unknown[]): void {
    this.#say('debug', values);
  }
  info(...values: unknown[]): void {
    this.#say('information', values);
  }
  warn(...values: unknown[]): void {
    this.#say('warning', values);
  }
  error(...values: unknown[]): void {
    this.#say('error', values);
  }
}

/** Timers hand their value over in camel case; nothing else that is called short has such keys. */
function camelCased(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      camelCased(inner),
    ]),
  );
}

/** An answer whose wire form is made only when somebody reads it. */
class ShortResponse implements InvocationResponse {
  readonly #result: unknown;
  readonly outputData = [];
  constructor(result: unknown) {
    this.#result = result;
  }
  get returnValue(): TypedData | null {
    return encodeTypedData(this.#result) ?? null;
  }
}

/** Functions that are called short: HTTP needs the library's requests, outputs its conversions. */
export const isShort = ({ trigger, bindings }: RegisteredFunction): boolean =>
  trigger.type.toLowerCase() !== 'httptrigger' && bindings.every(({ direction }) => direction === 'in');

/**
 * A call without the library's conversions and classes, which cost more than most functions do: for worlds by the
 * thousand in one process, in which it is the app that is looked at.
 */
export function shortModel(core: CoreInvocationContext): InvocationModel {
  const [first] = core.request.inputData;
  const binding = Object.values(core.metadata.bindings)[0] ?? {};
  const isTimer = String(binding['type']).toLowerCase() === 'timertrigger';
  const value = decodeTypedData(first?.data);
  const inputs = [isTimer ? camelCased(value) : value];
  return {
    getArguments: () => Promise.resolve({ context: new ShortContext(core), inputs }),
    invokeFunction: async (context, given, callback) => callback(...given, context),
    getResponse: (_context, result) => Promise.resolve(new ShortResponse(result)),
  };
}
