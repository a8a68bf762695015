import type { Json } from '../../src/arm/call.ts';

/** A place in a body where two requests say different things. */
interface Difference {
  /** Names in lower case: `properties.policyid`. */
  readonly place: string;
  /** As JSON; undefined for a value that only the other has. */
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
}

/** Every plain value of a body by its place; members that are null, and empty lists and objects, say nothing. */
function valuesIn(body: Json | undefined, place = ''): readonly (readonly [string, string])[] {
  if (body === undefined || body === null) return [];
  if (typeof body !== 'object') return [[place, JSON.stringify(body)]];
  return Object.entries(body).flatMap(([name, inner]) =>
    valuesIn(inner as Json, place === '' ? name.toLowerCase() : `${place}.${name.toLowerCase()}`),
  );
}

/** Ids of resources are compared without case, all else as it is. */
const spelled = (value: string): string => (value.startsWith('"/') ? value.toLowerCase() : value);

function differencesOf(ours: Json | undefined, theirs: Json | undefined): readonly Difference[] {
  const [mine, other] = [new Map(valuesIn(ours)), new Map(valuesIn(theirs))];
  return [...new Set([...mine.keys(), ...other.keys()])].flatMap((place) => {
    const [a, b] = [mine.get(place), other.get(place)];
    const isSame = a !== undefined && b !== undefined && spelled(a) === spelled(b);
    return isSame ? [] : [{ place, ours: a, theirs: b }];
  });
}

/** A difference that may be, and why. */
interface Tolerated {
  readonly place: RegExp;
  readonly because: string;
  readonly may: (difference: Difference) => boolean;
}

const onlyTheirs = ({ ours }: Difference): boolean => ours === undefined;
const dayMs = 86_400_000;

const tolerated: readonly Tolerated[] = [
  {
    place: /^tags\./,
    because: 'the recorded person labelled the instance; a request of ours names no labels',
    may: onlyTheirs,
  },
  {
    place: /^properties\.resourceguardoperationrequests\./,
    because: 'the recorded person had the change approved; ours says that a guard is in the way',
    may: onlyTheirs,
  },
  {
    place: /^properties\.recoverypointexpirytimeinutc$/,
    because: 'the recorded person named a date, ours counts whole days from the request',
    may: ({ ours, theirs }) =>
      Math.abs(Date.parse(String(ours).slice(1, -1)) - Date.parse(String(theirs).slice(1, -1))) <= dayMs,
  },
  {
    place: /\.datasourceinfo\.resourceuri$/,
    because: 'clients of 2023 left it blank, later ones repeat the id as ours does',
    may: ({ theirs }) => theirs === '""',
  },
];

const inWords = ({ place, ours, theirs }: Difference): string =>
  `${place} is ${ours ?? 'not said'}, recorded is ${theirs ?? 'nothing'}`;

/** Where two bodies differ beyond what is tolerated, in words; a value on one side only is a difference, too. */
export const bodiesDiffer = (ours: Json | undefined, theirs: Json | undefined): readonly string[] =>
  differencesOf(ours, theirs)
    .filter((one) => !tolerated.some(({ place, may }) => place.test(one.place) && may(one)))
    .map(inWords);
