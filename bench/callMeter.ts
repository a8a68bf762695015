/** Functions called and the seconds in which they were. */
export interface CallMeter {
  /** By function name. */
  readonly executions: Readonly<Record<string, number>>;
  /** By type of trigger. */
  readonly byTrigger: Readonly<Record<string, number>>;
  /** Distinct seconds of the app's clock in which a function began. */
  readonly activeSeconds: () => number;
  /** The same, of each group that Flex Consumption gives instances of its own, together. */
  readonly groupedSeconds: () => number;
  stop(): void;
}

/** Functions by HTTP share instances on Flex Consumption, and so do those of Durable; any other function has its own. */
function groupOf(functionName: string, type: string): string {
  if (/^(?:orchestration|activity|entity)Trigger$/.test(type)) return 'durable';
  return type === 'httpTrigger' ? 'http' : functionName;
}

/**
 * Counts every call of a function from now on, as the platform bills them.
 *
 * The app must have been loaded before: the library of functions looks for its host when it is first loaded.
 */
export async function startCallMeter(now: () => number): Promise<CallMeter> {
  const { app } = await import('@azure/functions');
  const executions: Record<string, number> = {};
  const byTrigger: Record<string, number> = {};
  const seconds = new Set<number>();
  const grouped = new Set<string>();
  const hook = app.hook.preInvocation(({ invocationContext: { functionName, options } }) => {
    const { type } = options.trigger;
    executions[functionName] = (executions[functionName] ?? 0) + 1;
    byTrigger[type] = (byTrigger[type] ?? 0) + 1;
    const second = Math.floor(now() / 1000);
    seconds.add(second);
    grouped.add(`${groupOf(functionName, type)} ${second}`);
  });
  return {
    ...{ executions, byTrigger },
    activeSeconds: () => seconds.size,
    groupedSeconds: () => grouped.size,
    stop: () => hook.dispose(),
  };
}
