import type { RunServices } from './runServices.ts';

/** A person closes a run that ended `unknown`: it becomes `failed` with the reason; any other run is left as it is. */
export async function closeRun(
  _services: RunServices,
  _runId: string,
  _reason: string,
): Promise<'closed' | 'notUnknown' | 'missing'> {
  throw new Error('closeRun is not built yet');
}
