import type { ArmCall, ArmReply, JsonObject } from '../arm/call.ts';
import { readFailure } from '../arm/outcomes.ts';
import { askArm, askNextPage, EstateUnreadable, type EstateServices } from './askArm.ts';

/** Pages of one list: more is a circle. */
const mostPages = 1000;

function checked(reply: ArmReply, action: string): ArmReply {
  if (reply.status === 200) return reply;
  const { code, message } = readFailure(reply);
  throw new EstateUnreadable(code, `${action}: ${message}`);
}

/**
 * The pages of a list, each when it is asked for, to the last.
 *
 * @throws EstateUnreadable for any status but 200, a page that comes twice, and pages without end.
 */
export async function* askPages(services: EstateServices, call: ArmCall): AsyncGenerator<ArmReply, void> {
  const seen = new Set<string>();
  let reply = checked(await askArm(services, call), call.action);
  for (;;) {
    yield reply;
    const next = (reply.body as JsonObject | undefined)?.['nextLink'];
    if (typeof next !== 'string' || next === '') return;
    if (seen.has(next) || seen.size === mostPages) {
      throw new EstateUnreadable('ListEndless', `${call.action}: the list does not come to an end.`);
    }
    seen.add(next);
    reply = checked(await askNextPage(services, call, next), call.action);
  }
}
