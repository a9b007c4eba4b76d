// A password in memory, and a kernel that writes what crashes to disk.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

// As `ulimit -c unlimited` before stintd, where that is allowed.
struct CoresWanted {
  rlimit before{};
  CoresWanted() {
    getrlimit(RLIMIT_CORE, &before);
    rlimit most{before.rlim_max, before.rlim_max};
    setrlimit(RLIMIT_CORE, &most);
  }
  CoresWanted(const CoresWanted&) = delete;
  CoresWanted& operator=(const CoresWanted&) = delete;
  ~CoresWanted() { setrlimit(RLIMIT_CORE, &before); }
};

std::string core_limits(pid_t pid) {
  std::istringstream lines(read_file("/proc/" + std::to_string(pid) + "/limits"));
  std::string soft;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Max core file size")) {
      std::istringstream words(line.substr(std::string("Max core file size").size()));
      words >> soft;
    }
  }
  return soft;
}

// Sanitizers forbid them themselves.
DaemonOptions with_cores() {
  DaemonOptions options;
  for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS"}) {
    const char* said = std::getenv(name);
    options.env[name] = std::string(said == nullptr ? "" : said) + ":disable_coredump=0";
  }
  return options;
}

}  // namespace

TEST_CASE("core files: neither stintd nor a worker leaves one where Redis has a password") {
  CoresWanted cores;
  RedisOptions locked;
  locked.password = "s3cret";
  RedisServer redis(locked);
  DaemonOptions options = with_cores();
  options.redis_url = redis.url_text();
  Daemon daemon(options);
  CHECK(core_limits(daemon.pid()) == "0");
  CHECK(core_limits(daemon.worker_pids().at(0)) == "0");
}

TEST_CASE("core files: without a password they are the host's choice") {
  CoresWanted cores;
  Daemon daemon(with_cores());
  CHECK(core_limits(daemon.pid()) == core_limits(getpid()));
  CHECK(core_limits(daemon.worker_pids().at(0)) == core_limits(getpid()));
}
