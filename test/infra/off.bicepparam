using '../../infra/main.bicep'

param environmentName = 'sandbox'
param location = 'westeurope'
