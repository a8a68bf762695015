targetScope = 'subscription'

param name string

@description('Ids of the subscriptions in which the roles can be assigned.')
param subscriptions string[]

@description('Object ids of those who may be granted roles; empty for any service principal.')
param grantTo string[]

@description('For each profile whether its actions are allowed.')
param allowed object

var roles = loadJsonContent('../roles.json')
var profiles = roles.profiles
// A deployment takes no assignment away: a profile that is switched off keeps its role, and the role allows next to nothing.
var nothing = ['Microsoft.Resources/subscriptions/resourceGroups/read']

var grantable = join(union(roles.grantable, allowed.drills ? roles.grantableForDrills : []), ', ')
var request = '@Request[Microsoft.Authorization/roleAssignments'
var onlyRoles = '${request}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${grantable}}'
var onlyIdentities = '${request}:PrincipalType] StringEqualsIgnoreCase \'ServicePrincipal\''
var onlyTo = empty(grantTo) ? '' : ' AND ${request}:PrincipalId] ForAnyOfAnyValues:GuidEquals {${join(grantTo, ', ')}}'

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for profile in items(profiles): {
    name: guid(subscription().id, name, profile.key)
    properties: {
      assignableScopes: map(subscriptions, id => '/subscriptions/${id}')
      description: allowed[profile.key] ? profile.value.description : 'Switched off: allows nothing.'
      permissions: [
        {
          actions: allowed[profile.key] ? profile.value.actions : nothing
          notActions: []
        }
      ]
      roleName: '${name}: ${profile.value.name} (${uniqueString(subscription().id)})'
      type: 'CustomRole'
    }
  }
]

@description('Name (a GUID) of each profile\'s role.')
output roleNames object = toObject(
  items(profiles),
  profile => profile.key,
  profile => guid(subscription().id, name, profile.key)
)

@description('What an assignment of the profile *grant* carries: only these roles, only to identities.')
output grantCondition string = '((!(ActionMatches{\'Microsoft.Authorization/roleAssignments/write\'})) OR (${onlyRoles} AND ${onlyIdentities}${onlyTo}))'
