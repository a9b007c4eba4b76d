#!/usr/bin/env bash
# Installs the build tree given as argument into a temporary folder, checks what stands where, builds the out-of-tree
# examples against what was installed (CMake and pkg-config, C and C++), plugins and a program that submits, runs them,
# and checks what programs, plugins and the client library export.
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
  include/stint/client.hpp share/doc/stint/examples/submit/submit.cc share/doc/stint/README.md share/doc/stint/examples/hello/hello.cc share/doc/stint/examples/stint.toml; do
  [ -f "$root/$file" ] || fail "not installed: $file"
done

echo "-- links between the documents lead somewhere"
[ -z "$(find "$root" -type d -empty)" ] || fail "empty folders: $(find "$root" -type d -empty)"
for document in "$root"/share/doc/stint/*.md; do
  for link in $(grep -oE '[]][(][A-Za-z./_-]+[)#]' "$document" | tr -d '])(#'); do
    [ -e "$root/share/doc/stint/$link" ] || fail "$document: nothing is at $link"
  done
done

echo "-- exported symbols"
sanitized=$(sed -nE 's/^STINT_SANITIZE:[A-Z]+=(.+)/\1/p' "$build/CMakeCache.txt")
for plugin in "$root"/lib/stint/tasks/*.so; do
  check_exports "$plugin" stint_plugin_entry
done
# A sanitizer's runtime puts its own symbols into a program.
if [ -z "$sanitized" ]; then
  own=$(exports "$root/libexec/stint/stint-worker" | tr ' ' '\n' | grep -E '^(redis|uv_|sds|stint|_ZN?K?(5stint|3fmt|6spdlog))' || true)
  [ -z "$own" ] || fail "stint-worker exports $own"
fi
archive=$(find "$root" -name libstint-client.a)
[ -n "$archive" ] || fail "no libstint-client.a"
if [ -z "$sanitized" ]; then
  # Not those of the standard library, which every program shares.
  own=$(nm -g --defined-only --format=posix "$archive" | cut -d' ' -f1 |
    grep -vE '^(_Z(Z?N?K?|T[A-Z]N?K?|GVZ?N?K?)(St|9__gnu_cxx)|_ZNK?5stint6client6Client|DW\.ref\.|.*stint-client\.o)' || true)
  [ -z "$own" ] || fail "libstint-client.a exports $own"
fi

echo "-- the examples by CMake"
export CC=${CC:-cc} CXX=${CXX:-c++}
cmake -S "$root/share/doc/stint/examples/hello" -B "$temp/hello" -DCMAKE_PREFIX_PATH="$root" \
  -DCMAKE_CXX_STANDARD=17 -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" >"$temp/cmake.log" 2>&1 || { cat "$temp/cmake.log"; fail configure; }
cmake --build "$temp/hello" >"$temp/build.log" 2>&1 || { cat "$temp/build.log"; fail build; }
check_exports "$temp/hello/hello.so" stint_plugin_entry
check_exports "$temp/hello/hello_c.so" stint_plugin_entry
checked=$("$root/bin/stint" plugin check "$temp/hello/hello.so") || fail "stint plugin check from another prefix"
[[ $checked == *"/hello.so: plugin hello"* ]] || fail "stint plugin check says '$checked'"
cmake -S "$root/share/doc/stint/examples/submit" -B "$temp/by_cmake" -DCMAKE_PREFIX_PATH="$root" -DCMAKE_CXX_STANDARD=17 \
  -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wconversion -Werror ${sanitized:+-fsanitize=$sanitized}" >"$temp/cmake.log" 2>&1 ||
  { cat "$temp/cmake.log"; fail "configure submit"; }
cmake --build "$temp/by_cmake" >"$temp/build.log" 2>&1 || { cat "$temp/build.log"; fail "build submit"; }

echo "-- the examples by the one line with pkg-config that their comments tell"
PKG_CONFIG_PATH=$root/share/pkgconfig:$(dirname "$archive")/pkgconfig
export PKG_CONFIG_PATH
cp "$root"/share/doc/stint/examples/{hello/*.c*,submit/*.cc} "$temp"
cd "$temp"
for source in hello.cc hello_c.c; do
  line=$(grep -oE '(g\+\+|gcc) .*-o [a-z_]+\.so' $source) || fail "no build line in $source"
  bash -c "$line"
  nm -D --defined-only "${source%.*}.so" | grep -q ' T stint_plugin_entry$' || fail "$source: no entry"
done
line=$(grep -oE 'g\+\+ .*-o submit$' submit.cc) || fail "no build line in submit.cc"
bash -c "$line ${sanitized:+-fsanitize=$sanitized}"
# shellcheck disable=SC2016  # backticks of Markdown
sed -n '/^```cpp$/,/^```$/{/^```/!p}' "$root/share/doc/stint/clients.md" >documented.cc
bash -c "${line//submit/documented} ${sanitized:+-fsanitize=$sanitized}" || fail "the program in clients.md"

echo "-- a task that submits: both interfaces in one plugin"
cat >relay.cc <<'END'
#include <stint/client.hpp>
#include <stint/task.hpp>

STINT_PLUGIN("relay", "1.0") {
  plugin.task("relay", [](stint::Job& job) {
    stint::client::Options options;
    options.state_dir = job.resource();
    auto client = stint::client::Client::connect(options);
    if (!client) throw std::runtime_error(client.error().message);
    stint::client::Job next;
    next.task = "hello";
    next.id = job.id() + ".next";
    auto sent = client->submit(next);
    if (!sent.ok()) throw std::runtime_error(sent.error->message);
    return stint::quoted(sent.id);
  });
}
END
flags=$(pkg-config --cflags --libs stint-task stint-client)
# shellcheck disable=SC2086  # words
g++ -std=c++17 -fPIC -shared relay.cc $flags ${sanitized:+-fsanitize=$sanitized} -o relay.so || fail "relay.so"
own=$(exports relay.so | tr ' ' '\n' | grep -E '^(redis|sds|_ZN?K?(5stint|4toml))' || true)
[ -z "$own" ] || fail "relay.so exports $own"

if [ -z "$sanitized" ]; then
  needed=$(ldd ./submit | grep -E 'hiredis|toml|libuv|fmt|spdlog' || true)
  [ -z "$needed" ] || fail "a program with libstint-client.a needs $needed"
fi

echo "-- the installed stintd runs the plugins"
for name in $(env | grep -oE '^STINT_[A-Z_]+' || true); do unset "$name"; done
said=$(STINT_CONFIG=/dev/null "$root/bin/stint" config show | grep '^plugins.paths ')
[[ $said == *"[\"$root/lib/stint/tasks\"]"*default ]] || fail "plugins are looked for elsewhere: $said"
printf 'state_dir = "%s"\n[plugins]\npaths = ["%s", "%s", "%s", "%s"]\n[workers]\nprocesses = 1\n' \
  "$temp/state" "$temp/hello.so" "$temp/hello_c.so" "$temp/relay.so" "$root/lib/stint/tasks/echo.so" >"$temp/stint.toml"
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
"$root/bin/stint" submit relay --id first -r "$temp/state" --wait=30s >/dev/null || { cat "$temp/stintd.log"; fail "relay did not submit"; }
result=$("$root/bin/stint" job wait first.next) || fail "what relay submitted did not succeed: $result"

echo "-- the programs that submit find it, as the command line does"
for program in ./submit by_cmake/submit; do
  result=$($program hello) || fail "$program did not succeed"
  [ "$result" = '{"hello": "world"}' ] || fail "$program printed $result"
  result=$($program hello null 500) || fail "$program: 500 jobs did not succeed"
  [ "$result" = '500 of 500 succeeded' ] || fail "$program printed $result"
done
result=$(./documented) || fail "the program in clients.md did not succeed"
[ "$result" = '{"any": ["json"]}' ] || fail "the program in clients.md printed $result"
! said=$(./submit "no such task" 2>&1) || fail "a task that cannot be was submitted"
[[ $said == *"field 'task'"* ]] || fail "a wrong task is told: $said"
kill $daemon
wait $daemon || fail "stintd ended with $?"
daemon=
echo "ok"
