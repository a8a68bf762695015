import type { ArmReply } from './exchange.ts';

/** Code and text of an ARM error; further fields only where the service sends them. */
export interface ArmError {
  readonly code: string;
  readonly message: string;
  readonly target?: string | null;
  readonly details?: unknown;
  readonly innerError?: unknown;
  readonly additionalInfo?: unknown;
}

/** A JSON answer. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): ArmReply {
  const contentType = { 'Content-Type': 'application/json; charset=utf-8' };
  return { status, headers: { ...contentType, ...headers }, body: JSON.stringify(body) };
}

/** An answer without a body. */
export const empty = (status: number, headers: Record<string, string> = {}): ArmReply => ({
  status,
  headers,
});

/** Refusal by the ARM gateway itself, before any provider was asked (shape 1 of the service's errors). */
export const gatewayError = (status: number, code: string, message: string): ArmReply =>
  json(status, { error: { code, message } }, { 'x-ms-failure-cause': 'gateway' });

/** Refusal by Recovery Services (shape 2): plain code and message. */
export const serviceError = (status: number, code: string, message: string): ArmReply =>
  json(status, { error: { code, message } }, { 'x-ms-failure-cause': 'service' });

/** Shape 2 as older versions write it, with null `target`, `details`, `innerError`. */
export const serviceErrorWithNulls = (status: number, code: string, message: string): ArmReply =>
  json(status, { error: { code, message, target: null, details: null, innerError: null } });

/** Shape 4, the legacy body without `error`. */
export const legacyError = (status: number, code: string, message: string): ArmReply =>
  json(status, { ErrorCode: code, Message: { Language: 'en-us', Value: message }, Values: {} });

/** 404 of the gateway for a resource that is not there; `type` and `name` as the service writes them. */
export const resourceNotFound = (type: string, name: string, group: string): ArmReply =>
  gatewayError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );

/** ARM's answer for a subscription it does not know. */
export const subscriptionNotFound = (id: string): ArmReply =>
  gatewayError(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`);

/** ARM's answer for a resource group it does not know. */
export const groupNotFound = (name: string): ArmReply =>
  gatewayError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
