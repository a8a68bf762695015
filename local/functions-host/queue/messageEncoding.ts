/** How texts lie in a queue: `base64` or `none`, from `extensions.queues.messageEncoding`. */
export type MessageEncoding = 'base64' | 'none';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The text as it is put. */
export const encodeMessage = (text: string, encoding: MessageEncoding): string =>
  encoding === 'base64' ? Buffer.from(text, 'utf8').toString('base64') : text;

/** The text a function sees; undefined when it is not the encoding it should be. */
export function decodeMessage(text: string, encoding: MessageEncoding): string | undefined {
  if (encoding === 'none') return text;
  return BASE64.test(text) ? Buffer.from(text, 'base64').toString('utf8') : undefined;
}
