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
