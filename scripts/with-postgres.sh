#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own, and removes the server afterwards, whatever happens.
# Usage: scripts/with-postgres.sh COMMAND [ARGUMENT…]
#
# The command finds the server in FAIRWAY_TEST_POSTGRES=postgres://fairway:…@127.0.0.1:PORT/fairway. The server listens
# on the loopback address only, with a password drawn for this run, and with fsync on: durability is what is tested.
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"

PORTS_TRIED_MAX=20
START_SECONDS_MAX=60

[ "$#" -gt 0 ] || die "usage: scripts/with-postgres.sh COMMAND [ARGUMENT…]"
bin="$(postgres_bin)"
[ -n "$bin" ] || die "no PostgreSQL server found. Run:  scripts/setup.sh test"

work="$(mktemp -d "${TMPDIR:-/tmp}/fairway-postgres.XXXXXX")"
data="$work/data"
log="$work/log"

# The server refuses to run as root: as root, hand it to an account that owns nothing.
as_server=()
if [ "$(id -u)" -eq 0 ]; then
  account=postgres
  id "$account" >/dev/null 2>&1 || account=nobody
  as_server=(runuser -u "$account" --)
  chown "$account" "$work"
fi

started=no
child=
finish() {
  local status=$?
  trap - EXIT INT TERM HUP
  if [ -n "$child" ] && kill -TERM "$child" 2>/dev/null; then wait "$child" 2>/dev/null || true; fi
  if [ "$started" = yes ]; then
    (cd / && "${as_server[@]}" "$bin/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1) || warn "the test database did not stop by itself"
  fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

password="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
printf '%s\n' "$password" >"$work/password"
[ "${#as_server[@]}" -eq 0 ] || chown "$account" "$work/password"

cd / # the server's account may not enter the folder this was called from
"${as_server[@]}" "$bin/initdb" -D "$data" -U fairway -A scram-sha-256 --pwfile="$work/password" -E UTF8 --locale=C >"$work/initdb.log" 2>&1 ||
  { cat "$work/initdb.log" >&2 && die "initdb failed"; }

port=0
for _ in $(seq "$PORTS_TRIED_MAX"); do
  candidate=$((20000 + RANDOM % 12000))
  # A port that takes a connection is somebody else's.
  if (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null; then continue; fi
  if "${as_server[@]}" "$bin/pg_ctl" -D "$data" -l "$log" -w -t "$START_SECONDS_MAX" \
    -o "-c listen_addresses=127.0.0.1 -c port=$candidate -c unix_socket_directories=$work -c fsync=on -c max_connections=100 -c log_min_messages=warning" \
    start >/dev/null 2>&1; then
    port=$candidate
    started=yes
    break
  fi
done
if [ "$started" = no ]; then
  [ -f "$log" ] && tail -n 30 "$log" >&2
  die "the test database did not start"
fi
PGPASSWORD="$password" "$bin/psql" -q -h 127.0.0.1 -p "$port" -U fairway -d postgres -c 'CREATE DATABASE fairway' >/dev/null

cd "$FAIRWAY_ROOT"
export FAIRWAY_TEST_POSTGRES="postgres://fairway:$password@127.0.0.1:$port/fairway"
# In the background, so that a signal to this script is obeyed at once and not when the command ends.
"$@" <&0 &
child=$!
wait "$child"
