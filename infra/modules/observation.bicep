param name string
param location string
param tags object
param principalId string

@description('Address that hears of alerts; empty for none.')
param alertEmail string

var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' = {
  name: '${name}-logs'
  location: location
  tags: tags
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
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    WorkspaceResourceId: workspace.id
  }
}

resource mayPublish 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, principalId, monitoringMetricsPublisher)
  scope: insights
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertEmail)) {
  name: '${name}-people'
  location: 'global'
  tags: tags
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

var rules = [
  {
    name: 'alerts'
    title: 'Backups: something needs a person'
    // The app begins such a line with a code: every code is an alert of its own.
    query: 'AppTraces | where Message startswith "ALERT " | extend Code = extract("^ALERT ([^ :]+)", 1, Message)'
    dimensions: [{ name: 'Code', operator: 'Include', values: ['*'] }]
    operator: 'GreaterThan'
    frequency: 'PT5M'
    window: 'PT10M'
    severity: 2
  }
  {
    name: 'failures'
    title: 'Backups: invocations have failed'
    query: 'AppRequests | where Success == false'
    dimensions: [{ name: 'Name', operator: 'Include', values: ['*'] }]
    operator: 'GreaterThan'
    frequency: 'PT15M'
    window: 'PT15M'
    severity: 2
  }
  {
    name: 'silence'
    title: 'Backups: no tick for an hour'
    // What does not run writes no line: this one is counted from outside.
    query: 'AppRequests | where Name == "scheduleTick"'
    dimensions: []
    operator: 'LessThan'
    frequency: 'PT15M'
    window: 'PT1H'
    severity: 1
  }
]

resource alarms 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in rules: {
    name: '${name}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      actions: {
        actionGroups: empty(alertEmail) ? [] : [people.id]
      }
      autoMitigate: true
      criteria: {
        allOf: [
          {
            dimensions: rule.dimensions
            failingPeriods: {
              minFailingPeriodsToAlert: 1
              numberOfEvaluationPeriods: 1
            }
            operator: rule.operator
            query: rule.query
            threshold: rule.operator == 'LessThan' ? 1 : 0
            timeAggregation: 'Count'
          }
        ]
      }
      displayName: rule.title
      enabled: true
      evaluationFrequency: rule.frequency
      scopes: [workspace.id]
      severity: rule.severity
      skipQueryValidation: true
      windowSize: rule.window
    }
  }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  // The name of a workbook is a GUID.
  name: guid(workspace.id, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    category: 'workbook'
    displayName: '${name}: runs, batches, coverage, requests, throttles'
    serializedData: loadTextContent('../workbook.json')
    sourceId: workspace.id
  }
}

output actionGroupId string = empty(alertEmail) ? '' : people.id
output insightsName string = insights.name
