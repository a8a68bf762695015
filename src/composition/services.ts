import { randomInt, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TokenCredential } from '@azure/identity';
import type { InvocationContext } from '@azure/functions';
import { keepSigningKeys, keyDocumentAt, type SigningKeys } from '../access/signingKeys.ts';
import { rememberLastUse, type ArmClient, type LastUse } from '../arm/call.ts';
import { createArmClient } from '../arm/client.ts';
import { dataProtectionSteps } from '../data-protection/steps.ts';
import { durableFlows, type Flows } from '../durable/durableFlows.ts';
import { postMessage, type PostMessage } from '../notifications/sendMessages.ts';
import type { Pacer } from '../pacer/pacer.ts';
import { createSharedPacer } from '../pacer/sharedPacer.ts';
import { createPlanLoader, type LoadedPlan } from '../plan/loadPlan.ts';
import { recoveryServicesSteps } from '../recovery-services/steps.ts';
import { resourceSteps } from '../resources/steps.ts';
import { processSettings, type Settings } from '../settings.ts';
import type { AnyStep, StepCatalogue } from '../steps/step.ts';
import { azureQueue } from '../storage/azureQueue.ts';
import { azureTable } from '../storage/azureTable.ts';
import { groupedWrites } from '../storage/groupedWrites.ts';
import type { MessageQueue, QueueLook, Table, StorageAccount } from '../storage/table.ts';
import { textSource, keptText } from '../storage/textSource.ts';

/** Name of the queue that carries steps. */
export const stepQueueName = 'backup-steps';
/** Name of the queue for messages that have failed five times. */
export const poisonQueueName = `${stepQueueName}-poison`;

/** The app's tables; the pacer has one of its own. */
export type TableName =
  | 'runs'
  | 'steps'
  | 'items'
  | 'watches'
  | 'batchItems'
  | 'dailyCounters'
  | 'triggers'
  | 'outbox'
  | 'coverage'
  | 'drillCleanUps';

/** Everything the functions act through; tests give their own with {@link provideServices}. */
export interface Services {
  readonly settings: Settings;
  /** Of the issuer of callers' tokens; absent without access control. */
  readonly signingKeys?: SigningKeys;
  readonly clock: () => Date;
  /** A fresh random GUID. */
  readonly newId: () => string;
  /** Resolves after so many milliseconds: an HTTP answer that is held. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** The flows behind an invocation that has the Durable client as input. */
  readonly flowsOf: (context: InvocationContext) => Flows;
  readonly tables: Readonly<Record<TableName, Table>>;
  /** Runs that the watchdog passes over until an instant, in this process. */
  readonly quietRuns: Map<string, number>;
  readonly queue: MessageQueue;
  /** How much waits in the queue of steps, and in that of messages given up. */
  readonly queueLooks: { readonly steps: QueueLook; readonly poison: QueueLook };
  readonly arm: ArmClient;
  /** How the last request to ARM went; undefined before the first one of this process. */
  readonly armLastUse: () => LastUse | undefined;
  readonly pacer: Pacer;
  readonly catalogue: StepCatalogue;
  /** The plan in force; an absent one allows nothing. */
  readonly loadPlan: () => Promise<LoadedPlan>;
  /** Sends a notification. */
  readonly post: PostMessage;
}

/** Every step there is, by name. @throws Error when two steps have the same name. */
export function catalogueOf(steps: readonly AnyStep[]): StepCatalogue {
  const catalogue = new Map(steps.map((step) => [step.name, step]));
  if (catalogue.size !== steps.length) throw new Error('Two steps have the same name.');
  return catalogue;
}

/** The app's identity; its library is the largest of all and loaded when the first token is asked for. */
export function identity({ managed, clientId }: Settings['identity']): TokenCredential {
  let loaded: Promise<TokenCredential> | undefined;
  const load = async (): Promise<TokenCredential> => {
    const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
    if (managed)
      return clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
    return new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {});
  };
  return { getToken: async (scopes, options) => (await (loaded ??= load())).getToken(scopes, options) };
}

/** Makes a value when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function storageOf({ storage }: Settings, credential: TokenCredential): StorageAccount {
  if (storage.kind === 'connectionString') return { connectionString: storage.connectionString };
  return { queueUrl: storage.queueUrl, tableUrl: storage.tableUrl, credential };
}

export const armClientOf = (settings: Settings, credential: TokenCredential, clock: () => Date): ArmClient =>
  createArmClient({
    endpoint: settings.armEndpoint,
    credential,
    scope: `${settings.armAudience.replace(/\/$/, '')}/.default`,
    clock,
    // A vault's 2,000 items may come as one page; 322 rows of them were recorded.
    mostReplyBytes: 8 * 1024 * 1024,
    ...(settings.armCaFile === undefined ? {} : { ca: readFileSync(settings.armCaFile, 'utf8') }),
  });

const signingKeysOf = ({ access: { tokens } }: Settings, clock: () => Date): Pick<Services, 'signingKeys'> =>
  tokens ? { signingKeys: keepSigningKeys(keyDocumentAt(tokens.keysUrl), clock) } : {};

function createServices(settings: Settings): Services {
  const clock = () => new Date();
  const credential = identity(settings.identity);
  const account = storageOf(settings, credential);
  const tables = {
    runs: azureTable(account, 'runs'),
    steps: azureTable(account, 'steps'),
    items: azureTable(account, 'items'),
    // A tick settles many jobs at once.
    watches: groupedWrites(azureTable(account, 'watches')),
    batchItems: azureTable(account, 'batchItems'),
    dailyCounters: azureTable(account, 'dailyCounters'),
    triggers: azureTable(account, 'triggers'),
    outbox: azureTable(account, 'outbox'),
    coverage: azureTable(account, 'coverage'),
    drillCleanUps: azureTable(account, 'drillCleanUps'),
  };
  const steps = azureQueue(account, stepQueueName);
  const used = rememberLastUse(armClientOf(settings, credential, clock), clock);
  const planSource = textSource(settings.planLocation, credential);
  const catalogue = once(() =>
    catalogueOf([...recoveryServicesSteps, ...dataProtectionSteps, ...resourceSteps]),
  );
  return {
    settings,
    ...signingKeysOf(settings, clock),
    clock,
    newId: randomUUID,
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    flowsOf: durableFlows,
    tables,
    quietRuns: new Map(),
    queue: steps,
    queueLooks: { steps, poison: azureQueue(account, poisonQueueName) },
    arm: used.arm,
    armLastUse: used.lastUse,
    pacer: createSharedPacer({
      table: azureTable(account, 'pacer'),
      random: () => randomInt(2 ** 32) / 2 ** 32,
    }),
    get catalogue() {
      return catalogue();
    },
    loadPlan: createPlanLoader(planSource, clock, keptText(tables.triggers, 'lastGoodPlan', planSource.name)),
    post: postMessage,
  };
}

let services: Services | undefined;

/** The services of this process, made on first use. @throws SettingsRefused */
export const getServices = (): Services => (services ??= createServices(processSettings()));

/** Puts other services in place, for tests; undefined takes them away. */
export const provideServices = (others: Services | undefined): void => void (services = others);
