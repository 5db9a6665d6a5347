#!/usr/bin/env bash
# Takes the pictures in docs/images from a fresh demonstration port with a fixed seed.
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
cd "$FAIRWAY_ROOT"

START_SECONDS_MAX=180
fairway="$(scripts/build.sh --where)/release/fairway"
[ -x "$fairway" ] || die "build first:  make build"
browser="$(chromium_bin)"
[ -n "$browser" ] || die "Chromium is needed. Run:  scripts/setup.sh test"

work="$(mktemp -d)"
server=
finish() {
  if [ -n "$server" ] && kill "$server" 2>/dev/null; then wait "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap finish EXIT

port=$((20000 + RANDOM % 12000))
"$fairway" demo --listen "127.0.0.1:$port" --data "$work/data" --seed 1 >"$work/log" 2>&1 &
server=$!
waited=0
until curl -fs "http://127.0.0.1:$port/readyz" >/dev/null 2>&1; do
  kill -0 "$server" 2>/dev/null || { tail -n 20 "$work/log" >&2 && die "the demonstration did not start"; }
  waited=$((waited + 1))
  [ "$waited" -le "$START_SECONDS_MAX" ] || die "the demonstration is not ready after $START_SECONDS_MAX seconds"
  sleep 1
done
FAIRWAY_CHROMIUM="$browser" node scripts/screenshots.mjs "http://127.0.0.1:$port" docs/images
