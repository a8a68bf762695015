import type { JsonObject } from '../arm/call.ts';
import { readFailure } from '../arm/outcomes.ts';
import { parseResourceId } from '../arm/resourceId.ts';
import { isDrillTarget } from '../arm/resourceKinds.ts';
import type { Plan } from '../plan/schema.ts';
import { whyNot, type Candidate } from '../plan/select.ts';
import { listShares } from '../resources/sources.ts';
import { EstateUnreadable, askArm, askNextPage, type EstateServices } from './askArm.ts';
import { candidateOf, resourceQuery, seenResource, shareCandidate } from './candidates.ts';
import { protectionOf, protectionQuery, type Protection } from './protections.ts';
import { readGraph } from './readGraph.ts';

/** What lies in the plan's subscriptions and what vaults protect; shares are listed account by account, later. */
export interface Estate {
  /** Disks, machines, and storage accounts as `blobs`. */
  readonly candidates: readonly Candidate[];
  readonly protections: readonly Protection[];
  /** Pages of Resource Graph. */
  readonly pages: number;
  readonly warnings: readonly string[];
}

const subscriptionIn = (id: string): string => {
  const reading = parseResourceId(id);
  return reading.kind === 'ok' ? reading.id.subscriptionId.toLowerCase() : '';
};

const distinct = (texts: readonly string[]): string[] => [...new Set(texts.filter((text) => text !== ''))];

const nothingSeen =
  'Resource Graph shows no resource at all: without Reader rights it answers nothing, and no error.';

/**
 * Reads resources and protections from Resource Graph, to the last page. Rows lag by seconds to minutes.
 *
 * @throws EstateUnreadable
 */
export async function readEstate(services: EstateServices, { safety }: Plan): Promise<Estate> {
  const subscriptions = distinct(safety.subscriptions.map((id) => id.toLowerCase()));
  if (subscriptions.length === 0) return { candidates: [], protections: [], pages: 0, warnings: [] };
  const everywhere = distinct([...subscriptions, ...safety.vaults.map(subscriptionIn)]);
  const resources = await readGraph(services, subscriptions, resourceQuery);
  const items = await readGraph(services, everywhere, protectionQuery);
  return {
    candidates: resources.rows.map((row) => candidateOf(seenResource(row))).filter((one) => !!one),
    protections: items.rows.map(protectionOf).filter((one) => !!one),
    pages: resources.pages + items.pages,
    warnings: resources.rows.length === 0 ? [nothingSeen] : [],
  };
}

/** Accounts whose shares are accounted for, each share with its own reason: all that may hold any, where a rule is about shares. */
export function accountsToList(plan: Plan, candidates: readonly Candidate[]): readonly Candidate[] {
  const wanted = new Set(accountsWithShares(plan, candidates));
  const isAboutShares = plan.rules.some(({ match }) => match.kind === 'fileShare');
  return candidates.filter(
    (one) => wanted.has(one) || (isAboutShares && one.kind === 'blobs' && !holdsBlobsAlone(one)),
  );
}

const holdsBlobsAlone = ({ facts }: Candidate): boolean => /^Blob|^BlockBlob/i.test(facts?.accountKind ?? '');

/** Accounts whose shares a rule might take: everything but the share's name is the account's. */
export function accountsWithShares(plan: Plan, candidates: readonly Candidate[]): readonly Candidate[] {
  const matches = [
    ...plan.rules.map(({ match }) => match),
    ...plan.schedules.flatMap(({ backUp }) => ('match' in backUp ? [backUp.match] : [])),
  ]
    .filter(({ kind }) => kind === 'fileShare')
    .map(({ names: _names, exclude: _exclude, ...match }) => match);
  return candidates.filter(
    (account) =>
      account.kind === 'blobs' &&
      matches.some((match) => whyNot(match, { ...account, kind: 'fileShare' }) === undefined),
  );
}

const namesIn = (body: unknown): string[] => {
  const { value } = (body ?? {}) as { value?: readonly { name?: unknown }[] };
  return (value ?? []).flatMap(({ name }) => (typeof name === 'string' && name !== '' ? [name] : []));
};

/**
 * The shares of an account, to the last page; none when the account is gone.
 *
 * @throws EstateUnreadable
 */
export async function sharesOf(services: EstateServices, account: Candidate): Promise<readonly Candidate[]> {
  const call = listShares.describe({ resourceId: account.id });
  const names: string[] = [];
  const seen = new Set<string>();
  let reply = await askArm(services, call);
  for (;;) {
    if (reply.status === 404) return [];
    if (reply.status !== 200) {
      const { code, message } = readFailure(reply);
      throw new EstateUnreadable(code, `The shares of ${account.name} cannot be listed: ${message}`);
    }
    names.push(...namesIn(reply.body));
    const next = (reply.body as JsonObject | undefined)?.['nextLink'];
    if (typeof next !== 'string' || next === '' || seen.has(next)) break;
    seen.add(next);
    reply = await askNextPage(services, call, next);
  }
  return distinct(names)
    .map((name) => shareCandidate(account, name))
    .filter(({ id }) => !isDrillTarget(id));
}
