// Deployed once the code is there: a subscription to a function needs the function to exist.
targetScope = 'subscription'

@description('Name of the azd environment: its resources carry it as a tag.')
param environmentName string

@description('Short name that every resource name is made of.')
param name string = 'backups'

@description('Region of the resource groups that are made for topics; topics themselves are global.')
param location string

@description('Group of the app; a topic of another subscription gets a group of the same name there.')
param resourceGroupName string

@description('ARM id of the function app.')
param appId string

@description('ARM id of the storage account that takes dead letters.')
param storageAccountId string

@description('Ids of the subscriptions whose events are wanted.')
param subscriptions string[]

@description('ARM ids of system topics that are there already: a subscription can have only one. Each needs a system-assigned identity.')
param systemTopics string[] = []

@description('ARM id of the action group that hears of dead letters; empty for none.')
param actionGroupId string = ''

var topicSubscriptions = map(systemTopics, id => toLower(split(id, '/')[2]))
var withoutTopic = filter(subscriptions, id => !contains(topicSubscriptions, toLower(id)))
var delivery = {
  actionGroupId: actionGroupId
  functionId: '${appId}/functions/onResourceWritten'
  storageAccountId: storageAccountId
}

module ownTopics 'modules/ownTopic.bicep' = [
  for id in withoutTopic: {
    name: '${name}-events-${uniqueString(id)}'
    scope: subscription(id)
    params: {
      delivery: delivery
      location: location
      name: name
      resourceGroupName: resourceGroupName
      tags: { 'azd-env-name': environmentName }
    }
  }
]

module givenTopics 'modules/eventSubscription.bicep' = [
  for id in systemTopics: {
    name: '${name}-events-${uniqueString(id)}'
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: {
      delivery: delivery
      name: name
      topicName: last(split(id, '/'))
    }
  }
]
