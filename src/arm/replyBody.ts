import type { PipelineResponse } from '@azure/core-rest-pipeline';
import type { Json } from './call.ts';

/** A body as text, or why there is none. */
export type BodyText = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'tooLong' };

/** Reads the body up to a number of bytes; a longer one is not read to its end. Throws what the stream throws. */
export async function readBodyText(response: PipelineResponse, mostBytes: number): Promise<BodyText> {
  const stream = response.readableStreamBody;
  if (!stream) return textOf(response.bodyAsText ?? '', mostBytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += piece.length;
    // Leaving the loop destroys the stream, and with it the connection.
    if (bytes > mostBytes) return { kind: 'tooLong' };
    chunks.push(piece);
  }
  return { kind: 'text', text: Buffer.concat(chunks).toString('utf8') };
}

const textOf = (text: string, mostBytes: number): BodyText =>
  Buffer.byteLength(text) > mostBytes ? { kind: 'tooLong' } : { kind: 'text', text };

/** A body parsed as JSON; `undefined` for an empty one; a byte order mark is taken off. */
export type ParsedBody =
  { readonly kind: 'json'; readonly body: Json | undefined } | { readonly kind: 'notJson' };

/** Parses a body without regard to its content type, which the service leaves out at times. */
export function parseBody(text: string): ParsedBody {
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (plain.trim() === '') return { kind: 'json', body: undefined };
  try {
    return { kind: 'json', body: JSON.parse(plain) as Json };
  } catch {
    return { kind: 'notJson' };
  }
}
