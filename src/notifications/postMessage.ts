import type { PostMessage } from './sendMessages.ts';

const longestPostMs = 20_000;

/** Posts over https; a redirect is not followed: the body goes to the configured address alone. */
export const postMessage: PostMessage = async (url, headers, body) => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), longestPostMs);
  try {
    const reply = await fetch(url, {
      method: 'POST',
      headers: { ...headers },
      body,
      redirect: 'manual',
      signal: abort.signal,
    });
    await reply.body?.cancel();
    return reply.status;
  } finally {
    clearTimeout(timer);
  }
};
