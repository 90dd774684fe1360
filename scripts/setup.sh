#!/usr/bin/env bash
# Installs the Debian packages that Waylay needs and that are not there yet.
#
#   scripts/setup.sh [build] [demo] [test]      default: build
#
# Says what is missing before it installs anything, installs only that, and ends at once, without
# touching the network, where nothing is.
set -euo pipefail

declare -A groups=(
  [build]="gcc g++ cmake libc6-dev make pkg-config clang libclang-dev libavcodec-dev libavformat-dev libavutil-dev libswscale-dev"
  [demo]="ffmpeg"
  [test]="chromium ffmpeg nginx libnginx-mod-rtmp"
)

fail() {
  echo "setup: $*" >&2
  exit 1
}

wanted=()
for group in "${@:-build}"; do
  [[ -v groups[$group] ]] || fail "no group '$group': there are build, demo and test"
  read -ra packages <<<"${groups[$group]}"
  wanted+=("${packages[@]}")
done

command -v cargo >/dev/null || fail "cargo is missing: install Rust from https://rustup.rs (see rust-version in Cargo.toml)"
command -v dpkg-query >/dev/null || fail "this is not Debian: install the equivalents of: ${wanted[*]}"

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed || " ${missing[*]-} " == *" $package "* ]] || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0
echo "setup: missing packages: ${missing[*]}" >&2

if [[ $(id -u) == 0 ]]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  fail "not root and no sudo. As root, run: apt-get install --no-install-recommends ${missing[*]}"
fi

# nginx is a tool of the tests here, which start their own. Debian starts a service as soon as it is
# installed unless policy-rc.d forbids it; the one that is put there is taken away again.
policy=/usr/sbin/policy-rc.d
if [[ " ${missing[*]} " == *" nginx "* && ! -e $policy ]]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q)
"${apt[@]}" update >&2 || fail "apt-get update failed"
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2 || fail "apt-get install failed"
