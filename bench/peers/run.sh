#!/bin/sh
# Installs the other parsers (versions pinned) and compares them with Fairway's EDIFACT core.
#   bench/peers/run.sh            speed of all on one made file
#   bench/peers/run.sh FILE…      what all make of these files (segments, envelope faults)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cargo build --release --quiet --manifest-path "$here/rust/Cargo.toml"
built=${CARGO_TARGET_DIR:-$here/rust/target}/release/fairway-peers
[ -d "$here/node_modules" ] || npm ci --silent --prefix "$here"
[ -d "$here/venv" ] || { python3 -m venv "$here/venv" && "$here/venv/bin/pip" install --quiet -r "$here/requirements.txt"; }
if [ $# -gt 0 ]; then
    exec "$here/venv/bin/python" "$here/conform.py" "$built" "$@"
fi
file=$here/made.edi
python3 "$here/generate.py" 8 "$file"
{
    "$built" speed "$file"
    node "$here/peers.js" speed "$file"
    "$here/venv/bin/python" "$here/peers.py" speed "$file"
} | awk -F '\t' '/^fairway: index \+ envelope\t/ { own = $2 } { name[NR] = $1; mbs[NR] = $2 }
    END { for (i = 1; i <= NR; i++) printf "| %s | %.1f MB/s | %s |\n", name[i], mbs[i], mbs[i] > 0 ? sprintf("%.1f", own / mbs[i]) : "" }'
