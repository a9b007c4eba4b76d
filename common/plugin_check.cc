#include "common/plugin_check.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <sstream>
#include <system_error>

#include <nlohmann/json.hpp>
#include <string.h>

#include "common/unique_fd.h"
#include "common/worker_program.h"

namespace stint {
namespace {

constexpr size_t kMostOutput = size_t{16} << 20;

Error check_error(const std::string& what, int error) {
  return {ErrorCode::kInternal,
          "cannot check plugins: " + what + ": " + std::generic_category().message(error)};
}

std::string worker_program() {
  auto places = worker_program_places();
  for (const auto& place : places) {
    if (access(place.c_str(), X_OK) == 0) {
      return place;
    }
  }
  return places.back();  // to be named in the error
}

// Files of memory, so that neither of the two streams can block the child.
struct Streams {
  UniqueFd out{memfd_create("plugin-check-out", MFD_CLOEXEC)};
  UniqueFd err{memfd_create("plugin-check-err", MFD_CLOEXEC)};
};

// Returns the wait status.
Result<int> run_worker(const std::string& program, std::span<const std::string> paths,
                       const Streams& streams) {
  std::vector<std::string> words{"stint-worker", "--check"};
  words.insert(words.end(), paths.begin(), paths.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  sigset_t reset;
  sigfillset(&reset);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &reset);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, streams.out.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, streams.err.get(), STDERR_FILENO);
  pid_t pid = -1;
  int failed = posix_spawn(&pid, program.c_str(), &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    return check_error(program, failed);
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) {
      return check_error("waitpid", errno);
    }
  }
  return status;
}

std::string read_all(const UniqueFd& fd) {
  std::string text;
  std::array<char, 65536> buffer{};
  while (text.size() < kMostOutput) {
    ssize_t n = pread(fd.get(), buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
    if (n <= 0) {
      break;
    }
    text.append(buffer.data(), static_cast<size_t>(n));
  }
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) {
      lines.push_back(line);
    }
  }
  return lines;
}

// What the worker says last is why; before it the loader or a plugin may have spoken.
Result<void> judge_end(int status, const std::string& said) {
  auto lines = lines_of(said);
  std::string why = lines.empty() ? "it does not say why" : lines.back();
  // No plugin's fault: the kernel, short of memory, or a person.
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
    return Error{ErrorCode::kInternal,
                 "cannot check plugins: stint-worker --check was killed (SIGKILL), as by a kernel "
                 "that is short of memory; try again"};
  }
  if (WIFSIGNALED(status)) {
    const char* name = sigabbrev_np(WTERMSIG(status));
    return Error{ErrorCode::kConfig, std::string("a plugin ended the process that loaded it: SIG") +
                                         (name != nullptr ? name : "?")};
  }
  if (WEXITSTATUS(status) == 0) {
    return {};
  }
  constexpr int kConfigExit = 78;
  return WEXITSTATUS(status) == kConfigExit
             ? Error{ErrorCode::kConfig, why}
             : Error{ErrorCode::kInternal, "stint-worker --check ended with code " +
                                               std::to_string(WEXITSTATUS(status)) + ": " + why};
}

// Lines that a plugin printed while it was loaded are none of the worker's.
std::vector<CheckedPlugin> parse_plugins(const std::string& out) {
  std::vector<CheckedPlugin> plugins;
  for (auto& line : lines_of(out)) {
    auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("path") || !json.contains("tasks")) {
      continue;
    }
    CheckedPlugin plugin;
    plugin.path = json.value("path", "");
    plugin.name = json.value("name", "");
    plugin.version = json.value("version", "");
    for (const auto& task : json["tasks"]) {
      plugin.tasks.push_back(task.value("id", ""));
    }
    plugin.json = std::move(line);
    plugins.push_back(std::move(plugin));
  }
  return plugins;
}

}  // namespace

Result<std::vector<CheckedPlugin>> check_plugins(std::span<const std::string> paths) {
  Streams streams;
  if (!streams.out || !streams.err) {
    return check_error("memfd_create", errno);
  }
  auto status = run_worker(worker_program(), paths, streams);
  if (!status) {
    return status.error();
  }
  if (auto good = judge_end(*status, read_all(streams.err)); !good) {
    return good.error();
  }
  return parse_plugins(read_all(streams.out));
}

std::vector<std::string> folders_without_plugins(std::span<const std::string> paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> empty;
  for (const auto& path : paths) {
    std::error_code failed;
    fs::directory_iterator entry(path, failed);
    if (failed) {
      continue;  // a file, or what check_plugins() refuses
    }
    auto is_plugin = [](const fs::directory_entry& file) {
      return file.path().extension() == ".so";
    };
    if (std::none_of(fs::begin(entry), fs::end(entry), is_plugin)) {
      empty.push_back(path);
    }
  }
  return empty;
}

}  // namespace stint
