/** Decides whether a decoded path value fits one inline constraint. */
export type RouteConstraint = (value: string) => boolean;

const integerWithin = (least: bigint, most: bigint): RouteConstraint => {
  return (value) => /^[+-]?\d{1,20}$/.test(value) && BigInt(value) >= least && BigInt(value) <= most;
};

const isGuid: RouteConstraint = (value) =>
  /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[({][0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}[)}])$/i.test(
    value,
  );

const isNumber: RouteConstraint = (value) => value.trim() !== '' && Number.isFinite(Number(value));

const PLAIN: Readonly<Record<string, RouteConstraint>> = {
  int: integerWithin(-(2n ** 31n), 2n ** 31n - 1n),
  long: integerWithin(-(2n ** 63n), 2n ** 63n - 1n),
  guid: isGuid,
  alpha: (value) => /^[a-z]*$/i.test(value),
  bool: (value) => /^(?:true|false)$/i.test(value),
  datetime: (value) => /\d/.test(value) && !Number.isNaN(Date.parse(value)),
  decimal: isNumber,
  double: isNumber,
  float: isNumber,
  required: (value) => value !== '',
};

type Numeric = (value: string, first: number, second: number | undefined) => boolean;

const WITH_NUMBERS: Readonly<Record<string, Numeric>> = {
  length: (value, first, second) => value.length >= first && value.length <= (second ?? first),
  minlength: (value, first) => value.length >= first,
  maxlength: (value, first) => value.length <= first,
  min: (value, first) => isNumber(value) && Number(value) >= first,
  max: (value, first) => isNumber(value) && Number(value) <= first,
  range: (value, first, second) =>
    isNumber(value) && Number(value) >= first && Number(value) <= (second ?? first),
};

/**
 * Reads an inline constraint such as `int`, `length(2,5)` or `regex(^a)`.
 *
 * @throws when the name is unknown; the function that carries it then fails to start, as on Azure.
 */
export function readConstraint(text: string): RouteConstraint {
  const [, name = '', parameters] = /^([^(]*)(?:\((.*)\))?$/s.exec(text) ?? [];
  const word = name.trim().toLowerCase();
  if (word === 'regex' && parameters !== undefined) {
    const pattern = new RegExp(parameters, 'i');
    return (value) => pattern.test(value);
  }
  const plain = PLAIN[word];
  if (plain && parameters === undefined) return plain;
  const numeric = WITH_NUMBERS[word];
  if (!numeric || parameters === undefined) throw new Error(`unknown route constraint '${text}'`);
  const [first = NaN, second] = parameters.split(',').map(Number);
  return (value) => numeric(value, first, second);
}
