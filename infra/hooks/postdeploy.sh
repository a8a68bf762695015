#!/bin/sh
# Subscribes the app to the events of the protected subscriptions, after its code has been published.
# azd runs it with the outputs of infra/main.bicep in the environment. EVENT_TOPICS: ids of system topics that are there already.
set -eu

if [ "${SUBSCRIBE_TO_EVENTS:-true}" = "false" ]; then
  echo "SUBSCRIBE_TO_EVENTS is false: no event subscription is made."
  exit 0
fi

function_id="$APP_ID/functions/onResourceWritten"
tries=0
until az resource show --ids "$function_id" --api-version 2024-04-01 --output none 2>/dev/null; do
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ]; then
    echo "The app does not show its function onResourceWritten: has the code been published?" >&2
    exit 1
  fi
  sleep "${RETRY_SECONDS:-10}"
done

az deployment sub create \
  --name "${BACKUPS_NAME:-backups}-events" \
  --subscription "$AZURE_SUBSCRIPTION_ID" \
  --location "$AZURE_LOCATION" \
  --template-file infra/events.bicep \
  --parameters infra/events.bicepparam \
  --output none
echo "Events of $EVENT_SUBSCRIPTIONS reach the app."
