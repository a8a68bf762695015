import type { FunctionRegistry, RegisteredFunction } from '../registry.ts';

/** The app's orchestrators and activities by their durable names, without case. */
export interface DurableFunctions {
  orchestrator(name: string): RegisteredFunction | undefined;
  activity(name: string): RegisteredFunction | undefined;
  /** Durable names of all orchestrators, as registered. */
  orchestratorNames(): readonly string[];
}

/** The durable name is the trigger's own word for it, else the function's name. */
const durableName = (fn: RegisteredFunction, field: 'orchestration' | 'activity'): string => {
  const own = fn.trigger.options[field];
  return typeof own === 'string' && own !== '' ? own : fn.name;
};

/** Reads the registry once, after the app has been loaded. */
export function durableFunctions(registry: FunctionRegistry): DurableFunctions {
  const byName = (type: string, field: 'orchestration' | 'activity'): Map<string, RegisteredFunction> =>
    new Map(registry.byTrigger(type).map((fn) => [durableName(fn, field).toLowerCase(), fn]));
  const orchestrators = byName('orchestrationTrigger', 'orchestration');
  const activities = byName('activityTrigger', 'activity');
  return {
    orchestrator: (name) => orchestrators.get(name.toLowerCase()),
    activity: (name) => activities.get(name.toLowerCase()),
    orchestratorNames: () => [...orchestrators.values()].map((fn) => durableName(fn, 'orchestration')),
  };
}
