import { describe, expect, test } from 'vitest';
import type { ArmReply, Json } from '../../../src/arm/call.ts';
import { plainText } from '../../../src/arm/words.ts';
import {
  classify,
  meaningOf,
  asState,
  readErrorIn,
  readFailure,
  secondsInMessage,
} from '../../../src/arm/outcomes.ts';

const reply = (status: number, body?: Json, headers: ArmReply['headers'] = {}): ArmReply => ({
  status,
  headers,
  body,
});

describe('the four shapes of an error read alike', () => {
  test('gateway', () => {
    const failure = readFailure(
      reply(
        404,
        { error: { code: 'ResourceGroupNotFound', message: "Resource group 'rg' could not be found." } },
        {
          'x-ms-correlation-request-id': 'c-1',
        },
      ),
    );
    expect(failure).toMatchObject({
      code: 'ResourceGroupNotFound',
      message: "Resource group 'rg' could not be found.",
      correlationId: 'c-1',
      class: 'user',
    });
  });

  test('older Recovery Services: nulls, the code only in details', () => {
    const error = {
      code: null,
      message: '',
      target: null,
      details: [{ code: 'DiscoveryInProgress', message: 'Wait.' }],
    };
    expect(readFailure(reply(409, { error }))).toMatchObject({
      code: 'DiscoveryInProgress',
      message: 'Wait.',
      class: 'adopt',
    });
  });

  test('Data Protection: the true reason lies in innerError, the code outranks the message', () => {
    const info = {
      code: 'UserErrorMissingMSIPermissionsOnSnapshotResourceGroup',
      message: 'Microsoft Azure Backup encountered an internal error.',
      recommendedAction: ['Wait for a few minutes and then try the operation again.', 'Look at the group.'],
      innerError: {
        code: 'Success',
        additionalInfo: { DetailedNonLocalisedMessage: 'The vault requires Reader.' },
      },
      isRetryable: false,
      properties: { ActivityId: 'activity-1' },
    };
    const error = {
      code: info.code,
      message: info.message,
      additionalInfo: [{ type: 'UserFacingError', info }],
    };
    const failure = readFailure(reply(200, { status: 'Failed', error }));
    expect(failure).toMatchObject({
      code: 'UserErrorMissingMSIPermissionsOnSnapshotResourceGroup',
      message: 'Microsoft Azure Backup encountered an internal error. The vault requires Reader.',
      correlationId: 'activity-1',
      class: 'permission',
    });
    expect(failure.advice).toContain("vault's identity lacks a role");
    expect(failure.advice).toContain('Look at the group.');
    expect(failure.advice).not.toContain('Wait for a few minutes');
  });

  test('legacy: ErrorCode and Message.Value, no error', () => {
    const body = {
      ErrorCode: 'BMSUserErrorObjectLocked',
      Message: { Language: 'en-us', Value: 'Locked.' },
      Values: {},
    };
    expect(readFailure(reply(400, body))).toMatchObject({
      code: 'BMSUserErrorObjectLocked',
      message: 'Locked.',
      class: 'adopt',
    });
  });
});

describe('a body that says nothing still has a code and a class', () => {
  test.each<[number, Json | undefined, string, string]>([
    [500, undefined, 'HTTP_500', 'transient'],
    [404, '<html>', 'HTTP_404', 'user'],
    [502, null, 'HTTP_502', 'transient'],
    [400, [], 'HTTP_400', 'user'],
    [403, {}, 'HTTP_403', 'permission'],
    [409, { error: null }, 'HTTP_409', 'adopt'],
    [412, { error: [] }, 'HTTP_412', 'adopt'],
    [408, { error: 'late' }, 'HTTP_408', 'transient'],
    [425, 7, 'HTTP_425', 'transient'],
    [401, true, 'HTTP_401', 'transient'],
  ])('%i %j', (status, body, code, meaning) => {
    expect(readFailure(reply(status, body))).toMatchObject({ code, class: meaning });
  });
});

describe('a code means what the service shows it to mean', () => {
  test.each([
    [429, 'ResourceRequestsThrottled', 'transient'],
    [400, 'CloudDosTimeboudLimitReached', 'hours'],
    [400, 'CloudDosAbsoluteLimitReached', 'hours'],
    [400, 'CloudDosSomethingNew', 'hours'],
    [200, 'CloudDosAbsoluteLimitReachedWithRetry', 'adopt'],
    [400, 'bmsusererrorobjectlocked', 'adopt'],
    [200, 'UserErrorBackupOperationInProgress', 'adopt'],
    [409, 'RoleAssignmentExists', 'done'],
    [400, 'BMSContainerStatusNotRegistered', 'done'],
    [400, 'PrincipalNotFound', 'permission'],
    [403, 'AuthorizationFailed', 'permission'],
    [400, 'BMSUserErrorInvalidInput', 'ours'],
    [409, 'MissingSubscriptionRegistration', 'user'],
    [400, 'UserErrorDppDatasourceAlreadyProtected', 'user'],
    [200, '400136', 'user'],
    [200, '400446', 'done'],
    [400, 'ProviderRequestsThrottled', 'transient'],
    [400, 'SomethingNew', 'user'],
    [200, 'SomethingNew', 'user'],
    [409, 'SomethingNew', 'user'],
    [409, 'SomethingOperationInProgress', 'adopt'],
    [409, 'ScopeLocked', 'user'],
    [503, 'SomethingNew', 'transient'],
    [403, 'SomethingNew', 'permission'],
  ])('%i %s is %s', (status, code, meaning) => {
    expect(classify({ code, message: '' }, status)).toBe(meaning);
  });

  test('what is gone need not be deleted, and is missing for everything else', () => {
    const gone = { error: { code: 'ResourceNotFound', message: 'The Resource was not found.' } };
    expect(readFailure(reply(404, gone), 'DELETE').class).toBe('done');
    expect(readFailure(reply(404, gone), 'GET').class).toBe('user');
    expect(readFailure(reply(404, { error: { code: 'ResourceGroupNotFound' } }), 'DELETE').class).toBe(
      'user',
    );
  });

  test('a registration in progress hides behind BadRequest', () => {
    expect(classify({ code: 'BadRequest', message: 'Registration is already in progress.' }, 400)).toBe(
      'adopt',
    );
    expect(classify({ code: 'BadRequest', message: 'No.' }, 400)).toBe('user');
  });

  test('a code from the prototype of objects is unknown', () => {
    expect(meaningOf('constructor', '')).toBeUndefined();
    expect(
      readFailure(reply(400, JSON.parse('{"error":{"__proto__":{"code":"X"},"message":"m"}}') as Json)).code,
    ).toBe('HTTP_400');
  });
});

test('an error nested without end is read to a depth', () => {
  const depth = 50_000;
  const innerError = JSON.parse(`${'{"innerError":'.repeat(depth)}{}${'}'.repeat(depth)}`) as Json;
  expect(readFailure(reply(500, { error: { code: 'X', message: 'm', innerError } }))).toMatchObject({
    code: 'X',
    message: 'm',
  });
});

test('texts of the service lose control characters and are capped', () => {
  const failure = readFailure(
    reply(400, { error: { code: 'A\nB', message: `one\r\ntwo\u001b[31m\u202e${'x'.repeat(5000)}` } }),
  );
  expect(failure.code).toBe('A B');
  expect(failure.message.startsWith('one two [31m xxx')).toBe(true);
  expect(failure.message).toHaveLength(2000);
});

describe('errors that stand by themselves', () => {
  test('a Recovery Services job names a number', () => {
    const details = [
      { errorCode: 400136, errorString: 'The VM is gone.', recommendations: ['Stop protection.'] },
    ];
    expect(readErrorIn(details)).toEqual({
      code: '400136',
      message: 'The VM is gone.',
      advice: 'The virtual machine does not exist any more. Stop protection.',
      class: 'user',
    });
  });

  test('an instance in ProtectionError', () => {
    const details = {
      code: 'UserErrorKubernetesBackupExtensionUnhealthy',
      message: 'Unhealthy.',
      recommendedAction: ['Re-install.'],
      innerError: {
        code: 'Success',
        embeddedInnerError: {
          additionalInfo: { DetailedNonLocalisedMessage: 'provisioningState = Creating' },
        },
      },
      properties: { ActivityId: 'activity-2' },
    };
    expect(readErrorIn(details)).toMatchObject({
      message: 'Unhealthy. provisioningState = Creating',
      correlationId: 'activity-2',
      class: 'user',
    });
  });

  test.each<[Json | undefined]>([[null], [undefined], [{}], [[]], ['text'], [[{}]], [{ target: 'x' }]])(
    'nothing is read out of %j',
    (value) => {
      expect(readErrorIn(value)).toBeUndefined();
    },
  );
});

test.each([
  ["Please try again after '324' seconds.", 324],
  ['try again after 5 second', 5],
  ["exceeded the limit of '150' for time interval '01:00:00'", undefined],
  ['after few hours', undefined],
])('%s → %s', (message, seconds) => {
  expect(secondsInMessage(message)).toBe(seconds);
});

test.each([
  [
    'read https://a.blob.core.windows.net/c?sv=1&sig=abc%2F1%3D&se=2 failed',
    'read https://a.blob.core.windows.net/c?sv=1&sig=…&se=2 failed',
  ],
  ['AccountName=a;AccountKey=c2VjcmV0==;End', 'AccountName=a;AccountKey=…;End'],
  ['Authorization: Bearer eyJ0eXAi.eyJhdWQi.c2ln was refused', 'Authorization: Bearer … was refused'],
  ['the bearer token is missing', 'the bearer token is missing'],
])('a secret in a text of the service is not passed on: %s', (text, shown) => {
  expect(plainText(text)).toBe(shown);
});

test('a code that comes in a header, with an empty body, is read like any other', () => {
  const headers = { 'x-ms-error-code': 'BMSUserErrorObjectLocked' };
  expect(readFailure({ status: 409, headers, body: undefined })).toMatchObject({
    code: 'BMSUserErrorObjectLocked',
    class: 'adopt',
  });
});

test('what is broken in the service is not told as a mistake of the request', () => {
  const found = readErrorIn({ code: 'UserErrorNoContainersSelectedForOperation', message: 'No container.' });
  expect(found && asState(found)).toEqual({
    code: 'UserErrorNoContainersSelectedForOperation',
    message: 'No container.',
    class: 'user',
  });
});

describe('a code that nobody knows is classed by its status', () => {
  test.each([
    [401, 'transient'],
    [408, 'transient'],
    [425, 'transient'],
    [429, 'transient'],
    [500, 'transient'],
    [503, 'transient'],
    [499, 'user'],
    [400, 'user'],
    [403, 'permission'],
    [404, 'user'],
    [409, 'user'],
    [412, 'adopt'],
  ])('%i: %s', (status, kind) => {
    expect(classify({ code: 'Zz', message: '' }, status)).toBe(kind);
  });

  test.each(['in progress', 'Another operation', 'conflicting operation', 'Concurrent'])(
    'a conflict that speaks of other work (%s) ends by itself',
    (words) => {
      expect(classify({ code: 'Zz', message: `There is ${words}.` }, 409)).toBe('adopt');
    },
  );

  test('a conflict without a code is other work', () => {
    expect(classify({ code: 'HTTP_409', message: '' }, 409)).toBe('adopt');
  });
});

describe('an error told exactly', () => {
  const failureIn = (body: Json | undefined, headers = {}) => readFailure({ status: 400, headers, body });

  test('has the words of each shape', () => {
    const shapes: readonly (readonly [Json, string, string])[] = [
      [{ error: { errorCode: 'Zz', errorString: 'A.' } }, 'Zz', 'A.'],
      [{ error: { code: 'Zz', errorTitle: 'B.' } }, 'Zz', 'B.'],
      [{ error: { details: [{ code: 'Zz', message: 'C.' }] } }, 'Zz', 'C.'],
      [{ error: 'D.' }, 'HTTP_400', 'D.'],
      [{ code: 'Zz', message: 'E.' }, 'Zz', 'E.'],
      [{ ErrorCode: 'Zz', Message: 'F.' }, 'Zz', 'F.'],
      [{}, 'HTTP_400', 'The service gave no message.'],
    ];
    for (const [body, code, message] of shapes)
      expect(failureIn(body)).toEqual({ code, message, class: 'user' });
  });

  test('has the deeper reason once, behind the message', () => {
    const because = (message: string | undefined) =>
      failureIn({
        error: {
          code: 'Zz',
          ...(message === undefined ? {} : { message }),
          innerError: { innerError: { additionalInfo: { DetailedNonLocalisedMessage: 'No role.' } } },
        },
      }).message;
    expect(because('It failed.')).toBe('It failed. No role.');
    expect(because('It failed: No role.')).toBe('It failed: No role.');
    expect(because(undefined)).toBe('No role.');
  });

  test('has the code of the header where the body has none, and the ids of the request', () => {
    expect(failureIn({}, { 'x-ms-error-code': 'Zz', 'x-ms-request-id': 'r' })).toMatchObject({
      ...{ code: 'Zz', correlationId: 'r' },
    });
    const headers = { 'x-ms-error-code': 'Yy', 'x-ms-correlation-request-id': 'c', 'x-ms-request-id': 'r' };
    expect(failureIn({ error: { code: 'Zz' } }, headers)).toMatchObject({ code: 'Zz', correlationId: 'c' });
    expect(failureIn({ error: { code: 'Zz', properties: { ActivityId: 'a' } } })).toMatchObject({
      correlationId: 'a',
    });
  });

  test('is capped: 200 characters of the code, 100 of an id', () => {
    const { code, correlationId } = failureIn(
      { error: { code: 'z'.repeat(300) } },
      { 'x-ms-request-id': 'r'.repeat(300) },
    );
    expect([code.length, correlationId?.length]).toEqual([200, 100]);
    expect(readErrorIn({ code: 'z'.repeat(300) })?.code).toHaveLength(200);
  });

  test('that stands by itself may lie in a list, or below "error"; one that says nothing is none', () => {
    expect(readErrorIn([{}, { code: 'A', message: 'a' }, { code: 'B' }])).toMatchObject({
      code: 'A',
      message: 'a',
    });
    expect(readErrorIn({ error: { code: 'A' } })).toMatchObject({ code: 'A' });
    expect(readErrorIn({ message: 'a' })).toMatchObject({ code: 'OperationFailed', message: 'a' });
    expect(readErrorIn({ recommendations: ['x'] })).toBeUndefined();
    expect(readErrorIn(undefined)).toBeUndefined();
  });
});

test('an error says what it can from the part that the gateway wraps, and from a list of advice', () => {
  const info = { code: 'Zz', message: 'Wrapped.' };
  const wrapped = { additionalInfo: [{ type: 'Other' }, { type: 'UserFacingError', info }] };
  expect(readErrorIn(wrapped)).toEqual({ code: 'Zz', message: 'Wrapped.', class: 'user' });
  expect(readErrorIn({ code: 'Zz', recommendedAction: ['One.', 'Two.'] })?.advice).toBe('One. Two.');
  expect(readErrorIn({ code: 'Zz', recommendedAction: ['Wait for a few minutes.'] })?.advice).toBe(
    'Wait for a few minutes.',
  );
});

test.each([
  [5, 'm No role.'],
  [6, 'm'],
])('a reason that lies %i errors deep', (depth, message) => {
  let innerError: Json = { additionalInfo: { DetailedNonLocalisedMessage: 'No role.' } };
  for (let at = 0; at < depth; at++) innerError = { innerError };
  expect(readErrorIn({ code: 'Zz', message: 'm', innerError })?.message).toBe(message);
});
