import type { ArmCall } from '../arm/call.ts';

/** Version of Microsoft.RecoveryServices for a vault's backup resources. Poll URLs bring their own. */
export const backupApiVersion = '2025-08-01';

/** Version of Microsoft.RecoveryServices for the vault itself. */
export const vaultApiVersion = '2024-04-01';

const segmentsOf = (id: string): string[] => id.split('/').filter((segment) => segment !== '');

/** Whether two ARM ids name the same thing; compared whole, without case. */
export const sameId = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  segmentsOf(a).join('/').toLowerCase() === segmentsOf(b).join('/').toLowerCase();

/** The path of an id, or of something below it: every segment encoded, names exactly as given. */
export const pathBelow = (id: string, ...segments: readonly string[]): string =>
  `/${[...segmentsOf(id), ...segments].map(encodeURIComponent).join('/')}`;

/** The segment after `key` (compared without case), as the service spells it; undefined when there is none. */
export function segmentAfter(id: string, key: string): string | undefined {
  const segments = segmentsOf(id);
  const at = segments.findIndex((segment) => segment.toLowerCase() === key.toLowerCase());
  return at < 0 ? undefined : segments[at + 1];
}

/** The id of the vault that an id lies in: everything up to the vault's name. */
export function vaultIdOf(id: string): string {
  const segments = segmentsOf(id);
  const at = segments.findIndex((segment) => segment.toLowerCase() === 'vaults');
  return `/${segments.slice(0, at + 2).join('/')}`;
}

/** A call to a vault's backup resources; `action` is Azure's own without the provider: `backupJobs/read`. */
export function backupCall(
  method: ArmCall['method'],
  action: string,
  path: string,
  more: Pick<ArmCall, 'query' | 'body'> = {},
): ArmCall {
  return {
    action: `Microsoft.RecoveryServices/vaults/${action}`,
    method,
    path,
    apiVersion: backupApiVersion,
    ...more,
  };
}
