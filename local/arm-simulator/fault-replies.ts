import type { ArmReply } from './exchange.ts';
import type { Fault } from './faults.ts';
import { empty, gatewayError, json, legacyError, serviceError, serviceErrorWithNulls } from './replies.ts';

type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

/** The answer that a `reply` fault gives instead of the real one. */
export function faultReply(fault: Of<'reply'>): ArmReply {
  const reply = shaped(fault);
  return { ...reply, headers: { ...reply.headers, ...fault.headers } };
}

function shaped({ shape, status, code, message }: Of<'reply'>): ArmReply {
  switch (shape) {
    case 'gateway':
      return gatewayError(status, code, message);
    case 'service':
      return serviceError(status, code, message);
    case 'serviceWithNulls':
      return serviceErrorWithNulls(status, code, message);
    case 'dataProtection':
      return json(status, { error: dataProtectionError(code, message) });
    case 'legacy':
      return legacyError(status, code, message);
    case 'errorCodeHeader':
      return empty(status, { 'x-ms-error-code': code });
    case 'html':
      return {
        status,
        headers: { 'Content-Type': 'text/html' },
        body: `<html><h1>${status}</h1>${message}</html>`,
      };
    case 'empty':
      return empty(status);
    case 'emptyObject':
      return json(status, {});
  }
}

/** Error body of Data Protection (shape 3), with its user-facing part; flags there carry no information. */
function dataProtectionError(code: string, message: string): Record<string, unknown> {
  const info = {
    code,
    message,
    recommendedAction: [],
    innerError: null,
    isRetryable: false,
    isUserError: false,
    properties: {},
  };
  return { code, message, target: '', details: null, additionalInfo: [{ type: 'UserFacingError', info }] };
}

/** Rewrites the poll headers of an accepted answer as a `pollUrl` fault says. */
export function withPollUrlFault(reply: ArmReply, fault: Of<'pollUrl'>): ArmReply {
  const entries = Object.entries(reply.headers).flatMap(([name, value]) => {
    if (name !== 'Azure-AsyncOperation' && name !== 'Location') return [[name, value]];
    const changed = changedPollUrl(name, value, fault);
    return changed === undefined ? [] : [[name, changed]];
  });
  return { ...reply, headers: Object.fromEntries(entries) as Record<string, string> };
}

function changedPollUrl(name: string, value: string, { variant, host }: Of<'pollUrl'>): string | undefined {
  switch (variant) {
    case 'foreignHost':
      return value.replace(/^https?:\/\/[^/]+/, `https://${host}`);
    case 'http':
      return value.replace(/^https:/, 'http:');
    case 'userinfo':
      return value.replace(/^(https?:\/\/)/, '$1operator:secret@');
    case 'relative':
      return value.replace(/^https?:\/\/[^/]+/, '');
    case 'mixed':
      return name === 'Location' ? unsigned(value) : value;
    case 'unsigned':
      return unsigned(value);
    case 'asyncOnly':
      return name === 'Location' ? undefined : value;
    case 'locationOnly':
      return name === 'Location' ? value : undefined;
    case 'doubled':
      return `${value}, ${value}`;
    case 'none':
      return undefined;
  }
}

const unsigned = (url: string): string => url.replace(/[?&][tcsh]=[^&]*/g, '');

/** Sets and removes headers, names without case. */
export function withHeadersFault(reply: ArmReply, { set, remove }: Of<'headers'>): ArmReply {
  const gone = new Set([...remove, ...Object.keys(set)].map((name) => name.toLowerCase()));
  const kept = Object.entries(reply.headers).filter(([name]) => !gone.has(name.toLowerCase()));
  return { ...reply, headers: { ...Object.fromEntries(kept), ...set } };
}

/** Applies a JSON merge patch to the answer's body; to each row when both have a `value` list and object. */
export function withBodyFault(reply: ArmReply, { merge }: Of<'body'>): ArmReply {
  if (reply.body === undefined) return reply;
  return { ...reply, body: JSON.stringify(mergePatch(JSON.parse(reply.body), merge)) };
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  if (Array.isArray(target)) return target.map((row) => mergePatch(row, patch));
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
