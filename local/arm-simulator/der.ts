/** Encoders for the little ASN.1 DER (X.690) that a certificate needs; each returns a whole element. */
const element = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
};

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

/** SEQUENCE of elements. */
export const sequence = (...parts: Buffer[]): Buffer => element(0x30, ...parts);
/** SET of elements. */
export const set = (...parts: Buffer[]): Buffer => element(0x31, ...parts);
/** Positive INTEGER of big-endian bytes. */
export const integer = (bytes: Buffer): Buffer =>
  element(0x02, (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
/** BOOLEAN TRUE. */
export const yes = (): Buffer => element(0x01, Buffer.from([0xff]));
/** OCTET STRING. */
export const octets = (content: Buffer): Buffer => element(0x04, content);
/** BIT STRING with `unused` bits at its end. */
export const bits = (content: Buffer, unused = 0): Buffer => element(0x03, Buffer.from([unused]), content);
/** UTF8String. */
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text));
/** UTCTime, to the second; years 2000 to 2049. */
export const utcTime = (at: Date): Buffer =>
  element(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
/** Context-specific element; constructed ones hold elements, others bare bytes. */
export const context = (tag: number, content: Buffer, constructed = false): Buffer =>
  element((constructed ? 0xa0 : 0x80) | tag, content);

/** OBJECT IDENTIFIER in dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}
