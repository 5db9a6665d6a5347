#!/bin/sh
# Builds the fuzz targets with the stable compiler and runs one after the other for the given seconds each (60).
#   fuzz/run.sh [SECONDS [TARGET…]]
# The inputs found are kept in fuzz/corpus, a failing one in fuzz/artifacts. `cargo fuzz run TARGET` works too, with a nightly compiler.
set -eu
cd "$(dirname "$0")"
seconds=${1:-60}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- read stream kernels write check
host=$(rustc -vV | sed -n 's/^host: //p')
# What `cargo fuzz build -s none` passes: counters at each edge, and comparisons for libFuzzer to learn from.
RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1" \
    cargo build --release --target "$host" --bins
built=${CARGO_TARGET_DIR:-target}/$host/release
for target in "$@"; do
    mkdir -p "corpus/$target" artifacts
    "$built/$target" -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=4096 -dict=edifact.dict \
        -artifact_prefix="artifacts/$target-" -print_final_stats=1 "corpus/$target" ../crates/edifact/tests/fixtures
done
