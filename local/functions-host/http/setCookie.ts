/** A cookie as the Node library writes it: attributes wrapped, `sameSite: 'none'` meaning unset. */
export interface HttpDataCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: { readonly value: string };
  readonly path?: { readonly value: string };
  readonly expires?: { readonly value: { readonly seconds: number } };
  readonly secure?: { readonly value: boolean };
  readonly httpOnly?: { readonly value: boolean };
  readonly sameSite?: string;
  readonly maxAge?: { readonly value: number };
}

const SAME_SITE: Readonly<Record<string, string>> = { lax: 'lax', strict: 'strict', explicitNone: 'none' };

/** The `Set-Cookie` value of a cookie, in the order and letter case of the official host; the path defaults to `/`. */
export function setCookieHeader(cookie: HttpDataCookie): string {
  const sameSite = SAME_SITE[cookie.sameSite ?? ''];
  const seconds = cookie.expires?.value.seconds;
  return [
    `${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`,
    seconds === undefined ? undefined : `expires=${new Date(seconds * 1000).toUTCString()}`,
    cookie.maxAge ? `max-age=${Math.trunc(cookie.maxAge.value)}` : undefined,
    cookie.domain ? `domain=${cookie.domain.value}` : undefined,
    `path=${cookie.path?.value ?? '/'}`,
    cookie.secure?.value ? 'secure' : undefined,
    sameSite === undefined ? undefined : `samesite=${sameSite}`,
    cookie.httpOnly?.value ? 'httponly' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join('; ');
}
