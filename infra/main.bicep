targetScope = 'subscription'

@description('Name of the azd environment: its resources carry it as a tag.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Short name that every resource name is made of.')
@minLength(3)
@maxLength(16)
param name string = 'backups'

@description('Region of the app; the vaults may be anywhere.')
param location string

@description('Resource group of the app; made if it is not there.')
param resourceGroupName string = 'rg-${environmentName}'

@description('Ids of the subscriptions whose resources are protected; empty for the subscription of the app.')
param protectedSubscriptions string[] = []

@description('ARM ids of the resource groups that hold the vaults. Nothing is backed up or protected outside of them.')
param vaultGroups string[] = []

@description('Allows the app to protect resources: register, enable, stop, resume. Without it the app observes and backs up.')
param protectResources bool = true

@description('Allows the app to grant the roles that vault identities lack, under a condition that names those roles.')
param grantRoles bool = false

@description('Object ids of the vault identities that may be granted roles; empty for any service principal.')
param grantTo string[] = []

@description('Allows the app to delete backup data.')
param deleteBackups bool = false

@description('Allows the app to restore into the groups of drillTargets, and to delete there what it has restored.')
param restoreDrills bool = false

@description('ARM ids of the resource groups that restore drills write to, and of the subscriptions in which drills of machines make groups of their own.')
param drillTargets string[] = []

@description('Client id of the app registration of the API (infra/entra makes it); empty keeps the API closed.')
param accessAudience string = ''

@description('Tenant whose tokens the API takes.')
param accessTenantId string = tenant().tenantId

@description('Issuer of those tokens; empty for the one of the cloud that is deployed to.')
param accessIssuer string = ''

@description('Where the keys of those tokens are; empty for the place the issuer has them.')
param accessKeysUrl string = ''

@description('ARM ids of the vaults that may be written to where no plan says so.')
param allowedVaults string[] = []

@description('Ids of the subscriptions whose resources may be written to where no plan says so.')
param allowedSubscriptions string[] = []

@description('Where the plan is: a file in the package, or an https URL of a blob that the app identity can read.')
param planLocation string = 'plan.json'

@description('Days for which ended runs are kept.')
@minValue(8)
param keepRecordsDays int = 35

@description('Minutes after a backup of an item in which a caller gets no other one; 0: none.')
@minValue(0)
@maxValue(1440)
param itemCoolDownMinutes int = 15

@description('New runs that one caller may ask for within a minute; 0: any number.')
@minValue(0)
@maxValue(10000)
param callerRunsPerMinute int = 60

@description('Least pause between two looks at one operation, in seconds.')
@minValue(1)
@maxValue(600)
param minimumPollSeconds int = 10

@description('Webhook that hears of endings; empty for none.')
param notifyUrl string = ''

@description('Key that notifications are signed with; notifyKeyName is better.')
@secure()
param notifyKey string = ''

@description('Name of the secret in notifyKeyVault that holds the key; wins over notifyKey.')
param notifyKeyName string = ''

@description('ARM id of the key vault of notifyKeyName; the app identity may then read its secrets.')
param notifyKeyVault string = ''

@description('URL that is called after every tick, for a watch outside of Azure; empty for none.')
param pingUrl string = ''

@description('Address that hears of alerts; empty for none.')
param alertEmail string = ''

@description('Version of Node the app runs on.')
@allowed(['22', '24'])
param nodeVersion string = '22'

@description('Instances that are always there, for answers without a cold start: each costs about $5 a month (512 MB).')
@minValue(0)
@maxValue(10)
param alwaysReadyInstances int = 0

@description('Redundancy of the storage that holds the ledger; empty for zones where the region has them.')
@allowed(['', 'Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageRedundancy string = ''

@description('Where Durable Functions keeps its state: in the storage account, or in a Durable Task Scheduler.')
@allowed(['storage', 'scheduler'])
param durableBackend string = 'storage'

@description('Name of the task hub: another partitionCount or durableBackend needs another one.')
param taskHubName string = 'AzureBackups'

@description('Control queues of the task hub, fixed at its first use. Each further one costs about $0.29 a month when idle.')
@minValue(1)
@maxValue(16)
param partitionCount int = 1

@description('Puts the app into a virtual network and closes its storage to everything else.')
param privateNetwork bool = false

@description('Address range of that network, /24 or larger.')
param addressPrefix string = '10.80.0.0/24'

var tags = { 'azd-env-name': environmentName }
var subscriptions = empty(protectedSubscriptions) ? [subscription().subscriptionId] : protectedSubscriptions
var vaultSubscriptions = map(vaultGroups, id => split(id, '/')[2])
var drillTargetGroups = filter(drillTargets, id => length(split(id, '/')) > 3)
var drillSubscriptions = map(filter(drillTargets, id => length(split(id, '/')) == 3), id => split(id, '/')[2])
var everySubscription = union(
  [subscription().subscriptionId],
  subscriptions,
  vaultSubscriptions,
  map(drillTargets, id => split(id, '/')[2])
)
var isScheduler = durableBackend == 'scheduler'

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: '${name}-identity'
  scope: group
  params: {
    location: location
    name: name
    tags: tags
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: '${name}-network'
  scope: group
  params: {
    addressPrefix: addressPrefix
    location: location
    name: name
    tags: tags
  }
}

module storage 'modules/storage.bicep' = {
  name: '${name}-storage'
  scope: group
  params: {
    location: location
    name: name
    principalId: identity.outputs.principalId
    privateNetwork: privateNetwork
    redundancy: storageRedundancy
    tags: tags
  }
}

module endpoints 'modules/endpoints.bicep' = if (privateNetwork) {
  name: '${name}-endpoints'
  scope: group
  params: {
    accountName: storage.outputs.accountName
    location: location
    name: name
    networkId: network!.outputs.networkId
    subnetId: network!.outputs.endpointSubnetId
    tags: tags
  }
}

module observation 'modules/observation.bicep' = {
  name: '${name}-observation'
  scope: group
  params: {
    alertEmail: alertEmail
    location: location
    name: name
    principalId: identity.outputs.principalId
    tags: tags
  }
}

module scheduler 'modules/scheduler.bicep' = if (isScheduler) {
  name: '${name}-scheduler'
  scope: group
  params: {
    location: location
    name: name
    principalId: identity.outputs.principalId
    tags: tags
    taskHubName: taskHubName
  }
}

module secretReader 'modules/secretReader.bicep' = if (!empty(notifyKeyVault)) {
  name: '${name}-secret-reader'
  scope: resourceGroup(split(notifyKeyVault, '/')[?2] ?? '', split(notifyKeyVault, '/')[?4] ?? '')
  params: {
    keyVaultName: last(split(notifyKeyVault, '/'))
    principalId: identity.outputs.principalId
  }
}

module app 'modules/app.bicep' = {
  name: '${name}-app'
  scope: group
  params: {
    alwaysReadyInstances: alwaysReadyInstances
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    identityClientId: identity.outputs.clientId
    identityId: identity.outputs.id
    insightsName: observation.outputs.insightsName
    location: location
    name: name
    nodeVersion: nodeVersion
    storageAccountName: storage.outputs.accountName
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
    tags: union(tags, { 'azd-service-name': 'app' })
    durable: {
      connection: isScheduler
        ? 'Endpoint=${scheduler!.outputs.endpoint};Authentication=ManagedIdentity;ClientID=${identity.outputs.clientId}'
        : ''
      partitionCount: string(partitionCount)
      provider: isScheduler ? 'azureManaged' : 'AzureStorage'
      taskHubName: taskHubName
    }
    notifyKey: notifyKey
    settings: {
      accessAudience: accessAudience
      accessIssuer: accessIssuer
      accessKeysUrl: accessKeysUrl
      accessTenantId: empty(accessAudience) ? '' : accessTenantId
      allowedSubscriptions: join(allowedSubscriptions, ',')
      allowedVaults: join(allowedVaults, ',')
      // string(true) would be True, which no reader of settings takes.
      deleteBackups: deleteBackups ? 'true' : 'false'
      keepRecordsDays: string(keepRecordsDays)
      itemCoolDownMinutes: string(itemCoolDownMinutes)
      callerRunsPerMinute: string(callerRunsPerMinute)
      minimumPollSeconds: string(minimumPollSeconds)
      notifyKeyReference: empty(notifyKeyName)
        ? ''
        : '@Microsoft.KeyVault(VaultName=${last(split(notifyKeyVault, '/'))};SecretName=${notifyKeyName})'
      notifyUrl: notifyUrl
      pingUrl: pingUrl
      planLocation: planLocation
      restoreDrills: restoreDrills ? 'true' : 'false'
    }
  }
}

module roles 'modules/roles.bicep' = {
  name: '${name}-roles'
  params: {
    name: name
    grantTo: grantTo
    subscriptions: everySubscription
    allowed: {
      backUp: true
      delete: deleteBackups
      drillGroups: restoreDrills
      drillTargets: restoreDrills
      drills: restoreDrills
      grant: grantRoles
      observe: true
      protect: protectResources
      protectSources: protectResources
    }
  }
}

module onSubscriptions 'modules/rightsOnSubscription.bicep' = [
  for id in union(subscriptions, vaultSubscriptions): {
    name: '${name}-rights-${uniqueString(id)}'
    scope: subscription(id)
    params: {
      grantCondition: roles.outputs.grantCondition
      place: contains(subscriptions, id) ? 'subscriptions' : 'vaultSubscriptions'
      principalId: identity.outputs.principalId
      roleNames: roles.outputs.roleNames
    }
  }
]

module onVaultGroups 'modules/rightsOnGroup.bicep' = [
  for id in vaultGroups: {
    name: '${name}-rights-${uniqueString(id)}'
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      place: 'vaults'
      principalId: identity.outputs.principalId
      grantCondition: roles.outputs.grantCondition
      roleNames: roles.outputs.roleNames
    }
  }
]

module onDrillSubscriptions 'modules/rightsOnSubscription.bicep' = [
  for id in drillSubscriptions: {
    name: '${name}-drills-${uniqueString(id)}'
    scope: subscription(id)
    params: {
      grantCondition: roles.outputs.grantCondition
      place: 'drillSubscriptions'
      principalId: identity.outputs.principalId
      roleNames: roles.outputs.roleNames
    }
  }
]

module onDrillTargets 'modules/rightsOnGroup.bicep' = [
  for id in drillTargetGroups: {
    name: '${name}-drills-${uniqueString(id)}'
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      place: 'drillTargets'
      principalId: identity.outputs.principalId
      grantCondition: roles.outputs.grantCondition
      roleNames: roles.outputs.roleNames
    }
  }
]

@description('Read by azd: where it deploys to.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Read by the hook that subscribes to events.')
output APP_NAME string = app.outputs.appName
output APP_ID string = app.outputs.appId
output STORAGE_ACCOUNT_ID string = storage.outputs.accountId
output EVENT_SUBSCRIPTIONS string[] = subscriptions
output ACTION_GROUP_ID string = observation.outputs.actionGroupId

@description('Where the API answers, and who calls Azure for it.')
output APP_URL string = app.outputs.appUrl
output APP_PRINCIPAL_ID string = identity.outputs.principalId
