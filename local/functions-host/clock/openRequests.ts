import diagnostics from 'node:diagnostics_channel';

/** Counts the outgoing HTTP calls of this process that have not ended, whichever client makes them. */
export interface OpenRequests {
  readonly count: number;
  /** Stops counting. */
  close(): void;
}

interface NodeRequest {
  once(event: 'close', listener: () => void): unknown;
}

/** Starts counting: Node's own client and undici (`fetch`) announce their calls on diagnostics channels. */
export function watchOpenRequests(): OpenRequests {
  let count = 0;
  const undici = new Set<object>();
  const onNode = (message: unknown): void => {
    count += 1;
    (message as { request: NodeRequest }).request.once('close', () => void (count -= 1));
  };
  const onCreate = (message: unknown): void => void undici.add((message as { request: object }).request);
  const onEnd = (message: unknown): void => void undici.delete((message as { request: object }).request);
  const channels = [
    ['http.client.request.start', onNode],
    ['undici:request:create', onCreate],
    ['undici:request:trailers', onEnd],
    ['undici:request:error', onEnd],
  ] as const;
  for (const [name, listener] of channels) diagnostics.subscribe(name, listener);
  return {
    get count() {
      return count + undici.size;
    },
    close() {
      for (const [name, listener] of channels) diagnostics.unsubscribe(name, listener);
    },
  };
}
