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

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function defer<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

const WORKER_DIED: HostReply = { status: 500, headers: {} };
const LOOPBACK = '127.0.0.1';

const serveAdmission = async (admission: Admission, request: HostRequest): Promise<HostReply> =>
  'reply' in admission ? admission.reply : admission.serve(request);

/** Doors that are closed and hold every request. */
export function createDoors(): Doors {
  let answerers: Answerers | undefined;
  let admitted = defer<Answerers>();
  let cut = defer<HostReply>();
  let publicDoor: HttpListener | undefined;
  let rpcDoor: HttpListener | undefined;

  const untilCut = (reply: Promise<HostReply>): Promise<HostReply> => Promise.race([reply, cut.promise]);

  const waiting = (door: keyof Answerers, head: RequestHead): Admission => ({
    serve: async (request) => {
      const then = await admitted.promise;
      return untilCut(serveAdmission(then[door](head), request));
    },
  });

  const admitAt =
    (door: keyof Answerers): Admit =>
    (head) => {
      if (!answerers) return waiting(door, head);
      const admission = answerers[door](head);
      return 'reply' in admission ? admission : { serve: (request) => untilCut(admission.serve(request)) };
    };

  return {
    async open(publicPort) {
      rpcDoor ??= await listen({ host: LOOPBACK, port: 0 }, admitAt('rpc'));
      if (publicPort !== undefined) {
        publicDoor ??= await listen({ host: LOOPBACK, port: publicPort }, admitAt('public'));
      }
      return { publicPort: publicDoor?.port, rpcPort: rpcDoor.port };
    },
    admit(next) {
      answerers = next;
      admitted.resolve(next);
    },
    hold() {
      answerers = undefined;
      admitted = defer();
    },
    cutOff() {
      cut.resolve(WORKER_DIED);
      cut = defer();
      rpcDoor?.dropConnections();
    },
    async request(call, host) {
      const head = requestHead(call.method, call.path, { host, ...call.headers });
      return serveAdmission(admitAt('public')(head), { ...head, body: Buffer.from(call.body ?? '') });
    },
    async closePublic() {
      await publicDoor?.close();
      publicDoor = undefined;
    },
    async closeRpc() {
      await rpcDoor?.close();
      rpcDoor = undefined;
    },
  };
}
