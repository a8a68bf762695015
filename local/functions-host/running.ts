import { disableUnrunnable } from './bindingOptions.ts';
import type { Answerers } from './doors.ts';
import type { DurableUrls } from './durableExtension.ts';
import { createEventGridWebhook } from './eventGrid.ts';
import { DEFAULT_PORT, type HostBase } from './hostOptions.ts';
import type { Admit } from './http/listener.ts';
import { createSite } from './http/site.ts';
import { applyLogHooks } from './logHooks.ts';
import { applyEnvironment } from './processEnvironment.ts';
import { createSession, type Session } from './session.ts';
import { createSettings, type Settings } from './settings.ts';
import { runAppHooks, startApp, type StartedApp } from './startup.ts';

/** What the admin API says of a host. */
export type HostState = 'Starting' | 'Running' | 'Stopping';

/** One start of the app, until stop or crash. */
export interface Running {
  readonly app: StartedApp;
  readonly session: Session;
  readonly urls: DurableUrls;
  readonly settings: Settings;
  readonly restoreEnvironment: () => void;
}

const DEFAULT_GRACE_MS = 10_000;
const RPC_PATH = '/durabletask/';

/** What a start finds around it. */
export interface Surroundings {
  readonly publicPort: number | undefined;
  readonly rpcPort: number;
  readonly timersWaitMs: number;
}

/** Loads the app and starts its session; the environment is as before when that fails. */
export async function startRunning(
  base: HostBase,
  around: Surroundings,
  reusable: StartedApp | undefined,
): Promise<Running> {
  const port = base.advertisedPort ?? around.publicPort ?? base.port ?? DEFAULT_PORT;
  const settings = createSettings({ ...base, port });
  const restoreEnvironment = applyEnvironment(settings.all());
  try {
    const app = reusable ?? (await startApp(base.appFolder));
    const urls = {
      publicBase: `http://localhost:${port}`,
      rpcBase: `http://127.0.0.1:${around.rpcPort}${RPC_PATH}`,
      systemKey: base.keys.system.durabletask_extension,
    };
    const session = beginSession({ ...base, ...around }, app, settings, urls);
    await session.start();
    return { app, session, urls, settings, restoreEnvironment };
  } catch (error) {
    restoreEnvironment();
    throw error;
  }
}

function beginSession(
  base: HostBase & Surroundings,
  app: StartedApp,
  settings: Settings,
  urls: DurableUrls,
): Session {
  const { registry } = app;
  registry.onLog((level, category, message) => {
    const line = { level, category, message, hookData: {}, invocationContext: undefined };
    base.log({ ...applyLogHooks(registry, line), category });
  });
  disableUnrunnable(registry.list(), settings, base.warnings);
  return createSession({ ...base, registry, settings, urls });
}

/** Resolves when the work is done or its grace is over. */
async function withGrace(base: HostBase, work: Promise<unknown>): Promise<void> {
  let over: () => void = () => undefined;
  const grace = new Promise<void>((resolve) => (over = resolve));
  const timer = base.clock.after(base.graceMs ?? DEFAULT_GRACE_MS, over);
  await Promise.race([work, grace]);
  base.clock.cancel(timer);
}

/** Ends a session within its grace, then runs the `appTerminate` hooks. */
export async function endRunning(
  base: HostBase,
  running: Running,
  closePublic: () => Promise<void>,
): Promise<void> {
  await withGrace(base, Promise.all([closePublic(), running.session.stop()]));
  await runAppHooks(running.app.registry, 'appTerminate', base.appFolder);
}

/** Who answers at the host's doors while an app is running. */
export function answerersOf(
  base: HostBase,
  { app, session, urls, settings }: Running,
  state: () => HostState,
): Answerers {
  const { routes, invoke, durable } = session;
  const rpc: Admit = (head) =>
    durable && head.path.startsWith(RPC_PATH)
      ? { serve: (request) => durable.handleHttp(request, 'rpc') }
      : { reply: { status: 404, headers: {} } };
  const site = createSite({
    routes,
    keys: base.keys,
    enableAuth: base.enableAuth ?? false,
    durable,
    warnings: base.warnings,
    disableHomepage: /^(true|1)$/i.test(settings.get('AzureWebJobsDisableHomepage') ?? ''),
    eventGrid: createEventGridWebhook(app.registry, invoke),
    admin: {
      registry: app.registry,
      state,
      publicBase: urls.publicBase,
      routeOf: (fn) => routes.routes.find((route) => route.fn.name === fn.name)?.text,
      fire: session.fire,
    },
    call: (fn, data, metadata) =>
      invoke(fn, { inputData: [{ name: fn.trigger.key, data }], triggerMetadata: metadata }),
  });
  return { public: site, rpc };
}
