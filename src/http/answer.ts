import type { HttpHandler, HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { plainText } from '../arm/outcomes.ts';
import { isOpenForDevelopment } from '../access/developmentGate.ts';
import type { RunServices } from '../runs/runServices.ts';
import { runServices } from '../composition/invocationServices.ts';
import { getServices, type Services } from '../composition/services.ts';
import { answerOfRefusal, HttpRefusal } from './refusal.ts';

/** One request with everything its handler acts through. */
export interface HttpCall {
  readonly request: HttpRequest;
  readonly context: InvocationContext;
  readonly services: Services;
  readonly runs: RunServices;
}

function checkAccess({ settings }: Services): void {
  if (isOpenForDevelopment(settings.access)) return;
  throw new HttpRefusal(503, {
    code: 'AccessNotConfigured',
    message: 'Access control is not configured: this deployment answers no request.',
  });
}

/** A mistake of ours: the caller learns where to look, the log gets the rest. */
function answerOfMistake(error: unknown, context: InvocationContext): HttpResponseInit {
  const correlationId = context.invocationId;
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  context.error(`${context.functionName} failed, correlation id ${correlationId}: ${plainText(cause)}`);
  const message = `The request could not be answered. The log has the reason under correlation id ${correlationId}.`;
  return {
    status: 500,
    headers: { 'x-ms-correlation-request-id': correlationId },
    jsonBody: { error: { code: 'InternalError', message } },
  };
}

/**
 * The one wrapper of HTTP functions: checks access before anything of the request is read, and turns whatever is thrown
 * into an error body. A stack never leaves the process.
 */
export const answer =
  (handle: (call: HttpCall) => Promise<HttpResponseInit>): HttpHandler =>
  async (request, context) => {
    try {
      const services = getServices();
      checkAccess(services);
      return await handle({ request, context, services, runs: runServices(services, context) });
    } catch (error) {
      return error instanceof HttpRefusal ? answerOfRefusal(error) : answerOfMistake(error, context);
    }
  };
