#!/usr/bin/env bash
# Everything `make test` does, phase by phase. A phase that fails does not stop the ones after it, so that one run shows
# every fault; the exit code is then 1. Ends with the time of each phase and the sum of the tests that really ran.
set -uo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
cd "$FAIRWAY_ROOT" || exit 1

logs="$(mktemp -d)"
trap 'rm -rf "$logs"' EXIT
table=""
failed=()

# phase NAME COMMAND… — runs, times, keeps the output for the count at the end.
phase() {
  local name="$1" began status
  shift
  began=$SECONDS
  say "Phase: $name"
  "$@" 2>&1 | tee "$logs/$name.log"
  status=${PIPESTATUS[0]}
  local verdict=passed
  if [ "$status" -ne 0 ]; then
    verdict=FAILED
    failed+=("$name")
  fi
  table+="$(printf '  %-12s %-7s %5d s' "$name" "$verdict" $((SECONDS - began)))"$'\n'
  return "$status"
}

rust_tests() { scripts/with-postgres.sh cargo test --locked --workspace --no-fail-fast; }
browser_tests() {
  local target
  target="$(scripts/build.sh --where)"
  cargo build --locked -p fairway &&
    FAIRWAY_BIN="$target/debug/fairway" FAIRWAY_CHROMIUM="$(chromium_bin)" npm run test:browser --prefix web
}
ocel_test() {
  local target
  target="$(scripts/build.sh --where)"
  "$FAIRWAY_VENV/bin/python" scripts/ocel_pm4py_test.py "$target/debug/fairway"
}

phase setup scripts/setup.sh test || {
  printf '%s' "$table"
  exit 1
}
# shellcheck source=scripts/env.sh
. scripts/env.sh # finds what setup has just installed
# The binary embeds the built web application, so this comes before anything that compiles it.
phase web npm run build --prefix web --silent
phase check scripts/check.sh
phase rust rust_tests
phase browser browser_tests
phase ocel ocel_test

printf '\n'
printf '%s' "$table"
printf '  %-12s %-7s %5d s\n\n' total "" "$SECONDS"
[ "${#failed[@]}" -eq 0 ] || printf 'failed phases: %s\n' "${failed[*]}"
scripts/count_tests.py "$logs"/*.log || exit 1
[ "${#failed[@]}" -eq 0 ]
