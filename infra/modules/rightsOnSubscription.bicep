targetScope = 'subscription'

param principalId string

@description('What the subscription holds: resources to protect, vaults alone, or the groups of drills.')
@allowed(['subscriptions', 'vaultSubscriptions', 'drillSubscriptions'])
param place string

@description('Name (a GUID) of each profile\'s role.')
param roleNames object

@description('Condition of the profile that grants roles.')
param grantCondition string

var profiles = filter(
  items(loadJsonContent('../roles.json').profiles),
  profile => contains(profile.value.places, place)
)

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for profile in profiles: {
    name: guid(subscription().id, principalId, roleNames[profile.key])
    properties: {
      condition: profile.key == 'grant' ? grantCondition : null
      conditionVersion: profile.key == 'grant' ? '2.0' : null
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleNames[profile.key])
    }
  }
]
