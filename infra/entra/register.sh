#!/bin/sh
# Registers the API in Entra ID: one application with four roles, assignment required, no secret. Prints its client id.
# Run once, by someone who may register applications; running it again changes nothing but what differs.
#
#   infra/entra/register.sh [NAME] [URL of the app, for signing in to its page]
set -eu

name="${1:-Azure backups}"
page="${2:-}"
folder=$(cd "$(dirname "$0")" && pwd)
graph=$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
graph="${graph%/}/v1.0"
azure_cli=04b07795-8ddb-461a-bbee-02f9e1bf7b46
scope=e2a4c1d8-7b36-4c59-9f12-5b8d3e6f7a05

app_id=$(az ad app list --filter "displayName eq '$name'" --query "[0].appId" --output tsv)
if [ -z "$app_id" ]; then
  app_id=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId --output tsv)
fi
object_id=$(az ad app show --id "$app_id" --query id --output tsv)

# Tokens of version 2, whose audience is the client id; people and pipelines get theirs by `az account get-access-token`.
az ad app update --id "$app_id" --app-roles "@$folder/appRoles.json" --output none
az rest --method PATCH --url "$graph/applications/$object_id" --headers "Content-Type=application/json" --output none --body "{
  \"api\": {
    \"requestedAccessTokenVersion\": 2,
    \"oauth2PermissionScopes\": [{
      \"id\": \"$scope\", \"value\": \"access\", \"type\": \"User\", \"isEnabled\": true,
      \"adminConsentDisplayName\": \"Use the backup API\", \"adminConsentDescription\": \"Use the backup API with the roles one has.\"
    }]
  }
}"
az rest --method PATCH --url "$graph/applications/$object_id" --headers "Content-Type=application/json" --output none --body "{
  \"api\": { \"preAuthorizedApplications\": [{ \"appId\": \"$azure_cli\", \"delegatedPermissionIds\": [\"$scope\"] }] }
}"
if [ -n "$page" ]; then
  az rest --method PATCH --url "$graph/applications/$object_id" --headers "Content-Type=application/json" --output none \
    --body "{ \"spa\": { \"redirectUris\": [\"${page%/}/\"] } }"
fi

if [ -z "$(az ad sp list --filter "appId eq '$app_id'" --query "[0].id" --output tsv)" ]; then
  az ad sp create --id "$app_id" --output none
fi
# Without this, everyone in the tenant gets a token, if one without roles.
az ad sp update --id "$app_id" --set appRoleAssignmentRequired=true --output none

echo "$app_id"
