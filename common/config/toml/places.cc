#include "common/config/toml/places.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "common/config/toml/load.h"

namespace stint {
namespace {

constexpr const char* kSystemStateDir = "/var/lib/stint";

bool exists(const std::string& path) {
  struct stat about {};
  // EACCES: it may be there; whoever opens it says what is missing.
  return stat(path.c_str(), &about) == 0 || errno == EACCES;
}

// $XDG_x, else $HOME/fallback.
std::string xdg(const char* name, const char* fallback) {
  if (auto base = environment(name)) {
    return *base;
  }
  auto home = environment("HOME");
  return home ? *home + fallback : std::string();
}

bool is_anothers(const std::string& path) {
  if (faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0 || errno != EACCES) {
    return false;
  }
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  struct stat about {};
  while (stat(folder.c_str(), &about) != 0 && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  return about.st_uid != geteuid();
}

bool is_service_user() {
  if (geteuid() == 0) {
    return true;
  }
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  return getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
         found != nullptr && std::string(entry.pw_name) == "stint";
}

}  // namespace

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread starts
  return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

std::string absolute(const std::string& path) {
  if (path.empty()) {
    return path;
  }
  std::error_code failed;
  std::filesystem::path whole = std::filesystem::absolute(path, failed).lexically_normal();
  std::string text = failed ? path : whole.string();
  return text.size() > 1 && text.ends_with('/') ? text.substr(0, text.size() - 1) : text;
}

Found find_config_file(const std::optional<std::string>& flag, const char* word) {
  if (flag) {
    return {*flag, word, ""};
  }
  if (auto path = environment("STINT_CONFIG")) {
    return {*path, "STINT_CONFIG", ""};
  }
  std::string base = xdg("XDG_CONFIG_HOME", "/.config");
  std::string mine = base.empty() ? "" : base + "/stint/stint.toml";
  bool is_there = !mine.empty() && exists(mine);
  std::string passed_over = is_there && is_anothers(mine) ? mine : "";
  if (is_there && passed_over.empty()) {
    return {mine, "default", ""};
  }
  if (exists("/etc/stint/stint.toml")) {
    return {"/etc/stint/stint.toml", "default", passed_over};
  }
  return {"", "", passed_over};
}

Found find_state_dir(const std::optional<std::string>& flag, const char* word,
                     const std::string& in_file) {
  if (flag) {
    return {*flag, word, ""};
  }
  if (auto path = environment("STINT_STATE_DIR")) {
    return {*path, "STINT_STATE_DIR", ""};
  }
  if (!in_file.empty()) {
    return {in_file, "", ""};
  }
  if (auto path = environment("STATE_DIRECTORY")) {
    return {path->substr(0, path->find(':')), "STATE_DIRECTORY", ""};
  }
  if (is_service_user()) {
    return {kSystemStateDir, "default", ""};
  }
  std::string mine = xdg("XDG_STATE_HOME", "/.local/state");
  return {mine.empty() ? kSystemStateDir : mine + "/stint", "default", ""};
}

std::string default_plugin_folder() {
  std::error_code ignored;
  auto folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  auto prefix = folder.parent_path();
  bool installed =
      !prefix.empty() && std::filesystem::exists(prefix / "libexec/stint/stint-worker", ignored);
  return (installed ? prefix / STINT_TASKS_BELOW : std::filesystem::path(STINT_TASKS_DIR)).string();
}

}  // namespace stint
