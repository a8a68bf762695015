import Module from 'node:module';
import type { FunctionCallback, FunctionMetadata, LogLevel, ProgrammingModel } from './programmingModel.ts';

/** A binding as registered; `key` is its place in the metadata, which differs from `options.name` for `$return`. */
export interface FunctionBinding {
  readonly key: string;
  /** As registered, e.g. `httpTrigger`, `queue`; compare without case. */
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly options: Readonly<Record<string, unknown>>;
}

/** One function of the app. */
export interface RegisteredFunction {
  readonly name: string;
  readonly trigger: {
    readonly key: string;
    readonly type: string;
    readonly options: Readonly<Record<string, unknown>>;
  };
  /** Every binding but the trigger. */
  readonly bindings: readonly FunctionBinding[];
  readonly callback: FunctionCallback;
  /** The object the app registered, handed back to the library with each call. */
  readonly metadata: FunctionMetadata;
  /** Absolute path of the entry file whose loading registered it. */
  readonly entryFile?: string;
  /** Set when the function is listed but never runs. */
  disabledReason?: string;
}

/** Names of the hooks an app may register. */
export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';

/** A hook; its argument is one object which it may change in place. */
export type Hook = (context: Record<string, unknown>) => unknown;

/** What the app registered, filled while it loads. */
export interface FunctionRegistry {
  /** Every function in order of registration, disabled ones included. */
  list(): readonly RegisteredFunction[];
  /** By registered name, without case; disabled ones included. */
  get(name: string): RegisteredFunction | undefined;
  /** Enabled functions with this trigger type, without case. */
  byTrigger(type: string): readonly RegisteredFunction[];
  hooks(name: HookName): readonly Hook[];
  /** The library's programming model; undefined until the app registers something. */
  model(): ProgrammingModel | undefined;
  /** What registers from now on belongs to that entry file. */
  entering(file: string): void;
  /** From now on registration throws. */
  lock(): void;
  /** Where `log` calls of the library outside an invocation go; set by the host. */
  onLog(write: (level: LogLevel, category: string, message: string) => void): void;
  /** Shared by all hooks of the app. */
  readonly appHookData: Record<string, unknown>;
}

interface RegistryState {
  readonly functions: Map<string, RegisteredFunction>;
  readonly hooks: Map<string, Hook[]>;
  readonly appHookData: Record<string, unknown>;
  locked: boolean;
  entryFile?: string;
  write: (level: LogLevel, category: string, message: string) => void;
}

const HOOK_NAMES: readonly string[] = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'];

const newState = (): RegistryState => ({
  functions: new Map(),
  hooks: new Map(),
  appHookData: {},
  locked: false,
  write: () => undefined,
});

// The library asks for its core object once per process and keeps it, so the object outlives each registry.
let current = newState();
let programmingModel: ProgrammingModel | undefined;
let installed = false;

class Disposable {
  readonly dispose: () => void;
  constructor(dispose: () => void) {
    this.dispose = dispose;
  }
}

const systemError = <E extends Error>(error: E): E =>
  Object.assign(error, { isAzureFunctionsSystemError: true });

const isTrigger = (type: unknown): type is string => typeof type === 'string' && /trigger$/i.test(type);

function readBindings(metadata: FunctionMetadata): Pick<RegisteredFunction, 'trigger' | 'bindings'> {
  const all = Object.entries(metadata.bindings).map(([key, options]) => ({
    key,
    type: String(options['type']),
    direction: options['direction'] === 'out' ? ('out' as const) : ('in' as const),
    options,
  }));
  const triggers = all.filter((binding) => isTrigger(binding.type));
  const [trigger] = triggers;
  if (!trigger || triggers.length > 1)
    throw new Error(`Function "${metadata.name}" must have exactly one trigger.`);
  return { trigger, bindings: all.filter((binding) => binding !== trigger) };
}

function registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
  if (current.locked) throw systemError(new Error('A function can only be registered during app startup.'));
  const id = metadata.name.toLowerCase();
  if (current.functions.has(id)) {
    throw systemError(new Error(`A function with name "${metadata.name}" has already been registered.`));
  }
  const { functions } = current;
  const { entryFile } = current;
  functions.set(id, {
    name: metadata.name,
    ...readBindings(metadata),
    callback,
    metadata,
    ...(entryFile !== undefined && { entryFile }),
  });
  return new Disposable(() => void functions.delete(id));
}

function registerHook(name: string, hook: Hook): Disposable {
  if (!HOOK_NAMES.includes(name)) throw systemError(new RangeError(`Unrecognized hook "${name}"`));
  const hooks = current.hooks.get(name) ?? [];
  current.hooks.set(name, [...hooks, hook]);
  const { hooks: owner } = current;
  return new Disposable(
    () =>
      void owner.set(
        name,
        (owner.get(name) ?? []).filter((each) => each !== hook),
      ),
  );
}

const coreModule = {
  version: '3.13.0',
  hostVersion: '4.1037.0.0',
  Disposable,
  setProgrammingModel: (model: ProgrammingModel) => void (programmingModel = model),
  getProgrammingModel: () => programmingModel,
  registerFunction,
  registerHook,
  log: (level: LogLevel, category: string, message: string) => current.write(level, category, message),
};

type Require = (this: unknown, specifier: string) => unknown;

function installCoreModule(): void {
  if (installed) return;
  installed = true;
  const prototype = Module.prototype as unknown as { require: Require };
  const original = prototype.require;
  prototype.require = function (specifier) {
    return specifier === '@azure/functions-core' ? coreModule : original.call(this, specifier);
  };
}

function readRegistry(state: RegistryState): FunctionRegistry {
  const list = (): readonly RegisteredFunction[] => [...state.functions.values()];
  return {
    list,
    get: (name) => state.functions.get(name.toLowerCase()),
    byTrigger: (type) =>
      list().filter((each) => each.trigger.type.toLowerCase() === type.toLowerCase() && !each.disabledReason),
    hooks: (name) => state.hooks.get(name) ?? [],
    model: () => programmingModel,
    lock: () => void (state.locked = true),
    entering: (file) => void (state.entryFile = file),
    onLog: (write) => void (state.write = write),
    appHookData: state.appHookData,
  };
}

/**
 * Answers `@azure/functions-core` from now on and collects what the app registers.
 *
 * Call it before the app or `@azure/functions` is loaded: a library whose require failed once stays in test mode. A
 * later call starts an empty registry; functions registered afterwards go there, earlier registries keep theirs.
 */
export function captureFunctions(): FunctionRegistry {
  installCoreModule();
  current = newState();
  return readRegistry(current);
}
