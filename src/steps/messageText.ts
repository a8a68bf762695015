/** The text of a queue message: the trigger has parsed what was JSON. */
export const textOfMessage = (message: unknown): string =>
  typeof message === 'string' ? message : JSON.stringify(message);
