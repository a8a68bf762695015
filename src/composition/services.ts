import { randomInt, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TokenCredential } from '@azure/identity';
import type { InvocationContext } from '@azure/functions';
import { keepSigningKeys, keyDocumentAt, type SigningKeys } from '../access/signingKeys.ts';
import { rememberLastUse, type ArmClient, type ArmCall, type Failure, type LastUse } from '../arm/call.ts';
import { createArmClient } from '../arm/client.ts';
import { dataProtectionSteps } from '../data-protection/steps.ts';
import { whyNotDrill } from '../drills/cleanUpRow.ts';
import { durableFlows, type Flows } from '../durable/durableFlows.ts';
import { postMessage, type PostMessage } from '../notifications/sendMessages.ts';
import type { Pacer } from '../pacer/pacer.ts';
import { createSharedPacer } from '../pacer/sharedPacer.ts';
import {
  allowListOf,
  allowsCall,
  drillThingOf,
  isDeletion,
  isRead,
  isRestore,
  type AllowList,
} from '../plan/allowList.ts';
import { createPlanLoader, type LoadedPlan } from '../plan/loadPlan.ts';
import { recoveryServicesSteps } from '../recovery-services/steps.ts';
import { resourceSteps } from '../resources/steps.ts';
import { whyNotDelete } from '../runs/deletionGate.ts';
import { processSettings, type Settings } from '../settings.ts';
import type { AnyStep, StepCatalogue, SendObstacle } from '../steps/step.ts';
import type { StepOwner } from '../steps/stepServices.ts';
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

/** The allow-list as it stands now. @throws what the plan's place throws while no plan is known. */
export const currentAllowList = async ({ loadPlan, settings }: Services): Promise<AllowList> =>
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
  services: Services,
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
