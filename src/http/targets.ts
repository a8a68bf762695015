import { allowsDrillTarget, allowsVault, vaultIn, type AllowList } from '../plan/allowList.ts';
import type { DrillInto } from '../plan/drillParts.ts';
import type { Target } from '../runs/request.ts';
import { currentAllowList } from '../composition/sendGate.ts';
import type { HttpCall } from './answer.ts';
import { HttpRefusal } from './refusal.ts';

/** The part of a body that says where something would be written; a sweep's has none of it. */
interface NamesTargets {
  readonly target?: Target | undefined;
  readonly targets?: readonly Target[] | undefined;
  readonly vaultId?: string | undefined;
  readonly policyId?: string | undefined;
  readonly into?: DrillInto | undefined;
}

/** The vault that a target will be written in, as far as the request tells: a datasource's id alone does not. */
const vaultOf = (target: Target, { vaultId, policyId }: NamesTargets): string | undefined =>
  ('id' in target ? vaultIn(target.id) : target.vaultId) ?? vaultId ?? (policyId && vaultIn(policyId));

const planOutOfReach = (): HttpRefusal =>
  new HttpRefusal(
    503,
    { code: 'PlanUnreachable', message: 'The plan is out of reach, and with it the allow-list.' },
    { 'Retry-After': '30' },
  );

function notAllowed(fields: readonly string[]): HttpRefusal {
  const message = 'The target is not on the allow-list of this deployment.';
  const details = fields.map((target) => ({ code: 'TargetNotAllowed', message, target }));
  return new HttpRefusal(403, {
    code: 'TargetNotAllowed',
    message: `${message} It is the plan's safety list, or ALLOWED_VAULTS where there is no plan.`,
    ...(fields[0] === undefined ? {} : { target: fields[0] }),
    details,
  });
}

/** Places that a drill would restore into and that the list does not name. */
const placesOutside = (list: AllowList, { into = {} }: NamesTargets): readonly string[] =>
  Object.entries(into).flatMap(([kind, place]) =>
    Object.entries(place ?? {})
      .filter(([, id]) => id.startsWith('/') && !allowsDrillTarget(list, id))
      .map(([field]) => `into.${kind}.${field}`),
  );

/** @throws HttpRefusal 403 naming every target outside the allow-list; 503 when the plan cannot be read. */
export async function checkTargets({ services }: HttpCall, given: object): Promise<void> {
  const body: NamesTargets = given;
  const named: (readonly [string, Target])[] = [
    ...(body.target ? [['target', body.target] as const] : []),
    ...(body.targets ?? []).map((target, index) => [`targets.${index}`, target] as const),
  ];
  if (named.length === 0) return;
  const list = await currentAllowList(services).catch(() => {
    throw planOutOfReach();
  });
  const outside = named.filter(([, target]) => !allowsVault(list, vaultOf(target, body)));
  const fields = [...outside.map(([field]) => field), ...placesOutside(list, body)];
  if (fields.length > 0) throw notAllowed(fields);
}
