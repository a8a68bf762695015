import type { Plan } from '../src/plan/schema.ts';

type Named = { readonly name: string };
const lists = ['rules', 'schedules', 'channels', 'drills'] as const;

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every field that differs, with both values; objects are looked into, lists are compared as a whole. */
function differences(at: string, before: unknown, after: unknown): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after)) return [`${at}: ${shown(before)} → ${shown(after)}`];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => differences(`${at}.${key}`, before[key], after[key]));
}

function listDifferences(list: string, before: readonly Named[], after: readonly Named[]): string[] {
  const find = (some: readonly Named[], { name }: Named) =>
    some.find((one) => one.name.toLowerCase() === name.toLowerCase());
  const kept = after.filter((one) => find(before, one));
  const order = (some: readonly Named[]) => some.map(({ name }) => name.toLowerCase()).join('|');
  const moved = order(before.filter((one) => find(after, one))) !== order(kept);
  return [
    ...before.filter((one) => !find(after, one)).map(({ name }) => `${list} "${name}": removed`),
    ...after.filter((one) => !find(before, one)).map(({ name }) => `${list} "${name}": added`),
    ...kept.flatMap((one) => differences(`${list} "${one.name}"`, find(before, one), one)),
    ...(moved && list === 'rules'
      ? [`rules: another order, and the first that matches wins: ${after.map(({ name }) => name).join(', ')}`]
      : []),
  ];
}

function setDifferences(at: string, before: readonly string[], after: readonly string[]): string[] {
  const has = (some: readonly string[], one: string) =>
    some.some((other) => other.toLowerCase() === one.toLowerCase());
  return [
    ...before.filter((one) => !has(after, one)).map((one) => `${at}: no longer ${one}`),
    ...after.filter((one) => !has(before, one)).map((one) => `${at}: also ${one}`),
  ];
}

/** What changes from one plan to another, one line each; empty where both mean the same. */
export function planDifferences(before: Plan, after: Plan): readonly string[] {
  const { subscriptions, vaults, drillTargets = [], ...safety } = after.safety;
  const {
    subscriptions: hadSubscriptions,
    vaults: hadVaults,
    drillTargets: had = [],
    ...was
  } = before.safety;
  return [
    ...lists.flatMap((list) => listDifferences(list, before[list] ?? [], after[list] ?? [])),
    ...differences('notifications', before.notifications, after.notifications),
    ...setDifferences('safety.subscriptions', hadSubscriptions, subscriptions),
    ...setDifferences('safety.vaults', hadVaults, vaults),
    ...setDifferences('safety.drillTargets', had, drillTargets),
    ...differences('safety', was, safety),
  ];
}
