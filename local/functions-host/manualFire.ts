import type { Clock } from './clock/clock.ts';
import { eventCall } from './eventGrid.ts';
import { requestHead } from './http/listener.ts';
import { httpRequestData, httpTriggerMetadata } from './http/requestData.ts';
import type { InvocationInput, Invoke } from './invoke.ts';
import { queueCall } from './queue/queueCall.ts';
import type { RegisteredFunction } from './registry.ts';
import type { TimerListener } from './timer/timerListener.ts';
import { parseJsonOrKeep } from './typedData.ts';

/** What firing a function by hand needs; `timer` only for timer functions. */
export interface ManualFire {
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly timer: TimerListener | undefined;
}

/**
 * Runs a function as `POST /admin/functions/{name}` does, without waiting for it. A timer gets its usual value, a queue
 * function the input as message, an Event Grid function the input as event. Durable functions are not run.
 */
export function fireByHand(context: ManualFire, fn: RegisteredFunction, input: string | undefined): void {
  if (fn.disabledReason !== undefined) return;
  if (context.timer) return void context.timer.fire(input);
  const call = callFor(context, fn, input ?? '');
  if (call) void context.invoke(fn, call);
}

function callFor({ clock }: ManualFire, fn: RegisteredFunction, input: string): InvocationInput | undefined {
  switch (fn.trigger.type.toLowerCase()) {
    case 'queuetrigger': {
      const now = clock.now();
      const times = { insertedAt: now, expiresAt: now, nextVisibleAt: now };
      return queueCall(fn, { id: '', popReceipt: '', dequeueCount: 1, text: input, ...times }, input);
    }
    case 'eventgridtrigger':
      return eventCall(fn, parseJsonOrKeep(input));
    case 'httptrigger': {
      const request = {
        ...requestHead('POST', '/', { host: 'localhost' }),
        body: Buffer.from(input, 'utf8'),
      };
      return {
        inputData: [{ name: fn.trigger.key, data: httpRequestData(request, {}, undefined) }],
        triggerMetadata: httpTriggerMetadata(request, {}),
      };
    }
    default:
      return undefined;
  }
}
