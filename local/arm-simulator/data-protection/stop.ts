import type { ArmReply } from '../exchange.ts';
import { empty } from '../replies.ts';
import type { ArmResource } from '../resources.ts';
import type { Call, Route } from '../core.ts';
import { accepted, begin } from './accepted.ts';
import { invalidOperation, isInMotion } from './conditions.ts';
import { settleProtection } from './configure.ts';
import { refusal } from './errors.ts';
import { guardRefusal } from './guard.ts';
import { instanceActions, instancePath, withInstance } from './instances.ts';
import { findRival } from './protected-already.ts';
import type { BackupInstance, DataProtectionState } from './state.ts';
import { outcomeOf } from './validate.ts';

interface Move {
  readonly path: string;
  readonly kind: string;
  readonly to: string;
  readonly guarded: boolean;
}

const moves: readonly Move[] = [
  { path: 'stopProtection', kind: 'stop', to: 'ProtectionStopped', guarded: true },
  { path: 'suspendBackups', kind: 'suspend', to: 'BackupsSuspended', guarded: true },
  { path: 'resumeProtection', kind: 'resume', to: 'ProtectionConfigured', guarded: false },
  { path: 'resumeBackups', kind: 'resume', to: 'ProtectionConfigured', guarded: false },
];

/** Stop, suspend, resume (both kinds of stop by either call) and sync. */
export function stopRoutes(state: DataProtectionState): Route[] {
  const post = (
    name: string,
    handle: (call: Call, instance: BackupInstance, vault: ArmResource) => ArmReply,
  ) => ({
    name: `dataProtection.${name}`,
    method: 'POST' as const,
    path: `${instancePath}/${name}`,
    action: `${instanceActions}/${name}/action`,
    handle: withInstance(state, handle),
  });
  return [
    ...moves.map((move) =>
      post(move.path, (call, instance, vault) => makeMove({ state, call, instance, vault }, move)),
    ),
    post('sync', (call, instance, vault) => sync({ state, call, instance, vault })),
  ];
}

interface Moving {
  readonly state: DataProtectionState;
  readonly call: Call;
  readonly instance: BackupInstance;
  readonly vault: ArmResource;
}

function makeMove({ state, call, instance, vault }: Moving, move: Move): ArmReply {
  const guard = move.guarded ? guardRefusal(state, call, vault, instance.id) : undefined;
  if (guard !== undefined) return guard;
  // Nothing to do: 200 without poll headers.
  if (instance.state === move.to) return empty(200);
  const resumes = move.to === 'ProtectionConfigured';
  const fault = isInMotion(instance) ? invalidOperation : resumes ? findRival(state, instance) : undefined;
  if (fault !== undefined) return refusal(400, fault, state.core.seeded);
  const operation = begin(state, call, {
    kind: move.kind,
    vault,
    subject: instance.id,
    seconds: state.settings.seconds.stop,
    finish: () => {
      instance.state = move.to;
      instance.error = undefined;
      return { kind: 'succeeded' };
    },
  });
  return accepted(call, vault, operation, 60);
}

/** Looks at roles and source again; the failed operation still answers 200 when polled. */
function sync({ state, call, instance, vault }: Moving): ArmReply {
  if (instance.state === 'ConfiguringProtection' || instance.state === 'SoftDeleting') {
    return refusal(400, invalidOperation, state.core.seeded);
  }
  const before = instance.state;
  const heals = before === 'ProtectionError' || before === 'ProtectionConfigured';
  if (heals) instance.state = 'UpdatingProtection';
  const operation = begin(state, call, {
    kind: 'sync',
    vault,
    subject: instance.id,
    seconds: state.settings.seconds.sync,
    spoilt: () => void (instance.state = instance.state === 'UpdatingProtection' ? before : instance.state),
    finish: (now) => outcomeOf(state, heals ? settleProtection(state, vault, instance, now) : undefined),
  });
  return accepted(call, vault, operation, 30);
}
