import type { ArmCall, Failure } from '../arm/call.ts';
import { whyNotDrill } from '../drills/cleanUpRow.ts';
import {
  allowListOf,
  allowsCall,
  drillThingOf,
  isDeletion,
  isRead,
  isRestore,
  type AllowList,
} from '../plan/allowList.ts';
import type { LoadedPlan } from '../plan/loadPlan.ts';
import { whyNotDelete } from '../runs/deletionGate.ts';
import type { Settings } from '../settings.ts';
import type { SendObstacle } from '../steps/step.ts';
import type { StepOwner } from '../steps/stepServices.ts';
import type { Table } from '../storage/table.ts';

/** What is asked before a call may leave. */
interface Gate {
  readonly settings: Pick<Settings, 'allowed' | 'access' | 'deleteBackups' | 'drillRestores'>;
  readonly loadPlan: () => Promise<LoadedPlan>;
  readonly tables: Readonly<Record<'runs' | 'drillCleanUps', Table>>;
}

/** The allow-list as it stands now. @throws what the plan's place throws while no plan is known. */
export const currentAllowList = async ({ loadPlan, settings }: Gate): Promise<AllowList> =>
  allowListOf(await loadPlan(), { ...settings.allowed, isDevelopment: settings.access.isDevelopment });

const notAllowed: Failure = {
  code: 'TargetNotAllowed',
  message: 'The target is not on the allow-list of this deployment.',
  advice:
    "Add the vault to the plan's safety.vaults, or to ALLOWED_VAULTS where there is no plan; deleting also needs safety.deleteBackups, a restore safety.drillTargets.",
  class: 'ours',
};

/** What keeps a call from being sent now; reads are never kept. */
export async function obstacleTo(
  services: Gate,
  call: ArmCall,
  step: StepOwner,
): Promise<SendObstacle | undefined> {
  if (isRead(call)) return undefined;
  let list: AllowList;
  try {
    list = await currentAllowList(services);
  } catch {
    return { kind: 'later', reason: 'The plan is out of reach, and with it the allow-list.' };
  }
  if (!allowsCall(list, call)) return { kind: 'refused', failure: notAllowed };
  const { runs, drillCleanUps } = services.tables;
  const { deleteBackups, drillRestores } = services.settings;
  const path = decodeURIComponent(call.path);
  const drills = { runs, drillCleanUps, mayDrill: drillRestores };
  if (isRestore(call)) return whyNotDrill(drills, step, undefined);
  const thing = drillThingOf(call);
  if (thing !== undefined) return whyNotDrill(drills, step, thing);
  if (!isDeletion(call)) return undefined;
  return whyNotDelete({ runs, mayDeleteBackups: deleteBackups }, step, path);
}
