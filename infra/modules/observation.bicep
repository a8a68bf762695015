param name string
param location string
param alertEmail string

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    retentionInDays: 30
    sku: {
      name: 'PerGB2018'
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: '${name}-insights'
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertEmail)) {
  name: '${name}-people'
  location: 'global'
  properties: {
    emailReceivers: [
      {
        emailAddress: alertEmail
        name: 'owner'
        useCommonAlertSchema: true
      }
    ]
    enabled: true
    groupShortName: take(name, 12)
  }
}

resource alarms 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: '${name}-alerts'
  location: location
  kind: 'LogAlert'
  properties: {
    actions: {
      actionGroups: empty(alertEmail) ? [] : [people.id]
    }
    autoMitigate: true
    criteria: {
      allOf: [
        {
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
          operator: 'GreaterThan'
          query: 'AppTraces | where Message startswith "ALERT"'
          threshold: 0
          timeAggregation: 'Count'
        }
      ]
    }
    displayName: 'Backups: something needs a person'
    enabled: true
    evaluationFrequency: 'PT5M'
    scopes: [workspace.id]
    severity: 2
    skipQueryValidation: true
    windowSize: 'PT10M'
  }
}

output insightsName string = insights.name
