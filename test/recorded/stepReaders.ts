import type { Json } from '../../src/arm/call.ts';
import { objectIn, textIn } from '../../src/arm/replyFields.ts';
import { readFailure } from '../../src/arm/outcomes.ts';
import { parseResourceId, type ResourceId } from '../../src/arm/resourceId.ts';
import { findInstance } from '../../src/data-protection/instances.ts';
import { readInstanceJob } from '../../src/data-protection/jobs.ts';
import { getBackupPolicy, getBackupVault } from '../../src/data-protection/vaults.ts';
import { readJob } from '../../src/recovery-services/jobs.ts';
import { readPolicy, readVault } from '../../src/recovery-services/vaults.ts';
import { readProtectedItem } from '../../src/recovery-services/protectedItems.ts';
import type { ReadContext, Step, StepReading } from '../../src/steps/step.ts';
import type { Exchange } from './readExchanges.ts';

/** Reads one reply with the step that asks for it. */
interface Reader {
  readonly read: (exchange: Exchange, id: ResourceId) => StepReading<Json> | undefined;
  /** The word of the body that the reading has to carry, as a path into it: `properties.status`. */
  readonly word: string;
}

const context: ReadContext = {
  now: new Date('2026-08-22T02:00:00Z'),
  attemptId: '6b2f2f0e-0000-4000-8000-000000000001',
  sentAt: '2026-08-22T02:00:00Z',
  waitSeconds: 60,
  stepId: '01',
  firstAt: '2026-08-22T02:00:00Z',
};

function readerOf<Input extends Parameters<Step['describe']>[0], Result extends Json>(
  step: Step<Input, Result>,
  inputOf: (id: ResourceId) => Input,
  word: string,
): Reader {
  return {
    word,
    read: ({ reply }, id) => {
      const input = inputOf(id);
      if (reply.status < 300) return step.read(reply, input, context);
      return step.readRefusal?.(readFailure(reply), reply.status, input);
    },
  };
}

const vaultOf = ({ id }: ResourceId): string => id.split('/').slice(0, 9).join('/');
const nameOf = ({ names }: ResourceId): string => names.at(-1) ?? '';

/** Readers of single resources, by provider and types in lower case. Lists need to know what is sought: whole flows read them. */
const readers: ReadonlyMap<string, Reader> = new Map([
  ['microsoft.recoveryservices/vaults', readerOf(readVault, ({ id }) => ({ vaultId: id }), 'location')],
  [
    'microsoft.recoveryservices/vaults/backupjobs',
    readerOf(
      readJob,
      (id) => ({ vaultId: vaultOf(id), jobId: nameOf(id), waitSeconds: 60 }),
      'properties.status',
    ),
  ],
  [
    'microsoft.recoveryservices/vaults/backuppolicies',
    readerOf(readPolicy, ({ id }) => ({ policyId: id }), 'properties.backupManagementType'),
  ],
  [
    'microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems',
    readerOf(readProtectedItem, ({ id }) => ({ itemId: id }), 'properties.protectionState'),
  ],
  [
    'microsoft.dataprotection/backupvaults',
    readerOf(getBackupVault, ({ id }) => ({ vaultId: id }), 'location'),
  ],
  [
    'microsoft.dataprotection/backupvaults/backupinstances',
    readerOf(findInstance, ({ id }) => ({ instanceId: id }), 'properties.currentProtectionState'),
  ],
  [
    'microsoft.dataprotection/backupvaults/backupjobs',
    {
      word: 'properties.status',
      read: ({ reply }) =>
        reply.status < 300 ? { kind: 'done', result: readInstanceJob(reply.body) } : undefined,
    },
  ],
  [
    'microsoft.dataprotection/backupvaults/backuppolicies',
    readerOf(getBackupPolicy, ({ id }) => ({ policyId: id }), 'name'),
  ],
]);

/** Reads a reply to a GET of ours with its step; why that went wrong, or undefined when it went well or is not ours. */
export function readWithStep(exchange: Exchange): string | undefined {
  const id = parseResourceId(new URL(exchange.url).pathname);
  if (exchange.method !== 'GET' || !exchange.isBodyRecorded || id.kind === 'refused') return undefined;
  const { provider, types, names } = id.id;
  const reader = readers.get([provider, ...types].join('/').toLowerCase());
  if (!reader || names.length !== types.length) return undefined;
  try {
    return wrongIn(reader.read(exchange, id.id), reader.word, exchange);
  } catch (error) {
    return `the step's reader threw ${String(error)}`;
  }
}

/** A success was understood when the reading carries the service's own word. */
function wrongIn(
  reading: StepReading<Json> | undefined,
  word: string,
  { reply }: Exchange,
): string | undefined {
  if (reply.status >= 300) return undefined;
  if (reading?.kind === 'refused') return `the step's reader refused a success: ${reading.failure.code}`;
  const said = textIn(word.split('.').reduce<Json | undefined>((at, name) => objectIn(at)[name], reply.body));
  // Items and instances may be without a state for a moment; a job always has one.
  if (said === undefined) return word === 'properties.status' ? `the reply has no ${word}` : undefined;
  return squeezed(JSON.stringify(reading)).includes(squeezed(said))
    ? undefined
    : `the step's reader lost ${word} "${said}"`;
}

// Regions are written `West Europe` and `westeurope`.
const squeezed = (text: string): string => text.toLowerCase().replaceAll(' ', '');
