#!/bin/sh
# Asks the app for a backup, waits for its ending, and ends with 0 only if there is one. Any POSIX shell, with curl and jq.
#
#   scripts/backup.sh --app URL --target ARM_ID [--audience CLIENT_ID] [option ...]
set -eu

usage() {
  cat <<'TEXT'
usage: scripts/backup.sh --app URL (--target ARM_ID | --rule NAME | --body JSON | --body @FILE) [option ...]

  --app URL               of the app, https; http only to this machine
  --target ARM_ID         a protected item, backup instance or resource; --rule NAME of the plan; or --body of POST /api/backups
  --key KEY               1-128 of A-Z a-z 0-9 . _ : - : asked again with the same key, the same run; made up without one
  --audience CLIENT_ID    of the API: az gets a token for it
  --token-command COMMAND prints a token, in place of az; run again when a token has ended. Else a token in BACKUP_TOKEN
  --time-limit SECONDS    for all of it (14400); the backup goes on when it is over
  --give-up-after SECONDS without any good answer of the app (600)
  --strict                completedWithWarnings is not good enough
  --record FILE           gets the run record
  --summary FILE          gets a paragraph of markdown appended (GITHUB_STEP_SUMMARY)
  --outputs FILE          gets run-id, status, key, recovery-point, recovery-point-at appended (GITHUB_OUTPUT)

ends with: 0 backed up, 1 the run ended otherwise, 2 wrong usage, 3 the app refused, 4 no ending within the time
TEXT
}

# Words of the service go to logs that read commands out of lines: neither Azure Pipelines nor GitHub may find one in them.
one_line() { tr '\r\n\t' '   ' | sed 's/##\(vso\)*\[/# [/g; s/::/: :/g; s/ *$//'; }
say() { printf '%s' "$*" | one_line; echo; }
annotate() {
  if [ -n "${GITHUB_ACTIONS:-}" ]; then
    printf '::error title=Backup::'
    printf '%s' "$1" | one_line | sed 's/%/%25/g'
    echo
  elif [ -n "${TF_BUILD:-}" ]; then
    printf '##vso[task.logissue type=error]'
    printf '%s' "$1" | one_line
    echo
  fi
}
end() {
  printf '%s' "$2" | one_line >&2
  echo >&2
  annotate "$2"
  if [ "$1" -ge 3 ]; then tell_no_ending "$2"; fi
  exit "$1"
}

# A run that is not known to have ended has no record to show.
tell_no_ending() {
  if [ -n "$summary" ]; then
    printf '### Backup: no ending\n\n%s\n\n' "$(printf '%s' "$1" | one_line | sed 's/&/\&amp;/g; s/</\&lt;/g; s/[\\`*_|]/\\&/g')" >>"$summary"
  fi
  if [ -n "$outputs" ]; then
    printf 'run-id=%s\nstatus=\nkey=%s\n' "$(printf '%s' "$run" | one_line)" "$key" >>"$outputs"
  fi
}

wrong() { end 2 "$1"; }

app='' target='' rule='' body='' key='' audience='' token_command='' strict='' record='' run=''
time_limit=14400 give_up_after=600
summary="${GITHUB_STEP_SUMMARY:-}" outputs="${GITHUB_OUTPUT:-}"
while [ "$#" -gt 0 ]; do
  case "$1" in
    --help) usage && exit 0 ;;
    --strict) strict=yes && shift && continue ;;
    --app | --target | --rule | --body | --key | --audience | --token-command | --time-limit | --give-up-after | --record | --summary | --outputs)
      [ "$#" -ge 2 ] || wrong "$1 needs a value." ;;
    *) wrong "$1 is no option; --help tells them." ;;
  esac
  case "$1" in
    --app) app="$2" ;;
    --target) target="$2" ;;
    --rule) rule="$2" ;;
    --body) body="$2" ;;
    --key) key="$2" ;;
    --audience) audience="$2" ;;
    --token-command) token_command="$2" ;;
    --time-limit) time_limit="$2" ;;
    --give-up-after) give_up_after="$2" ;;
    --record) record="$2" ;;
    --summary) summary="$2" ;;
    --outputs) outputs="$2" ;;
  esac
  shift 2
done

is_number() { case "$1" in '' | *[!0-9]* | 0?* | ???????*) return 1 ;; esac; }
for tool in curl jq; do command -v "$tool" >/dev/null || wrong "$tool is not installed."; done
app="${app%/}"
case "$app" in
  '') wrong '--app is missing: the URL of the app.' ;;
  *[!A-Za-z0-9.:/_\[\]-]*) wrong '--app is no plain URL: https://, the host, nothing behind it.' ;;
  https://?*) ;;
  http://localhost | http://localhost:* | http://127.0.0.1 | http://127.0.0.1:*) ;;
  *) wrong '--app is no https URL: a token is sent there.' ;;
esac
case "$key" in *[!A-Za-z0-9._:-]*) wrong '--key has other characters than A-Z a-z 0-9 . _ : -' ;; esac
[ "${#key}" -le 128 ] || wrong '--key is longer than 128 characters.'
is_number "$time_limit" || wrong '--time-limit is no whole number of seconds.'
is_number "$give_up_after" || wrong '--give-up-after is no whole number of seconds.'

given=0
for one in "$target" "$rule" "$body"; do [ -z "$one" ] || given=$((given + 1)); done
[ "$given" -eq 1 ] || wrong 'Exactly one of --target, --rule and --body says what is backed up.'
case "$body" in
  @*)
    [ -r "${body#@}" ] || wrong "--body: ${body#@} cannot be read."
    body=$(cat "${body#@}")
    ;;
esac
[ -z "$target" ] || body=$(jq -cn --arg id "$target" '{ target: { id: $id } }')
[ -z "$rule" ] || body=$(jq -cn --arg rule "$rule" '{ rule: $rule }')
printf '%s' "$body" | jq -e -s 'length == 1 and (.[0] | type == "object")' >/dev/null 2>&1 || wrong '--body is no JSON object.'

umask 077
work=$(mktemp -d "${TMPDIR:-/tmp}/backup.XXXXXX")
busy=''
trap 'rm -rf "$work"' EXIT
trap 'kill $busy 2>/dev/null || true; end 4 "Interrupted; $(goes_on). Asked again with key $key, it is the same run."' HUP INT TERM
printf '%s' "$body" >"$work/body"
[ -n "$key" ] || key="shell-$(date +%s)-$$-$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')"
began=$(date +%s)
seconds_left() { echo $((began + time_limit - $(date +%s))); }

token='' token_at=0
get_token() {
  if [ -n "$token_command" ]; then
    token=$(sh -c "$token_command") || return 1
  elif [ -n "$audience" ]; then
    command -v az >/dev/null || wrong '--audience needs the Azure CLI; without it: --token-command, or a token in BACKUP_TOKEN.'
    token=$(az account get-access-token --scope "${audience#api://}/.default" --query accessToken --output tsv) || return 1
  else
    token="${BACKUP_TOKEN:-}"
  fi
  token=$(printf '%s' "$token" | tr -d '\r\n')
  # Nothing but a token gets into curl's configuration.
  case "$token" in *[!A-Za-z0-9._~+/=-]*) token='' && return 1 ;; esac
  token_at=$(date +%s)
}

# What takes long runs in the background, so that an interrupt is answered at once.
await() {
  busy=$!
  wait "$busy" || { busy='' && return 1; }
  busy=''
}

# Asks once; always with the same key and body, so that asking again is how it waits. Sets $status, 000 without an answer.
ask() {
  : >"$work/headers"
  : >"$work/answer"
  printf '%s\n' "${token:+header = \"Authorization: Bearer $token\"}" |
    curl --silent --config - --request POST --connect-timeout 20 --max-time "$(($1 + 40))" \
      --header 'Content-Type: application/json' --header "Idempotency-Key: $key" --data-binary @"$work/body" \
      --dump-header "$work/headers" --output "$work/answer" --write-out '%{http_code}' \
      "$app/api/backups?wait=$1" >"$work/status" &
  await || echo 000 >"$work/status"
  status=$(cat "$work/status")
}
said() { jq -r "$1 // empty | tostring" "$work/answer" 2>/dev/null || true; }
retry_after() {
  sed -n 's/^[Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr]: *\([0-9]\{1,6\}\)[[:space:]]*$/\1/p' "$work/headers" | grep -v '^0*$' | tail -n 1 | grep . || echo "${1:-10}"
}
pause() {
  left=$(seconds_left)
  [ "$1" -le "$left" ] || set -- "$left"
  [ "$1" -gt 0 ] || return 0
  sleep "$1" &
  await
}

goes_on() { if [ -n "$run" ]; then echo "run $run goes on"; else echo 'what was accepted goes on'; fi; }
refused() {
  code=$(said .error.code)
  message=$(said .error.message)
  # One detail alone is the message already.
  fields=$(said '.error.details // [] | select(length > 1) | map("\(.target // ""): \(.message)") | join("; ")')
  case "$code" in IdempotencyKeyReused) message="$message Key: $key." ;; esac
  end 3 "The app refused with ${status}${code:+ $code}: ${message:-no reason given}${fields:+ ($fields)}${run:+ Run $run goes on.}"
}

good_at=$began doubted=0 retry_seconds=2
get_token || end 3 'No token could be had.'
wait_seconds=0
while :; do
  left=$(seconds_left)
  if [ "$left" -le 0 ]; then
    end 4 "No ending within $time_limit s; $(goes_on). Asked again with key $key, it is waited for again."
  fi
  [ "$wait_seconds" -le "$left" ] || wait_seconds=$left
  asked_at=$(date +%s)
  ask "$wait_seconds"
  case "$status" in
    200 | 202)
      good_at=$(date +%s) doubted=0 retry_seconds=2
      if [ -z "$run" ]; then
        run=$(said .id)
        [ -n "$run" ] || end 3 "$app does not answer as the app does: there is no run in its answer."
        say "Run $run accepted, key $key."
      fi
      [ "$status" = 202 ] || break
      progress="$(said .status) $(said '.job.progress // .counts')"
      [ "$progress" = "${told:-}" ] || say "Run $run: $progress"
      told="$progress"
      # An answer that was held has waited enough; one that something on the way did not hold says when to come again.
      if [ $(($(date +%s) - asked_at)) -lt "$wait_seconds" ]; then pause "$(retry_after)"; fi
      wait_seconds=200
      continue
      ;;
    401)
      # Once per token: they live for about an hour, backups for longer.
      [ "$doubted" -eq 0 ] && [ $(($(date +%s) - token_at)) -gt 0 ] || refused
      doubted=1
      get_token || end 3 "The token has ended and no other could be had; $(goes_on)."
      continue
      ;;
    503) case "$(said .error.code)" in AccessNotConfigured | SettingsRefused) refused ;; esac ;;
    000 | 408 | 429 | 5??) ;;
    *) refused ;;
  esac
  code=$(said .error.code)
  message=$(said .error.message)
  reason="$status${code:+ $code}${message:+: $message}"
  # A limit of the app is an answer: it is there, and says when.
  if [ "$status" = 429 ] && [ -n "$code" ]; then good_at=$(date +%s); fi
  [ "$status" != 000 ] || reason='no answer'
  if [ $(($(date +%s) - good_at)) -ge "$give_up_after" ]; then
    end 4 "$app has given no good answer for $give_up_after s, the last was: ${reason%.}; $(goes_on). Asked again with key $key, it is the same run."
  fi
  # Whatever is in between may not hold answers as long as the app does: the next one is short.
  wait_seconds=0
  seconds=$(retry_after "$retry_seconds")
  retry_seconds=$((retry_seconds < 30 ? retry_seconds * 2 : 60))
  say "${reason%.}; asking again in $seconds s."
  pause "$seconds"
done

ending=$(said .status)
[ -z "$record" ] || cp "$work/answer" "$record"
if [ -n "$outputs" ]; then
  jq -r --arg key "$key" '{ "run-id": .id, status, key: $key, "recovery-point": .recoveryPoint.id, "recovery-point-at": .recoveryPoint.at }
    | to_entries[] | "\(.key)=\(.value // "" | tostring | gsub("[\r\n]"; " "))"' "$work/answer" >>"$outputs"
fi
if [ -n "$summary" ]; then
  jq -r 'def cell: tostring | gsub("[\r\n]"; " ") | gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub("(?<c>[|\\\\`*_\\[\\]])"; "\\\(.c)");
    def row(name): if . == null or . == "" then empty else "| \(name) | \(cell) |" end;
    "### Backup: \(.status | cell)", "", "| | |", "|---|---|",
    (.id | row("run")),
    (.target | if type == "object" then (.id // .share // .virtualMachineId // .datasourceId // .database) else . end | row("target")),
    (.job.id | row("job")), (.recoveryPoint.id | row("recovery point")), (.recoveryPoint.at | row("at")),
    (.error.code | row("code")), (.error.message | row("message")), (.error.advice | row("advice")),
    (.warnings // [] | join("; ") | row("warnings")),
    (.counts // {} | to_entries | map("\(.key) \(.value)") | join(", ") | row("items")),
    (.failures // [] | .[0:20][] | "\(.target): \(.error.code // .status) \(.error.message // "")" | row("failed")), ""' \
    "$work/answer" >>"$summary"
fi
case "$ending$strict" in
  completed | completedyes | completedWithWarnings)
    say "Run $run: $ending. $(said 'if .recoveryPoint then "Recovery point \(.recoveryPoint.id) of \(.recoveryPoint.at)." else "" end') $(said '.warnings // [] | join("; ")')"
    exit 0
    ;;
esac
reasons=$(said '[(.error | select(.) | "\(.code): \(.message) \(.advice // "")"), (.warnings // [] | .[]), (.failures // [] | .[0:20][] | "\(.target): \(.error.code // .status) \(.error.message // "")")] | join("; ")')
end 1 "Run $run: ${ending:-no status}.${reasons:+ $reasons}"
