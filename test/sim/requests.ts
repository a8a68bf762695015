import { accountId, diskId, disksVaultId, filesVaultId, shareOf, snapshotsId } from '../support/planWorld.ts';
import { chanceOf } from './chance.ts';
import { account, foreignVaultId, into, type Scenario, type SimWorld } from './world.ts';

/** What a caller does in a world, and when. */
export type Act = { readonly atSeconds: number } & (
  | { readonly kind: 'post'; readonly path: string; readonly body: object; readonly key: string }
  /** Asks once more with the key and body of an earlier act. */
  | { readonly kind: 'repeat'; readonly of: number }
  | { readonly kind: 'cancel'; readonly of: number }
  /** A disk is created; its event comes at once, twice, after events of later ones, or never. */
  | { readonly kind: 'disk'; readonly name: string; readonly event: 'once' | 'twice' | 'late' | 'never' }
  /** Has to be refused: outside the allow-list, or no request at all. */
  | { readonly kind: 'refused'; readonly path: string; readonly body: object }
);

const instanceOf = (name: string) => `${disksVaultId}/backupInstances/${name}-${name}-1`;
const policy = (vaultId: string, name: string) => `${vaultId}/backupPolicies/${name}`;
const diskOf = (name: string) => ({ kind: 'disk', vaultId: disksVaultId, datasourceId: diskId(name) });

type Kind =
  | 'backup'
  | 'first'
  | 'batch'
  | 'rule'
  | 'sweep'
  | 'protect'
  | 'stop'
  | 'resume'
  | 'repeat'
  | 'cancel'
  | 'event'
  | 'refused'
  | 'other'
  | 'drill'
  | 'drills'
  | 'delete';

const backups: readonly Kind[] = ['backup', 'backup', 'backup', 'first', 'repeat', 'cancel'];
const every: readonly Kind[] = [
  ...backups,
  ...(['batch', 'rule', 'sweep', 'protect', 'stop', 'resume', 'event', 'refused'] as const),
  ...(['other', 'other', 'drill', 'drill', 'drills', 'delete'] as const),
];
const kindsOf: Record<Scenario, readonly Kind[]> = {
  everything: every,
  calm: every,
  clockJumps: every,
  deaths: [...backups, 'batch', 'protect', 'event', 'other', 'drill', 'delete'],
  drills: ['drill', 'drill', 'drills', 'repeat', 'cancel', 'backup'],
  deletions: ['delete', 'delete', 'repeat', 'cancel', 'backup', 'resume', 'protect'],
  backups,
  batches: ['batch', 'batch', 'rule', 'repeat', 'cancel', 'backup'],
  protections: ['protect', 'protect', 'stop', 'resume', 'sweep', 'event', 'first', 'repeat', 'cancel'],
};

/** What is asked in a world, in the order of time. */
export function actsOf(world: SimWorld): readonly Act[] {
  const chance = chanceOf(world.seed, 3);
  const named: readonly object[] = [
    ...world.shares.map((share) => shareOf(account, share)),
    ...world.disks.map(diskOf),
  ];
  // Operational backup of blobs has none on demand: a batch of them fails, which shows nothing.
  const inBatches = world.others
    .filter(({ what }) => what !== 'operationalBlobs')
    .map(({ target }) => target);
  const targets: readonly object[] = [...named, ...inBatches];
  const post = (path: string, body: object, at: number): Act => ({
    ...{ kind: 'post', path: `/api/${path}`, body, atSeconds: at, key: `key-${at}` },
  });
  const keepFor = () => chance.oneOf([{}, { keepFor: 'P7D' }, { keepFor: 'P99D' }]);
  const anyTarget = () => chance.oneOf(targets);
  /** What drills can restore, and what deleting asks to be named. */
  const drillable = [
    ...world.protectedShares.map((share) => shareOf(account, share)),
    ...world.protectedDisks.map((name) => ({ id: instanceOf(name) })),
    ...world.others
      .filter(({ what, isProtected }) => what === 'vaultedBlobs' && isProtected)
      .map(() => ({ id: instanceOf('pictures') })),
  ];
  const nameOf = (target: object): string =>
    'share' in target
      ? String(target.share)
      : ((Object.values(target).at(-1) as string).split('/').at(-1) ?? '');
  const protection = () =>
    world.disks.length > 0 && chance.percent(40)
      ? {
          ...{ target: diskOf(chance.oneOf(world.disks)), policyId: policy(disksVaultId, 'disks') },
          snapshotResourceGroupId: snapshotsId,
        }
      : {
          target: shareOf(account, chance.oneOf(world.shares)),
          policyId: policy(filesVaultId, chance.oneOf(['daily', 'weekly'])),
        };
  const isShare = (target: object) => 'share' in target;
  const make: Record<Kind, (at: number, before: number) => Act> = {
    backup: (at) => {
      const target = anyTarget();
      return post('backups', { target, ...(isShare(target) ? keepFor() : {}) }, at);
    },
    first: (at) =>
      post(
        'backups',
        {
          target: shareOf(account, chance.oneOf(world.shares)),
          protectFirst: { policyId: policy(filesVaultId, 'daily') },
        },
        at,
      ),
    batch: (at) => post('backups', { targets }, at),
    rule: (at) => post('backups', { rule: 'daily shares' }, at),
    sweep: (at) => post('sweeps', { dryRun: chance.percent(30) }, at),
    protect: (at) => post('protections', protection(), at),
    stop: (at) =>
      post('protections/stop', { target: anyTarget(), mode: chance.oneOf(['retain', 'suspend']) }, at),
    resume: (at) => post('protections/resume', { target: anyTarget() }, at),
    repeat: (at, before) => ({ kind: 'repeat', of: chance.whole(0, before - 1), atSeconds: at }),
    cancel: (at, before) => ({ kind: 'cancel', of: chance.whole(0, before - 1), atSeconds: at }),
    event: (at) => ({
      ...{ kind: 'disk', name: `new${at}`, atSeconds: at },
      event: chance.oneOf(['once', 'once', 'twice', 'late', 'never'] as const),
    }),
    other(at) {
      if (world.others.length === 0) return make.backup(at, 0);
      const { target, protection: how } = chance.oneOf(world.others);
      return chance.percent(70)
        ? post('backups', { target }, at)
        : post('protections', { target, ...how }, at);
    },
    drill(at) {
      if (!world.drills || drillable.length === 0) return make.other(at, 0);
      const keepKept = chance.oneOf([{}, { keepFor: 'PT5M' }]);
      const dryRun = chance.percent(15) ? { dryRun: true } : {};
      return post('drills', { target: chance.oneOf(drillable), into, ...keepKept, ...dryRun }, at);
    },
    drills: (at) =>
      world.drills && 'drills' in (world.plan as object)
        ? post('drills', { drill: 'monthly' }, at)
        : make.drill(at, 0),
    delete(at) {
      const target = anyTarget();
      return post('protections/stop', { target, mode: 'deleteData', confirm: nameOf(target) }, at);
    },
    refused: (at) => ({
      ...{ kind: 'refused', path: '/api/backups', atSeconds: at },
      body: chance.oneOf<object>([
        {
          target: {
            ...{ kind: 'fileShare', vaultId: foreignVaultId, share: 'docs01' },
            storageAccountId: accountId(account),
          },
        },
        { target: { id: '/subscriptions/../x' } },
        { targets: [] },
        { surprise: true },
      ]),
    }),
  };
  const count = chance.whole(2, 6);
  const times = Array.from({ length: count }, () => chance.whole(1, 2000)).sort((one, other) => one - other);
  return times.map((at, before) => {
    const kind = chance.oneOf(kindsOf[world.scenario]);
    return make[before === 0 && (kind === 'repeat' || kind === 'cancel') ? 'backup' : kind](at, before);
  });
}
