#!/usr/bin/env bash
# Plays samples as one live stream on this machine and lets Waylay watch it.
#
#   scripts/demo.sh                    until Ctrl-C
#   DEMO_SECONDS=20 scripts/demo.sh    ends by itself; exit code 1 if nothing was found
#   WAYLAY=path scripts/demo.sh        uses that program and builds nothing
#
# The stream is H.264 in FLV over HTTP, in real time, as CDNs hand out live video. ffmpeg serves one
# viewer at a time and ends with it, so it is started anew for as long as the demo lasts.
set -euo pipefail
cd "$(dirname "$0")/.."

data=.demo
seconds=${DEMO_SECONDS:-}
waylay=${WAYLAY:-target/release/waylay}
# These share one size and one setting of the encoder, so they join without being encoded again.
clips=(static-overlay on-platform wechat-pay two-codes pix no-code inverted)

fail() {
  echo "demo: $*" >&2
  exit 1
}

[[ -z $seconds || $seconds =~ ^[1-9][0-9]*$ ]] || fail "DEMO_SECONDS must be a whole number of seconds, not '$seconds'"
command -v ffmpeg >/dev/null || fail "ffmpeg is missing: run 'make setup'"
[[ -n ${WAYLAY:-} ]] || cargo build --release --quiet --bin waylay
[[ -x $waylay ]] || fail "there is no program $waylay"

# A port that nobody listens on, below those that the system gives to outgoing connections.
listening() {
  grep -qi "^ *[0-9]*: [0-9A-F]*:$(printf '%04X' "$1") [0-9A-F:]* 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null
}
port=
for candidate in $(shuf -i 20000-32000 -n 50); do
  listening "$candidate" || { port=$candidate && break; }
done
[[ -n $port ]] || fail "found no free port"
url=http://127.0.0.1:$port/live.flv

rm -rf "$data"
mkdir -p "$data"
events=$data/events.log
list=$data/playlist.txt
for clip in "${clips[@]}"; do
  [[ -f samples/$clip.mp4 ]] || fail "samples/$clip.mp4 is missing: run 'make samples'"
  echo "file '../samples/$clip.mp4'"
done >"$list"

children=()
stop() {
  trap - EXIT INT TERM
  # The server loop first, or it would start another ffmpeg. TERM, because a shell's background
  # commands are deaf to INT.
  for child in "${children[@]}"; do
    kill -TERM "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  done
}
trap stop EXIT
trap 'exit 143' TERM
interrupted=
trap 'interrupted=1' INT

serve() {
  local ffmpeg=
  trap 'kill "$ffmpeg" 2>/dev/null; exit 0' TERM
  while true; do
    ffmpeg -nostdin -loglevel fatal -re -stream_loop -1 -f concat -safe 0 -i "$list" \
      -map 0:v -c copy -f flv -flvflags no_duration_filesize -listen 1 "$url" &
    ffmpeg=$!
    wait "$ffmpeg" || sleep 0.3
  done
}
serve &
server=$!
children+=("$server")

tries=100
until listening "$port"; do
  ((tries-- > 0)) || fail "ffmpeg does not listen on port $port"
  sleep 0.1
done

echo "demo: watching $url (${clips[*]}), policy samples/policy.toml${seconds:+, for $seconds s}" >&2
[[ -n $seconds ]] || echo "demo: Ctrl-C ends it" >&2
exec 3> >(tee "$events")
printer=$!
"$waylay" watch --pretty --policy samples/policy.toml --data "$data" "$url" >&3 &
watcher=$!
exec 3>&-
children+=("$watcher")

if [[ -n $seconds ]]; then
  sleep "$seconds" &
  timer=$!
  children+=("$timer")
  wait -n "$watcher" "$timer" || true
else
  wait "$watcher" || true
fi

# A watcher that ended by itself, and was not told to, has failed.
if [[ -z $interrupted ]] && ! kill -0 "$watcher" 2>/dev/null; then
  fail "waylay ended by itself"
fi
kill -TERM "$watcher" 2>/dev/null || true
code=0
wait "$watcher" || code=$?
wait "$printer" || true
stop
[[ -n $interrupted || $code == 0 ]] || fail "waylay ended with exit code $code"

found=$(grep -c . "$events" || true)
if [[ $found == 0 ]]; then
  [[ -n $seconds ]] || { echo "demo: nothing was found yet" >&2 && exit 0; }
  fail "no incident was found in $seconds s"
fi
echo "demo: events: $found, kept in $events; records and evidence are in $data/" >&2
