#!/usr/bin/env bash
# Runs every fuzz target for FUZZ_SECONDS (600), as many at a time as there are cores. Fails where one finds
# something; what it found stays in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-600}
targets=$(cargo +nightly fuzz list)
cargo +nightly fuzz build
# The programs themselves, so that nothing is built anew while they run.
programs=fuzz/target/$(rustc +nightly -vV | sed -n 's/^host: //p')/release
printf '%s\n' $targets | xargs -P "$(nproc)" -I{} sh -c '
  mkdir -p "fuzz/corpus/$1" "fuzz/artifacts/$1"
  "$3/$1" "fuzz/corpus/$1" -artifact_prefix="fuzz/artifacts/$1/" -max_total_time="$2" -max_len=4096 -timeout=10 \
    -rss_limit_mb=2048 >"fuzz/corpus/$1.log" 2>&1 || { tail -n 30 "fuzz/corpus/$1.log"; exit 255; }
  echo "$1: $(grep -E "^Done|DONE" "fuzz/corpus/$1.log" | tail -n 1)"
' _ {} "$seconds" "$programs"
