import type { RegisteredFunction } from './registry.ts';
import { isDisabled, resolveNames, type Settings } from './settings.ts';
import type { Warnings } from './warnings.ts';

const TRIGGERS = [
  'httptrigger',
  'timertrigger',
  'queuetrigger',
  'eventgridtrigger',
  'orchestrationtrigger',
  'activitytrigger',
];
const INPUTS = ['durableclient'];
const OUTPUTS = ['http', 'queue'];

/** Text option of a binding with every `%NAME%` replaced; throws SettingMissing. */
export function textOption(
  options: Readonly<Record<string, unknown>>,
  name: string,
  settings: Settings,
): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? resolveNames(value, settings) : undefined;
}

/** The first binding of a function this host does not have; undefined when it can run. */
function unsupportedBinding(fn: RegisteredFunction): string | undefined {
  if (!TRIGGERS.includes(fn.trigger.type.toLowerCase())) return fn.trigger.type;
  return fn.bindings.find(({ type, direction }) => {
    return !(direction === 'in' ? INPUTS : OUTPUTS).includes(type.toLowerCase());
  })?.type;
}

/** Switches off each function that may not or cannot run; an unsupported binding is warned of (H17). */
export function disableUnrunnable(
  functions: readonly RegisteredFunction[],
  settings: Settings,
  warnings: Warnings,
): void {
  for (const fn of functions) {
    if (fn.metadata.retryOptions) warnings.warn('H17', `${fn.name} retry`, 'retry policies are not run here');
    const unsupported = unsupportedBinding(fn);
    if (unsupported !== undefined) {
      fn.disabledReason = `binding '${unsupported}' is not supported`;
      warnings.warn('H17', fn.name, fn.disabledReason);
    } else if (isDisabled(fn.name, settings)) fn.disabledReason = 'switched off by a setting';
    else fn.disabledReason = missingSetting(fn, settings) ?? '';
    if (fn.disabledReason === '') delete fn.disabledReason;
  }
}

/** Why a function's options cannot be resolved, or undefined. */
function missingSetting(fn: RegisteredFunction, settings: Settings): string | undefined {
  try {
    for (const { options } of [fn.trigger, ...fn.bindings]) {
      for (const name of Object.keys(options)) textOption(options, name, settings);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
