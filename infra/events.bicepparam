using './events.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param name = readEnvironmentVariable('BACKUPS_NAME', 'backups')
param location = readEnvironmentVariable('AZURE_LOCATION')
param resourceGroupName = readEnvironmentVariable('AZURE_RESOURCE_GROUP')
param appId = readEnvironmentVariable('APP_ID')
param storageAccountId = readEnvironmentVariable('STORAGE_ACCOUNT_ID')
param subscriptions = json(readEnvironmentVariable('EVENT_SUBSCRIPTIONS'))
param systemTopics = json(readEnvironmentVariable('EVENT_TOPICS', '[]'))
param actionGroupId = readEnvironmentVariable('ACTION_GROUP_ID', '')
