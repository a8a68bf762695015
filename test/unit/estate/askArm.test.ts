import { describe, expect, test } from 'vitest';
import type { ArmAnswer, ArmCall } from '../../../src/arm/call.ts';
import { askArm, askPages } from '../../../src/estate/askArm.ts';
import { eachGraphPage, readGraph } from '../../../src/estate/readGraph.ts';
import { missingActions, notAllowed, whyUnreadable } from '../../../src/estate/readRights.ts';
import { answered, answeringEstate, listed, refused } from '../../support/answeringEstate.ts';
import { diskId, subscriptionId } from '../../support/planWorld.ts';

const call: ArmCall = {
  ...{
    action: 'Microsoft.Compute/disks/read',
    method: 'GET',
    path: diskId('data'),
    apiVersion: '2024-03-02',
  },
};
/** Answers in turn, the last one for ever. */
const inTurn = (...answers: readonly ArmAnswer[]) => {
  let at = 0;
  return answeringEstate(() => answers[Math.min(at++, answers.length - 1)]);
};
const well = answered({ name: 'data' });

describe('a read', () => {
  test('is answered with whatever Azure says for good', async () => {
    for (const status of [200, 404, 403, 409]) {
      const { services, asked, learned } = inTurn(answered({}, status));
      expect((await askArm(services, call)).status).toBe(status);
      expect([asked, learned]).toEqual([[diskId('data')], [status]]);
    }
  });

  test.each([
    ['too many requests', answered({}, 429)],
    ['an error of the service', answered({}, 500)],
    ['a lost connection', { kind: 'doubtful', reason: 'reset' } as const],
    ['no connection', { kind: 'notSent', reason: 'refused' } as const],
  ])('is sent again after %s, with growing pauses', async (_what, passing) => {
    const { services, pauses } = inTurn(passing, passing, passing, well);
    expect((await askArm(services, call)).body).toEqual({ name: 'data' });
    expect(pauses).toEqual([2000, 4000, 8000]);
  });

  test('pauses as long as the service says, a minute at most', async () => {
    const { services, pauses } = inTurn(
      answered({}, 429, { 'retry-after': '7' }),
      answered({}, 429, { 'retry-after': '600' }),
      well,
    );
    await askArm(services, call);
    expect(pauses).toEqual([7000, 60_000]);
  });

  test('is given up after six tries, in the words of the last', async () => {
    const { services, asked } = inTurn(refused(503, 'ServerBusy', 'Not now.'));
    await expect(askArm(services, call)).rejects.toMatchObject({
      ...{
        name: 'EstateUnreadable',
        code: 'EstateUnreadable',
        message: 'Microsoft.Compute/disks/read: Not now.',
      },
    });
    expect(asked).toHaveLength(6);
    const lost = inTurn({ kind: 'doubtful', reason: 'the connection was reset' });
    await expect(askArm(lost.services, call)).rejects.toThrow(
      'Microsoft.Compute/disks/read: the connection was reset',
    );
  });

  test('that is too long to be read is not sent again', async () => {
    const { services, asked } = inTurn({ kind: 'doubtful', reason: 'The reply is longer than 8 MiB.' });
    await expect(askArm(services, call)).rejects.toMatchObject({
      code: 'ReplyTooLong',
      message: 'The reply is longer than 8 MiB.',
    });
    expect(asked).toHaveLength(1);
  });

  test.each([
    [60, [60_000]],
    [0, [0]],
  ])('waits %i seconds for the budget', async (seconds, waited) => {
    let isFirst = true;
    const { services, pauses } = answeringEstate(
      () => well,
      (now) => {
        if (!isFirst) return { kind: 'go' };
        isFirst = false;
        return { kind: 'wait', until: new Date(now.getTime() + seconds * 1000) };
      },
    );
    await askArm(services, call);
    expect(pauses).toEqual(waited);
  });

  test('does not wait for longer than a minute', async () => {
    const { services, asked } = answeringEstate(
      () => well,
      (now) => ({ kind: 'wait', until: new Date(now.getTime() + 60_001) }),
    );
    await expect(askArm(services, call)).rejects.toMatchObject({
      ...{ code: 'BudgetSpent', message: 'The budget of Microsoft.Compute/disks/read is spent.' },
    });
    expect(asked).toEqual([]);
  });
});

describe('a list', () => {
  const pagesOf = async (answer: Parameters<typeof answeringEstate>[0]) => {
    const { services, asked } = answeringEstate(answer);
    const bodies: unknown[] = [];
    for await (const page of askPages(services, call)) bodies.push(page.body);
    return { bodies, asked };
  };

  test('is read to its last page, also where a next page has an empty address', async () => {
    const { bodies, asked } = await pagesOf(({ url }) => {
      if (url === undefined) return listed([{ name: 'a' }], 'https://next/2');
      return listed([{ name: 'b' }], '');
    });
    expect(bodies).toHaveLength(2);
    expect(asked).toEqual([diskId('data'), 'https://next/2']);
  });

  test('that goes in a circle is refused', async () => {
    await expect(pagesOf(() => listed([], 'https://next/2'))).rejects.toMatchObject({
      ...{ code: 'ListEndless', message: 'Microsoft.Compute/disks/read: the list does not come to an end.' },
    });
  });

  test('of which a page is refused is refused, in the service’s words', async () => {
    const no = refused(404, 'ResourceNotFound', 'Gone.');
    await expect(pagesOf(() => no)).rejects.toMatchObject({
      code: 'ResourceNotFound',
      message: 'Microsoft.Compute/disks/read: Gone.',
    });
    await expect(
      pagesOf(({ url }) => (url === undefined ? listed([], 'https://next/2') : no)),
    ).rejects.toThrow('Gone.');
  });
});

describe('Resource Graph', () => {
  const page = (ids: readonly string[], total: number, skipToken?: string): ArmAnswer =>
    answered({
      data: ids.map((id) => ({ id })),
      totalRecords: total,
      ...(skipToken !== undefined && { $skipToken: skipToken }),
    });
  const tooLong: ArmAnswer = { kind: 'doubtful', reason: 'The reply is longer than 8 MiB.' };

  test('is read to its last page', async () => {
    const { services, calls } = inTurn(page(['a', 'b'], 3, 'more'), page(['c'], 3));
    expect(await readGraph(services, [subscriptionId], 'resources')).toEqual({
      rows: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
      pages: 2,
    });
    expect(calls.map(({ body }) => body)).toEqual([
      {
        subscriptions: [subscriptionId],
        query: 'resources',
        options: { $top: 1000, resultFormat: 'objectArray' },
      },
      {
        subscriptions: [subscriptionId],
        query: 'resources',
        options: { $top: 1000, resultFormat: 'objectArray', $skipToken: 'more' },
      },
    ]);
  });

  test('that lacks rows is not believed', async () => {
    const { services } = inTurn(page(['a', 'b'], 4, 'more'), page(['c'], 4));
    await expect(readGraph(services, [subscriptionId], 'resources')).rejects.toMatchObject({
      ...{ code: 'GraphTruncated', message: 'Resource Graph gave 3 of 4 rows and no further page.' },
    });
  });

  test('hands over page by page, with how many came before', async () => {
    const { services } = inTurn(page(['a', 'b'], 3, 'more'), page(['c'], 3));
    const taken: unknown[] = [];
    const pages = await eachGraphPage(services, [subscriptionId], 'resources', (rows, before) => {
      taken.push([rows.length, before]);
      return Promise.resolve();
    });
    expect([pages, taken]).toEqual([
      2,
      [
        [2, 0],
        [1, 2],
      ],
    ]);
  });

  test('is asked for fewer rows where a page is too long, and then given up', async () => {
    const { services, calls } = inTurn(tooLong, tooLong, page(['a'], 1));
    expect((await readGraph(services, [subscriptionId], 'resources')).rows).toEqual([{ id: 'a' }]);
    const tops = (some: readonly ArmCall[]) =>
      some.map(({ body }) => (body as { options: { $top: number } }).options.$top);
    expect(tops(calls)).toEqual([1000, 250, 25]);
    const never = inTurn(tooLong);
    await expect(readGraph(never.services, [subscriptionId], 'resources')).rejects.toMatchObject({
      ...{ code: 'ReplyTooLong', message: 'A page of 25 rows is too long to be read.' },
    });
    expect(tops(never.calls)).toEqual([1000, 250, 25]);
  });

  test('that refuses is told in its words, and not asked for fewer rows', async () => {
    const { services, asked } = inTurn(refused(403, 'AuthorizationFailed', 'You may not.'));
    await expect(readGraph(services, [subscriptionId], 'resources')).rejects.toMatchObject({
      ...{ code: 'AuthorizationFailed', message: 'Resource Graph: You may not.' },
    });
    expect(asked).toHaveLength(1);
  });

  test('that never stops giving pages is left after a thousand', async () => {
    const { services, asked } = inTurn(page(['a'], 1, 'more'));
    await expect(readGraph(services, [subscriptionId], 'resources')).rejects.toMatchObject({
      ...{ code: 'GraphEndless', message: 'Resource Graph does not stop giving pages.' },
    });
    expect(asked).toHaveLength(1000);
  });
});

describe('what the app may read', () => {
  const permission = (actions: readonly string[], notActions: readonly string[] = []) => ({
    actions,
    notActions,
  });
  const action = 'Microsoft.Compute/disks/read';

  test.each([
    ['*', true],
    ['*/read', true],
    ['Microsoft.Compute/*', true],
    ['microsoft.compute/DISKS/read', true],
    ['Microsoft.Compute/*/read', true],
    ['Microsoft.*/disks/*', true],
    ['*Compute*disks*', true],
    ['Microsoft.Compute/disks/read*', true],
    ['Microsoft.Compute/disks/rea', false],
    ['Microsoft.Compute/disks/readers', false],
    ['*/write', false],
    ['Microsoft.Storage/*', false],
    ['Microsoft.Compute/disks/*sks/read', false],
    ['Microsoft.Compute/disks/r*read', false],
    ['*disks*Compute*', false],
    ['*read*read', false],
  ])('the pattern %s allows the reading of disks: %s', (pattern, is) => {
    expect(notAllowed([permission([pattern])], [action])).toEqual(is ? [] : [action]);
  });

  test('is not what the same permission takes back; another may give it', () => {
    const reader = permission(['*/read'], ['Microsoft.Compute/*']);
    expect(notAllowed([reader], [action])).toEqual([action]);
    expect(notAllowed([reader, permission([action])], [action])).toEqual([]);
    expect(notAllowed([], [action, 'x/read'])).toEqual([action, 'x/read']);
  });

  test('is asked at the scope', async () => {
    const { services, asked } = inTurn(listed([permission(['*/read'])]));
    expect(await missingActions(services, `/subscriptions/${subscriptionId}`, [action, 'x/write'])).toEqual([
      'x/write',
    ]);
    expect(asked).toEqual([`/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/permissions`]);
  });

  test('of a subscription is said where it is not all', async () => {
    const why = (answer: ArmAnswer) => whyUnreadable(inTurn(answer).services, subscriptionId);
    expect(await why(listed([permission(['*/read'])]))).toBeUndefined();
    expect(await why(listed([permission(['Microsoft.Compute/*/read'])]))).toBe(
      `Subscription ${subscriptionId} cannot be read as a whole: the app's identity lacks Microsoft.Storage/storageAccounts/read.`,
    );
    expect(await why(refused(403, 'AuthorizationFailed', 'You may not.'))).toBe(
      `Subscription ${subscriptionId} cannot be read: You may not.`,
    );
    await expect(why(answered({}, 500))).rejects.toMatchObject({ code: 'EstateUnreadable' });
  });
});
