import { findCompiler } from '../../scripts/infra/compiler.ts';
import { foretell, type Predicted, type Snapshot } from '../../scripts/infra/deployments.ts';

/** The compiler of this machine; where there is none, what needs it is skipped. */
export const bicep = findCompiler();

if (bicep === undefined)
  console.warn(
    'No Bicep compiler here: tests of infra are skipped. `npm run check:infra` fetches it with dotnet.',
  );

/** What the hook that subscribes to events reads of the environment. */
export const hookEnvironment = {
  ACTION_GROUP_ID: '',
  APP_ID:
    '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-production/providers/Microsoft.Web/sites/backups-app',
  AZURE_ENV_NAME: 'production',
  AZURE_LOCATION: 'westeurope',
  AZURE_RESOURCE_GROUP: 'rg-production',
  EVENT_SUBSCRIPTIONS:
    '["11111111-1111-1111-1111-111111111111","33333333-3333-3333-3333-333333333333","44444444-4444-4444-4444-444444444444"]',
  EVENT_TOPICS:
    '["/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-ops/providers/Microsoft.EventGrid/systemTopics/all-events"]',
  STORAGE_ACCOUNT_ID:
    '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-production/providers/Microsoft.Storage/storageAccounts/backupsledger',
};

const made = new Map<string, Snapshot>();

/** `off`: nothing but what must be given · `on`: every option · `closed`: `on` with its rights switched off · `events`: after the code. */
export function foretold(name: 'off' | 'on' | 'closed' | 'events'): Snapshot {
  const known = made.get(name);
  if (known) return known;
  const file = name === 'events' ? 'infra/events.bicepparam' : `test/infra/${name}.bicepparam`;
  const snapshot = foretell(bicep ?? 'bicep', file, hookEnvironment);
  made.set(name, snapshot);
  return snapshot;
}

/** The resources of a type, in the template's order. */
export const ofType = (snapshot: Snapshot, type: string): readonly Predicted[] =>
  snapshot.predictedResources.filter((resource) => resource.type === type);

/** The app's settings by name, as the snapshot has them. */
export function appSettings(snapshot: Snapshot): Readonly<Record<string, string>> {
  const [app] = ofType(snapshot, 'Microsoft.Web/sites');
  const { appSettings: list } = (app?.properties?.['siteConfig'] ?? {}) as {
    appSettings: readonly { readonly name: string; readonly value: string }[];
  };
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}
