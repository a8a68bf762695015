import type { RegisteredFunction } from '../registry.ts';

/** An orchestrator whose context can be looked at after a turn. */
export interface WatchedOrchestrator {
  readonly fn: RegisteredFunction;
  /** Whether the app set a custom status that the SDK does not send: null, false, 0 or an empty text. */
  isStatusDropped(): boolean;
}

/** The SDK answers only a truthy custom status, so what was set has to be read where it was set. */
export function watchStatus(fn: RegisteredFunction): WatchedOrchestrator {
  const seen: { context?: { readonly df?: { readonly customStatus?: unknown } } } = {};
  return {
    fn: {
      ...fn,
      callback: (...args) => {
        const context = args.at(-1);
        if (typeof context === 'object' && context !== null) seen.context = context;
        return fn.callback(...args);
      },
    },
    isStatusDropped() {
      const status = seen.context?.df?.customStatus;
      return status !== undefined && !status;
    },
  };
}
