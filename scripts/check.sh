#!/usr/bin/env bash
# Everything about the code that can be judged without running it: format, lints, documentation, licences and sources
# of dependencies, types of the web application, and whether generated files are current.
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
cd "$FAIRWAY_ROOT"

say "Format"
cargo fmt --all --check
say "Lints"
cargo clippy --locked --workspace --all-targets -- -D warnings
say "Documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --quiet
say "Licences, bans and sources of dependencies"
cargo deny --locked --log-level error check licenses bans sources
say "Third-party notices are current"
scripts/notices.py --check
say "Web application: types and lints"
npm run check --prefix web --silent
say "API description and web client are current"
scripts/openapi.sh --check
