#!/bin/sh
# Gives a user, group or service principal roles of the API. Run by an owner of the application or an administrator of applications.
#
#   infra/entra/assign.sh CLIENT_ID OBJECT_ID ROLE...        e.g. … Backups.Read Backups.Run
set -eu

if [ "$#" -lt 3 ]; then
  echo "usage: infra/entra/assign.sh CLIENT_ID OBJECT_ID ROLE..." >&2
  exit 2
fi
app_id="$1"
principal="$2"
shift 2
graph=$(az cloud show --query endpoints.microsoftGraphResourceId --output tsv)
graph="${graph%/}/v1.0"
resource=$(az ad sp show --id "$app_id" --query id --output tsv)

for role in "$@"; do
  role_id=$(az ad sp show --id "$app_id" --query "appRoles[?value=='$role'].id | [0]" --output tsv)
  if [ -z "$role_id" ]; then
    echo "$role is no role of $app_id: Backups.Read, Backups.Run, Protections.Write, Protections.Delete" >&2
    exit 1
  fi
  given=$(az rest --method GET --url "$graph/servicePrincipals/$resource/appRoleAssignedTo" \
    --query "value[?principalId=='$principal' && appRoleId=='$role_id'].id | [0]" --output tsv)
  if [ -z "$given" ]; then
    az rest --method POST --url "$graph/servicePrincipals/$resource/appRoleAssignedTo" \
      --headers "Content-Type=application/json" --output none \
      --body "{ \"principalId\": \"$principal\", \"resourceId\": \"$resource\", \"appRoleId\": \"$role_id\" }"
  fi
  echo "$principal has $role"
done
