import type { ArmAnswer, ArmClient } from './call.ts';

/** How the last request to Azure went: whether anything answered, whatever it said. */
export interface LastUse {
  readonly at: Date;
  readonly reachable: boolean;
  /** Why nothing answered. */
  readonly reason?: string;
}

/** An ARM client that remembers how its last request went; `lastUse` is undefined before the first one of this process. */
export function rememberLastUse(
  arm: ArmClient,
  clock: () => Date,
): { readonly arm: ArmClient; readonly lastUse: () => LastUse | undefined } {
  let last: LastUse | undefined;
  const noted = (answer: ArmAnswer): ArmAnswer => {
    const reachable = answer.kind === 'reply';
    last = { at: clock(), reachable, ...(reachable ? {} : { reason: answer.reason }) };
    return answer;
  };
  return {
    arm: {
      send: async (...call) => noted(await arm.send(...call)),
      followUrl: async (...call) => noted(await arm.followUrl(...call)),
    },
    lastUse: () => last,
  };
}
