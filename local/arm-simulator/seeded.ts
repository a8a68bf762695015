import { createHash } from 'node:crypto';

/** Repeatable identifiers: the same seed and the same order of calls give the same values. */
export interface Seeded {
  /** A lower-case GUID of version 4 form. */
  guid(): string;
  /** Lower-case hexadecimal digits. */
  hex(length: number): string;
  /** Decimal digits, the first not 0. */
  digits(length: number): string;
  /** A number in [0, 1). */
  fraction(): number;
}

/** SHA-256 of `text` in lower-case hexadecimal (64 digits). */
export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Base64url characters without padding, determined by `text` alone. */
export function base64UrlFiller(text: string, length: number): string {
  let filler = '';
  for (let block = 0; filler.length < length; block += 1) {
    filler += createHash('sha512').update(`${text}#${block}`).digest('base64url').slice(0, 84);
  }
  return filler.slice(0, length);
}

/** Shapes 32 hexadecimal digits as a GUID. */
export function guidFromHex(hex: string): string {
  const h = hex.slice(0, 32);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20)}`;
}

/** A source of identifiers for one run. */
export function createSeeded(seed: string): Seeded {
  let drawn = 0;
  const draw = () => sha256Hex(`${seed}/${(drawn += 1)}`);
  return {
    guid: () => guidFromHex(draw()),
    hex: (length) => draw().slice(0, length),
    digits: (length) => {
      const value = BigInt(`0x${draw()}`) % 9n ** BigInt(length);
      return `1${value.toString().padStart(length, '0')}`.slice(0, length);
    },
    fraction: () => parseInt(draw().slice(0, 12), 16) / 2 ** 48,
  };
}
