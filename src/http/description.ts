import type { JsonObject } from '../arm/call.ts';
import { describeApi } from './openapi.ts';

/** One parameter of an operation. */
interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonObject;
}

/** What is read of the description of the API. */
interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, JsonObject>> };
}

let kept: Description | undefined;

/** The description of the API, made or read once. */
export const apiDescription = (): Description => (kept ??= describeApi() as unknown as Description);

/** Verbs that a path of the API answers, upper case; none where there is nothing. */
export function verbsAt(path: string): readonly string[] {
  const segments = path.toLowerCase().split('/');
  const isAt = (template: string): boolean => {
    const wanted = template.split('/');
    return (
      wanted.length === segments.length &&
      wanted.every((one, at) => one.startsWith('{') || one === segments[at])
    );
  };
  return Object.entries(apiDescription().paths)
    .filter(([template]) => isAt(template))
    .flatMap(([, operations]) => Object.keys(operations).map((verb) => verb.toUpperCase()));
}
