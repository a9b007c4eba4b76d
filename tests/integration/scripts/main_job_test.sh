#!/usr/bin/env bash
# scripts/main_job.py with the build tree given as argument: what it says of a folder and on the way, of names and files that are
# no job or a failed one, that --keep leaves a daemon, and that a folder which cannot be listed is an error with the reason. And what
# scripts/run, which installs and builds before it calls that, refuses.
set -euo pipefail

build=$1
scripts=$(dirname "$(readlink -f "$0")")/../../../scripts
main_job=$scripts/main_job.py
temp=$(mktemp -d)
pid=''  # of the daemon that --keep left
kept=''
clean_up() {
  [ -z "$pid" ] || ! kill "$pid" 2>/dev/null || timeout 60 tail --pid="$pid" -f /dev/null || kill -KILL "$pid"
  rm -rf "$temp" "$kept"
}
trap clean_up EXIT

fail() {
  echo "FAIL: $*" >&2
  cat "$temp/out" >&2
  exit 1
}

for wrong in --wrong "$temp/none" "$temp $temp"; do
  code=0
  # shellcheck disable=SC2086  # one argument or two
  "$scripts/run" $wrong >"$temp/out" 2>&1 || code=$?
  [ "$code" = 2 ] || fail "scripts/run $wrong: exit $code"
done
"$scripts/run" --help >"$temp/out" 2>&1 || fail "scripts/run --help: exit $?"

# Four regular files; what else is there is no job: a link to one, to a folder, and what a reader would wait at for ever.
mkdir -p "$temp/files/sub"
for n in 1 2 3 sub/4; do echo "$n" >"$temp/files/$n"; done
ln -s 1 "$temp/files/link"
ln -s sub "$temp/files/sub-link"
mkfifo "$temp/files/fifo"
python3 "$main_job" "$build" "$temp/files" >"$temp/out" 2>&1 || fail "a good folder: exit $?"
grep -q '^4 digests agree with sha256sum, 0 differ' "$temp/out" || fail "not all digests agree"
grep -q '^4 of 4 jobs: 4 done, 0 failed, [0-9]* jobs/s$' "$temp/out" || fail "the progress is not said"
! grep -q $'\r\|\x1b' "$temp/out" || fail "a file holds a terminal's control characters"

code=0
python3 "$main_job" "$build" "$temp/none" >"$temp/out" 2>&1 || code=$?
[ "$code" = 1 ] || fail "a folder that cannot be listed: exit $code"
grep -q "$temp/none cannot be listed: No such file" "$temp/out" || fail "the reason is not said"

mkdir "$temp/names"
echo 1 >"$temp/names/plain"
echo 2 >"$temp/names/"$'latin-\xe9'
echo 3 >"$temp/names/"$'line\nbreak'
python3 "$main_job" "$build" "$temp/names" >"$temp/out" 2>&1 || fail "names that cannot be jobs: exit $?"
grep -q '^1 digests agree with sha256sum, 0 differ, 0 jobs lost, 0 failed, 2 names skipped' "$temp/out" || fail "two names are skipped"
grep -A2 '^skipped, because the name' "$temp/out" >"$temp/skipped" || fail "the skipped are not listed"
grep -qF 'latin-\xe9' "$temp/skipped" || fail "the name that is not UTF-8 is not listed"
grep -qF 'line\nbreak' "$temp/skipped" || fail "the name with a control character is not listed"

# --keep: three commands, and a daemon that answers them.
python3 "$main_job" "$build" "$temp/files" --keep >"$temp/out" 2>&1 || fail "--keep: exit $?"
pid=$(sed -n 's/^stintd is running (pid \([0-9]*\),.*/\1/p' "$temp/out")
kept=$(sed -n 's/^  kill .*; rm -r \(.*\)$/\1/p' "$temp/out")
[[ -n "$pid" && -d "$kept" ]] || fail "--keep does not say what it leaves"
sed -n '/^stintd is running/,/^Stop it/s/^  //p' "$temp/out" >"$temp/commands"
[ "$(wc -l <"$temp/commands")" = 3 ] || fail "not three commands to try"
while read -r command; do
  bash -c "$command" >"$temp/said" 2>&1 || { cat "$temp/said" >&2; fail "after --keep: exit $?: $command"; }
done <"$temp/commands"
grep -q "^  kill $pid; tail" "$temp/out" || fail "how to stop it is not said"
bash -c "$(sed -n 's/^  \(kill .*\)/\1/p' "$temp/out")" || fail "the command that stops it: exit $?"
[ ! -e "$kept" ] || fail "$kept is left"
! kill -0 "$pid" 2>/dev/null || fail "stintd $pid is left"
pid='' kept=''

# A file that the user may not read; to root every file is readable.
as_user=()
if [ "$(id -u)" = 0 ]; then
  as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/ TMPDIR=/tmp)
  chmod 755 "$temp"
fi
if ! "${as_user[@]}" test -r "$main_job" -a -x "$build/bin/stintd"; then
  echo "not shown here: a file that cannot be read, because nobody else may read $build"
  exit 0
fi
chmod 000 "$temp/files/2"
for keep in '' --keep; do
  "${as_user[@]}" python3 "$main_job" "$build" "$temp/files" $keep >"$temp/out" 2>&1 || fail "an unreadable file: exit $?"
  if [ -n "$keep" ]; then
    pid=$(sed -n 's/^stintd is running (pid \([0-9]*\),.*/\1/p' "$temp/out")
    kept=$(sed -n 's/^  kill .*; rm -r \(.*\)$/\1/p' "$temp/out")
  fi
  grep -q '^3 digests agree with sha256sum, 0 differ, 0 jobs lost, 1 failed, 0 names skipped' "$temp/out" || fail "not one failed job"
  grep -A1 '^failed:' "$temp/out" | grep -q "file-2  .*$temp/files/2.*Permission denied" || fail "the failed job is not listed"
  grep '^  to retry them' "$temp/out" | grep -q ' job retry --state failed --yes$' || fail "the command to retry is not said"
done
chmod 644 "$temp/files/2"
retry=$(sed -n 's/^  to retry them: //p' "$temp/out")
bash -c "$retry" >"$temp/said" 2>&1 || { cat "$temp/said" >&2; fail "the command to retry: exit $?"; }
bash -c "${retry%% job *} job wait file-2" >"$temp/said" 2>&1 || { cat "$temp/said" >&2; fail "file-2 is not done after the retry"; }
