import type { ArmResource } from '../resources.ts';
import { sha256Hex } from '../seeded.ts';
import { type Item, type RecoveryServices, sourceKey } from './state.ts';

/** A disk of a machine; the one with the operating system has LUN -1, as the service lists it. */
export interface MachineDisk {
  readonly lun: number;
  readonly name: string;
  readonly sizeGB: number;
}

interface StorageProfile {
  readonly osDisk?: { readonly name?: string; readonly diskSizeGB?: number };
  readonly dataDisks?: readonly {
    readonly lun: number;
    readonly name: string;
    readonly diskSizeGB?: number;
  }[];
}

const profileOf = (machine: ArmResource | undefined) =>
  machine?.properties['storageProfile'] as StorageProfile | undefined;

/** Disks of a machine: those its `storageProfile` names, else one of 127 GB with the operating system. */
export function disksOf({ core }: RecoveryServices, { source }: Item): MachineDisk[] {
  const machine = core.resources.get(source.resourceId);
  const { osDisk, dataDisks = [] } = profileOf(machine) ?? {};
  const name = osDisk?.name ?? `${source.friendlyName}_OsDisk_1_${sha256Hex(source.resourceId).slice(0, 32)}`;
  const data = dataDisks.map((disk) => ({ ...disk, sizeGB: disk.diskSizeGB ?? 32 }));
  return [{ lun: -1, name, sizeGB: osDisk?.diskSizeGB ?? 127 }, ...data];
}

interface Exclusion {
  readonly diskLunList?: readonly number[];
  readonly isInclusionList?: boolean;
}

/** Disks that a backup holds; the one with the operating system always. */
export function includedDisks(rsv: RecoveryServices, item: Item): MachineDisk[] {
  const { diskLunList, isInclusionList } = (item.extendedProperties?.['diskExclusionProperties'] ??
    {}) as Exclusion;
  const all = disksOf(rsv, item);
  if (diskLunList === undefined) return all;
  return all.filter(({ lun }) => lun === -1 || diskLunList.includes(lun) === isInclusionList);
}

/** Whether the machine's disks can be reached through private links only. */
export const hasPrivateDisks = ({ behaviours }: RecoveryServices, { source }: Item): boolean =>
  behaviours.get(sourceKey(source))?.privateDisks === true;

/** `recoveryPointDiskConfiguration` of a single read; undefined for a machine whose disks the world does not name. */
export function diskConfiguration(rsv: RecoveryServices, item: Item): Record<string, unknown> | undefined {
  if (profileOf(rsv.core.resources.get(item.source.resourceId)) === undefined) return undefined;
  const [all, included] = [disksOf(rsv, item), includedDisks(rsv, item)];
  const named = (disks: MachineDisk[]) => disks.map(({ lun, name }) => ({ lun, name }));
  return {
    numberOfDisksIncludedInBackup: included.length,
    numberOfDisksAttachedToVm: all.length,
    includedDiskList: named(included),
    excludedDiskList: named(all.filter(({ lun }) => !included.some((disk) => disk.lun === lun))),
  };
}
