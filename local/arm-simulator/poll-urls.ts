import { base64UrlFiller, sha256Hex } from './seeded.ts';

/** Signs poll URLs the way ARM has done since late 2023: `t`, `c`, `s`, `h`, together about 3 000 characters. */
export interface PollUrlSigner {
  /** Appends the four parameters to an absolute URL; each call for another instant gives another signature. */
  sign(url: string, now: number): string;
  /** `unsigned`, `valid`, or `broken` when a parameter was lost or changed. */
  check(url: URL): 'unsigned' | 'valid' | 'broken';
}

const ticksAtUnixEpoch = 621_355_968_000_000_000n;

/** .NET ticks of an instant: 18 digits. */
const ticksOf = (now: number): string => (ticksAtUnixEpoch + BigInt(Math.trunc(now)) * 10_000n).toString();

/** A signer whose filler follows from `seed` alone. */
export function createPollUrlSigner(seed: string): PollUrlSigner {
  const certificate = `MIIHhz${base64UrlFiller(`${seed}/certificate`, 2569)}`;
  const signature = (path: string, ticks: string) =>
    base64UrlFiller(`${seed}/${canonical(path)}/${ticks}`, 342);
  const digest = (path: string, ticks: string) =>
    base64UrlFiller(sha256Hex(`${canonical(path)}/${ticks}`), 43);
  return {
    sign(url, now) {
      const path = new URL(url).pathname;
      const ticks = ticksOf(now);
      const joint = url.includes('?') ? '&' : '?';
      return `${url}${joint}t=${ticks}&c=${certificate}&s=${signature(path, ticks)}&h=${digest(path, ticks)}`;
    },
    check(url) {
      const [t, c, s, h] = ['t', 'c', 's', 'h'].map((name) => url.searchParams.get(name));
      if (t == null && c == null && s == null && h == null) return 'unsigned';
      const intact =
        t != null && c === certificate && s === signature(url.pathname, t) && h === digest(url.pathname, t);
      return intact ? 'valid' : 'broken';
    },
  };
}

function canonical(path: string): string {
  try {
    return decodeURIComponent(path).toLowerCase();
  } catch {
    return path.toLowerCase();
  }
}
