#include "tests/support/daemon.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <stdexcept>

#include <catch2/catch.hpp>

#include "tests/support/eventually.h"
#include "tests/support/paths.h"
#include "tests/support/redis_server.h"
#include "tests/support/sanitizer_report.h"

namespace stint::test {

namespace {

UniqueFd notify_socket(const std::string& path) {
  UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  void* raw = &address;
  if (bind(fd.get(), static_cast<sockaddr*>(raw), sizeof address) != 0) {
    throw std::runtime_error("cannot bind " + path);
  }
  return fd;
}

std::string toml_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items) {
    out += (out.size() > 1 ? ", \"" : "\"") + item + "\"";
  }
  return out + "]";
}

// Fields of /proc/PID/stat after the name, which may hold anything: state, parent, ...
pid_t parent_of(pid_t pid) {
  std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  std::istringstream rest(stat.substr(std::min(stat.rfind(')'), stat.size() - 1) + 1));
  std::string state;
  pid_t parent = -1;
  rest >> state >> parent;
  return state == "Z" ? -1 : parent;
}

std::vector<pid_t> children_running(pid_t parent, const std::string& program) {
  std::vector<pid_t> out;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    std::error_code gone;
    auto exe = std::filesystem::read_symlink(entry.path() / "exe", gone);
    if (!gone && exe.filename().string().starts_with(program) &&
        parent_of(std::stoi(name)) == parent) {
      out.push_back(std::stoi(name));
    }
  }
  return out;
}

bool is_alarming(const std::string& line) {
  constexpr std::array<const char*, 6> kMarks = {"Z warning ",     "Z error ",       "Sanitizer",
                                                 "runtime error:", "internal error", "assertion"};
  return std::any_of(kMarks.begin(), kMarks.end(),
                     [&](const char* mark) { return line.find(mark) != std::string::npos; });
}

}  // namespace

std::string faulty_plugin() {
  return test_plugins_dir() + "/faulty/faulty.so";
}
std::string shipped_plugin(const std::string& name) {
  return tasks_dir() + "/" + name + ".so";
}

Daemon::Daemon(DaemonOptions options) : notify_(notify_socket(dir_ / "notify.sock")) {
  configure(std::move(options));
  if (options_.start) {
    start();
  }
}

Daemon::~Daemon() {
  if (!process_) {
    return;
  }
  // The workers lead process groups of their own; the embedded Redis ends with its parent.
  auto workers = process_->running() ? worker_pids() : std::vector<pid_t>();
  process_->kill9();
  for (pid_t pid : workers) {
    (void)::kill(-pid, SIGKILL);
  }
  expect_no_report(log());
}

void Daemon::configure(DaemonOptions options) {
  options_ = std::move(options);
  std::string text = "state_dir = \"" + state_dir() + "\"\n[embedded]\nmaxmemory = \"256MiB\"\n";
  if (!options_.redis_url.empty()) {
    text += "[redis]\nurl = \"" + options_.redis_url + "\"\n";
  }
  text += "[workers]\nprocesses = " + std::to_string(options_.processes) +
          "\nslots = " + std::to_string(options_.slots) + "\n" + options_.workers +
          "\n[plugins]\npaths = " + toml_list(options_.plugins) + "\n" + options_.toml;
  write_file(config_file(), text);
}

void Daemon::launch() {
  if (process_) {
    earlier_log_ += process_->err();
  }
  (void)told();
  told_.clear();
  Spawn spawn;
  const std::string& programs = options_.programs.empty() ? bin_dir() : options_.programs;
  spawn.argv = {programs + "/stintd", "--config", config_file()};
  if (!options_.log_level.empty()) {
    spawn.argv.insert(spawn.argv.end(), {"--log-level", options_.log_level});
  }
  spawn.env = {{"NOTIFY_SOCKET", dir_ / "notify.sock"}, {"JOURNAL_STREAM", std::nullopt}};
  for (const auto& [name, value] : options_.env) {
    spawn.env[name] = value;
  }
  // Its own default again: what lives long is watched for as long as that.
  spawn.env.insert(asan_options("quarantine_size_mb=256"));
  process_ = std::make_unique<Process>(std::move(spawn));
}

bool Daemon::until_ready() {
  return eventually(
             kSoon,
             [&] { return told().find("READY=1") != std::string::npos || !process_->running(); }) &&
         process_->running();
}

const std::string& Daemon::told() {
  std::array<char, 512> bytes{};
  for (ssize_t n = 0; (n = recv(notify_.get(), bytes.data(), bytes.size(), 0)) > 0;) {
    told_ += std::string(bytes.data(), static_cast<size_t>(n)) + "\n";
  }
  return told_;
}

void Daemon::start() {
  launch();
  if (!until_ready()) {
    throw std::runtime_error("stintd is not ready:\n" + log());
  }
}

void Daemon::stop() {
  process_->signal(SIGTERM);
  auto code = process_->wait(kLong);
  if (code != 0) {
    throw std::runtime_error("stintd does not stop with 0 but " +
                             (code ? std::to_string(*code) : "hangs") + ":\n" + log());
  }
}

std::vector<pid_t> Daemon::worker_pids() const {
  return children_running(pid(), "stint-worker");
}

pid_t Daemon::redis_pid() const {
  auto found = children_running(pid(), "redis-");  // redis-server is a link to redis-check-rdb
  return found.empty() ? -1 : found.front();
}

std::string Daemon::state_dir() const {
  return options_.state_dir.empty() ? dir_ / "state" : options_.state_dir;
}

redis::Url Daemon::url() const {
  std::string text =
      options_.redis_url.empty() ? "unix://" + state_dir() + "/redis.sock" : options_.redis_url;
  return *redis::parse_url(text);
}

redis::Client Daemon::client() const {
  auto client = redis::Client::connect(url(), kSoon, "test");
  if (!client) {
    throw std::runtime_error(client.error().message);
  }
  return std::move(client).value();
}

std::string Daemon::redis(std::vector<std::string> words) const {
  auto reply = client().run(redis::plain(std::move(words)));
  if (!reply) {
    throw std::runtime_error(reply.error().message);
  }
  return text_of(reply->view());
}

Finished Daemon::stint(std::vector<std::string> args, const std::string& input) const {
  Spawn spawn;
  spawn.argv = {bin_dir() + "/stint", "--config", config_file()};
  spawn.argv.insert(spawn.argv.end(), args.begin(), args.end());
  spawn.input = input;
  spawn.env.insert(asan_options(kOnlyAsked));
  return run(std::move(spawn), kLong);
}

std::string Daemon::submit(std::vector<std::string> args) const {
  args.insert(args.begin(), "submit");
  auto ended = stint(std::move(args));
  if (ended.code != 0) {
    throw std::runtime_error("stint submit: exit " + std::to_string(ended.code) + ": " + ended.err);
  }
  return ended.out.substr(0, ended.out.find('\n'));
}

std::string Daemon::job(const std::string& id, const std::string& pointer) const {
  return json_at(stint({"--json", "job", "show", id}).out, pointer);
}

bool Daemon::until_state(const std::string& id, const std::string& state,
                         milliseconds deadline) const {
  return eventually(deadline, [&] { return job(id, "/state") == state; });
}

int64_t Daemon::stat(const std::string& name) const {
  std::string value = json_at(stint({"--json", "stats"}).out, "/" + name);
  return value.empty() ? -1 : std::stoll(value);
}

void Daemon::expect_healthy() const {
  auto ended = stint({"doctor"});
  INFO(ended.out << ended.err);
  CHECK(ended.code == 0);
}

std::string Daemon::log() const {
  return earlier_log_ + (process_ ? process_->err() : "");
}

void Daemon::expect_clean_log(std::initializer_list<std::string> allowed) const {
  std::istringstream lines(log());
  for (std::string line; std::getline(lines, line);) {
    bool excused = std::any_of(allowed.begin(), allowed.end(), [&](const std::string& text) {
      return line.find(text) != std::string::npos;
    });
    if (!excused && is_alarming(line)) {
      FAIL_CHECK("stintd logged: " << line);
    }
  }
}

}  // namespace stint::test
