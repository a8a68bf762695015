import type { Call } from './core.ts';

/** Where an accepted operation is to be followed; paths begin with `/` and are given on the client's own origin. */
export interface PollLinks {
  readonly asyncOperation?: { readonly path: string; readonly apiVersion: string };
  readonly location?: { readonly path: string; readonly apiVersion: string };
  /** Seconds of the service; absent: no Retry-After. */
  readonly retryAfterSeconds?: number;
}

/** Header set of a start answer or of a running poll, freshly signed where the settings say so. */
export function pollHeaders(call: Call, links: PollLinks): Record<string, string> {
  const { asyncOperation, location, retryAfterSeconds } = links;
  return {
    ...(asyncOperation && { 'Azure-AsyncOperation': pollUrl(call, asyncOperation) }),
    ...(location && { Location: pollUrl(call, location) }),
    ...(retryAfterSeconds !== undefined && { 'Retry-After': call.core.retryAfter(retryAfterSeconds) }),
  };
}

/** One absolute poll URL; `path` may carry a query of its own. */
export function pollUrl(call: Call, link: { path: string; apiVersion: string }): string {
  const joint = link.path.includes('?') ? '&' : '?';
  const url = `${call.url.origin}${link.path}${joint}api-version=${link.apiVersion}`;
  return call.core.settings.signedPollUrls ? call.core.signer.sign(url, call.now) : url;
}
