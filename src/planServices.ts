import type { InvocationContext } from '@azure/functions';
import type { BatchServices } from './batches/batchServices.ts';
import type { EstateServices } from './estate/askArm.ts';
import type { NotificationServices } from './notifications/sendMessages.ts';
import { runServices } from './invocationServices.ts';
import type { Services } from './services.ts';
import type { TriggerServices } from './triggers/triggerServices.ts';

/** What reads of the estate go through. */
export const estateServices = ({ arm, pacer, clock, newId, pause }: Services): EstateServices => ({
  arm,
  pacer,
  clock,
  newId,
  pause,
});

/** What batches and sweeps are carried with during one invocation. */
export function batchServices(given: Services, context: InvocationContext): BatchServices {
  const { clock, tables, loadPlan, settings } = given;
  return {
    clock,
    runs: runServices(given, context),
    batchItems: tables.batchItems,
    dailyCounters: tables.dailyCounters,
    loadPlan,
    estate: estateServices(given),
    minimumPollSeconds: settings.minimumPollSeconds,
  };
}

/** What triggers are accepted with during one invocation. */
export function triggerServices(given: Services, context: InvocationContext): TriggerServices {
  const { clock, tables, loadPlan } = given;
  return {
    clock,
    runs: runServices(given, context),
    triggers: tables.triggers,
    loadPlan,
    log: (message) => context.log(message),
  };
}

/** What notifications are sent with during one invocation; without a webhook they are printed. */
export function notificationServices(given: Services, context: InvocationContext): NotificationServices {
  const { clock, tables, settings, post } = given;
  return {
    clock,
    outbox: tables.outbox,
    ...(settings.notify ? { webhook: settings.notify } : {}),
    post,
    print: (line) => (line.startsWith('ALERT') ? context.error(line) : context.log(line)),
  };
}
