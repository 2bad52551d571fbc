#!/usr/bin/env bash
# Writes .env.example to standard output with every empty secret filled in: passwords at random, keys by `wushe keys`.
# WUSHE names the command if it is not in .venv, for instance: WUSHE="docker run --rm wushe-console wushe"
set -euo pipefail
cd "$(dirname "$0")/.."

read -ra wushe <<<"${WUSHE:-.venv/bin/wushe}"
keys=$("${wushe[@]}" keys)

password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

while IFS= read -r line; do
  case $line in
    *_PASSWORD=) echo "$line$(password)" ;;
    HUB_*=) grep "^$line" <<<"$keys" || { echo "wushe keys does not make ${line%=}" >&2; exit 1; } ;;
    *) echo "$line" ;;
  esac
done <.env.example
