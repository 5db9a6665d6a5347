# Sourced by the other scripts: where this project keeps the tools it installs for itself, and how the scripts
# speak to whoever runs them. Nothing here installs anything.
# shellcheck shell=bash

FAIRWAY_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
FAIRWAY_CACHE="${FAIRWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fairway}"
FAIRWAY_VENV="$FAIRWAY_CACHE/venv"
FAIRWAY_NODE="$FAIRWAY_CACHE/node"
FAIRWAY_TOOLS="$FAIRWAY_CACHE/tools"
export FAIRWAY_ROOT FAIRWAY_CACHE FAIRWAY_VENV FAIRWAY_NODE FAIRWAY_TOOLS

# Oldest Node.js that the web build accepts (20.19 or 22.12, see web/package.json).
NODE_MAJOR_MIN=20
NODE_MINOR_MIN=19
# The Rust release in Cargo.toml is the oldest that the workspace accepts.
RUST_MIN="$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$FAIRWAY_ROOT/Cargo.toml" | head -n 1)"
export NODE_MAJOR_MIN NODE_MINOR_MIN RUST_MIN

prepend_path() { case ":$PATH:" in *":$1:"*) ;; *) PATH="$1:$PATH" ;; esac; }
prepend_path "${CARGO_HOME:-$HOME/.cargo}/bin"
[ -x "$FAIRWAY_NODE/bin/node" ] && prepend_path "$FAIRWAY_NODE/bin"
prepend_path "$FAIRWAY_TOOLS/bin"
export PATH

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# version_at_least HAVE WANT — compares dotted numbers.
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

node_good() {
  have node && have npm || return 1
  local major minor
  IFS=. read -r major minor _ <<<"$(node --version | tr -d v)"
  case "$major" in
    20) [ "$minor" -ge "$NODE_MINOR_MIN" ] ;;
    21) return 1 ;;
    22) [ "$minor" -ge 12 ] ;;
    *) [ "$major" -gt 22 ] ;;
  esac
}

rust_good() {
  have cargo && have rustc || return 1
  version_at_least "$(rustc --version | cut -d' ' -f2 | cut -d- -f1)" "$RUST_MIN"
}

# Directory with initdb and postgres, newest first; prints nothing when there is none.
postgres_bin() {
  local dir
  if have initdb && have postgres; then
    dir="$(dirname "$(readlink -f "$(command -v initdb)")")"
    if [ -x "$dir/postgres" ] && [ -x "$dir/psql" ]; then
      printf '%s\n' "$dir"
      return 0
    fi
  fi
  # shellcheck disable=SC2012 # the names are version numbers
  for dir in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -rV); do
    if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && [ -x "$dir/psql" ]; then
      printf '%s\n' "$dir"
      return 0
    fi
  done
  return 0
}

chromium_bin() {
  local name
  if [ -n "${FAIRWAY_CHROMIUM:-}" ]; then
    printf '%s\n' "$FAIRWAY_CHROMIUM"
    return 0
  fi
  for name in chromium chromium-browser google-chrome-stable google-chrome; do
    if have "$name"; then
      command -v "$name"
      return 0
    fi
  done
  return 0
}
