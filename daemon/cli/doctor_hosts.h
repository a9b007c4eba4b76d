// What `stint doctor` says of the hosts: queues that nobody serves, daemons of several releases,
// clocks that differ, plugins that would be refused here, a kernel that lets Redis not save.
// Warnings all: nothing of it breaks a promise. Judging is pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/doctor_settings.h"
#include "daemon/cli/session.h"

namespace stint::cli {

struct HostFacts {
  int64_t clock_off_ms = 0;                                   // Redis' clock before ours
  std::vector<std::pair<std::string, std::string>> versions;  // host, release: of live workers
  std::string plugins_refused;                                // why; empty: they are not
  struct Unserved {
    std::string queue;
    int64_t jobs = 0;  // that wait for a worker
    std::optional<std::string> nearest;
  };
  std::vector<Unserved> unserved;  // queues without a live worker
  bool redis_is_here = false;      // by a Unix socket
  std::string overcommit;          // of this kernel: "0", "1", "2"; empty: not known
  int64_t redis_bytes = 0;         // that Redis uses
  int64_t memory_available = 0;    // of this host
};

std::vector<SettingsFinding> judge_hosts(const HostFacts& facts);

// On failure: kUnavailable. Changes the session's queue.
Result<HostFacts> host_facts(Session& session, const std::vector<std::string>& queues,
                             int64_t redis_bytes);

}  // namespace stint::cli
