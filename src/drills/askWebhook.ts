/** What a drill asks of a webhook: whether what came back is right. */
export type WebhookQuestion = {
  readonly url: string;
  readonly run: string;
  readonly resourceId: string;
  readonly restoredTo: readonly string[];
  readonly pointAt: string;
};

/** Its verdict by status: 200 and 204 good, 422 bad; 202 and everything else is none yet. */
export type WebhookVerdict = 'good' | 'bad' | 'none';

type Post = (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<number>;

/** Asks a webhook once. Whoever answers late is asked again with the same body: `run` tells one question from another. */
export async function askWebhook(post: Post, { url, ...question }: WebhookQuestion): Promise<WebhookVerdict> {
  try {
    const headers = { 'content-type': 'application/json', 'idempotency-key': question.run };
    const status = await post(url, headers, JSON.stringify(question));
    if (status === 200 || status === 204) return 'good';
    return status === 422 ? 'bad' : 'none';
  } catch {
    return 'none';
  }
}
