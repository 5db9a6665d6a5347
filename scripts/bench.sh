#!/usr/bin/env bash
# Runs the measurements one after the other, each beside the limit of the same run.
# Usage: scripts/bench.sh [--full] [command|events|ingest|read|start|edi …]; all of them by default. Output: one JSON object each.
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
cd "$FAIRWAY_ROOT"

options=(--json)
paths=()
for argument in "$@"; do
  case "$argument" in
    --full) options+=(--full) ;;
    *) paths+=("$argument") ;;
  esac
done
[ "${#paths[@]}" -gt 0 ] || paths=(edi command events ingest read start)
fairway="$(scripts/build.sh --where)/release/fairway"
[ -x "$fairway" ] || die "build first:  make build"
for path in "${paths[@]}"; do
  say "Measuring: $path"
  "$fairway" bench "$path" "${options[@]}"
done
