import type { Call, Core, Provider } from '../../core.ts';
import type { ArmReply } from '../../exchange.ts';
import { json } from '../../replies.ts';
import { isWithin, roleAssignmentsOf } from '../authorization/role-assignments.ts';
import { grants } from '../authorization/role-book.ts';
import { resourceGraphSeedSchema, type ResourceGraphSeed } from '../seed.ts';
import { answerQuery } from './answer.ts';
import { addGraphSource } from './graph-sources.ts';
import { createLaggingRows } from './lag.ts';
import { clockTime, createQuota } from './quota.ts';
import { containers, trackedResources } from './rows.ts';

/** Resource Graph: queries over everything the providers show, with lag and a quota of its own. */
export function createResourceGraph(core: Core): Provider {
  let settings: ResourceGraphSeed = resourceGraphSeedSchema.parse({});
  addGraphSource(core, 'resources', () => trackedResources(core));
  addGraphSource(core, 'resourcecontainers', () => containers(core));
  const lagging = createLaggingRows(core, () => settings.lagSeconds);
  const quota = createQuota(() => ({
    size: settings.quota,
    windowMilliseconds: core.duration(settings.windowSeconds),
  }));
  const told = core.hooks.answered;
  core.hooks.answered = (call, reply) => {
    told?.(call, reply);
    lagging.keep();
  };
  const handle = (call: Call) => {
    const { left, resetsAfterSeconds } = quota.take(call.principal.objectId, call.now);
    const headers = {
      'x-ms-user-quota-remaining': String(Math.max(0, left)),
      'x-ms-user-quota-resets-after': clockTime(resetsAfterSeconds),
    };
    if (left < 0) return throttled(resetsAfterSeconds, headers);
    const isReadable = (id: string) => readable(settings, call, id);
    const reply = answerQuery(call, { rows: lagging.at(call.now), isReadable });
    return { ...reply, headers: { ...headers, ...reply.headers } };
  };
  return {
    name: 'resourceGraph',
    routes: [
      {
        name: 'resourceGraph.query',
        method: 'POST',
        path: '/providers/Microsoft.ResourceGraph/resources',
        handle,
      },
    ],
    load(world) {
      settings = joined(settings, world.resourceGraph);
      lagging.keep();
    },
  };
}

function joined(before: ResourceGraphSeed, added: ResourceGraphSeed): ResourceGraphSeed {
  const defaults = resourceGraphSeedSchema.parse({});
  return {
    lagSeconds: added.lagSeconds === defaults.lagSeconds ? before.lagSeconds : added.lagSeconds,
    quota: added.quota === defaults.quota ? before.quota : added.quota,
    windowSeconds:
      added.windowSeconds === defaults.windowSeconds ? before.windowSeconds : added.windowSeconds,
    unreadableScopes: [...before.unreadableScopes, ...added.unreadableScopes],
  };
}

/** With callers checked, a row needs its own read action; the service leaves the others out without a word. */
function readable(settings: ResourceGraphSeed, call: Call, id: string): boolean {
  if (settings.unreadableScopes.some((scope) => isWithin(id, scope))) return false;
  const assignments = roleAssignmentsOf(call.core);
  if (!assignments.settings.enforceCallers) return true;
  const roles = assignments.rolesOn({ principalId: call.principal.objectId, scope: id, now: call.now });
  return grants(roles, 'Microsoft.Resources/subscriptions/resources/read');
}

const throttled = (resetsAfterSeconds: number, headers: Record<string, string>): ArmReply =>
  json(
    429,
    {
      error: {
        code: 'RateLimiting',
        message: 'Please provide below info when asking for support.',
        details: [
          {
            code: 'RateLimiting',
            message:
              'Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed.',
          },
        ],
      },
    },
    { ...headers, 'Retry-After': String(Math.max(1, resetsAfterSeconds)) },
  );
