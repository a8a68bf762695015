import type { AnyStep } from '../steps/step.ts';
import {
  createDrillGroup,
  createDrillShare,
  findDrillAccount,
  findMachineDisks,
  findShareUsage,
  listDrillDisks,
} from './drillPlaces.ts';
import { deleteDrillTarget, findDrillTarget, tagDrillTarget } from './drillTargets.ts';
import { queryGraph } from './resourceGraph.ts';
import { grantRole, listRolesAt } from './roleAssignments.ts';
import { findDisk, findShareAccount, findStorageAccount, listContainers, listShares } from './sources.ts';

/** Every step that reads what is backed up, grants the roles that needs, and makes and deletes what drills restore into. */
export const resourceSteps: readonly AnyStep[] = [
  createDrillGroup,
  createDrillShare,
  deleteDrillTarget,
  findDisk,
  findDrillAccount,
  findDrillTarget,
  findMachineDisks,
  findShareAccount,
  findShareUsage,
  findStorageAccount,
  grantRole,
  listContainers,
  listDrillDisks,
  listRolesAt,
  listShares,
  queryGraph,
  tagDrillTarget,
];
