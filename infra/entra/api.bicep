// The same as register.sh, as a deployment: az deployment sub create --location … --template-file infra/entra/api.bicep
// Whoever deploys it needs the Graph permission Application.ReadWrite.All, or the directory role that may register applications.
targetScope = 'subscription'

extension microsoftGraphV1

@description('Name that people see where they give roles.')
param name string = 'Azure backups'

@description('URL of the app, for signing in to its page; empty for none.')
param page string = ''

var azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
var accessScope = 'e2a4c1d8-7b36-4c59-9f12-5b8d3e6f7a05'

resource api 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: 'azure-backup-automation'
  displayName: name
  signInAudience: 'AzureADMyOrg'
  appRoles: loadJsonContent('appRoles.json')
  api: {
    requestedAccessTokenVersion: 2
    oauth2PermissionScopes: [
      {
        id: accessScope
        value: 'access'
        type: 'User'
        isEnabled: true
        adminConsentDisplayName: 'Use the backup API'
        adminConsentDescription: 'Use the backup API with the roles one has.'
      }
    ]
    preAuthorizedApplications: [
      {
        appId: azureCli
        delegatedPermissionIds: [accessScope]
      }
    ]
  }
  spa: {
    redirectUris: empty(page) ? [] : ['${page}/']
  }
}

resource principal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: api.appId
  appRoleAssignmentRequired: true
}

output clientId string = api.appId
