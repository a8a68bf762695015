#!/bin/sh
# Prints a token for the API (AUDIENCE). What a workflow signs in with by OIDC lives for minutes and a token for about an hour, while
# backups take longer: when az can get no token any more, it is signed in again with a new word of GitHub.
set -eu

get_token() {
  az account get-access-token --scope "${AUDIENCE#api://}/.default" --query accessToken --output tsv
}

if [ -z "${ACTIONS_ID_TOKEN_REQUEST_URL:-}" ]; then
  get_token
  exit
fi
if token=$(get_token 2>/dev/null) && [ -n "$token" ]; then
  echo "$token"
  exit
fi
client=$(az account show --query user.name --output tsv)
tenant=$(az account show --query tenantId --output tsv)
word=$(printf 'header = "Authorization: Bearer %s"\n' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" |
  curl --silent --show-error --fail --config - "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=api://AzureADTokenExchange" | jq -r .value)
az login --service-principal --username "$client" --tenant "$tenant" --federated-token "$word" \
  --allow-no-subscriptions --output none
get_token
