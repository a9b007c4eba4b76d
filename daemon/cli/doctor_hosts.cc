#include "daemon/cli/doctor_hosts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "common/plugin_file.h"
#include "common/text/text.h"
#include "daemon/cli/output.h"
#include "daemon/cli/queue_names.h"
#include "daemon/cli/queue_stats.h"
#include "daemon/cli/workers.h"

namespace stint::cli {
namespace {

constexpr int64_t kClockOffMs = 60'000;
constexpr size_t kMostQueuesSaid = 10;

SettingsFinding warning(std::string check, std::string key, std::string detail) {
  return {{std::move(check), std::move(key), "", std::move(detail)}, true};
}

std::string first_word_of(const char* path) {
  std::string word;
  std::ifstream(path) >> word;
  return word;
}

// "MemAvailable:  123 kB"
int64_t memory_available() {
  std::ifstream file("/proc/meminfo");
  for (std::string name, unit; file >> name;) {
    int64_t kib = 0;
    file >> kib >> unit;
    if (name == "MemAvailable:") {
      return kib * 1024;
    }
  }
  return 0;
}

// By looks alone: whoever runs the doctor does not want to run their code. Folders that are not
// there belong to no daemon of this host.
std::string refusal_of(const std::vector<std::string>& paths, uid_t user) {
  std::vector<std::string> here;
  for (const auto& path : paths) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) {
      here.push_back(path);
    }
  }
  auto files = find_plugin_files(here);
  if (!files) {
    return files.error().message;
  }
  for (const auto& file : *files) {
    if (auto good = check_plugin_file(file, user); !good) {
      return good.error().message;
    }
  }
  return "";
}

// The daemon's, where there is one: its state directory is its own.
uid_t daemon_user(const Config& config) {
  struct stat status {};
  return ::stat(config.state_dir.c_str(), &status) == 0 ? status.st_uid : ::geteuid();
}

Result<int64_t> clock_off(Session& session) {
  int64_t before = now_wall_ms();
  auto time = session.ask(redis::plain({"TIME"}));
  if (!time) {
    return time.error();
  }
  auto parts = time->view();
  if (parts.size() < 2) {
    return 0;
  }
  int64_t middle = before + (now_wall_ms() - before) / 2;
  return parts[0].integer() * 1000 + parts[1].integer() / 1000 - middle;
}

void judge_versions(const HostFacts& facts, std::vector<SettingsFinding>& found) {
  std::map<std::string, std::set<std::string>> hosts;
  for (const auto& [host, version] : facts.versions) {
    hosts[version].insert(host);
  }
  if (hosts.size() < 2) {
    return;
  }
  std::string text;
  for (const auto& [version, names] : hosts) {
    text += (text.empty() ? "" : ", ") + shown(version, 64) + " on " + shown(*names.begin(), 64) +
            (names.size() > 1 ? " and " + std::to_string(names.size() - 1) + " more" : "");
  }
  found.push_back(warning("versions", "workers",
                          "daemons of several releases share the queues (" + text +
                              "): upgrade the older ones, or wait until they are rolled"));
}

void judge_queues(const HostFacts& facts, std::vector<SettingsFinding>& found) {
  for (size_t i = 0; i < facts.unserved.size(); ++i) {
    const auto& one = facts.unserved[i];
    if (i == kMostQueuesSaid) {
      found.push_back(warning("unserved", "queues",
                              counted(static_cast<int64_t>(facts.unserved.size() - i), "queue") +
                                  " more with jobs that wait have no live worker"));
      return;
    }
    found.push_back(
        warning("unserved", one.queue,
                "no live worker serves the queue " + shown(one.queue) + ", where " +
                    counted(one.jobs, "job") + (one.jobs == 1 ? " waits" : " wait") +
                    ": start stintd with --queue " + shown(one.queue) +
                    (one.nearest ? ", or was " + shown(*one.nearest) + " meant?" : "")));
  }
}

void judge_memory(const HostFacts& facts, std::vector<SettingsFinding>& found) {
  bool may_not_fork = facts.overcommit == "2" ||
                      (facts.overcommit == "0" && facts.redis_bytes > facts.memory_available);
  if (facts.redis_is_here && may_not_fork) {
    found.push_back(warning("overcommit", "vm.overcommit_memory",
                            "the kernel may refuse Redis the copy of itself by which it rewrites "
                            "its file: sysctl vm.overcommit_memory=1"));
  }
}

}  // namespace

std::vector<SettingsFinding> judge_hosts(const HostFacts& facts) {
  std::vector<SettingsFinding> found;
  if (std::abs(facts.clock_off_ms) > kClockOffMs) {
    found.push_back(warning(
        "clock", "TIME",
        "Redis' clock is " + format_duration(milliseconds(std::abs(facts.clock_off_ms))) +
            (facts.clock_off_ms > 0 ? " ahead of" : " behind") +
            " this host's: leases do not mind, but delays and times of day go by Redis' clock; run "
            "an NTP client on both"));
  }
  judge_queues(facts, found);
  judge_versions(facts, found);
  if (!facts.plugins_refused.empty()) {
    found.push_back(
        warning("plugins", "plugins.paths",
                "stintd would not start with the plugins of this host: " + facts.plugins_refused));
  }
  judge_memory(facts, found);
  return found;
}

namespace {

// Keys of another type say nothing here: they are a finding of their own.
Result<void> forgive_damage(const Error& error) {
  return error.code == ErrorCode::kUnavailable ? Result<void>(error) : Result<void>();
}

Result<void> look_at_crew(Session& session, HostFacts& facts) {
  auto crew = read_crew(session);
  if (!crew) {
    return forgive_damage(crew.error());
  }
  for (const auto& worker : crew->workers) {
    facts.versions.emplace_back(worker.host, worker.version);
  }
  auto totals = read_totals(session);
  if (!totals) {
    return forgive_damage(totals.error());
  }
  int64_t waiting = pending_of(*totals);
  if (crew->workers.empty() && waiting > 0) {
    facts.unserved.push_back({session.keys().queue(), waiting, nearest_queue(session)});
  }
  return {};
}

}  // namespace

Result<HostFacts> host_facts(Session& session, const std::vector<std::string>& queues,
                             int64_t redis_bytes) {
  HostFacts facts;
  auto off = clock_off(session);
  if (!off) {
    return off.error();
  }
  facts.clock_off_ms = *off;
  for (const auto& queue : queues) {
    session.choose(queue);
    if (auto looked = look_at_crew(session, facts); !looked) {
      return looked.error();
    }
  }
  facts.plugins_refused = refusal_of(session.config().plugin_paths, daemon_user(session.config()));
  facts.redis_is_here = !session.config().redis.socket.empty() || session.config().embedded;
  facts.overcommit = first_word_of("/proc/sys/vm/overcommit_memory");
  facts.redis_bytes = redis_bytes;
  facts.memory_available = memory_available();
  return facts;
}

}  // namespace stint::cli
