#!/usr/bin/env bash
# Installs the build tree given as argument into a temporary folder, checks what stands where, builds the out-of-tree
# examples against what was installed (CMake and pkg-config, C and C++), and checks what programs and plugins export.
set -euo pipefail

build=$1
temp=$(mktemp -d)
daemon=
finish() {
  [ -z "$daemon" ] || { kill "$daemon" && wait "$daemon"; } || true
  rm -rf "$temp"
}
trap finish EXIT
root=$temp/usr

fail() {
  echo "FAIL: $*" >&2
  exit 1
}

exports() {
  nm -D --defined-only --format=posix "$1" | cut -d' ' -f1 | sed 's/@.*//' | sort | tr '\n' ' ' | sed 's/ $//'
}

check_exports() {
  local got
  got=$(exports "$1")
  [ "$got" = "$2" ] || fail "$1 exports '$got', not '$2'"
}

echo "-- install"
cmake --install "$build" --prefix "$root" >"$temp/install.log" || { cat "$temp/install.log"; fail "cmake --install"; }
for file in bin/stint sbin/stintd libexec/stint/stint-worker lib/stint/tasks/{checksum,sleep,echo}.so \
  include/stint/{task.h,task.hpp,job.hpp,plugin.hpp} share/pkgconfig/stint-task.pc share/cmake/stintTask/stintTaskConfig.cmake \
  share/doc/stint/README.md share/doc/stint/examples/hello/hello.cc share/doc/stint/examples/stint.toml; do
  [ -f "$root/$file" ] || fail "not installed: $file"
done

echo "-- exported symbols"
sanitized=$(grep -E '^STINT_SANITIZE:[A-Z]+=.+' "$build/CMakeCache.txt" || true)
for plugin in "$root"/lib/stint/tasks/*.so; do
  check_exports "$plugin" stint_plugin_entry
done
# A sanitizer's runtime puts its own symbols into a program.
if [ -z "$sanitized" ]; then
  own=$(exports "$root/libexec/stint/stint-worker" | tr ' ' '\n' | grep -E '^(redis|uv_|sds|stint|_ZN?K?(5stint|3fmt|6spdlog))' || true)
  [ -z "$own" ] || fail "stint-worker exports $own"
fi

echo "-- the example by CMake"
export CC=${CC:-cc} CXX=${CXX:-c++}
cmake -S "$root/share/doc/stint/examples/hello" -B "$temp/hello" -DCMAKE_PREFIX_PATH="$root" \
  -DCMAKE_CXX_STANDARD=17 -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" >"$temp/cmake.log" 2>&1 || { cat "$temp/cmake.log"; fail configure; }
cmake --build "$temp/hello" >"$temp/build.log" 2>&1 || { cat "$temp/build.log"; fail build; }
check_exports "$temp/hello/hello.so" stint_plugin_entry
check_exports "$temp/hello/hello_c.so" stint_plugin_entry
checked=$("$root/bin/stint" plugin check "$temp/hello/hello.so") || fail "stint plugin check from another prefix"
[[ $checked == *"/hello.so: plugin hello"* ]] || fail "stint plugin check says '$checked'"

echo "-- the example by the one line with pkg-config that its comment tells"
export PKG_CONFIG_PATH=$root/share/pkgconfig
cp "$root"/share/doc/stint/examples/hello/*.c* "$temp"
cd "$temp"
for source in hello.cc hello_c.c; do
  line=$(grep -oE '(g\+\+|gcc) .*-o [a-z_]+\.so' $source) || fail "no build line in $source"
  bash -c "$line"
  nm -D --defined-only "${source%.*}.so" | grep -q ' T stint_plugin_entry$' || fail "$source: no entry"
done

echo "-- the installed stintd runs both"
for name in $(env | grep -oE '^STINT_[A-Z_]+' || true); do unset "$name"; done
printf 'state_dir = "%s"\n[plugins]\npaths = ["%s", "%s"]\n[workers]\nprocesses = 1\n' \
  "$temp/state" "$temp/hello.so" "$temp/hello_c.so" >"$temp/stint.toml"
chmod go-w "$temp"/*.so
export STINT_CONFIG=$temp/stint.toml
"$root/sbin/stintd" 2>"$temp/stintd.log" &
daemon=$!
tries=0
until "$root/bin/stint" stats >/dev/null 2>&1; do
  if ! kill -0 $daemon 2>/dev/null || [ $((tries += 1)) -gt 100 ]; then
    cat "$temp/stintd.log"
    fail "stintd does not answer"
  fi
  sleep 0.2
done
for task in hello hello.c; do
  result=$("$root/bin/stint" submit $task --wait=30s) || { cat "$temp/stintd.log"; fail "$task did not succeed"; }
  [ "$result" = '{"hello": "world"}' ] || fail "$task answered $result"
done
kill $daemon
wait $daemon || fail "stintd ended with $?"
daemon=
echo "ok"
