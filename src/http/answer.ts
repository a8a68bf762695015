import type { HttpHandler, HttpResponseInit, InvocationContext } from '@azure/functions';
import { plainText } from '../arm/words.ts';
import { runServices } from '../composition/invocationServices.ts';
import { getServices } from '../composition/services.ts';
import { SettingsRefused } from '../settings.ts';
import { admit, type GuardedRoute, type HttpCall } from './access.ts';
import { answerOfRefusal, HttpRefusal } from './refusal.ts';

const settingsRefused = (): HttpRefusal =>
  new HttpRefusal(503, {
    code: 'SettingsRefused',
    message: 'The settings of this deployment are wrong: GET /api/health names them.',
  });

/** A mistake of ours: the caller learns where to look, the log gets the rest. */
export function answerOfMistake(error: unknown, context: InvocationContext): HttpResponseInit {
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
 * The one wrapper of HTTP functions: admits the caller before anything of the request is read, and turns whatever is thrown
 * into an error body. A stack never leaves the process.
 */
export const answer =
  (route: GuardedRoute, handle: (call: HttpCall) => Promise<HttpResponseInit>): HttpHandler =>
  async (request, context) => {
    try {
      const services = getServices();
      const caller = await admit(request, services, context, route);
      return await handle({ request, context, services, runs: runServices(services, context), caller });
    } catch (error) {
      if (error instanceof SettingsRefused) return answerOfRefusal(settingsRefused());
      return error instanceof HttpRefusal ? answerOfRefusal(error) : answerOfMistake(error, context);
    }
  };
