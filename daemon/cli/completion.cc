#include "daemon/cli/completion.h"

#include <map>

#include "daemon/cli/job_count.h"
#include "daemon/cli/job_scan.h"
#include "daemon/cli/output.h"
#include "daemon/cli/queue_stats.h"

namespace stint::cli {
namespace {

constexpr size_t kMostJobs = 50;

// ":files": the shell knows those better.
constexpr const char* kBash = R"sh(# stint completion for bash: eval "$(stint completion bash)"
_stint() {
  # Bash breaks words at : and = too, stint does not: what touches is one word, and begun what
  # stands before the part of it that bash replaces.
  local line=${COMP_LINE:0:COMP_POINT} words=() found=() begun= i next word
  for ((i = 0; i <= COMP_CWORD; i++)); do
    next=${line#"${line%%[![:space:]]*}"}
    word=${COMP_WORDS[i]}
    ((i < COMP_CWORD)) || word=$next
    if ((i == 0)) || [ "$next" != "$line" ]; then
      words+=("")
    fi
    begun=${words[-1]}
    words[-1]+=$word
    line=${next#"$word"}
  done
  [ -z "${word//[:=]/}" ] && begun=${words[-1]}
  begun=${begun//\\/}
  words[-1]=${words[-1]//\\/}
  mapfile -t found < <(stint --complete "${words[@]:1}" 2>/dev/null)
  COMPREPLY=()
  if [ "${found[0]-}" = ":files" ]; then
    compopt -o default
    return
  fi
  # Quoted, because an id may hold anything: neither Tab nor Return is to run it.
  for word in "${found[@]}"; do
    printf -v word %q "${word#"$begun"}"
    COMPREPLY+=("$word")
  done
}
complete -F _stint stint)sh";

constexpr const char* kZsh = R"sh(#compdef stint
# stint completion for zsh: stint completion zsh >"${fpath[1]}/_stint", or eval it after compinit
_stint() {
  local -a found
  found=("${(@f)$(stint --complete "${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)}")
  if [[ "$found[1]" == ":files" ]]; then
    _files
  else
    compadd -a found
  fi
}
compdef _stint stint)sh";

constexpr const char* kFish = R"sh(# stint completion for fish: stint completion fish | source
function __stint_words
  set -l words (commandline -opc) (commandline -ct)
  set -l found (stint --complete $words[2..-1] 2>/dev/null)
  if test "$found[1]" = ":files"
    __fish_complete_path (commandline -ct)
  else
    printf '%s\n' $found
  end
end
complete -c stint -f -a '(__stint_words)')sh";

std::vector<std::string> state_names() {
  std::vector<std::string> names;
  for (const auto& place : all_places()) {
    names.emplace_back(to_string(place));
  }
  names.emplace_back("cancelled");  // a part of what is done
  return names;
}

std::vector<std::string> live_words(Session& session, WordKind kind) {
  std::vector<std::string> words;
  if (kind == WordKind::kQueue) {
    auto queues = known_queues(session);
    return queues ? *queues : words;
  }
  if (kind == WordKind::kTask) {
    auto reply = session.ask(redis::plain({"HKEYS", session.keys()("tasks")}));
    return reply ? texts_of(reply->view()) : words;
  }
  Filter newest;
  newest.limit = kMostJobs;
  JobScan scan(session, newest, all_places());
  while (words.size() < kMostJobs) {
    auto rows = scan.next();
    if (!rows || rows->empty()) {
      break;
    }
    for (auto& row : *rows) {
      words.push_back(std::move(row.id));
    }
  }
  return words;
}

}  // namespace

ExitCode print_completion(const Globals& globals, const std::string& shell) {
  static const std::map<std::string, const char*> scripts{
      {"bash", kBash}, {"zsh", kZsh}, {"fish", kFish}};
  Output out(globals);
  auto found = scripts.find(shell);
  if (found == scripts.end()) {
    return out.fail({ErrorCode::kInvalid, "stint completion bash|zsh|fish: which?"});
  }
  out.line(found->second);
  return ExitCode::kOk;
}

WordKind kind_of_value(const std::string& option) {
  static const std::map<std::string, WordKind> kinds{
      {"--config", WordKind::kFile},    {"--params-file", WordKind::kFile},
      {"--bulk", WordKind::kFile},      {"--state-dir", WordKind::kFile},
      {"--queue", WordKind::kQueue},    {"-q", WordKind::kQueue},
      {"--task", WordKind::kTask},      {"--state", WordKind::kState},
      {"--kind", WordKind::kErrorKind}, {"--backoff", WordKind::kBackoff},
      {"--by", WordKind::kGroup}};
  auto found = kinds.find(option);
  return found == kinds.end() ? WordKind::kNothing : found->second;
}

WordKind kind_of_argument(const std::string& verb_path) {
  if (verb_path == "stint submit") {
    return WordKind::kTask;
  }
  if (verb_path == "stint completion") {
    return WordKind::kShell;
  }
  return verb_path.starts_with("stint job ")      ? WordKind::kJob
         : verb_path.starts_with("stint queue ")  ? WordKind::kQueue
         : verb_path.starts_with("stint plugin ") ? WordKind::kFile
                                                  : WordKind::kNothing;
}

std::vector<std::string> words_of_kind(const Globals& globals, WordKind kind) {
  switch (kind) {
    case WordKind::kNothing:
      return {};
    case WordKind::kFile:
      return {":files"};
    case WordKind::kState:
      return state_names();
    case WordKind::kErrorKind:
      return error_kinds();
    case WordKind::kGroup:
      return group_names();
    case WordKind::kBackoff:
      return {"none", "fixed:10s", "exp:1s"};
    case WordKind::kShell:
      return {"bash", "zsh", "fish"};
    case WordKind::kQueue:
    case WordKind::kTask:
    case WordKind::kJob:
      break;
  }
  auto session = Session::open(globals);
  return session ? live_words(*session, kind) : std::vector<std::string>{};
}

}  // namespace stint::cli
