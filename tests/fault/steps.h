// What fault tests do again and again, with nothing but a bare Redis client: push a job, wait until
// its task code runs, read its outcome.
#pragma once

#include <signal.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/daemon.h"
#include "tests/support/eventually.h"
#include "tests/support/paths.h"

namespace stint::test {

inline constexpr const char* kPrefix = "stint:{default}:";

inline std::string key(const std::string& name) {
  return kPrefix + name;
}

// fields: the rest of the entry, e.g. R"("retries":1)".
inline void push(const Daemon& daemon, const std::string& id, const std::string& task,
                 const std::string& params = "null", const std::string& fields = "") {
  daemon.redis({"LPUSH", key("inbox"),
                R"({"task":")" + task + R"(","id":")" + id + R"(","params":)" + params +
                    (fields.empty() ? "" : "," + fields) + "}"});
}

// The parameters of a faulty task that announces its start in a file.
inline std::string announced(const std::string& path, const std::string& more = "") {
  return R"({"started":")" + path + "\"" + (more.empty() ? "" : "," + more) + "}";
}
inline int lines_in(const std::string& path) {
  std::string text = read_file(path);
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}
inline bool until_started(const std::string& path, int times = 1) {
  return eventually(kSoon, [&] { return lines_in(path) >= times; });
}

inline std::string outcome(const Daemon& daemon, const std::string& id) {
  return daemon.redis({"HGET", key("outcomes"), id});
}
// The state of its outcome: "done", "failed", "cancelled"; "" if it has not ended in time.
inline std::string ended_as(const Daemon& daemon, const std::string& id,
                            milliseconds deadline = kSoon) {
  (void)eventually(deadline, [&] { return !outcome(daemon, id).empty(); });
  return json_at(outcome(daemon, id), "/state");
}

// What `stint job logs` shows, without time and attempt.
inline std::vector<std::string> log_of(const Daemon& daemon, const std::string& id) {
  std::istringstream lines(daemon.stint({"job", "logs", id}).out);
  std::vector<std::string> texts;
  for (std::string line; std::getline(lines, line);) {
    size_t attempt = line.find("  ");
    size_t text = attempt == std::string::npos ? attempt : line.find("  ", attempt + 2);
    texts.push_back(text == std::string::npos ? line : line.substr(text + 2));
  }
  return texts;
}

inline bool until_workers(const Daemon& daemon, size_t count) {
  return eventually(kSoon, [&] { return daemon.worker_pids().size() == count; });
}

inline int count_of(const std::string& text, const std::string& word) {
  int count = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}
inline bool until_logged(const Daemon& daemon, const std::string& text) {
  return eventually(kSoon, [&] { return daemon.log().find(text) != std::string::npos; });
}

// The worker that this value of "active" names, if a heartbeat has told Redis that the attempt has
// started; else "". What never started goes back uncounted.
inline std::string started_by(const std::string& active) {
  std::istringstream value(active);
  std::string token, worker, mark;
  value >> token >> worker >> mark;
  return mark.starts_with('1') ? worker : "";
}

// It has just been: what stops renewing now has a whole lease before it.
inline bool until_renewed(const Daemon& daemon, const std::string& id) {
  auto renewed = [&] { return daemon.redis({"ZSCORE", key("leases"), id}); };
  std::string before = renewed();
  return eventually(kLong, [&] { return renewed() != before; });
}

// Of tasks with a lease so short that a test can wait for its end.
inline std::string short_leases(const std::string& lease = "2s") {
  std::string toml = "[sweep]\ninterval = \"500ms\"\n";
  for (const char* task : {"witness", "wait", "wait_once", "hang_once", "counter"}) {
    toml += std::string("[tasks.") + task + "]\nlease = \"" + lease + "\"\n";
  }
  return toml;
}

// A one-shot verb, or a start that ends by itself.
inline Finished stintd(std::vector<std::string> args) {
  args.insert(args.begin(), bin_dir() + "/stintd");
  return run(std::move(args));
}

// AddressSanitizer wants to be the first library of a program; one that is preloaded is.
inline std::pair<std::string, std::string> preloading_under_asan() {
  return asan_options("verify_asan_link_order=0");
}

}  // namespace stint::test
