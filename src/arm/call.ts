import { createHash } from 'node:crypto';

/** A value that survives JSON unchanged. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A JSON object whose members have not been read yet. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** One request to Azure Resource Manager, described and not yet sent. Pure data. */
export interface ArmCall {
  /** Azure's action, for example `Microsoft.RecoveryServices/vaults/backupJobs/read`: names the pacer's lane and the log line. */
  readonly action: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';
  /** Path built by `armPath` (encoded segments, no query), beginning with `/subscriptions/` or `/providers/`. */
  readonly path: string;
  /** Query parameters besides `api-version`, not yet encoded: `{ $filter: "backupManagementType eq 'AzureStorage'" }`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  /** Request body, sent as JSON; absent means no body and no content type. */
  readonly body?: Json;
  /** Entity tag of what was read just before: sent as `If-Match`, so that a service that compares refuses what has changed. */
  readonly ifMatch?: string;
}

/** What ARM said, not yet read. */
export interface ArmReply {
  readonly status: number;
  /** Names in lower case; a header that came twice is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined for an empty body. */
  readonly body: Json | undefined;
}

/**
 * How one exchange ended, seen from the wire. Only `reply` says something about the request's effect:
 * `notSent` is known not to have been applied, `doubtful` may have been applied.
 */
export type ArmAnswer =
  | { readonly kind: 'reply'; readonly reply: ArmReply }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'doubtful'; readonly reason: string };

/** Why something ended badly, in the words the service used. Plain data: it crosses durable boundaries. */
export type Failure = {
  /** The service's code as it came (`UserErrorDppDatasourceAlreadyProtected`), or ours (`BackupRuleAmbiguous`). */
  readonly code: string;
  /** The service's message, control characters removed, at most 2,000 characters. */
  readonly message: string;
  /** What a person can do about it. */
  readonly advice?: string;
  /** `x-ms-correlation-request-id` or the error's own activity id. */
  readonly correlationId?: string;
  /** From the outcome table; absent for failures of our own making. */
  readonly class?: FailureClass;
};

/** The classes of the outcome table: what the code asks of us, not what the service says about itself. */
export type FailureClass = 'transient' | 'adopt' | 'hours' | 'permission' | 'user' | 'ours' | 'done';

/** The one way to Azure Resource Manager. Never retries and never follows a redirect: the step executor decides. */
export interface ArmClient {
  /** Sends a described call; `clientRequestId` is a plain GUID that the service may echo as the job's activity id. Aborts at `deadlineAt`. */
  send(call: ArmCall, options: SendOptions): Promise<ArmAnswer>;
  /**
   * GETs a URL that came from a reply (poll URL, nextLink), used verbatim after the URL gate.
   *
   * @throws UrlRefused when the gate refuses the URL; nothing has been sent then.
   */
  followUrl(url: string, origin: UrlOrigin, options: SendOptions): Promise<ArmAnswer>;
}

/** Limits of one exchange. */
export interface SendOptions {
  readonly clientRequestId: string;
  readonly deadlineAt: Date;
}

/** The request whose reply named a URL: what the URL gate compares with. */
export interface UrlOrigin {
  readonly kind: 'poll' | 'nextLink';
  /** Lane of the pacer, as in {@link ArmCall.action}. */
  readonly action: string;
  /** Path of the request, with its subscription and provider. */
  readonly path: string;
}

/** Namespace of every GUID this app makes from a name; changing it changes every deterministic id. */
const namespace = Buffer.from('5b1f6f0a9c1e4c0e8f0d2b7c64a1d3e9', 'hex');

/** The version 5 GUID (RFC 9562 §5.5) of a name: plain, lower case, the same for the same name for ever. */
export function nameBasedGuid(name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Whether a GUID was made from a name, as the ids of this app's requests are. The service's own activity ids and those of
 * other clients were recorded with versions 1 and 4 alone.
 */
export const isNameBased = (guid: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(guid);

/** How the last request to Azure went: whether anything answered, whatever it said. */
export interface LastUse {
  readonly at: Date;
  readonly reachable: boolean;
  /** Why nothing answered. */
  readonly reason?: string;
}

/** An ARM client that remembers how its last request went; `lastUse` is undefined before the first one of this process. */
export function rememberLastUse(
  arm: ArmClient,
  clock: () => Date,
): { readonly arm: ArmClient; readonly lastUse: () => LastUse | undefined } {
  let last: LastUse | undefined;
  const recorded = (answer: ArmAnswer): ArmAnswer => {
    const reachable = answer.kind === 'reply';
    last = { at: clock(), reachable, ...(reachable ? {} : { reason: answer.reason }) };
    return answer;
  };
  return {
    arm: {
      send: async (...call) => recorded(await arm.send(...call)),
      followUrl: async (...call) => recorded(await arm.followUrl(...call)),
    },
    lastUse: () => last,
  };
}
