#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages of the given groups (tools/packages.txt) that are missing. Says what it is about to
# install, asks nothing, and does nothing at all when nothing is missing.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
wanted=()
for group in "$@"; do
    while read -r line; do
        read -ra names <<<"${line#*:}"
        wanted+=("${names[@]}")
    done < <(grep "^$group:" "$here/packages.txt")
done

missing=()
for name in "${wanted[@]}"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null || true) == installed ]] || missing+=("$name")
done
((${#missing[@]})) || exit 0

if ! command -v apt-get >/dev/null; then
    echo "These packages are missing and this system has no apt-get; install their counterparts by hand:" >&2
    echo "  ${missing[*]}" >&2
    exit 6
fi
sudo=()
if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing. Run as root: apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 4
    fi
    sudo=(sudo)
fi
echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get -qq update
"${sudo[@]}" apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install "${missing[@]}" >/dev/null
