import type { ArmAnswer, ArmCall, Json } from '../../src/arm/call.ts';
import type { EstateServices } from '../../src/estate/askArm.ts';
import type { Slot } from '../../src/pacer/pacer.ts';

/** What a test says that Azure answers: to a call, or to the URL of a next page. */
type Answering = (
  asked: Pick<ArmCall, 'action' | 'path' | 'body'> & { readonly url?: string },
) => ArmAnswer | undefined;

/** An answer with a status and a body. */
export const answered = (
  body: Json | undefined,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): ArmAnswer => ({
  kind: 'reply',
  reply: { status, headers, body },
});

/** A list of one page, or of those before the last. */
export const listed = (value: readonly object[], nextLink?: string): ArmAnswer =>
  answered({ value: value as Json, ...(nextLink !== undefined && { nextLink }) });

/** A refusal in the service's words. */
export const refused = (status: number, code: string, message: string): ArmAnswer =>
  answered({ error: { code, message } }, status);

/** Reads of an estate that a test answers; a clock that only pauses move. What a test does not answer is not there. */
export function answeringEstate(answer: Answering, slotOf: (now: Date) => Slot = () => ({ kind: 'go' })) {
  let nowMs = Date.parse('2026-08-22T02:00:00Z');
  const asked: string[] = [];
  const pauses: number[] = [];
  const learned: number[] = [];
  const calls: ArmCall[] = [];
  const reply = (one: Parameters<Answering>[0]) =>
    Promise.resolve(answer(one) ?? refused(404, 'ResourceNotFound', 'It is not there.'));
  const services: EstateServices = {
    clock: () => new Date(nowMs),
    newId: () => 'made',
    pause: (milliseconds) => {
      pauses.push(milliseconds);
      nowMs += milliseconds;
      return Promise.resolve();
    },
    pacer: {
      reserve: (_lane, now) => Promise.resolve(slotOf(now)),
      learn: (_lane, { status }) => Promise.resolve(void learned.push(status)),
    },
    arm: {
      send: (call) => {
        asked.push(call.path);
        calls.push(call);
        return reply(call);
      },
      followUrl: (url, { action, path }) => {
        asked.push(url);
        return reply({ action, path, url });
      },
    },
  };
  return { services, asked, pauses, learned, calls };
}
