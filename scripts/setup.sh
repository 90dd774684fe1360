#!/usr/bin/env bash
# Installs the Debian packages that Waylay needs and that are not there yet, and fetches what comes from npm and PyPI: htmx for
# the pages of the review desk, and for the tests what drives a browser, a provider to
# sign in with, and what asks the API.
#
#   scripts/setup.sh [build] [demo] [test]      default: build
#
# Says what is missing before it installs anything, installs only that, and ends at once, without
# touching the network, where nothing is.
set -euo pipefail

declare -A groups=(
  [build]="gcc g++ cmake libc6-dev make nasm pkg-config clang libclang-dev libavcodec-dev libavformat-dev libavutil-dev libswscale-dev"
  [demo]="ffmpeg"
  [test]="chromium ffmpeg fonts-droid-fallback nginx libnginx-mod-rtmp nodejs npm python3-venv"
)

# What the pages load beside our own script (0BSD); it is not kept here. Built without it, they load as a whole.
htmx=htmx.org@2.0.11
htmx_sha256=d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717
root=$(cd "$(dirname "$0")/.." && pwd)

schemathesis=schemathesis==4.32.5

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
fetch_htmx() {
  local vendor=$root/assets/vendor
  [[ -e $vendor/htmx.min.js ]] && return
  if ! command -v npm >/dev/null; then
    echo "setup: npm is missing: the pages of the review desk load as a whole, without $htmx" >&2
    return
  fi
  echo "setup: fetching $htmx" >&2
  local folder
  folder=$(mktemp -d)
  if (cd "$folder" && npm pack --silent "$htmx" >&2 && tar -xzf ./*.tgz package/dist/htmx.min.js); then
    echo "$htmx_sha256  $folder/package/dist/htmx.min.js" | sha256sum --check --quiet >&2 ||
      fail "$htmx is not what it was: nothing of it is used"
    mkdir -p "$vendor"
    mv "$folder/package/dist/htmx.min.js" "$vendor/"
  else
    echo "setup: $htmx cannot be fetched: the pages of the review desk load as a whole" >&2
  fi
  rm -rf "$folder"
}

# The packages of the browser tests and of the provider to sign in with; these tests say themselves that they are skipped where
# there are none.
fetch_node_packages() {
  local folder
  [[ " $* " == *" test "* ]] || return 0
  for folder in "$root/tests/browser" "$root/tests/oidc"; do
    [[ ! -d $folder/node_modules ]] || continue
    echo "setup: installing the packages of ${folder#"$root/"}" >&2
    npm ci --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" >&2 ||
      echo "setup: they cannot be installed: the tests that need them are skipped" >&2
  done
}

# What holds the API against its description; that test says itself that it is skipped without it.
fetch_schemathesis() {
  local folder=$root/.tools/schemathesis
  [[ " $* " == *" test "* && ! -x $folder/bin/schemathesis ]] || return 0
  echo "setup: installing $schemathesis" >&2
  if ! { python3 -m venv "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check "$schemathesis"; } >&2; then
    rm -rf "$folder"
    echo "setup: $schemathesis cannot be installed: its test is skipped" >&2
  fi
}

command -v dpkg-query >/dev/null || fail "this is not Debian: install the equivalents of: ${wanted[*]}"

# Node.js and Python may have come from elsewhere; such a Node.js brings an npm that Debian's does not go with.
is_there_already() {
  case $1 in
    nodejs) command -v node >/dev/null ;;
    npm) command -v npm >/dev/null ;;
    python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    *) false ;;
  esac
}

missing=()
for package in "${wanted[@]}"; do
  is_there_already "$package" && continue
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed || " ${missing[*]-} " == *" $package "* ]] || missing+=("$package")
done
install_missing() {
  [[ ${#missing[@]} -gt 0 ]] || return 0
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
}

install_missing
fetch_htmx
fetch_node_packages "${@:-build}"
fetch_schemathesis "${@:-build}"
