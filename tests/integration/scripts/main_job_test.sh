#!/usr/bin/env bash
# scripts/main_job.py with the build tree given as argument: what it says of a folder, and that one which cannot be listed
# is an error with the reason, not a folder without files.
set -euo pipefail

build=$1
main_job=$(dirname "$(readlink -f "$0")")/../../../scripts/main_job.py
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

fail() {
  echo "FAIL: $*" >&2
  cat "$temp/out" >&2
  exit 1
}

mkdir "$temp/files"
for n in 1 2 3; do echo "$n" >"$temp/files/$n"; done
python3 "$main_job" "$build" "$temp/files" >"$temp/out" 2>&1 || fail "a good folder: exit $?"
grep -q '^3 digests agree with sha256sum, 0 differ' "$temp/out" || fail "not all digests agree"
! grep -q $'\r\|\x1b' "$temp/out" || fail "a file holds a terminal's control characters"

code=0
python3 "$main_job" "$build" "$temp/none" >"$temp/out" 2>&1 || code=$?
[ "$code" = 1 ] || fail "a folder that cannot be listed: exit $code"
grep -q "$temp/none cannot be listed: No such file" "$temp/out" || fail "the reason is not said"
