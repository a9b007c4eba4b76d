// A real stintd in a folder of its own, with the real command line: what fault tests and black-box
// tests run. Started and ready (it said READY=1) when the constructor returns; killed with all its
// workers and its Redis at the end, however the test ends. All waits are bounded.
#pragma once

#include <sys/types.h>

#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/redis/client.h"
#include "common/unique_fd.h"
#include "tests/support/eventually.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace stint::test {

std::string faulty_plugin();                          // tests/plugins/faulty
std::string shipped_plugin(const std::string& name);  // "echo"

struct DaemonOptions {
  std::string redis_url;  // "" = embedded
  std::string programs;   // folder of stintd and stint-worker; "" = the build's
  std::string state_dir;  // "" = state/ in its folder
  int processes = 1;
  int slots = 1;
  std::vector<std::string> plugins = {faulty_plugin()};
  std::string workers;                     // more lines of [workers]
  std::string toml;                        // more tables: "[queues.default]\nretries = 1\n"
  std::string log_level = "info";          // "" = what the file says
  std::map<std::string, std::string> env;  // of stintd and, but for STINT_*, of its workers
  bool start = true;                       // else start() does it
};

class Daemon {
 public:
  explicit Daemon(DaemonOptions options = {});
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Throws, with what it logged, if it is not ready in time. launch() does not wait.
  void start();
  void launch();
  bool until_ready();  // false: it ended, or time is up
  // What it has told systemd since its start, a message a line.
  const std::string& told();
  void stop();  // TERM; throws unless it exits 0 in time
  void signal(int number) const { process_->signal(number); }
  void kill9() { process_->kill9(); }
  std::optional<int> wait(milliseconds timeout) { return process_->wait(timeout); }

  pid_t pid() const { return process_->pid(); }
  std::vector<pid_t> worker_pids() const;  // children that run stint-worker
  pid_t redis_pid() const;                 // of the embedded one, -1: none

  const std::string& dir() const { return dir_.path(); }
  std::string operator/(const std::string& name) const { return dir_ / name; }
  std::string config_file() const { return dir_ / "stint.toml"; }
  void configure(DaemonOptions options);  // writes the file anew; takes effect on HUP or start
  std::string state_dir() const;
  redis::Url url() const;  // of its Redis
  redis::Client client() const;
  std::string redis(std::vector<std::string> words) const;  // one command, as RedisServer::command

  // The command line against it.
  Finished stint(std::vector<std::string> args, const std::string& input = "") const;
  // `stint submit` with these; throws unless it exits 0. The id.
  std::string submit(std::vector<std::string> args) const;
  // A field of `stint --json job show ID` by JSON pointer, e.g. "/state", as json_at() gives it. ""
  // = no such job.
  std::string job(const std::string& id, const std::string& pointer) const;
  bool until_state(const std::string& id, const std::string& state,
                   milliseconds deadline = kSoon) const;
  // A number out of `stint --json stats`, e.g. "done".
  int64_t stat(const std::string& name) const;
  // `stint doctor` finds nothing wrong.
  void expect_healthy() const;

  std::string log() const;  // stderr of every start so far
  // No error, no warning and no sanitizer's report, but lines that contain one of these.
  void expect_clean_log(std::initializer_list<std::string> allowed = {}) const;

 private:
  TempDir dir_;
  DaemonOptions options_;
  UniqueFd notify_;
  std::string told_;
  std::string earlier_log_;
  std::unique_ptr<Process> process_;
};

// The value at a JSON pointer: a string's text, else its JSON; "null" for null, "" if there is none
// or json is none.
std::string json_at(const std::string& json, const std::string& pointer);

}  // namespace stint::test
