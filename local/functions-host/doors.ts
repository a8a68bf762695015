import { defer } from './deferred.ts';
import type { HostReply, HostRequest } from './durableExtension.ts';
import {
  listen,
  requestHead,
  type Admission,
  type Admit,
  type HttpListener,
  type RequestHead,
} from './http/listener.ts';

/** A request made inside the process; `path` holds the query too. */
export interface HostCall {
  readonly method: string;
  readonly path: string;
  /** Names in lower case; `host` defaults to the advertised host name. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Who answers at each door. */
export interface Answerers {
  readonly public: Admit;
  readonly rpc: Admit;
}

/** The ways into a host. They stay open across a crash: callers in between wait for the next start. */
export interface Doors {
  /** Opens the loopback door and, with a port, the public one; 0 takes a free port. */
  open(publicPort: number | undefined): Promise<{ publicPort: number | undefined; rpcPort: number }>;
  /** Lets waiting and later requests through. */
  admit(answerers: Answerers): void;
  /** Makes later requests wait. */
  hold(): void;
  /** Answers what is being served with 500, as when a worker dies, and drops the app's own connections. */
  cutOff(): void;
  request(call: HostCall, host: string): Promise<HostReply>;
  /** Takes no new request; resolves when the public ones are answered. */
  closePublic(): Promise<void>;
  closeRpc(): Promise<void>;
}

const WORKER_DIED: HostReply = { status: 500, headers: {} };
const LOOPBACK = '127.0.0.1';

const serveAdmission = async (admission: Admission, request: HostRequest): Promise<HostReply> =>
  'reply' in admission ? admission.reply : admission.serve(request);

/** Doors that are closed and hold every request. */
export const createDoors = (): Doors => new HostDoors();

class HostDoors implements Doors {
  #answerers: Answerers | undefined;
  #admitted = defer<Answerers>();
  /** Ends of what is being served; one promise for all of them would keep every answer for ever. */
  readonly #cuts = new Set<() => void>();
  #public: HttpListener | undefined;
  #rpc: HttpListener | undefined;

  async open(publicPort: number | undefined): Promise<{ publicPort: number | undefined; rpcPort: number }> {
    this.#rpc ??= await listen({ host: LOOPBACK, port: 0 }, this.#admitAt('rpc'));
    if (publicPort !== undefined) {
      this.#public ??= await listen({ host: LOOPBACK, port: publicPort }, this.#admitAt('public'));
    }
    return { publicPort: this.#public?.port, rpcPort: this.#rpc.port };
  }

  admit(answerers: Answerers): void {
    this.#answerers = answerers;
    this.#admitted.resolve(answerers);
  }

  hold(): void {
    this.#answerers = undefined;
    this.#admitted = defer();
  }

  cutOff(): void {
    for (const cut of this.#cuts) cut();
    this.#rpc?.dropConnections();
  }

  async request(call: HostCall, host: string): Promise<HostReply> {
    const head = requestHead(call.method, call.path, { host, ...call.headers });
    return serveAdmission(this.#admitAt('public')(head), { ...head, body: Buffer.from(call.body ?? '') });
  }

  async closePublic(): Promise<void> {
    await this.#public?.close();
    this.#public = undefined;
  }

  async closeRpc(): Promise<void> {
    await this.#rpc?.close();
    this.#rpc = undefined;
  }

  #admitAt(door: keyof Answerers): Admit {
    return (head) => {
      if (!this.#answerers) return this.#waiting(door, head);
      const admission = this.#answerers[door](head);
      return 'reply' in admission
        ? admission
        : { serve: (request) => this.#untilCut(admission.serve(request)) };
    };
  }

  #waiting(door: keyof Answerers, head: RequestHead): Admission {
    return {
      serve: async (request) => {
        const answerers = await this.#admitted.promise;
        return this.#untilCut(serveAdmission(answerers[door](head), request));
      },
    };
  }

  #untilCut(reply: Promise<HostReply>): Promise<HostReply> {
    return new Promise((resolve, reject) => {
      const cut = (): void => resolve(WORKER_DIED);
      this.#cuts.add(cut);
      reply.then(resolve, reject).finally(() => this.#cuts.delete(cut));
    });
  }
}
