import type { ArmReply, Principal } from './exchange.ts';
import { gatewayError } from './replies.ts';
import type { Route } from './core.ts';
import type { SimulatorSettings } from './settings.ts';

/** What the buckets say to one request. */
interface ThrottleVerdict {
  /** Set when the request is refused. */
  readonly refusal?: ArmReply;
  /** The falling `x-ms-ratelimit-remaining-…` headers of an admitted request. */
  readonly headers: Record<string, string>;
}

/** Request counters of ARM and of the providers; all state is per simulator. */
export interface Throttle {
  admit(question: { route: Route; subscription: string; principal: Principal; now: number }): ThrottleVerdict;
}

type Throttling = SimulatorSettings['throttling'];

interface Bucket {
  left: number;
  at: number;
  /** Requests that met it. */
  met: number;
}

/** Buckets that follow the settings as they are at each request. */
export function createThrottle(settings: () => Throttling): Throttle {
  const buckets = new Map<string, Bucket>();
  return {
    admit({ route, subscription, principal, now }) {
      if (subscription === '') return { headers: {} };
      const config = settings();
      if (route.bucket === 'provider' && route.action !== undefined) {
        return admitProvider(buckets, config, `${subscription}/${route.action}`, route.action, now);
      }
      return admitArm(buckets, config, { verb: verbOf(route.method), subscription, principal, now });
    },
  };
}

function admitProvider(
  buckets: Map<string, Bucket>,
  config: Throttling,
  key: string,
  action: string,
  now: number,
): ThrottleVerdict {
  const { counter, limit } = counterOf(buckets, config, key, action);
  const header = 'x-ms-ratelimit-remaining-subscription-resource-requests';
  if (config.provider === 'generous') return { headers: { [header]: String(limit - 1) } };
  const bucket = take(buckets, counter, limit);
  if (config.provider === 'hourly') startNewHour(bucket, limit, now, config.rivalPerMinute);
  else refill(bucket, limit, now, config.providerRefillPerSecond - config.rivalPerMinute / 60);
  bucket.left -= 1;
  if (bucket.left >= 0) return { headers: { [header]: String(Math.floor(bucket.left)) } };
  bucket.left = 0;
  const waitSeconds =
    config.provider === 'hourly' ? secondsToNextHour(now) : Math.ceil(1 / config.providerRefillPerSecond);
  return {
    headers: {},
    refusal: resourceRequestsThrottled(action, limit, waitSeconds, config.withoutRetryAfter),
  };
}

/** The counter that answers; of several each is met by every n-th request. */
function counterOf(
  buckets: ReadonlyMap<string, Bucket>,
  { countersInTurn, providerLimits, providerLimit }: Throttling,
  key: string,
  action: string,
): { readonly counter: string; readonly limit: number } {
  const met = countersInTurn.map((_size, index) => buckets.get(`${key}/${index}`.toLowerCase())?.met ?? 0);
  const turn = met.indexOf(Math.min(...met));
  const limit = countersInTurn[turn];
  if (limit === undefined) return { counter: key, limit: providerLimits[action] ?? providerLimit };
  return { counter: `${key}/${turn}`, limit };
}

/** Recorded 429 of a provider bucket: the wait is in the text, and in Retry-After unless switched off. */
function resourceRequestsThrottled(
  action: string,
  limit: number,
  waitSeconds: number,
  bare: boolean,
): ArmReply {
  const message =
    `Number of requests for action '${action}' exceeded the limit of '${limit}' for time interval '01:00:00'. ` +
    `Please try again after '${waitSeconds}' seconds.`;
  return throttled('ResourceRequestsThrottled', message, waitSeconds, bare);
}

function throttled(code: string, message: string, waitSeconds: number, bare: boolean): ArmReply {
  const reply = gatewayError(429, code, message);
  const wait: Record<string, string> = bare ? {} : { 'Retry-After': String(waitSeconds) };
  return { ...reply, headers: { ...reply.headers, Connection: 'close', ...wait } };
}

function startNewHour(bucket: Bucket, limit: number, now: number, rivalPerMinute: number): void {
  if (Math.floor(bucket.at / 3_600_000) !== Math.floor(now / 3_600_000)) {
    bucket.left = limit;
    bucket.at = now - (now % 3_600_000);
  }
  bucket.left -= ((now - bucket.at) / 60_000) * rivalPerMinute;
  bucket.at = now;
}

function refill(bucket: Bucket, limit: number, now: number, perSecond: number): void {
  if (bucket.at > 0)
    bucket.left = Math.max(0, Math.min(limit, bucket.left + ((now - bucket.at) / 1000) * perSecond));
  bucket.at = now;
}

const secondsToNextHour = (now: number): number => Math.ceil((3_600_000 - (now % 3_600_000)) / 1000);

function take(buckets: Map<string, Bucket>, key: string, limit: number): Bucket {
  const bucket = buckets.get(key.toLowerCase()) ?? { left: limit, at: 0, met: 0 };
  buckets.set(key.toLowerCase(), bucket);
  bucket.met += 1;
  return bucket;
}

type Verb = 'reads' | 'writes' | 'deletes';

function verbOf(method: Route['method']): Verb {
  if (method === 'DELETE') return 'deletes';
  return method === 'GET' || method === 'HEAD' ? 'reads' : 'writes';
}

interface ArmQuestion {
  readonly verb: Verb;
  readonly subscription: string;
  readonly principal: Principal;
  readonly now: number;
}

function admitArm(buckets: Map<string, Bucket>, config: Throttling, question: ArmQuestion): ThrottleVerdict {
  const { verb, subscription, principal, now } = question;
  const size = verb === 'reads' ? config.armReads : config.armWrites;
  const perSecond = verb === 'reads' ? config.armReadsPerSecond : config.armWritesPerSecond;
  const share = config.principalShare;
  const whole = take(buckets, `${subscription}/${verb}`, size);
  const own = take(buckets, `${subscription}/${principal.objectId}/${verb}`, Math.floor(size / share));
  refill(whole, size, now, perSecond);
  refill(own, Math.floor(size / share), now, perSecond / share);
  if (whole.left < 1 || own.left < 1) return { headers: {}, refusal: subscriptionThrottled(verb, config) };
  whole.left -= 1;
  own.left -= 1;
  return {
    headers: {
      [`x-ms-ratelimit-remaining-subscription-${verb}`]: String(Math.floor(own.left)),
      [`x-ms-ratelimit-remaining-subscription-global-${verb}`]: String(Math.floor(whole.left)),
    },
  };
}

function subscriptionThrottled(verb: Verb, config: Throttling): ArmReply {
  const message = `The request for subscription ${verb} was throttled. Please try again after '5' seconds.`;
  return throttled('SubscriptionRequestsThrottled', message, 5, config.withoutRetryAfter);
}
