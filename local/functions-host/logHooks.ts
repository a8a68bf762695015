import type { LogLevel } from './programmingModel.ts';
import type { FunctionRegistry } from './registry.ts';

/** Lets the app's `log` hooks rewrite level and message; a hook that throws is ignored. */
export function applyLogHooks(
  registry: FunctionRegistry,
  line: { level: LogLevel; category: string; message: string; hookData: object; invocationContext: unknown },
): { level: LogLevel; message: string } {
  const context: Record<string, unknown> = { ...line, appHookData: registry.appHookData };
  for (const hook of registry.hooks('log')) {
    try {
      hook(context);
    } catch {
      continue;
    }
  }
  return { level: context['level'] as LogLevel, message: String(context['message']) };
}
