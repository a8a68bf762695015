targetScope = 'resourceGroup'

@description('Short name that every resource name is made of.')
@minLength(3)
@maxLength(16)
param name string = 'backups'

@description('Region of the app; the vaults may be anywhere.')
param location string = resourceGroup().location

@description('Where the plan is: a file in the package, or an https URL of a blob that the app identity can read.')
param planLocation string = 'plan.json'

@description('Address that hears of alerts; empty for none.')
param alertEmail string = ''

@description('Switch on after the code has been published once: a subscription to a function needs the function to exist.')
param subscribeToEvents bool = false

@description('Allows the app to delete backup data; the roles for it are granted only then.')
param deleteBackups bool = false

@description('Allows the app to grant the roles that vault identities lack, under a condition that names those roles.')
param grantRoles bool = false

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-identity'
  location: location
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    location: location
    name: name
    principalId: identity.properties.principalId
  }
}

module observation 'modules/observation.bicep' = {
  name: 'observation'
  params: {
    alertEmail: alertEmail
    location: location
    name: name
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    deleteBackups: deleteBackups
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    identityClientId: identity.properties.clientId
    identityId: identity.id
    insightsName: observation.outputs.insightsName
    location: location
    name: name
    planLocation: planLocation
    storageAccountName: storage.outputs.accountName
  }
}

module access 'modules/access.bicep' = {
  name: 'backups-access-${uniqueString(resourceGroup().id)}'
  scope: subscription()
  params: {
    deleteBackups: deleteBackups
    grantRoles: grantRoles
    name: name
    principalId: identity.properties.principalId
  }
}

module events 'modules/events.bicep' = if (subscribeToEvents) {
  name: 'events'
  params: {
    deadLetterContainer: storage.outputs.deadLetterContainer
    functionId: '${app.outputs.appId}/functions/onResourceWritten'
    name: name
    storageAccountName: storage.outputs.accountName
  }
}

output appName string = app.outputs.appName
output appUrl string = app.outputs.appUrl
