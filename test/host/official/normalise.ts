const GUID = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi;
const ISO_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?/g;
const NET_TIME = /\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d/g;
const BINDING_NAME =
  /\b((?:activity|orchestration|http|timer|queue|eventGrid|entity)Trigger|durableClientInput)[0-9a-f]{10}/g;
/** Null fields whose absence is tolerated. */
const OPTIONAL_NULLS: ReadonlySet<string> = new Set(['Correlation', 'Tags', 'ParentTraceContext']);

/** A value in which two runs that did the same are equal: no ids, times, stacks, suffixes; keys sorted. */
export function normalise(value: unknown): unknown {
  if (typeof value === 'string') return normaliseText(value);
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return normaliseText(value.toISOString());
  const entries = Object.entries(value)
    .filter(([key, each]) => !(OPTIONAL_NULLS.has(key) && each === null) && each !== undefined)
    .map(([key, each]) => [normaliseText(key), key === 'late' ? 'how late' : normalise(each)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries);
}

function normaliseText(text: string): string {
  return (
    normaliseJson(text) ??
    cutStacks(text)
      .replaceAll(BINDING_NAME, '$1')
      .replaceAll(GUID, '<id>')
      .replaceAll(ISO_TIME, '<time>')
      .replaceAll(NET_TIME, '<time>')
  );
}

/** Text that is a JSON object or array is normalised inside. */
function normaliseJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const parsed = JSON.parse(text) as Record<string, unknown>;
    if (typeof parsed['$type'] === 'string') return `${parsed['$type']} ${String(parsed['Message'])}`;
    return JSON.stringify(normalise(parsed));
  } catch {
    return undefined;
  }
}

// A caught failure carries the host's dump behind its first line; only the app's own words are compared.
function cutStacks(text: string): string {
  const dump = text.indexOf(',"Data":null');
  const stack = text.indexOf('StackTrace:');
  const known = text.indexOf('known orchestrator functions:');
  const ends = [dump, stack < 0 ? -1 : stack + 'StackTrace:'.length, known].filter((at) => at >= 0);
  return ends.length === 0 ? text : text.slice(0, Math.min(...ends));
}

/** The kinds of a value and the keys of its objects. Lists are reduced to the kinds of their elements. */
export function shapeOf(value: unknown): unknown {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return [...new Set(value.map((each) => JSON.stringify(shapeOf(each))))].sort();
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key.replaceAll(BINDING_NAME, '$1'), shapeOf(each)] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
}
