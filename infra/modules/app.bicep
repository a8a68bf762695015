param name string
param location string
param tags object
param identityId string
param identityClientId string
param storageAccountName string
param deploymentContainerUrl string
param insightsName string
param nodeVersion string
param alwaysReadyInstances int

@description('Subnet the app speaks through; empty for none.')
param subnetId string

@description('taskHubName, partitionCount, provider (AzureStorage or azureManaged), connection: all texts.')
param durable object

@description('What the settings below say, as texts.')
param settings object

@description('The key of notifications, where it is in no key vault.')
@secure()
param notifyKey string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

var durableTask = 'AzureFunctionsJobHost__extensions__durableTask'
var storageSuffix = environment().suffixes.storage

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: '${name}-${uniqueString(resourceGroup().id)}'
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    functionAppConfig: {
      deployment: {
        storage: {
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
          type: 'blobContainer'
          value: deploymentContainerUrl
        }
      }
      runtime: {
        name: 'node'
        version: nodeVersion
      }
      scaleAndConcurrency: {
        alwaysReady: alwaysReadyInstances == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyInstances }]
        instanceMemoryMB: 512
        maximumInstanceCount: 40
      }
    }
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    serverFarmId: plan.id
    siteConfig: {
      // An empty value counts as absent, in the app and where the host reads one here.
      appSettings: [
        { name: 'ACCESS_AUDIENCE', value: settings.accessAudience }
        {
          name: 'ACCESS_ISSUER'
          value: !empty(settings.accessIssuer) || empty(settings.accessTenantId)
            ? settings.accessIssuer
            : '${environment().authentication.loginEndpoint}${settings.accessTenantId}/v2.0'
        }
        { name: 'ACCESS_KEYS_URL', value: settings.accessKeysUrl }
        { name: 'ACCESS_TENANT_ID', value: settings.accessTenantId }
        { name: 'ALLOWED_SUBSCRIPTIONS', value: settings.allowedSubscriptions }
        { name: 'ALLOWED_VAULTS', value: settings.allowedVaults }
        { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'ClientId=${identityClientId};Authorization=AAD' }
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
        { name: 'ARM_ENDPOINT', value: environment().resourceManager }
        { name: 'AZURE_CLIENT_ID', value: identityClientId }
        // The page answers at the root.
        { name: 'AzureWebJobsDisableHomepage', value: 'true' }
        { name: 'AzureWebJobsStorage__blobServiceUri', value: 'https://${storageAccountName}.blob.${storageSuffix}' }
        { name: 'AzureWebJobsStorage__clientId', value: identityClientId }
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'AzureWebJobsStorage__queueServiceUri', value: 'https://${storageAccountName}.queue.${storageSuffix}' }
        { name: 'AzureWebJobsStorage__tableServiceUri', value: 'https://${storageAccountName}.table.${storageSuffix}' }
        { name: 'CALLER_RUNS_PER_MINUTE', value: settings.callerRunsPerMinute }
        { name: 'DELETE_BACKUPS', value: settings.deleteBackups }
        { name: 'ITEM_COOLDOWN_MINUTES', value: settings.itemCoolDownMinutes }
        { name: 'KEEP_RECORDS_DAYS', value: settings.keepRecordsDays }
        { name: 'MINIMUM_POLL_SECONDS', value: settings.minimumPollSeconds }
        // An instance has 512 MB for host and worker: Node would leave garbage until far more is in use.
        { name: 'NODE_OPTIONS', value: '--max-old-space-size=256 --max-semi-space-size=4' }
        { name: 'NOTIFY_KEY', value: empty(settings.notifyKeyReference) ? notifyKey : settings.notifyKeyReference }
        { name: 'NOTIFY_URL', value: settings.notifyUrl }
        { name: 'PING_URL', value: settings.pingUrl }
        { name: 'PLAN_LOCATION', value: settings.planLocation }
        { name: 'RESTORE_DRILLS', value: settings.restoreDrills }
        { name: '${durableTask}__hubName', value: durable.taskHubName }
        { name: '${durableTask}__storageProvider__connectionStringName', value: 'DURABLE_TASK_SCHEDULER' }
        { name: '${durableTask}__storageProvider__partitionCount', value: durable.partitionCount }
        { name: '${durableTask}__storageProvider__type', value: durable.provider }
        { name: 'DURABLE_TASK_SCHEDULER', value: durable.connection }
      ]
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
    }
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
  }
}

resource noBasicPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noBasicDeployment 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

output appId string = app.id
output appName string = app.name
output appUrl string = 'https://${app.properties.defaultHostName}'
