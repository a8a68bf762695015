import type { PointChoice, PointWish } from '../../arm/backupJob.ts';
import { nameIn } from '../../arm/resourceId.ts';
import { vaultIdOf } from '../../recovery-services/paths.ts';
import {
  readMachinePoint,
  validateMachineRestore,
  type MachinePoint,
  type MachineRestoreOrder,
} from '../../recovery-services/restoreRequests.ts';
import { chooseItemPoint, readRestoreCounts, restoreMachine } from '../../recovery-services/restores.ts';
import { findRestoreGuard, readVault } from '../../recovery-services/vaults.ts';
import {
  createDrillGroup,
  findDrillAccount,
  findMachineDisks,
  listDrillDisks,
  type DisksBack,
  type MachineDisks,
} from '../../resources/drillPlaces.ts';
import { findDrillTarget, tagDrillTarget } from '../../resources/drillTargets.ts';
import type { DrillRequest, DrillThing } from '../../runs/request.ts';
import type { Flow, FlowContext, FlowEnding } from '../flow.ts';
import { followJob } from '../recovery-services/followJob.ts';
import { itemTargetOf } from '../recovery-services/itemTarget.ts';
import { getSource } from '../recovery-services/listedItem.ts';
import { FlowEnded, skip } from '../refusals.ts';
import { ifReadable, takeStep } from '../takeStep.ts';
import { recordDrill } from './cleanUp.ts';
import { drill, secondsToRestore, type Creation, type Drilled, type Restored } from './drill.ts';

type Into = NonNullable<DrillRequest['into']['virtualMachine']>;

/** A machine as it is drilled: everything but the point. */
interface MachineDrill {
  readonly into: Into;
  readonly itemId: string;
  readonly friendlyName: string;
  readonly machineId: string;
  readonly groupId: string;
  readonly guardRequests: readonly string[];
  /** What the drill makes, or finds that the restore has made: the group first. */
  readonly things: DrillThing[];
  /** What was read before anything is made. */
  region: string;
  point?: MachinePoint;
}

/** LUNs of a restore of the disk with the operating system alone, as the point lists it; where it lists none, as azure-cli asks. */
function osLuns({ disks = [] }: MachinePoint, source: MachineDisks | undefined): readonly number[] {
  const name = source?.osDisk?.name.toLowerCase();
  const named = disks.filter((disk) => disk.name.toLowerCase() === name);
  const found = named.length > 0 ? named : disks.filter(({ lun }) => lun < 0);
  return found.map(({ lun }) => lun);
}

/** Sizes of the disks that should come back, in order; undefined where one of them is not known any more. */
function sizesWanted(
  { disks: onlyOs }: Into,
  { disks }: MachinePoint,
  source: MachineDisks | undefined,
): readonly number[] | undefined {
  if (!source?.osDisk) return undefined;
  const all = [source.osDisk, ...(onlyOs === 'os' ? [] : source.dataDisks)];
  const names = disks && new Set(disks.map(({ name }) => name.toLowerCase()));
  const held = names
    ? all.filter((disk) => disk === source.osDisk || names.has(disk.name.toLowerCase()))
    : all;
  const sizes = held.flatMap(({ gigabytes }) => gigabytes ?? []);
  return sizes.length === held.length ? sizes.sort((one, other) => one - other) : undefined;
}

/** How many disks should come back; undefined where neither point nor machine says. */
function countWanted(
  { disks: onlyOs }: Into,
  { disks }: MachinePoint,
  source: MachineDisks | undefined,
): number | undefined {
  if (onlyOs === 'os') return 1;
  return disks?.length ?? (source?.osDisk ? source.dataDisks.length + 1 : undefined);
}

type Judgement = Pick<Restored, 'verdict' | 'message' | 'counts'>;

/** Whether what lies in the group is what was asked for: as many disks, of the sizes of their sources. */
function judge(
  back: DisksBack,
  expected: number | undefined,
  sizes: readonly number[] | undefined,
): Judgement {
  const counts = {
    disks: back.disks,
    ...(expected === undefined ? {} : { expected }),
    gigabytes: back.gigabytes.join(', '),
  };
  const wrong = (message: string): Judgement => ({ verdict: 'mismatch', message, counts });
  if (back.disks === 0)
    return { verdict: 'empty', message: 'The job has ended well, and there is no disk.', counts };
  if (expected !== undefined && back.disks !== expected)
    return wrong(`${back.disks} of ${expected} disks came back.`);
  if (!back.hasOperatingSystem) return wrong('No disk that came back has an operating system.');
  if (back.unready.length > 0) return wrong(`Disks that are not ready: ${back.unready.join(', ')}.`);
  if (sizes && sizes.join() !== back.gigabytes.join())
    return wrong(`The disks have ${back.gigabytes.join(', ')} GB, their sources ${sizes.join(', ')}.`);
  return { verdict: 'good', counts };
}

/** What the restore has written into the staging account is the drill's to delete as well. */
function* claimLeavings(context: FlowContext, one: MachineDrill, vaultId: string, jobId: string): Flow<void> {
  const counts = yield* ifReadable(takeStep(context, readRestoreCounts, { vaultId, jobId }));
  if (counts?.leftContainer === undefined) return;
  const id = `${one.into.stagingAccount}/blobServices/default/containers/${counts.leftContainer}`;
  const target = { targetId: id, runId: context.runId };
  one.things.push({ id, mayBeUntagged: true });
  yield* recordDrill(context, { moment: 'planned', run: context.runId, things: one.things });
  const seen = yield* ifReadable(takeStep(context, findDrillTarget, target));
  if (seen?.found) yield* ifReadable(takeStep(context, tagDrillTarget, target));
}

function orderFor(
  { itemId, friendlyName, machineId, groupId, guardRequests, into, region }: MachineDrill,
  point: { readonly id: string; readonly name: string },
  read: MachinePoint,
  source: MachineDisks | undefined,
): MachineRestoreOrder {
  return {
    ...{ itemId, kind: 'virtualMachine', friendlyName, machineId, groupId, region },
    ...{ pointId: point.id, pointName: point.name },
    stagingAccountId: into.stagingAccount,
    ...(into.disks === 'os' ? { luns: osLuns(read, source) } : {}),
    ...(read.hasPrivateDisks ? { hasPrivateDisks: true } : {}),
    ...(guardRequests.length > 0 ? { guardRequests } : {}),
  };
}

function* restored(
  context: FlowContext,
  one: MachineDrill,
  point: { readonly id: string; readonly name: string },
): Flow<Restored> {
  const read = one.point ?? (yield* takeStep(context, readMachinePoint, { pointId: point.id }));
  const { found: source } = yield* takeStep(context, findMachineDisks, { machineId: one.machineId });
  const order = orderFor(one, point, read, source);
  const { groupId, region } = order;
  yield* takeStep(context, createDrillGroup, { targetId: groupId, runId: context.runId, region });
  const { findings } = yield* takeStep(context, validateMachineRestore, order);
  const [first] = findings;
  if (first)
    throw new FlowEnded('failed', { ...first, message: findings.map(({ message }) => message).join(' ') });
  const handle = yield* takeStep(context, restoreMachine, order);
  const { job, ended, failure, warnings } = yield* followJob(context, handle);
  context.warnings.push(...warnings);
  yield* claimLeavings(context, one, handle.vaultId, job.id);
  if (failure) throw new FlowEnded(ended === 'cancelled' ? 'cancelled' : 'failed', failure);
  const back = yield* takeStep(context, listDrillDisks, { groupId });
  const seconds = secondsToRestore(context, handle, job);
  return {
    seconds,
    ...judge(back, countWanted(one.into, read, source), sizesWanted(one.into, read, source)),
  };
}

/** Why a machine cannot be restored there, as far as vault, staging account and group say. */
function* obstacles(context: FlowContext, one: MachineDrill): Flow<readonly string[]> {
  const { into, itemId, groupId } = one;
  const vaultId = vaultIdOf(itemId);
  const vault = yield* takeStep(context, readVault, { vaultId });
  const region = vault?.region ?? '';
  one.region = region;
  const { found } = yield* takeStep(context, findDrillAccount, { accountId: into.stagingAccount });
  const group = yield* takeStep(context, findDrillTarget, { targetId: groupId, runId: context.runId });
  const isElsewhere = nameIn(groupId, 'subscriptions') !== nameIn(vaultId, 'subscriptions');
  return [
    ...(found ? [] : [`there is no storage account ${into.stagingAccount}`]),
    ...(found && region !== '' && found.region !== region
      ? [`the staging account ${into.stagingAccount} lies in ${found.region}, the vault in ${region}`]
      : []),
    ...(found?.stagingObstacles ?? []).map((one) => `${into.stagingAccount}: ${one}`),
    ...(isElsewhere && vault?.restoresElsewhere === false
      ? [`the vault ${vaultId} restores into its own subscription alone: allow cross-subscription restore`]
      : []),
    ...(group.found && group.found.taggedBy !== context.runId ? [`there is a group ${groupId} already`] : []),
  ];
}

/** The disks as far as the machine tells of them now, and what the service stages beside. */
function* creations(context: FlowContext, { into, machineId }: MachineDrill): Flow<readonly Creation[]> {
  const { found } = yield* takeStep(context, findMachineDisks, { machineId });
  const disks = found ? [...(found.osDisk ? [found.osDisk] : []), ...found.dataDisks] : [];
  const taken = into.disks === 'os' ? disks.slice(0, 1) : disks;
  return [
    ...(taken.length === 0 ? [{ what: into.disks === 'os' ? 'managed disk' : 'managed disks' }] : []),
    ...taken.map(({ name, gigabytes }) => ({
      what: `managed disk of ${name}`,
      ...(gigabytes === undefined ? {} : { gigabytes }),
    })),
    { what: `container with the configuration in ${into.stagingAccount}` },
  ];
}

/** Whether a point can come back as managed disks. */
function* unfitPoint(context: FlowContext, one: MachineDrill, pointId: string): Flow<readonly string[]> {
  one.point = yield* takeStep(context, readMachinePoint, { pointId });
  return one.point.isManaged
    ? []
    : ['the machine has unmanaged disks, which come back into a storage account alone'];
}

/** The disks of a machine into a resource group of the drill's own, which is deleted whole. */
export function* drillMachine(context: FlowContext, request: DrillRequest): Flow<FlowEnding> {
  const into = request.into.virtualMachine;
  if (into === undefined) throw skip('KindNotDrilled', 'into names no subscription for virtual machines.');
  const source = yield* getSource(context, itemTargetOf(request.target));
  const { itemId, sourceId: machineId, friendlyName } = source;
  const groupId = `${into.subscription}/resourceGroups/abd-${context.runId}`;
  const things: DrillThing[] = [{ id: groupId, mayBeUntagged: false }];
  const guardRequests = request.guardRequest === undefined ? [] : [request.guardRequest];
  const one: MachineDrill = {
    ...{ into, itemId, friendlyName, machineId, groupId, guardRequests, things },
    region: '',
  };
  const drilled: Drilled = {
    resourceId: machineId,
    ...{ itemId, things },
    restoredTo: [groupId],
    choose: (wish: PointWish): Flow<PointChoice> => takeStep(context, chooseItemPoint, { itemId, ...wish }),
    look: () => obstacles(context, one),
    *guards() {
      return (yield* takeStep(context, findRestoreGuard, { vaultId: vaultIdOf(itemId) })).requests;
    },
    creates: () => creations(context, one),
    // The service validates against a group that must be there: after it is made.
    validate: ({ id }) => unfitPoint(context, one, id),
    restore: (point) => restored(context, one, point),
  };
  return yield* drill(context, drilled, request);
}
