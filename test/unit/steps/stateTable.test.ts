import type { SendObstacle, StepMessage } from '../../../src/steps/step.ts';
import { describe, expect, test } from 'vitest';
import type { ArmAnswer } from '../../../src/arm/call.ts';
import { executeStep } from '../../../src/steps/executeStep.ts';
import { orderStep } from '../../../src/steps/orderStep.ts';
import { reconcilePoisonedStep } from '../../../src/steps/reconcilePoisonedStep.ts';
import { listSteps } from '../../../src/steps/stepRow.ts';
import { backUp, protect, readJob, vault } from '../../support/ledgerSteps.ts';
import { refusal, reply, runId, stepLedger, type ArmScript } from '../../support/stepLedger.ts';

const itemId = `${vault}/items/docs`;
const pollUrl = 'https://management.azure.com/subscriptions/1/operations/op-1?sig=secret';
const accepted = (): ArmAnswer => reply(202, {}, { 'azure-asyncoperation': pollUrl, 'retry-after': '60' });
const doubtful: ArmAnswer = { kind: 'doubtful', reason: 'connection reset' };

const script = (
  post: (times: number) => ArmAnswer,
  jobs: () => readonly { id: string; activityId?: string; running?: boolean }[] = () => [],
): ArmScript =>
  (() => {
    let times = 0;
    return ({ method }) => (method === 'POST' ? post(++times) : reply(200, { value: [...jobs()] }));
  })();

const backUpLedger = (arm: ArmScript, more: object = {}) => stepLedger({ catalogue: [backUp], arm, ...more });
const posts = (ledger: ReturnType<typeof stepLedger>) =>
  ledger.requests.filter(({ method }) => method === 'POST');

describe('ordered', () => {
  test('a free step is claimed, sent once and settled', async () => {
    const ledger = backUpLedger(script(accepted));
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(posts(ledger)).toHaveLength(1);
    expect(ledger.row()).toMatchObject({ state: 'settled', attempt: 1, sendBy: '2026-08-22T02:01:00.000Z' });
    expect(ledger.events).toEqual([
      {
        name: 'step-1',
        event: { stepId: '01', outcome: { kind: 'done', result: posts(ledger)[0]?.clientRequestId } },
      },
    ]);
  });

  test('the request carries the attempt id, a plain GUID that is always the same', async () => {
    const ledger = backUpLedger(script(accepted));
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(posts(ledger)[0]?.clientRequestId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  test('a slot of the pacer within a minute delays the message, and is used when it comes', async () => {
    let reservations = 0;
    const reserve = (now: Date) =>
      ++reservations === 1
        ? ({ kind: 'wait', until: new Date(now.getTime() + 20_500) } as const)
        : ({ kind: 'go' } as const);
    const ledger = backUpLedger(script(accepted), { reserve });
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(posts(ledger).map(({ at }) => at)).toEqual(['2026-08-22T02:00:21.000Z']);
    expect(reservations).toBe(1);
  });

  test('a slot of the pacer further ahead is told to the flow', async () => {
    const reserve = (now: Date) => ({ kind: 'wait', until: new Date(now.getTime() + 300_000) }) as const;
    const ledger = backUpLedger(script(accepted), { reserve });
    const told = await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(told).toMatchObject({ kind: 'waiting', waitSeconds: 300 });
    expect(ledger.requests).toEqual([]);
  });

  test('an item that another run works on is not touched (D4)', async () => {
    const ledger = backUpLedger(script(() => doubtful));
    await ledger.order('backUp', { itemId }, '01');
    await ledger.drain(1);
    await ledger.order('backUp', { itemId: itemId.toUpperCase() }, '02');
    await ledger.deliver('02');
    expect(posts(ledger)).toHaveLength(1);
    expect(ledger.events.at(-1)?.event).toMatchObject({
      stepId: '02',
      outcome: { kind: 'waiting', waitSeconds: 61, reason: 'Another run is at work on this item.' },
    });
  });

  test('an item is free again when the step that held it has settled', async () => {
    const ledger = backUpLedger(script(accepted));
    await ledger.order('backUp', { itemId }, '01');
    await ledger.drain();
    await ledger.order('backUp', { itemId }, '02');
    await ledger.drain();
    expect(posts(ledger)).toHaveLength(2);
  });
});

describe('claimed', () => {
  const claimedByAnother = async (arm: ArmScript) => {
    const ledger = backUpLedger(arm);
    await ledger.order('backUp', { itemId });
    const row = ledger.steps.rows()[0];
    if (!row) throw new Error('no row');
    const claim = {
      state: 'claimed',
      attempt: 1,
      owner: 'other',
      writer: 'w',
      firstClaimAt: '2026-08-22T02:00:00.000Z',
    };
    const times = { sendBy: '2026-08-22T02:01:00.000Z', until: '2026-08-22T02:02:00.000Z' };
    await ledger.steps.replace({ ...row, ...claim, ...times }, row.etag);
    return ledger;
  };

  test('while another worker holds the lease, a delivery is postponed to its end', async () => {
    const ledger = await claimedByAnother(script(accepted));
    await ledger.drain(1);
    expect(ledger.requests).toEqual([]);
    expect(ledger.queue.nextAt()?.toISOString()).toBe('2026-08-22T02:02:00.000Z');
  });

  test('a worker that died after its claim is found out by a look, and the step is sent after the settle time', async () => {
    const ledger = await claimedByAnother(script(accepted));
    await ledger.drain();
    expect(ledger.requests[0]).toMatchObject({ method: 'GET', at: '2026-08-22T02:02:00.000Z' });
    expect(posts(ledger).map(({ at }) => at)).toEqual(['2026-08-22T02:06:00.000Z']);
    expect(ledger.row().state).toBe('settled');
  });

  test('the claim whose own answer was lost goes on as mine', async () => {
    let replaces = 0;
    const ledger = backUpLedger(script(accepted));
    const lossy = {
      ...ledger.steps,
      replace: async (...write: Parameters<typeof ledger.steps.replace>) => {
        const written = await ledger.steps.replace(...write);
        if (++replaces === 1) throw new Error('answer lost');
        return written;
      },
    };
    await ledger.order('backUp', { itemId });
    await executeStep({ ...ledger.services, steps: lossy }, { runId, stepId: '01' });
    expect(posts(ledger)).toHaveLength(1);
    expect(ledger.row()).toMatchObject({ state: 'settled', attempt: 1 });
  });

  test('a cancelled run sends nothing', async () => {
    const ledger = backUpLedger(script(accepted), { cancelled: () => true });
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(ledger.requests).toEqual([]);
    expect(ledger.row().outcome).toEqual({ kind: 'cancelled' });
  });

  test('a step that goes on after cancelling is sent all the same', async () => {
    const catalogue = [{ ...backUp, goesOnAfterCancel: true as const }];
    const ledger = stepLedger({ catalogue, arm: script(accepted), cancelled: () => true });
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(posts(ledger)).toHaveLength(1);
  });

  test('a target outside the allow-list is refused before anything is sent', async () => {
    const failure = { code: 'TargetNotAllowed', message: 'not on the list' };
    const ledger = backUpLedger(script(accepted), { obstacle: () => ({ kind: 'refused', failure }) });
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(ledger.requests).toEqual([]);
    expect(ledger.row().outcome).toMatchObject({ kind: 'refused', failure: { code: 'TargetNotAllowed' } });
  });

  test('what is in the way for now is asked about again; nothing is sent before', async () => {
    const obstacles: SendObstacle[] = [{ kind: 'later', reason: 'The plan is out of reach.' }];
    const ledger = backUpLedger(script(accepted), { obstacle: () => obstacles.pop() });
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(ledger.requests).toEqual([]);
    expect(ledger.row().reason).toBe('The plan is out of reach.');
    ledger.pass(61);
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(posts(ledger)).toHaveLength(1);
  });

  test('a worker that was paused past its window sends nothing and starts over', async () => {
    let pauses = 0;
    const ledger = backUpLedger(script(accepted), {
      cancelled: () => {
        if (++pauses === 1) ledger.pass(50);
        return false;
      },
    });
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(posts(ledger).map(({ at }) => at)).toEqual(['2026-08-22T02:00:51.000Z']);
    expect(ledger.row().attempt).toBe(2);
  });
});

describe('sent', () => {
  const outcomeOf = async (answer: ArmAnswer) => {
    const ledger = backUpLedger(script(() => answer));
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    return { ledger, outcome: ledger.row().outcome };
  };

  test.each([200, 201, 204])('a final %i settles the step as done', async (status) => {
    expect((await outcomeOf(reply(status, {}))).outcome?.kind).toBe('done');
  });

  test('an acceptance keeps the poll URL in the row, and in the row alone', async () => {
    const ledger = stepLedger({ catalogue: [protect], arm: () => accepted() });
    await ledger.order('protect', { itemId });
    await ledger.drain();
    expect(ledger.row()).toMatchObject({ state: 'waiting', poll: { url: pollUrl, operationId: 'op-1' } });
    expect(JSON.stringify([ledger.events, ledger.queue.messages])).not.toContain('secret');
    expect(ledger.events[0]?.event.outcome).toEqual({ kind: 'waiting', waitSeconds: 60 });
  });

  test('a 429 waits as long as it says and is no failed attempt', async () => {
    const throttled = (times: number) =>
      times <= 7 ? refusal(429, 'TooManyRequests', { 'retry-after': '30' }) : accepted();
    const ledger = backUpLedger(script(throttled));
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(
      posts(ledger)
        .map(({ at }) => at.slice(14, 19))
        .slice(0, 3),
    ).toEqual(['00:00', '00:30', '01:00']);
    expect(ledger.row()).toMatchObject({ state: 'settled', attempt: 8, outcome: { kind: 'done' } });
  });

  test('of many messages of a step that waits one goes on, though each was brought back once', async () => {
    const throttled = (times: number) =>
      times <= 3 ? refusal(429, 'TooManyRequests', { 'retry-after': '50' }) : accepted();
    const ledger = backUpLedger(script(throttled));
    await ledger.order('backUp', { itemId });
    await ledger.drain(0);
    const [message = { text: '' }] = ledger.queue.messages;
    for (const times of [1, 1, 2, 2, 3]) ledger.queue.bringBack(message.text, 10 * times, times);
    expect(ledger.queue.messages).toHaveLength(6);
    await ledger.drain(2);
    expect(ledger.queue.messages).toHaveLength(1);
    await ledger.drain();
    expect(posts(ledger)).toHaveLength(4);
    expect(ledger.row().state).toBe('settled');
  });

  test('a message that was brought back goes on alone: the one after it was never sent', async () => {
    const throttled = (times: number) =>
      times === 1 ? refusal(429, 'TooManyRequests', { 'retry-after': '50' }) : accepted();
    const ledger = backUpLedger(script(throttled));
    await ledger.order('backUp', { itemId });
    const { text = '' } = ledger.queue.take() ?? {};
    const dying = { ...ledger.services, queue: { send: () => Promise.reject(new Error('killed')) } };
    const message = { ...(JSON.parse(text) as StepMessage), writer: 'the one before' };
    await expect(executeStep(dying, message, { times: 1 })).rejects.toThrow('killed');
    ledger.queue.bringBack(JSON.stringify(message), 10, 2);
    await ledger.drain();
    expect(posts(ledger)).toHaveLength(2);
    expect(ledger.row().state).toBe('settled');
  });

  test('a 429 of many minutes is told to the flow', async () => {
    const { ledger } = await outcomeOf(refusal(429, 'TooManyRequests', { 'retry-after': '324' }));
    expect(ledger.events[0]?.event.outcome).toMatchObject({ kind: 'waiting', waitSeconds: 324 });
  });

  test('what never left the socket is sent again, five times at most', async () => {
    const ledger = backUpLedger(script(() => ({ kind: 'notSent', reason: 'no such host' })));
    await ledger.order('backUp', { itemId });
    for (let asks = 0; asks < 10; asks++) {
      await ledger.drain();
      ledger.pass(700);
      await ledger.order('backUp', { itemId });
    }
    expect(posts(ledger)).toHaveLength(5);
    expect(ledger.row().outcome).toMatchObject({ kind: 'failed', failure: { message: 'no such host' } });
  });

  test('a final refusal settles the step with the words of the service', async () => {
    const { outcome, ledger } = await outcomeOf(refusal(400, 'BMSUserErrorInvalidInput'));
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code: 'BMSUserErrorInvalidInput' } });
    expect(posts(ledger)).toHaveLength(1);
  });

  test('a limit of hours parks the step for an hour, told to the flow', async () => {
    const { ledger } = await outcomeOf(refusal(400, 'CloudDosTimeboudLimitReached'));
    expect(ledger.events[0]?.event.outcome).toMatchObject({ kind: 'waiting', waitSeconds: 3600 });
    expect(posts(ledger)).toHaveLength(1);
  });

  test('a limit of the day that ends after the deadline refuses the step at once', async () => {
    const { outcome } = await outcomeOf(refusal(400, 'CloudDosAbsoluteLimitReached'));
    expect(outcome).toMatchObject({ kind: 'refused', failure: { class: 'hours' } });
  });

  test('"in progress" joins the job that somebody else has started (D3)', async () => {
    const arm = script(
      () => refusal(409, 'UserErrorBackupOperationInProgress'),
      () => [{ id: 'theirs', running: true }],
    );
    const ledger = backUpLedger(arm);
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(posts(ledger)).toHaveLength(1);
    expect(ledger.row().outcome).toEqual({ kind: 'done', result: 'theirs', how: 'joined' });
  });

  test('a 202 without any header is looked up, never a success', async () => {
    let times = 0;
    const ledger = backUpLedger(script(() => (++times === 1 ? reply(202, {}) : accepted())));
    await ledger.order('backUp', { itemId });
    await ledger.drain(5);
    expect(ledger.row().state).toBe('checking');
    expect(ledger.requests[1]?.url).toBe(`${vault}/backupJobs`);
  });

  test.each([408, 500, 503])(
    'a %i may have been applied: nothing is sent before the settle time is over',
    async (status) => {
      let times = 0;
      const ledger = backUpLedger(script(() => (++times === 1 ? refusal(status, 'Odd') : accepted())));
      await ledger.order('backUp', { itemId });
      await ledger.drain();
      expect(posts(ledger).map(({ at }) => at)).toEqual([
        '2026-08-22T02:00:00.000Z',
        '2026-08-22T02:06:00.000Z',
      ]);
    },
  );

  test('a PUT that may be repeated is repeated after a 500', async () => {
    let times = 0;
    const arm: ArmScript = () => (++times === 1 ? refusal(500, 'CloudInternalError') : reply(200, {}));
    const ledger = stepLedger({ catalogue: [protect], arm });
    await ledger.order('protect', { itemId });
    await ledger.drain();
    expect(ledger.row().outcome).toEqual({ kind: 'done', result: 'protected 200' });
    expect(ledger.requests).toHaveLength(2);
  });
});

describe('checking', () => {
  const afterReset = (
    jobs: (ledger: ReturnType<typeof stepLedger>) => readonly { id: string; activityId?: string }[],
  ) => {
    let times = 0;
    const ledger: ReturnType<typeof stepLedger> = backUpLedger(
      script(
        () => (++times === 1 ? doubtful : accepted()),
        () => jobs(ledger),
      ),
    );
    return ledger;
  };

  test('a job that carries one of our attempt ids is adopted', async () => {
    const ledger = afterReset((now) => [{ id: 'job-1', activityId: posts(now)[0]?.clientRequestId ?? '' }]);
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(posts(ledger)).toHaveLength(1);
    expect(ledger.row().outcome).toEqual({ kind: 'done', result: 'job-1', how: 'adopted' });
    expect(ledger.clock.now).toBe(Date.parse('2026-08-22T02:00:30Z'));
  });

  test('absence is believed only after a second look, a settle time after the send window', async () => {
    const ledger = afterReset(() => []);
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    const looks = ledger.requests.filter(({ method }) => method === 'GET').map(({ at }) => at.slice(11, 19));
    expect(looks).toEqual(['02:00:30', '02:01:30', '02:03:30', '02:05:30', '02:06:00']);
    expect(posts(ledger)).toHaveLength(2);
  });

  test('five attempts without effect end the step as failed', async () => {
    const ledger = backUpLedger(script(() => doubtful));
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(posts(ledger)).toHaveLength(5);
    expect(ledger.row().outcome).toMatchObject({ kind: 'failed', failure: { message: 'connection reset' } });
  });

  test('two jobs with our ids end the step unknown, with an alert', async () => {
    const ledger = afterReset((now) => {
      const activityId = posts(now)[0]?.clientRequestId ?? '';
      return [
        { id: 'one', activityId },
        { id: 'two', activityId },
      ];
    });
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(ledger.row().outcome?.kind).toBe('unknown');
    expect(ledger.alerts).toEqual(['backUp ended unknown: 2 jobs']);
  });

  test('a list that stays unreadable ends the step unknown at its deadline', async () => {
    const arm: ArmScript = ({ method }) => (method === 'POST' ? doubtful : refusal(503, 'ServerTimeout'));
    const ledger = backUpLedger(arm);
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(posts(ledger)).toHaveLength(1);
    expect(ledger.row().outcome).toMatchObject({ kind: 'unknown', failure: { code: 'EffectUnknown' } });
    expect(ledger.row().settledAt?.slice(0, 13)).toBe('2026-08-22T08');
  });

  test('a list that was not read to its end is no proof of absence', async () => {
    const arm: ArmScript = ({ method }) =>
      method === 'POST' ? doubtful : reply(200, { value: [], nextLink: 'https://evil.example/next' });
    const ledger = backUpLedger(arm);
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(posts(ledger)).toHaveLength(1);
    expect(ledger.row().outcome?.kind).toBe('unknown');
  });
});

describe('waiting', () => {
  const waitingLedger = (polls: (times: number) => ArmAnswer) => {
    let times = 0;
    const arm: ArmScript = ({ method }) => (method === 'PUT' ? accepted() : polls(++times));
    return stepLedger({ catalogue: [protect], arm });
  };

  test('each ask polls once, and not before the service wants it', async () => {
    const ledger = waitingLedger((times) => reply(200, { status: times < 3 ? 'Inprogress' : 'Succeeded' }));
    await ledger.order('protect', { itemId });
    await ledger.drain();
    for (let asks = 0; asks < 3; asks++) {
      ledger.pass(59);
      await ledger.order('protect', { itemId });
      await ledger.drain();
    }
    expect(ledger.requests.map(({ at }) => at.slice(11, 19))).toEqual([
      '02:00:00',
      '02:01:00',
      '02:02:00',
      '02:03:00',
    ]);
    expect(ledger.row().outcome?.kind).toBe('done');
    expect(ledger.events.map(({ name }) => name)).toEqual(['step-1', 'step-2', 'step-3', 'step-4']);
  });

  test('a message that comes twice makes no second poll', async () => {
    const ledger = waitingLedger(() => reply(200, { status: 'InProgress' }));
    await ledger.order('protect', { itemId });
    await ledger.drain();
    ledger.pass(300);
    await ledger.deliver();
    expect(ledger.requests).toHaveLength(1);
    expect(ledger.events.map(({ event }) => event.outcome)).toEqual([
      { kind: 'waiting', waitSeconds: 60 },
      { kind: 'waiting', waitSeconds: 1 },
    ]);
  });

  test('an operation that failed refuses the step with the words of the service', async () => {
    const error = { code: 'UserErrorDiskNotFound', message: 'the disk is gone' };
    const ledger = waitingLedger(() => reply(200, { status: 'Failed', error }));
    await ledger.order('protect', { itemId });
    ledger.pass(60);
    await ledger.drain();
    await ledger.order('protect', { itemId });
    await ledger.drain();
    expect(ledger.row().outcome).toMatchObject({ kind: 'refused', failure: error });
  });

  test('a poll URL that the gate refuses is replaced by the unsigned path', async () => {
    let polls: string[] = [];
    const arm: ArmScript = ({ method, url }) => {
      if (method === 'PUT') {
        return reply(202, {}, { 'azure-asyncoperation': 'https://evil.example/operations/op-9' });
      }
      polls = [...polls, url];
      return reply(200, { status: 'Succeeded' });
    };
    const ledger = stepLedger({ catalogue: [protect], arm });
    await ledger.order('protect', { itemId });
    await ledger.drain();
    ledger.pass(60);
    await ledger.order('protect', { itemId });
    await ledger.drain();
    expect(polls).toEqual([`${vault}/backupOperations/op-9`]);
    expect(ledger.row().outcome?.kind).toBe('done');
  });

  test('endless 500s of a poll end within minutes, with the class that lets the flow read the resource', async () => {
    const ledger = waitingLedger(() => refusal(500, 'CloudInternalError'));
    await ledger.order('protect', { itemId });
    for (let asks = 0; asks < 20 && ledger.row().state !== 'settled'; asks++) {
      await ledger.drain();
      ledger.pass(65);
      await ledger.order('protect', { itemId });
    }
    expect(ledger.row().outcome).toMatchObject({ kind: 'refused', failure: { class: 'transient' } });
    expect(ledger.clock.now).toBeLessThan(Date.parse('2026-08-22T02:20:00Z'));
  });

  test('a job still running shows its state and is read again, until the step gives up', async () => {
    const arm: ArmScript = () => reply(200, { status: 'InProgress' });
    const ledger = stepLedger({ catalogue: [readJob], arm });
    await ledger.order('readJob', { jobId: 'j' });
    await ledger.drain();
    expect(ledger.row()).toMatchObject({ state: 'waiting', detail: { id: 'j', status: 'InProgress' } });
    ledger.pass(86_401);
    await ledger.order('readJob', { jobId: 'j' });
    await ledger.drain();
    expect(ledger.row().outcome).toMatchObject({ kind: 'timedOut', failure: { code: 'StepTimedOut' } });
  });

  test('a refusal that the step expects is a wait', async () => {
    const ledger = stepLedger({ catalogue: [readJob], arm: () => refusal(404, 'JobNotFound') });
    await ledger.order('readJob', { jobId: 'j' });
    await ledger.drain();
    expect(ledger.events[0]?.event.outcome).toEqual({ kind: 'waiting', waitSeconds: 30 });
  });
});

describe('an operation that ended badly', () => {
  /** A PUT whose first operations end with an error of that code; times of the PUTs, and what came of the step. */
  const afterEnding = async (codes: readonly string[]) => {
    let puts = 0;
    const arm: ArmScript = ({ method }) => {
      if (method === 'PUT') {
        puts += 1;
        return accepted();
      }
      const code = codes[puts - 1];
      return reply(
        200,
        code === undefined
          ? { status: 'Succeeded' }
          : { status: 'Failed', error: { code, message: `${code}.` } },
      );
    };
    const ledger = stepLedger({ catalogue: [protect], arm });
    await ledger.order('protect', { itemId });
    for (let ask = 1; ask <= 12 && ledger.row().state !== 'settled'; ask++) {
      await ledger.drain();
      ledger.pass(60);
      await ledger.order('protect', { itemId });
    }
    const sent = ledger.requests.filter(({ method }) => method === 'PUT').map(({ at }) => at.slice(11, 19));
    return { sent, row: ledger.row() };
  };

  test.each([
    ['because of other work is sent again once that is over', 'ConflictingProtectionOperation', 'done', 2],
    ['for a reason that passes is sent once more', 'CloudInternalError', 'done', 2],
    ['by a mistake is not sent again', 'BMSUserErrorInvalidInput', 'refused', 1],
  ])('%s', async (_what, code, kind, puts) => {
    const { sent, row } = await afterEnding([code]);
    expect(sent).toHaveLength(puts);
    expect(row.outcome).toMatchObject({ kind });
    expect(row.operationStatus).toBe(kind === 'done' ? 'Succeeded' : 'Failed');
  });

  test('twice for a reason that passes is refused: it was applied as far as it went', async () => {
    const { sent, row } = await afterEnding([
      'CloudInternalError',
      'CloudInternalError',
      'CloudInternalError',
    ]);
    expect(sent).toHaveLength(2);
    expect(row.outcome).toMatchObject({ kind: 'refused', failure: { code: 'CloudInternalError' } });
  });
});

test('an operation in doubt is not sent again though it ended for a reason that passes: the list decides', async () => {
  if (backUp.repeat === 'safe') throw new Error('A backup must look first.');
  const remove = { ...protect, name: 'remove', repeat: backUp.repeat };
  const arm: ArmScript = ({ method, url }) => {
    if (method === 'PUT') return accepted();
    if (url.includes('/items/') || url.includes('backupJobs')) return reply(200, { value: [] });
    return reply(200, { status: 'Failed', error: { code: 'CloudInternalError', message: 'No.' } });
  };
  const ledger = stepLedger({ catalogue: [remove], arm });
  await ledger.order('remove', { itemId });
  for (let ask = 1; ask <= 6 && ledger.row().state !== 'settled'; ask++) {
    await ledger.drain();
    ledger.pass(60);
    await ledger.order('remove', { itemId });
  }
  expect(ledger.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  expect(ledger.row().outcome).toMatchObject({ kind: 'refused', failure: { code: 'CloudInternalError' } });
});

test.each([
  [301, 'refused', 1],
  [401, 'failed', 5],
])('an answer of %i is %s after %i attempts', async (status, kind, attempts) => {
  const ledger = backUpLedger(script(() => refusal(status, 'Odd')));
  await ledger.order('backUp', { itemId });
  for (let ask = 1; ask <= 12 && ledger.row().state !== 'settled'; ask++) {
    await ledger.drain();
    ledger.pass(600);
    await ledger.order('backUp', { itemId });
  }
  expect(ledger.row().outcome).toMatchObject({ kind, failure: { code: 'Odd' } });
  expect(posts(ledger)).toHaveLength(attempts);
});

test('the ids by which the service finds a request are kept, capped at 100 characters', async () => {
  const headers = { 'x-ms-correlation-request-id': 'c'.repeat(200), 'x-ms-request-id': 'r-1' };
  const ledger = stepLedger({ catalogue: [protect], arm: () => reply(200, {}, headers) });
  await ledger.order('protect', { itemId });
  await ledger.drain();
  expect(ledger.row()).toMatchObject({
    correlationId: `${'c'.repeat(99)}…`,
    armRequestId: 'r-1',
    requests: 1,
  });
});

describe('a run shows of its steps', () => {
  test('what settled: when it began and ended, and what came of it', async () => {
    const ledger = stepLedger({ catalogue: [protect], arm: () => reply(200, {}) });
    await ledger.order('protect', { itemId });
    ledger.pass(5);
    await ledger.drain();
    expect(await listSteps(ledger.steps, runId)).toEqual([
      {
        ...{ stepId: '01', name: 'protect', state: 'settled', asks: 1, requests: 1 },
        startedAt: '2026-08-22T02:00:00.000Z',
        endedAt: '2026-08-22T02:00:05.000Z',
        dueAt: expect.any(String),
        outcome: { kind: 'done', result: 'protected 200' },
      },
    ]);
  });

  test('what waits: why, until when, and whether a limit of hours has parked it', async () => {
    const parked = backUpLedger(script(() => refusal(400, 'CloudDosTimeboudLimitReached')));
    await parked.order('backUp', { itemId });
    await parked.drain(1);
    const [step] = await listSteps(parked.steps, runId);
    expect(step).toMatchObject({
      ...{ state: 'waiting', parked: true, dueAt: '2026-08-22T03:00:00.000Z' },
      reason: 'CloudDosTimeboudLimitReached was said',
    });
    expect(step).not.toHaveProperty('endedAt');
  });

  test('the state of what it follows, in the order in which its steps were taken', async () => {
    const ledger = stepLedger({ catalogue: [readJob], arm: () => reply(200, { status: 'InProgress' }) });
    await ledger.order('readJob', { jobId: 'j' }, '02');
    await ledger.order('readJob', { jobId: 'k' }, '01');
    await ledger.drain();
    const steps = await listSteps(ledger.steps, runId);
    expect(steps.map(({ stepId, detail }) => [stepId, detail])).toEqual([
      ['01', { id: 'k', status: 'InProgress' }],
      ['02', { id: 'j', status: 'InProgress' }],
    ]);
    expect(steps[0]).not.toHaveProperty('parked');
  });
});

describe('an operation whose poll is throttled', () => {
  test('is polled until it can be read: a 429 says nothing about it and uses up no patience', async () => {
    let polls = 0;
    const arm: ArmScript = ({ method }) => {
      if (method === 'PUT') return accepted();
      polls += 1;
      return polls <= 12
        ? refusal(429, 'TooManyRequests', { 'retry-after': '30' })
        : reply(200, { status: 'Succeeded' });
    };
    const ledger = stepLedger({ catalogue: [protect], arm });
    await ledger.order('protect', { itemId });
    for (let ask = 1; ask <= 30 && ledger.row().state !== 'settled'; ask++) {
      await ledger.drain();
      ledger.pass(60);
      await ledger.order('protect', { itemId });
    }
    expect(ledger.row().outcome).toEqual({ kind: 'done', result: 'protected 200' });
    const asked = ledger.requests.filter(({ method }) => method === 'GET').map(({ url }) => url);
    expect(new Set(asked)).toEqual(new Set([pollUrl]));
    expect(asked).toHaveLength(13);
  });
});

describe('settled', () => {
  test('any delivery raises the outcome again and sends nothing', async () => {
    const ledger = backUpLedger(script(accepted));
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    await ledger.deliver();
    expect(ledger.requests).toHaveLength(1);
    expect(ledger.events[1]).toEqual(ledger.events[0]);
  });

  test('an order of a settled step is answered at once', async () => {
    const ledger = backUpLedger(script(() => reply(200, {})));
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(await ledger.order('backUp', { itemId })).toEqual(ledger.row().outcome);
    expect(ledger.queue.messages).toEqual([]);
  });

  test('an event for a flow that is not there yet asks for redelivery, one for an ended flow does not', async () => {
    const answers = ['missing', 'ended'] as const;
    let times = 0;
    const raise = () => Promise.resolve(answers[times++] ?? 'raised');
    const ledger = backUpLedger(script(accepted), { raise });
    await ledger.order('backUp', { itemId });
    await expect(ledger.deliver()).rejects.toThrow('not there yet');
    await ledger.deliver();
    expect(ledger.requests).toHaveLength(1);
  });
});

describe('a flow that is lost', () => {
  const parked = () => refusal(429, 'TooManyRequests', { 'retry-after': '1200' });

  test('is not called for ever: its parked step stays as it is, and no message goes round', async () => {
    const ledger = backUpLedger(script(parked), { raise: () => Promise.resolve('missing') });
    await ledger.order('backUp', { itemId });
    ledger.pass(700);
    await ledger.drain(21 * 60);
    expect(ledger.queue.messages).toEqual([]);
    expect(ledger.row()).toMatchObject({ state: 'waiting' });
    expect(ledger.events).toHaveLength(1);
  });

  test('is replaced by a later generation, which is the one that a parked step answers', async () => {
    const ledger = backUpLedger(script(parked));
    await ledger.order('backUp', { itemId });
    await ledger.drain(10);
    const order = { runId, stepId: '01', stepName: 'backUp', input: { itemId } };
    const outcome = await orderStep(ledger.services, { ...order, generation: 2, ask: 2 });
    expect(outcome).toMatchObject({ kind: 'waiting' });
    expect(ledger.row()).toMatchObject({ generation: 2, ask: 2 });
  });
});

describe('orders', () => {
  const order = { runId, stepId: '01', stepName: 'backUp', input: { itemId } };

  test('a message without a row orders nothing and is reported', async () => {
    const ledger = backUpLedger(script(accepted));
    await ledger.deliver('07');
    expect(ledger.requests).toEqual([]);
    expect(ledger.alerts).toEqual(['A message names a step that was never ordered.']);
  });

  test('a later ask is the one that is answered', async () => {
    const ledger = backUpLedger(script(accepted));
    await ledger.order('backUp', { itemId });
    await ledger.order('backUp', { itemId });
    await ledger.drain();
    expect(new Set(ledger.events.map(({ name }) => name))).toEqual(new Set(['step-2']));
    expect(ledger.row().asks).toBe(2);
  });

  test('an ask recorded while the request is under way is answered too', async () => {
    const ledger: ReturnType<typeof stepLedger> = backUpLedger(async () => {
      await ledger.order('backUp', { itemId });
      return accepted();
    });
    await ledger.order('backUp', { itemId });
    await ledger.deliver();
    expect(ledger.events.map(({ name }) => name)).toEqual(['step-2']);
    expect(ledger.row()).toMatchObject({ state: 'settled', attempt: 1 });
  });

  test('a flow of an older generation is told to end', async () => {
    const ledger = backUpLedger(script(accepted));
    await orderStep(ledger.services, { ...order, generation: 2, ask: 1 });
    expect(await orderStep(ledger.services, { ...order, generation: 1, ask: 9 })).toEqual({
      kind: 'cancelled',
    });
  });

  test('the next generation takes over a step that waits', async () => {
    const ledger = stepLedger({ catalogue: [readJob], arm: () => reply(200, { status: 'InProgress' }) });
    await ledger.order('readJob', { jobId: 'j' });
    await ledger.drain();
    ledger.pass(120);
    const again = { ...order, stepName: 'readJob', input: { jobId: 'j' }, generation: 2, ask: 1 };
    expect(await orderStep(ledger.services, again)).toBeUndefined();
    await ledger.drain();
    expect(ledger.requests).toHaveLength(2);
  });

  test('a changed flow that orders another step under the same number is stopped', async () => {
    const ledger = backUpLedger(script(accepted));
    await ledger.order('backUp', { itemId });
    expect(await ledger.order('protect', { itemId })).toMatchObject({ failure: { code: 'StepMismatch' } });
  });
});

describe('poison', () => {
  test('a step that was never claimed fails', async () => {
    const ledger = backUpLedger(script(accepted));
    await ledger.order('backUp', { itemId });
    await reconcilePoisonedStep(ledger.services, JSON.stringify({ runId, stepId: '01' }));
    expect(ledger.row().outcome).toMatchObject({ kind: 'failed', failure: { code: 'StepPoisoned' } });
  });

  test('a step in doubt is looked for, not failed', async () => {
    const arm = script(
      () => doubtful,
      () => [{ id: 'job-1', activityId: posts(ledger)[0]?.clientRequestId ?? '' }],
    );
    const ledger = backUpLedger(arm);
    await ledger.order('backUp', { itemId });
    await ledger.deliver();
    while (ledger.queue.messages.length > 0) {
      ledger.pass(60);
      ledger.queue.take();
    }
    await reconcilePoisonedStep(ledger.services, JSON.stringify({ runId, stepId: '01' }));
    await ledger.drain();
    expect(ledger.row().outcome).toEqual({ kind: 'done', result: 'job-1', how: 'adopted' });
  });

  /** Deliveries that all fail: the message of the step is poisoned, again and again. */
  const poisonUntilSettled = async (ledger: ReturnType<typeof stepLedger>) => {
    for (let times = 1; times <= 1000; times++) {
      await reconcilePoisonedStep(ledger.services, JSON.stringify({ runId, stepId: '01' }));
      if (ledger.row().state === 'settled') return;
      const next = ledger.queue.nextAt();
      if (!next) throw new Error('Nothing leads on.');
      ledger.clock.now = next.getTime();
      ledger.queue.take();
    }
  };

  test('a step in doubt that cannot be carried on ends unknown, ten minutes after its deadline', async () => {
    const ledger = backUpLedger(script(() => doubtful));
    await ledger.order('backUp', { itemId });
    await ledger.deliver();
    ledger.pass(30);
    ledger.queue.take();
    await poisonUntilSettled(ledger);
    expect(ledger.row().outcome).toMatchObject({
      kind: 'unknown',
      failure: { message: 'connection reset' },
    });
    // Six hours are the step's own deadline.
    expect(ledger.clock.now).toBeGreaterThan(Date.parse('2026-08-22T08:10:00Z'));
    expect(ledger.clock.now).toBeLessThanOrEqual(Date.parse('2026-08-22T08:11:00Z'));
  });

  test('an operation that was being polled ends timed out: it may still go on', async () => {
    const arm: ArmScript = ({ method }) =>
      method === 'PUT' ? accepted() : reply(200, { status: 'InProgress' }, { 'retry-after': '60' });
    const ledger = stepLedger({ catalogue: [protect], arm });
    await ledger.order('protect', { itemId });
    await ledger.deliver();
    ledger.queue.take();
    await poisonUntilSettled(ledger);
    expect(ledger.row().outcome).toMatchObject({ kind: 'timedOut', failure: { code: 'StepPoisoned' } });
    expect(ledger.clock.now).toBeGreaterThan(Date.parse('2026-08-22T03:10:00Z'));
  });

  test('a look after steps that was given up is reported: the queue brings the messages of those that died back', async () => {
    const ledger = backUpLedger(script(accepted));
    await reconcilePoisonedStep(ledger.services, '{"guard":"2026-08-22T02:03:00.000Z"}');
    expect(ledger.alerts).toEqual(['A look after steps was given up by the queue.']);
  });

  test.each(['{"runId":"../../victim","stepId":"01"}', '{"guard":"../../victim"}'])(
    'a message that is none of ours is reported and dropped: %s',
    async (text) => {
      const ledger = backUpLedger(script(accepted));
      await reconcilePoisonedStep(ledger.services, text);
      expect(ledger.alerts).toEqual(['A poisoned message is none of ours.']);
    },
  );
});
