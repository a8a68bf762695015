import { describe, expect, test } from 'vitest';
import {
  isNameBased,
  nameBasedGuid,
  rememberLastUse,
  type ArmAnswer,
  type ArmClient,
} from '../../../src/arm/call.ts';

describe('the GUID of a name', () => {
  // Made by Python's uuid.uuid5 in the namespace 5b1f6f0a-9c1e-4c0e-8f0d-2b7c64a1d3e9.
  test.each([
    ['a', '6bcfb62c-913e-5ad3-9202-80774b0a0f4c'],
    ['run-1|step-02', 'e2251b83-3c71-545c-907d-1fd9248938f2'],
    ['ü', '0cca9ce6-2563-5063-8fe9-76ca7541c1f1'],
  ])('%s is %s for ever', (name, guid) => {
    expect(nameBasedGuid(name)).toBe(guid);
  });

  test.each([
    ['6bcfb62c-913e-5ad3-9202-80774b0a0f4c', true],
    ['6BCFB62C-913E-5AD3-B202-80774B0A0F4C', true],
    ['6bcfb62c-913e-4ad3-9202-80774b0a0f4c', false],
    ['6bcfb62c-913e-1ad3-9202-80774b0a0f4c', false],
    ['6bcfb62c-913e-5ad3-c202-80774b0a0f4c', false],
    ['6bcfb62c-913e-5ad3-9202-80774b0a0f4c1', false],
    ['x6bcfb62c-913e-5ad3-9202-80774b0a0f4c', false],
    ['', false],
  ])('%s is told from the service’s own: %s', (guid, isOurs) => {
    expect(isNameBased(guid)).toBe(isOurs);
  });
});

describe('how the last request to Azure went', () => {
  const answers: Readonly<Record<string, ArmAnswer>> = {
    refused: { kind: 'reply', reply: { status: 503, headers: {}, body: undefined } },
    notSent: { kind: 'notSent', reason: 'getaddrinfo ENOTFOUND' },
    doubtful: { kind: 'doubtful', reason: 'socket hang up' },
  };
  const at = new Date('2026-08-22T02:00:00Z');
  const options = { clientRequestId: 'id', deadlineAt: at };
  const call = { action: 'x', method: 'GET', path: '/subscriptions/s', apiVersion: '1' } as const;
  const answering = (answer: ArmAnswer) => {
    const arm: ArmClient = {
      send: () => Promise.resolve(answer),
      followUrl: () => Promise.resolve(answer),
    };
    return rememberLastUse(arm, () => at);
  };

  test('is not known before the first', () => {
    expect(answering({ kind: 'notSent', reason: 'x' }).lastUse()).toBeUndefined();
  });

  test.each([
    ['refused', { at, reachable: true }],
    ['notSent', { at, reachable: false, reason: 'getaddrinfo ENOTFOUND' }],
    ['doubtful', { at, reachable: false, reason: 'socket hang up' }],
  ])('is told of an answer that was %s, whichever way it was asked for', async (name, lastUse) => {
    const answer = answers[name] as ArmAnswer;
    const sent = answering(answer);
    expect(await sent.arm.send(call, options)).toBe(answer);
    expect(sent.lastUse()).toEqual(lastUse);
    const followed = answering(answer);
    const origin = { kind: 'poll', action: 'x', path: '/subscriptions/s' } as const;
    expect(await followed.arm.followUrl('https://x', origin, options)).toBe(answer);
    expect(followed.lastUse()).toEqual(lastUse);
  });
});
