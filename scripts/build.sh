#!/usr/bin/env bash
# Builds the web application, then the release binary that carries it.
# `scripts/build.sh --where` prints the cargo target folder and builds nothing.
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
cd "$FAIRWAY_ROOT"

if [ "${1:-}" = --where ]; then
  printf '%s\n' "${CARGO_TARGET_DIR:-$FAIRWAY_ROOT/target}"
  exit 0
fi
say "Building the web application"
npm run build --prefix web --silent
say "Building the release binary (the first time takes several minutes)"
cargo build --release --locked -p fairway
