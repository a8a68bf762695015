import { describe, expect, test } from 'vitest';
import { readSettings } from '../../src/settings.ts';
import { clouds, inCloud, type Cloud } from './expressions.ts';
import { appSettings, bicep, foretold, ofType } from './foretold.ts';

const settingsIn = (name: 'off' | 'on', cloud: Cloud): Record<string, string> =>
  Object.fromEntries(
    Object.entries(appSettings(foretold(name))).map(([setting, value]) => [setting, inCloud(value, cloud)]),
  );

/** Roles of Azure's own that infra assigns. Source: the published list of built-in roles. */
const builtInRoles: Readonly<Record<string, string>> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  '0ad04412-c4d5-4796-b79c-f76d14c8d402': 'Durable Task Data Contributor',
};

describe.skipIf(bicep === undefined)('what a deployment makes', () => {
  test.each(['off', 'on', 'closed', 'events'] as const)(
    '%s: it can be foretold without a complaint',
    (name) => {
      expect(foretold(name).diagnostics).toEqual([]);
    },
  );

  test.each(clouds)('the app reads the settings it is given in $name', (cloud) => {
    const host = cloud.resourceManager.slice(0, -1);
    const off = readSettings(settingsIn('off', cloud));
    expect(off).toMatchObject({ armEndpoint: host, deleteBackups: false, minimumPollSeconds: 10 });
    expect(off.notify).toBeUndefined();
    const on = readSettings(settingsIn('on', cloud));
    expect(on).toMatchObject({
      armEndpoint: host,
      deleteBackups: true,
      minimumPollSeconds: 30,
      planLocation: 'https://plans.blob.core.windows.net/plans/plan.json',
      identity: { clientId: '88888888-8888-8888-8888-888888888888' },
      notify: { url: 'https://hook.example.org/backups' },
    });
  });

  test.each(clouds)('storage and tokens are those of $name', (cloud) => {
    const settings = settingsIn('on', cloud);
    expect(settings['AzureWebJobsStorage__queueServiceUri']).toMatch(
      new RegExp(`^https://backups[a-z0-9]+\\.queue\\.${cloud.suffixes.storage.replaceAll('.', '\\.')}$`),
    );
    expect(settings['ACCESS_ISSUER']).toBe(
      `${cloud.authentication.loginEndpoint}22222222-2222-2222-2222-222222222222/v2.0`,
    );
  });

  test('every setting of the sample can be given by a deployment, but for those of a laptop', async () => {
    const sample = (await import('../../local.settings.sample.json', { with: { type: 'json' } })).default;
    const ofLaptop = [
      'FUNCTIONS_WORKER_RUNTIME',
      'AzureWebJobsStorage',
      'ARM_AUDIENCE',
      'ARM_CA_FILE',
      'ACCESS_MODE',
    ];
    const given = Object.keys(appSettings(foretold('on')));
    expect(
      Object.keys(sample.Values).filter((name) => !ofLaptop.includes(name) && !given.includes(name)),
    ).toEqual([]);
  });

  test('no setting is a word of Bicep for yes and no', () => {
    for (const name of ['off', 'on'] as const)
      expect(
        Object.values(appSettings(foretold(name))).filter((value) => /^(True|False)$/.test(value)),
      ).toEqual([]);
  });

  test('the key of notifications is a reference to a key vault, or a parameter that no snapshot shows', () => {
    expect(appSettings(foretold('on'))['NOTIFY_KEY']).toBe(
      '@Microsoft.KeyVault(VaultName=kv-platform;SecretName=backups-notify-key)',
    );
    expect(appSettings(foretold('off'))['NOTIFY_KEY']).toBe("[parameters('notifyKey')]");
  });

  test('no key is asked for, and none is taken', () => {
    const keys =
      /list(?:Account)?(?:Keys|Secrets|Sas)\(|AccountKey=|SharedAccessSignature|DefaultEndpointsProtocol/gi;
    for (const name of ['off', 'on', 'events'] as const)
      expect(JSON.stringify(foretold(name)).match(keys) ?? []).toEqual([]);
    const [account] = ofType(foretold('on'), 'Microsoft.Storage/storageAccounts');
    expect(account?.properties).toMatchObject({ allowSharedKeyAccess: false, allowBlobPublicAccess: false });
    const [insights] = ofType(foretold('on'), 'Microsoft.Insights/components');
    expect(insights?.properties).toMatchObject({ DisableLocalAuth: true });
  });

  test('azd finds the environment, the group and the app', () => {
    const { outputs } = foretold('on');
    const [group] = ofType(foretold('on'), 'Microsoft.Resources/resourceGroups');
    const [app] = ofType(foretold('on'), 'Microsoft.Web/sites');
    expect(group?.tags).toEqual({ 'azd-env-name': 'production' });
    expect(app?.tags).toEqual({ 'azd-env-name': 'production', 'azd-service-name': 'app' });
    expect(outputs).toMatchObject({
      AZURE_RESOURCE_GROUP: 'rg-production',
      APP_ID: app?.id,
      APP_NAME: app?.name,
    });
  });

  test('every assigned role is one of Azure or one that the deployment defines', () => {
    for (const name of ['off', 'on', 'events'] as const) {
      const own = ofType(foretold(name), 'Microsoft.Authorization/roleDefinitions').map((role) => role.name);
      for (const { properties } of ofType(foretold(name), 'Microsoft.Authorization/roleAssignments')) {
        const id = String(properties?.['roleDefinitionId']).split('/').at(-1) ?? '';
        expect([...own, ...Object.keys(builtInRoles)]).toContain(id);
        expect(properties?.['principalType']).toBe('ServicePrincipal');
      }
    }
  });

  test('both queues of steps are there from the start', () => {
    const queues = ofType(foretold('off'), 'Microsoft.Storage/storageAccounts/queueServices/queues');
    expect(queues.map(({ name }) => name.split('/').at(-1))).toEqual(['backup-steps', 'backup-steps-poison']);
  });

  test('durable state lies in storage unless a scheduler is asked for, and the identity may use it', () => {
    const provider = 'AzureFunctionsJobHost__extensions__durableTask__storageProvider__type';
    expect(appSettings(foretold('off'))).toMatchObject({
      [provider]: 'AzureStorage',
      DURABLE_TASK_SCHEDULER: '',
    });
    expect(ofType(foretold('off'), 'Microsoft.DurableTask/schedulers')).toEqual([]);
    const on = settingsIn('on', clouds[0] as Cloud);
    expect(on).toMatchObject({
      [provider]: 'azureManaged',
      DURABLE_TASK_SCHEDULER:
        'Endpoint=https://backups.westeurope.durabletask.io;Authentication=ManagedIdentity;ClientID=88888888-8888-8888-8888-888888888888',
    });
    expect(ofType(foretold('on'), 'Microsoft.DurableTask/schedulers/taskHubs')[0]?.name).toBe(
      'backups-scheduler/AzureBackups2',
    );
  });

  test('a private network closes the storage and reaches it by three endpoints', () => {
    const [account] = ofType(foretold('on'), 'Microsoft.Storage/storageAccounts');
    expect(account?.properties?.['networkAcls']).toEqual({ bypass: 'AzureServices', defaultAction: 'Deny' });
    expect(ofType(foretold('on'), 'Microsoft.Network/privateEndpoints')).toHaveLength(3);
    const [app] = ofType(foretold('on'), 'Microsoft.Web/sites');
    expect(app?.properties?.['virtualNetworkSubnetId']).toMatch(/\/subnets\/app$/);
    expect(ofType(foretold('off'), 'Microsoft.Network/virtualNetworks')).toEqual([]);
  });

  test('Node, redundancy and instances that are always there are as asked for', () => {
    const configOf = (name: 'off' | 'on') =>
      ofType(foretold(name), 'Microsoft.Web/sites')[0]?.properties?.['functionAppConfig'];
    expect(configOf('off')).toMatchObject({
      runtime: { version: '22' },
      scaleAndConcurrency: { alwaysReady: [] },
    });
    expect(configOf('on')).toMatchObject({
      runtime: { version: '24' },
      scaleAndConcurrency: { alwaysReady: [{ name: 'http', instanceCount: 1 }] },
    });
    const skuOf = (name: 'off' | 'on') =>
      ofType(foretold(name), 'Microsoft.Storage/storageAccounts')[0]?.['sku'];
    expect(skuOf('on')).toEqual({ name: 'Standard_GZRS' });
    expect(skuOf('off')).toEqual({
      name: "[if(empty(pickZones('Microsoft.Network', 'publicIPAddresses', 'westeurope')), 'Standard_LRS', 'Standard_ZRS')]",
    });
  });

  test('lines for a person, failed invocations and silence each have a rule that reaches a person', () => {
    const rules = ofType(foretold('on'), 'Microsoft.Insights/scheduledQueryRules');
    expect(rules.map(({ name }) => name)).toEqual(['backups-alerts', 'backups-failures', 'backups-silence']);
    for (const { properties } of rules)
      expect(properties?.['actions']).toEqual({
        actionGroups: [expect.stringMatching(/\/actionGroups\/backups-people$/)],
      });
    const queryOf = (at: number): string => {
      const criteria = rules[at]?.properties?.['criteria'] as { allOf: readonly { query: string }[] };
      return criteria.allOf[0]?.query ?? '';
    };
    expect(queryOf(0)).toContain('Message startswith "ALERT "');
    expect(queryOf(2)).toContain('Name == "scheduleTick"');
  });

  test('events of each subscription reach the function; a topic that is there is used, and never a second one made', () => {
    const events = foretold('events');
    expect(ofType(events, 'Microsoft.EventGrid/systemTopics').map(({ id }) => id.split('/')[2])).toEqual([
      '11111111-1111-1111-1111-111111111111',
      '44444444-4444-4444-4444-444444444444',
    ]);
    const subscriptions = ofType(events, 'Microsoft.EventGrid/systemTopics/eventSubscriptions');
    expect(subscriptions.map(({ name }) => name)).toEqual([
      'backups-subscription-events/backups-resource-written',
      'backups-subscription-events/backups-resource-written',
      'all-events/backups-resource-written',
    ]);
    for (const { properties } of subscriptions)
      expect(properties?.['destination']).toMatchObject({
        endpointType: 'AzureFunction',
        properties: { resourceId: expect.stringMatching(/\/functions\/onResourceWritten$/) },
      });
    expect(ofType(events, 'Microsoft.Insights/metricAlerts')).toHaveLength(3);
    expect(ofType(foretold('on'), 'Microsoft.EventGrid/systemTopics/eventSubscriptions')).toEqual([]);
  });
});
