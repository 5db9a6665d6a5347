#!/bin/sh
# Compares Fairway's decision tables with another rule engine (version pinned) on the same tables and cases; fails when an answer differs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cargo build --release --quiet --manifest-path "$here/Cargo.toml"
exec "${CARGO_TARGET_DIR:-$here/target}/release/fairway-rules-peers"
