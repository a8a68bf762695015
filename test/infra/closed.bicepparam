using '../../infra/main.bicep'

// The deployment of on.bicepparam, after every option that gives a right has been switched off again.
param environmentName = 'production'
param location = 'westeurope'
param protectedSubscriptions = [
  '11111111-1111-1111-1111-111111111111'
  '33333333-3333-3333-3333-333333333333'
]
param vaultGroups = [
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-vaults'
  '/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/rg-vaults-eu'
]
param protectResources = false
param drillTargets = [
  '/subscriptions/66666666-6666-6666-6666-666666666666/resourceGroups/rg-drills'
  '/subscriptions/66666666-6666-6666-6666-666666666666'
]
