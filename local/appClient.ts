/** Reads JSON from the app. @throws Error with status and body for an answer that is no success. */
export async function readJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Fires a timer function by hand, as the portal does. */
export const fireTimer = (app: string, name: string): Promise<void> =>
  readJson(`${app}/admin/functions/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
