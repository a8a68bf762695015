targetScope = 'subscription'

param name string
param location string
param tags object
param resourceGroupName string

@description('Where events go: functionId, storageAccountId of dead letters, actionGroupId.')
param delivery object

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module topic 'systemTopic.bicep' = {
  name: '${name}-topic'
  scope: group
  params: {
    name: name
    tags: tags
  }
}

module events 'eventSubscription.bicep' = {
  name: '${name}-events'
  scope: group
  params: {
    delivery: delivery
    name: name
    topicName: topic.outputs.topicName
  }
}
