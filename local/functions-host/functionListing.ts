import type { RegisteredFunction } from './registry.ts';

/** One function as the start-up listing shows it. */
export interface ListedFunction {
  readonly name: string;
  readonly trigger: string;
  /** URL, schedule or queue; absent where there is nothing to say. */
  readonly at?: string;
  readonly disabled?: string;
}

/** What to say about where a function is reached. */
export type PlaceOf = (fn: RegisteredFunction) => string | undefined;

/** The functions of an app in order of name. */
export function listFunctions(
  functions: readonly RegisteredFunction[],
  placeOf: PlaceOf,
): readonly ListedFunction[] {
  return [...functions]
    .sort((one, other) => one.name.localeCompare(other.name))
    .map((fn) => {
      const at = fn.disabledReason === undefined ? placeOf(fn) : undefined;
      return {
        name: fn.name,
        trigger: fn.trigger.type,
        ...(at === undefined ? {} : { at }),
        ...(fn.disabledReason === undefined ? {} : { disabled: fn.disabledReason }),
      };
    });
}

/** The listing as lines for a terminal. */
export const listingLines = (functions: readonly ListedFunction[]): readonly string[] => [
  'Functions:',
  ...functions.map(({ name, trigger, at, disabled }) => {
    const rest = disabled === undefined ? (at ?? '') : `disabled: ${disabled}`;
    return `  ${name}: ${trigger}${rest === '' ? '' : ` ${rest}`}`;
  }),
];
