param name string
param topicName string

@description('Where events go: functionId, storageAccountId of dead letters, actionGroupId.')
param delivery object

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

module deadLetterRight 'deadLetterRight.bicep' = {
  name: '${name}-dead-letters-${uniqueString(topic.id)}'
  scope: resourceGroup(split(delivery.storageAccountId, '/')[2], split(delivery.storageAccountId, '/')[4])
  params: {
    principalId: topic.identity.principalId
    storageAccountName: last(split(delivery.storageAccountId, '/'))
  }
}

resource written 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: '${name}-resource-written'
  dependsOn: [deadLetterRight]
  properties: {
    deadLetterWithResourceIdentity: {
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          blobContainerName: 'dead-letters'
          resourceId: delivery.storageAccountId
        }
      }
      identity: {
        type: 'SystemAssigned'
      }
    }
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        maxEventsPerBatch: 1
        resourceId: delivery.functionId
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      advancedFilters: [
        {
          key: 'data.operationName'
          operatorType: 'StringIn'
          values: [
            'Microsoft.Compute/disks/write'
            'Microsoft.Resources/tags/write'
            'Microsoft.Storage/storageAccounts/fileServices/shares/write'
            'Microsoft.Storage/storageAccounts/write'
          ]
        }
      ]
      includedEventTypes: ['Microsoft.Resources.ResourceWriteSuccess']
    }
    retryPolicy: {
      eventTimeToLiveInMinutes: 1440
      maxDeliveryAttempts: 30
    }
  }
}

resource deadLettersAlert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-dead-letters-${topicName}'
  location: 'global'
  properties: {
    actions: empty(delivery.actionGroupId) ? [] : [{ actionGroupId: delivery.actionGroupId }]
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          metricName: 'DeadLetteredCount'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          name: 'dead letters'
          operator: 'GreaterThan'
          threshold: 0
          timeAggregation: 'Total'
        }
      ]
    }
    description: 'Backups: events could not be delivered; the nightly sweep finds what they were about.'
    enabled: true
    evaluationFrequency: 'PT5M'
    scopes: [topic.id]
    severity: 2
    windowSize: 'PT5M'
  }
}
