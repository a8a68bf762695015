import { createHash } from 'node:crypto';

/** Namespace of every GUID this app makes from a name; changing it changes every deterministic id. */
const namespace = Buffer.from('5b1f6f0a9c1e4c0e8f0d2b7c64a1d3e9', 'hex');

/** The version 5 GUID (RFC 9562 §5.5) of a name: plain, lower case, the same for the same name for ever. */
export function nameBasedGuid(name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Whether a GUID was made from a name, as the ids of this app's requests are. The service's own activity ids and those of
 * other clients were recorded with versions 1 and 4 alone.
 */
export const isNameBased = (guid: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(guid);
