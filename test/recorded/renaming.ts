import type { Json } from '../../src/arm/call.ts';
import type { Exchange, Recording } from './readExchanges.ts';

/** A name as the recording has it, and the name that takes its place everywhere. */
export type Renaming = readonly [from: string, to: string];

const replacedName = /^(.*?[a-z.-])\d{6}$/i;
const words = /[a-z][a-z0-9._-]{6,}/gi;

function textOf({ url, requestBody, reply, unreadableBody }: Exchange): string {
  const body = unreadableBody ?? JSON.stringify(reply.body ?? '');
  return `${decodeURIComponent(url.split('?', 1)[0] ?? '')} ${requestBody ?? ''} ${body}`;
}

/**
 * Names that a recorder has numbered (`rg000001`) and that the service gave back in another casing, which the recorder
 * left as it was (`RGK7Q2XYZ`): known by never occurring in the spelling that was sent, and taken only when there is one.
 */
export function recorderRenamings({ exchanges }: Recording): readonly Renaming[] {
  const seen = new Set(exchanges.flatMap((exchange) => textOf(exchange).match(words) ?? []));
  const numbered = [...seen].filter((word) => replacedName.test(word));
  const left = [...seen].filter((word) => word !== word.toLowerCase() && !seen.has(word.toLowerCase()));
  return numbered.flatMap((to): Renaming[] => {
    const prefix = replacedName.exec(to)?.[1]?.toLowerCase() ?? '';
    const originals = new Set(
      left
        .map((word) => word.toLowerCase())
        .filter((word) => word.startsWith(prefix) && !replacedName.test(word))
        .filter((word) => /^[a-z0-9]+$/.test(word.slice(prefix.length))),
    );
    const [only] = originals;
    return only && originals.size === 1 ? [[only, to]] : [];
  });
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The recording with names exchanged in URLs, headers and bodies alike, whatever their casing. */
export function renamed(recording: Recording, renamings: readonly Renaming[]): Recording {
  if (renamings.length === 0) return recording;
  const rename = (text: string): string =>
    renamings.reduce((at, [from, to]) => at.replace(new RegExp(escaped(from), 'gi'), to), text);
  const exchanges = recording.exchanges.map((exchange): Exchange => {
    const { reply, requestBody, unreadableBody } = exchange;
    const headers = Object.entries(reply.headers).map(([name, value]) => [name, rename(value)]);
    const body =
      reply.body === undefined ? undefined : (JSON.parse(rename(JSON.stringify(reply.body))) as Json);
    return {
      ...exchange,
      url: rename(exchange.url),
      requestBody: requestBody && rename(requestBody),
      reply: { ...reply, headers: Object.fromEntries(headers) as Record<string, string>, body },
      unreadableBody: unreadableBody && rename(unreadableBody),
    };
  });
  return { ...recording, exchanges };
}
