#!/usr/bin/env bash
# Writes docs/openapi.json from the binary and the web client from it. With --check it changes nothing and fails when
# either is out of date: the description of the API is reviewed like code.
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
cd "$FAIRWAY_ROOT"

target="$(scripts/build.sh --where)"
snapshot=docs/openapi.json
client=web/src/api/schema.d.ts
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cargo build --quiet --locked -p fairway
"$target/debug/fairway" openapi >"$work/openapi.json"
"web/node_modules/.bin/openapi-typescript" "$work/openapi.json" -o "$work/schema.d.ts" >/dev/null

if [ "${1:-}" = --check ]; then
  diff -u "$snapshot" "$work/openapi.json" >"$work/diff" || { head -n 60 "$work/diff" >&2 && die "$snapshot is out of date. Run:  make openapi"; }
  cmp -s "$client" "$work/schema.d.ts" || die "$client is out of date. Run:  make openapi"
else
  cp "$work/openapi.json" "$snapshot"
  cp "$work/schema.d.ts" "$client"
  say "Wrote $snapshot and $client"
fi
