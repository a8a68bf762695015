const types: Record<string, Record<string, string[]>> = {
  'Microsoft.RecoveryServices': {
    vaults: [
      '2026-07-01',
      '2026-01-01',
      '2025-08-01',
      '2025-02-01',
      '2024-04-01',
      '2023-04-01',
      '2016-06-01',
    ],
    'locations/backupStatus': ['2025-08-01', '2025-02-01', '2024-04-01', '2016-06-01'],
  },
  'Microsoft.DataProtection': {
    backupVaults: ['2026-06-01', '2026-03-01', '2025-07-01', '2024-04-01', '2023-11-01'],
    locations: ['2026-06-01', '2025-07-01', '2024-04-01'],
  },
  'Microsoft.Compute': { disks: ['2024-03-02', '2023-10-02'], virtualMachines: ['2024-07-01', '2024-03-01'] },
  'Microsoft.Storage': { storageAccounts: ['2025-01-01', '2023-05-01'] },
  'Microsoft.Authorization': { roleAssignments: ['2022-04-01'], roleDefinitions: ['2022-04-01'] },
  'Microsoft.ResourceGraph': { resources: ['2022-10-01', '2021-03-01'] },
  'Microsoft.EventGrid': { systemTopics: ['2022-06-15'], eventSubscriptions: ['2022-06-15'] },
  'Microsoft.Resources': {
    resourceGroups: ['2024-03-01', '2021-04-01'],
    subscriptions: ['2022-12-01', '2021-01-01'],
  },
};

/** A resource provider as `GET …/providers/{namespace}` shows it. */
interface RegisteredProvider {
  readonly id: string;
  readonly namespace: string;
  readonly registrationState: 'Registered';
  readonly resourceTypes: readonly { resourceType: string; locations: string[]; apiVersions: string[] }[];
}

/** Every provider the simulator plays, registered. */
export function providersOf(subscription: string): RegisteredProvider[] {
  return Object.entries(types).map(([namespace, resourceTypes]) => ({
    id: `/subscriptions/${subscription}/providers/${namespace}`,
    namespace,
    registrationState: 'Registered',
    resourceTypes: Object.entries(resourceTypes).map(([resourceType, apiVersions]) => ({
      resourceType,
      locations: ['West Europe', 'North Europe', 'East US'],
      apiVersions,
      capabilities: 'None',
    })),
  }));
}
