import type { AnyStep } from '../steps/step.ts';
import { queryGraph } from './resourceGraph.ts';
import { grantRole, listRolesAt } from './roleAssignments.ts';
import { findDisk, findShareAccount, findStorageAccount, listContainers, listShares } from './sources.ts';

/** Every step that reads what is backed up, and grants the roles that needs. */
export const resourceSteps: readonly AnyStep[] = [
  findDisk,
  findShareAccount,
  findStorageAccount,
  grantRole,
  listContainers,
  listRolesAt,
  listShares,
  queryGraph,
];
