targetScope = 'subscription'

param name string
param principalId string
param deleteBackups bool
param grantRoles bool

var reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
var backupOperator = '00c29273-979b-4161-815c-10b084fb9324'
var backupContributor = '5e467623-bb1f-42f4-a55d-6e525e11384b'
var rbacAdministrator = 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'

var grantable = '{3e5e47e6-65f7-47ef-90b5-e5dd4d455f24, 7efff54f-a5b4-42b5-a1c5-5411624893ce, e5e2a7ff-d759-4cd2-bb51-3152d37e2eb1}'
var onlyDatasourceRoles = '((!(ActionMatches{\'Microsoft.Authorization/roleAssignments/write\'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals ${grantable} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEqualsIgnoreCase \'ServicePrincipal\')) AND (!(ActionMatches{\'Microsoft.Authorization/roleAssignments/delete\'}))'

resource stopAndResume 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, name, 'stop and resume')
  properties: {
    assignableScopes: [subscription().id]
    description: 'Stopping, resuming and synchronising backup instances, which no built-in backup role allows.'
    permissions: [
      {
        actions: [
          'Microsoft.DataProtection/backupVaults/backupInstances/resumeBackups/action'
          'Microsoft.DataProtection/backupVaults/backupInstances/resumeProtection/action'
          'Microsoft.DataProtection/backupVaults/backupInstances/stopProtection/action'
          'Microsoft.DataProtection/backupVaults/backupInstances/suspendBackups/action'
          'Microsoft.DataProtection/backupVaults/backupInstances/sync/action'
        ]
      }
    ]
    roleName: '${name} stop and resume (${uniqueString(subscription().id)})'
    type: 'CustomRole'
  }
}

var builtIn = [reader, deleteBackups ? backupContributor : backupOperator]

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in builtIn: {
    name: guid(subscription().id, principalId, role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource grantStopAndResume 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, stopAndResume.id)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: stopAndResume.id
  }
}

resource grantGranting 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (grantRoles) {
  name: guid(subscription().id, principalId, rbacAdministrator)
  properties: {
    condition: onlyDatasourceRoles
    conditionVersion: '2.0'
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', rbacAdministrator)
  }
}
