import type { HttpResponseInit } from '@azure/functions';

/** The body of every answer that is no success. `target` names a field, header or query parameter. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly target?: string;
    readonly details?: readonly {
      readonly code: string;
      readonly message: string;
      readonly target?: string;
    }[];
  };
}

/** A final no to a request: thrown anywhere below a handler, answered as it is. */
export class HttpRefusal extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: ErrorBody['error'], headers: Readonly<Record<string, string>> = {}) {
    super(error.message);
    this.status = status;
    this.body = { error };
    this.headers = headers;
  }
}

/** The answer that a refusal becomes. */
export const answerOfRefusal = ({ status, body, headers }: HttpRefusal): HttpResponseInit => ({
  status,
  headers: { ...headers },
  jsonBody: body,
});

/** 400: one field, header or query parameter is wrong. */
export const badRequest = (code: string, message: string, target?: string): HttpRefusal =>
  new HttpRefusal(400, { code, message, ...(target === undefined ? {} : { target }) });

/** 404 for an id that names no run, whatever it looks like. */
export const runNotFound = (): HttpRefusal =>
  new HttpRefusal(404, { code: 'RunNotFound', message: 'There is no run with this id.', target: 'id' });

const conflict = (code: string, message: string): HttpRefusal =>
  new HttpRefusal(409, { code, message, target: 'id' });

/** 409 for a cancel that came after the end. */
export const runHasEnded = (status: string): HttpRefusal =>
  conflict('RunEnded', `The run has ended: ${status}.`);

/** 409 for closing a run that knows how it ended. */
export const runNotUnknown = (status: string): HttpRefusal =>
  conflict('RunNotUnknown', `Only a run that ended unknown is closed by a person; this one is ${status}.`);

/** 404 for a path at which nothing is. */
export const noSuchPath = (): HttpRefusal =>
  new HttpRefusal(404, { code: 'NotFound', message: 'There is nothing at this path.' });

/** 405 for a path that answers other verbs. */
export const wrongVerb = (verb: string, allowed: readonly string[]): HttpRefusal =>
  new HttpRefusal(
    405,
    { code: 'MethodNotAllowed', message: `${verb} is not answered here; allowed: ${allowed.join(', ')}.` },
    { Allow: allowed.join(', ') },
  );
