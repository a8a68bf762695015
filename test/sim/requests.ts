import { accountId, diskId, disksVaultId, filesVaultId, shareOf, snapshotsId } from '../support/planWorld.ts';
import { chanceOf } from './chance.ts';
import { account, foreignVaultId, type Scenario, type SimWorld } from './world.ts';

/** What a caller does in a world, and when. */
export type Act = { readonly atSeconds: number } & (
  | { readonly kind: 'post'; readonly path: string; readonly body: object; readonly key: string }
  /** Asks once more with the key and body of an earlier act. */
  | { readonly kind: 'repeat'; readonly of: number }
  | { readonly kind: 'cancel'; readonly of: number }
  /** A disk is created; its event comes until it is accepted, perhaps twice. */
  | { readonly kind: 'disk'; readonly name: string; readonly twice: boolean }
  /** Has to be refused: outside the allow-list, or no request at all. */
  | { readonly kind: 'refused'; readonly path: string; readonly body: object }
);

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
  | 'refused';

const backups: readonly Kind[] = ['backup', 'backup', 'backup', 'first', 'repeat', 'cancel'];
const kindsOf: Record<Scenario, readonly Kind[]> = {
  everything: [...backups, 'batch', 'rule', 'sweep', 'protect', 'stop', 'resume', 'event', 'refused'],
  calm: [...backups, 'batch', 'rule', 'sweep', 'protect', 'stop', 'resume', 'event', 'refused'],
  deaths: [...backups, 'batch', 'protect', 'event'],
  backups,
  batches: ['batch', 'batch', 'rule', 'repeat', 'cancel', 'backup'],
  protections: ['protect', 'protect', 'stop', 'resume', 'sweep', 'event', 'first', 'repeat', 'cancel'],
};

/** What is asked in a world, in the order of time. */
export function actsOf(world: SimWorld): readonly Act[] {
  const chance = chanceOf(world.seed, 3);
  const targets: readonly object[] = [
    ...world.shares.map((share) => shareOf(account, share)),
    ...world.disks.map(diskOf),
  ];
  const post = (path: string, body: object, at: number): Act => ({
    ...{ kind: 'post', path: `/api/${path}`, body, atSeconds: at, key: `key-${at}` },
  });
  const keepFor = () => chance.oneOf([{}, { keepFor: 'P7D' }, { keepFor: 'P99D' }]);
  const anyTarget = () => chance.oneOf(targets);
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
    event: (at) => ({ kind: 'disk', name: `new${at}`, twice: chance.percent(40), atSeconds: at }),
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
