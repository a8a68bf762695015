import { loadApp, AppLoadFailed } from './loading.ts';
import { captureFunctions, type FunctionRegistry } from './registry.ts';

/** The app in its registry, started and locked. */
export interface StartedApp {
  readonly registry: FunctionRegistry;
  readonly reloadable: boolean;
}

const WORKER_CAPABILITIES = {
  RawHttpBodyBytes: 'true',
  RpcHttpBodyOnly: 'true',
  TypedDataCollection: 'true',
};

/**
 * Loads an app and runs its start-up in the platform's order: entry points, `appStart` hooks, capabilities, lock.
 *
 * @throws AppLoadFailed also when nothing was registered, or when the app asks for HTTP streaming.
 */
export async function startApp(appFolder: string): Promise<StartedApp> {
  const registry = captureFunctions();
  const { reloadable } = await loadApp(appFolder, registry.entering);
  const model = registry.model();
  if (!model || registry.list().length === 0) throw new AppLoadFailed('no function was registered');
  await runAppHooks(registry, 'appStart', appFolder);
  const capabilities = await model.getCapabilities({ ...WORKER_CAPABILITIES });
  if (capabilities['HttpUri'] !== undefined) throw new AppLoadFailed('HTTP streaming is not supported');
  registry.lock();
  return { registry, reloadable };
}

/** Runs the hooks of start or end, one after the other; rejects with what a hook throws. */
export async function runAppHooks(
  registry: FunctionRegistry,
  name: 'appStart' | 'appTerminate',
  appFolder: string,
): Promise<void> {
  const context = { hookData: {}, appHookData: registry.appHookData, functionAppDirectory: appFolder };
  for (const hook of registry.hooks(name)) await hook(context);
}
