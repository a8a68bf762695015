using '../../infra/main.bicep'

param environmentName = 'production'
param location = 'westeurope'
param protectedSubscriptions = [
  '11111111-1111-1111-1111-111111111111'
  '33333333-3333-3333-3333-333333333333'
]
param vaultGroups = [
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-vaults'
  '/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/rg-vaults-eu'
]
param protectResources = true
param grantRoles = true
param grantTo = ['55555555-5555-5555-5555-555555555555']
param deleteBackups = true
param restoreDrills = true
param drillTargets = [
  '/subscriptions/66666666-6666-6666-6666-666666666666/resourceGroups/rg-drills'
  '/subscriptions/66666666-6666-6666-6666-666666666666'
]
param accessAudience = '77777777-7777-7777-7777-777777777777'
param allowedVaults = [
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-vaults/providers/Microsoft.RecoveryServices/vaults/vault-1'
]
param allowedSubscriptions = ['11111111-1111-1111-1111-111111111111']
param planLocation = 'https://plans.blob.core.windows.net/plans/plan.json'
param keepRecordsDays = 90
param minimumPollSeconds = 30
param notifyUrl = 'https://hook.example.org/backups'
param notifyKeyName = 'backups-notify-key'
param notifyKeyVault = '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-secrets/providers/Microsoft.KeyVault/vaults/kv-platform'
param pingUrl = 'https://ping.example.org/backups'
param alertEmail = 'platform@example.org'
param nodeVersion = '24'
param alwaysReadyInstances = 1
param storageRedundancy = 'Standard_GZRS'
param durableBackend = 'scheduler'
param taskHubName = 'AzureBackups2'
param partitionCount = 4
param privateNetwork = true
param addressPrefix = '10.80.0.0/24'
