#!/usr/bin/env bash
# The fast local loop: format, then lints and tests of the crates named, or of those whose files differ from main.
# Usage: scripts/quick.sh [CRATE…]
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
cd "$FAIRWAY_ROOT"

crates=("$@")
if [ "${#crates[@]}" -eq 0 ]; then
  base="$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)"
  while read -r crate; do crates+=("$crate"); done < <(
    { git diff --name-only "$base" && git ls-files --others --exclude-standard; } | sed -n 's|^crates/\([^/]*\)/.*|\1|p' | sort -u
  )
fi
if [ "${#crates[@]}" -eq 0 ]; then
  say "No crate has changed"
  exit 0
fi
selection=()
for crate in "${crates[@]}"; do selection+=(-p "$crate"); done
say "Checking ${crates[*]}"
cargo fmt "${selection[@]}"
cargo clippy "${selection[@]}" --all-targets -- -D warnings
cargo test "${selection[@]}"
