#!/usr/bin/env bash
# Installs what the hub (`venv`), its tests (`tests`) or its measurements (`bench`) need and this Debian machine lacks.
# It installs nothing that is there, starts no service, and says in words what it may not install.
set -euo pipefail

usage() { echo "usage: deploy/bootstrap.sh venv|tests|bench" >&2; exit 64; }
[ $# -eq 1 ] || usage

python=${PYTHON:-python3}
missing=()

need() { # need PACKAGE COMMAND...: the package is missing if the command fails
  local package=$1; shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}

any() { # any PATTERN: some file has a name like this
  compgen -G "$1"
}

chinese_font() {
  if command -v fc-list >/dev/null; then fc-list :lang=zh | grep -q .; else any '/usr/share/fonts/*/noto/NotoSansCJK*'; fi
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "The hub needs Python 3.11 or later as '$python' (set PYTHON to another one)." >&2
  exit 1
fi

need python3-venv "$python" -c 'import ensurepip, venv'
case $1 in
  venv) ;;
  tests | bench)
    need rabbitmq-server any '/usr/lib/rabbitmq/bin/rabbitmq-server'
    need postgresql any '/usr/lib/postgresql/*/bin/initdb'
    need caddy command -v caddy
    need chromium command -v chromium
    need strace command -v strace
    need fonts-noto-cjk chinese_font
    # A load generator in Python would take a core of its own, and so measure itself.
    [ "$1" = tests ] || need wrk command -v wrk
    ;;
  *) usage ;;
esac

[ ${#missing[@]} -gt 0 ] || exit 0
# What partners write in JavaScript is run where node is: it comes along, and is never the only reason to install anything.
[ "$1" != tests ] || need nodejs command -v node
echo "Missing on this machine: ${missing[*]}"

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "This user may not install packages. Ask an administrator for: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
  echo "This is no Debian system: install by its own means what is named above." >&2
  exit 1
fi

# Packages of servers start them at once. Ours are started by the tests alone, so while we install, nothing may start.
policy=/usr/sbin/policy-rc.d
kept=
restore() {
  if [ -n "$kept" ]; then "${as_root[@]}" mv -f "$kept" "$policy"; else "${as_root[@]}" rm -f "$policy"; fi
}
if [ -e "$policy" ]; then
  kept=$policy.before-wushe
  "${as_root[@]}" mv -f "$policy" "$kept"
fi
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
"${as_root[@]}" chmod 755 "$policy"

install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
}
# The lists may be absent or older than the archive: fetch them only if the install fails without.
if ! install >/dev/null 2>&1; then
  if ! { "${as_root[@]}" apt-get update -qq && install; }; then
    echo "apt-get could not install: ${missing[*]}" >&2
    exit 1
  fi
fi
echo "Installed: ${missing[*]}"
