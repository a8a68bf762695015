import { isShallow, type TypedData } from './typedData.ts';

/** Trigger metadata on the wire, keys as the host spells them. */
export type TriggerMetadata = Readonly<Record<string, TypedData>>;

/** A scalar as the host writes it into metadata: `"1"`, `"True"`, text as it is. */
const scalarText = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);

function propertyData(value: unknown): TypedData | undefined {
  if (value === null || value === undefined || Array.isArray(value)) return undefined;
  if (typeof value === 'object') return isShallow(value) ? { json: JSON.stringify(value) } : undefined;
  return { string: scalarText(value as string | number | boolean) };
}

/**
 * Lays the top-level properties of a trigger value over the trigger's own metadata.
 *
 * Names are compared without case and the metadata's spelling wins; scalars become strings, objects `json`, null and
 * arrays are skipped, and so is what is nested deeper than the official host reads. A value that is no object changes nothing. Recorded for queue, activity, orchestration and HTTP.
 */
export function overlayValueProperties(metadata: TriggerMetadata, value: unknown): TriggerMetadata {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return metadata;
  const overlaid: Record<string, TypedData> = { ...metadata };
  const spelling = new Map(Object.keys(overlaid).map((key) => [key.toLowerCase(), key]));
  for (const [name, property] of Object.entries(value)) {
    const data = propertyData(property);
    if (data) overlaid[spelling.get(name.toLowerCase()) ?? name] = data;
  }
  return overlaid;
}
