#!/usr/bin/env bash
# Measures net::Server beside nginx: one constant answer of the same bytes, one core for the server,
# another for wrk, rounds interleaved so that whatever else the machine does meets both.
#
#   cmake --preset bench && ninja -C build/bench http_constant
#   bench/http_constant.sh [BYTES [ROUNDS [SECONDS]]]
#
# Prints a Markdown table of medians. CPU is user and system time of the server's process, from
# /proc/PID/stat, divided by wrk's count of answers.
set -euo pipefail
cd "$(dirname "$0")/.."
bytes=${1:-100} rounds=${2:-7} seconds=${3:-3}
server=${HTTP_CONSTANT:-build/bench/bench/http_constant}
((bytes >= 1 && bytes <= 4000)) || { echo "BYTES must be 1 to 4000: nginx's return takes no more" >&2; exit 2; }
[[ -x $server ]] || { echo "build it first: see the head of this file" >&2; exit 1; }

folder=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; wait; rm -rf "$folder"' EXIT
body=$(head -c "$bytes" /dev/zero | tr '\0' x)

cat >"$folder/nginx.conf" <<EOF
daemon off; master_process off; worker_processes 1;
pid $folder/pid; error_log $folder/error.log;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 1000000000; default_type application/json;
  client_body_temp_path $folder/1; proxy_temp_path $folder/2; fastcgi_temp_path $folder/3;
  uwsgi_temp_path $folder/4; scgi_temp_path $folder/5;
  server { listen 127.0.0.1:18081; location / { return 200 "$body"; } }
}
EOF
taskset -c 0 "$server" 18080 "$bytes" >"$folder/server.log" &
ours=$!
taskset -c 0 nginx -c "$folder/nginx.conf" 2>"$folder/nginx.log" &
nginx=$!
pids=("$ours" "$nginx")
for port in 18080 18081; do
  for _ in $(seq 50); do
    [[ $(curl -s "http://127.0.0.1:$port/" || true) == "$body" ]] && continue 2
    sleep 0.1
  done
  echo "nothing answers on port $port" >&2
  exit 1
done

ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
hertz=$(getconf CLK_TCK)

# measure NAME PID PORT CONNECTIONS: appends "rate microseconds" to a file.
measure() {
  local before after count output
  before=$(ticks "$2")
  output=$(taskset -c 1 wrk -t1 -c"$4" -d"${seconds}s" "http://127.0.0.1:$3/")
  after=$(ticks "$2")
  if grep -qE 'Non-2xx|Socket errors' <<<"$output"; then echo "$1: $output" >&2; exit 1; fi
  count=$(awk '/requests in/ { print $1 }' <<<"$output")
  awk -v n="$count" -v t="$((after - before))" -v hz="$hertz" \
    '/Requests\/sec/ { printf "%.0f %.2f\n", $2, t / hz * 1e6 / n }' <<<"$output" >>"$folder/$1.$4"
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for _ in $(seq "$rounds"); do
  for connections in 16 64; do
    measure ours "$ours" 18080 "$connections"
    measure nginx "$nginx" 18081 "$connections"
  done
done

echo "Constant answer of $bytes bytes, medians of $rounds rounds of $seconds s, one core each for server and wrk."
echo
echo "| connections | cruddur, answers/s | nginx, answers/s | ratio (lowest to highest of a round) | cruddur, µs CPU | nginx, µs CPU |"
echo "|---|---|---|---|---|---|"
for connections in 16 64; do
  a=$(awk '{ print $1 }' "$folder/ours.$connections" | median)
  b=$(awk '{ print $1 }' "$folder/nginx.$connections" | median)
  ratios=$(paste "$folder/ours.$connections" "$folder/nginx.$connections" | awk '{ printf "%.2f\n", $1 / $3 }')
  echo "| $connections | $a | $b | $(median <<<"$ratios") ($(sort -n <<<"$ratios" | sed -n '1p;$p' | paste -sd '~' | sed 's/~/ to /')) |" \
    "$(awk '{ print $2 }' "$folder/ours.$connections" | median) |" \
    "$(awk '{ print $2 }' "$folder/nginx.$connections" | median) |"
done
