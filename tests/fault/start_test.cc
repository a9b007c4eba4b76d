// How starts end that cannot succeed: one line that says why and where, and the exit code by which
// systemd knows whether to try again (common/exit_code.h).
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/paths.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

// A server that answers as an old Redis does, to every command in its greeting.
constexpr const char* kOldRedis = R"(
import socket, sys
info = b'# Server\r\nredis_version:6.2.14\r\nrun_id:1\r\nrole:master\r\n'
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(16)
while True:
    client = server.accept()[0]
    lines = client.makefile('rb')
    while (head := lines.readline()):
        words = []
        for _ in range(int(head[1:])):
            words.append(lines.read(int(lines.readline()[1:]) + 2)[:-2].upper())
        if words[0] == b'INFO':
            client.sendall(b'$%d\r\n%s\r\n' % (len(info), info))
        elif words[0] in (b'HGET', b'GET'):
            client.sendall(b'$-1\r\n')
        else:
            client.sendall(b'+PONG\r\n' if words[0] == b'PING' else b'+OK\r\n')
)";

void says(const Finished& ended, int code, const std::string& part) {
  INFO(ended.err);
  CHECK(ended.code == code);
  CHECK(ended.err.find(part) != std::string::npos);
  // As a line of the log, or before there is one.
  CHECK(count_of(ended.err, " error ") + count_of("\n" + ended.err, "\nstintd: ") == 1);
}

}  // namespace

TEST_CASE("start on a Redis before 7.0: exit 78 with its version, from stintd and from stint") {
  TempDir dir;
  Process old({{"python3", "-c", kOldRedis, dir / "old.sock"}, {}, {}, {}});
  REQUIRE(eventually(kSoon, [&] { return std::filesystem::exists(dir / "old.sock"); }));
  std::string url = "unix://" + (dir / "old.sock");
  auto ended = stintd({"--redis", url, "--state-dir", dir / "s", "--plugins", faulty_plugin()});
  says(ended, 78, "Redis 6.2.14 is too old: stint needs 7.0");
  CHECK(count_of(ended.err, " error ") == 1);
  auto asked = run({bin_dir() + "/stint", "--redis", url, "stats"});
  CHECK(asked.code == 78);
  CHECK(asked.err.find("needs 7.0") != std::string::npos);
}

TEST_CASE("start: every way to fail has its exit code and one line") {
  TempDir dir;
  says(stintd({"--no-such-option"}), 2, "--no-such-option");
  write_file(dir / "bad.toml", "[workers]\nslotz = 1\n");
  says(stintd({"--config", dir / "bad.toml"}), 78, "bad.toml:2");
  says(stintd({"--config", dir / "none.toml"}), 78, "none.toml");
  write_file(dir / "file", "");
  says(stintd({"--state-dir", dir / "file/state", "--plugins", faulty_plugin()}), 1,
       dir / "file/state");
  says(stintd({"--state-dir", dir / "s", "--plugins", dir / "none.so"}), 78, "none.so");
  Spawn no_redis{{bin_dir() + "/stintd", "--state-dir", dir / "t", "--plugins", faulty_plugin()},
                 {{"PATH", dir.path()}},
                 {},
                 {}};
  if (!std::filesystem::exists("/usr/bin/redis-server")) {  // where it is looked for as well
    says(run(no_redis), 78, "redis-server");
  }
}

TEST_CASE(
    "a Redis user who lacks commands or keys: stintd and stint name each, and change nothing") {
  struct Weakness {
    std::vector<std::string> rules;
    std::string named;
  };
  for (const auto& weak : {Weakness{{"~stint:*", "+@all", "-zadd", "-rpush"}, ": rpush, zadd on "},
                           Weakness{{"~stint:*", "+@all", "-blmove"}, ": blmove on "},
                           Weakness{{"~other:*", "+@all"}, "on stint:{default}:*"}}) {
    INFO(weak.named);
    RedisServer redis;
    std::vector<std::string> words{"ACL", "SETUSER", "weak", "on", ">pw", "&stint:*"};
    words.insert(words.end(), weak.rules.begin(), weak.rules.end());
    redis.command(words);
    DaemonOptions options;
    options.redis_url = "unix://weak:pw@" + redis.socket();
    options.start = false;
    Daemon daemon(options);
    daemon.launch();
    CHECK(daemon.wait(kSoon) == 78);
    CHECK(daemon.log().find("Redis user weak lacks a right") != std::string::npos);
    CHECK(count_of(daemon.log(), " error ") == 1);
    bool names_command = weak.rules.front() == "~stint:*";
    CHECK((!names_command || daemon.log().find(weak.named) != std::string::npos));
    auto refused = [&](const Finished& asked) {
      INFO(daemon.log() << asked.err);
      CHECK(asked.code == 78);
      CHECK(asked.err.find("Redis user weak lacks a right") != std::string::npos);
      CHECK((!names_command || asked.err.find(weak.named) != std::string::npos));
    };
    for (const std::vector<std::string>& verb : {std::vector<std::string>{"submit", "info"},
                                                 {"job", "retry", "a"},
                                                 {"job", "cancel", "a"},
                                                 {"job", "delete", "a"},
                                                 {"queue", "pause"},
                                                 {"queue", "resume"},
                                                 {"sweep"},
                                                 {"doctor", "--repair"}}) {
      refused(daemon.stint(verb));
    }
    refused(run(
        {{bin_dir() + "/stintd", "--config", daemon.config_file(), "--retry-failed"}, {}, {}, {}}));
    CHECK(redis.command({"DBSIZE"}) == "0");
  }
}

TEST_CASE(
    "a user outside the group of the socket: stint and stintd --retry-failed name the group, exit "
    "7") {
  if (geteuid() != 0) {
    WARN("not shown here: only root may become somebody else");
    return;
  }
  Daemon daemon;
  // The way to the folder is open, as /var/lib is; the folder itself is its group's.
  std::filesystem::permissions(daemon.dir(), std::filesystem::perms{0755});
  constexpr gid_t kGames = 60;
  REQUIRE(chown((daemon / "state").c_str(), 0, kGames) == 0);
  auto as = [&](const std::string& groups, const std::string& program = "stint",
                const std::string& verb = "stats") {
    Spawn call;
    call.argv = {"setpriv",
                 "--reuid",
                 "65534",
                 "--regid",
                 "65534",
                 groups,
                 bin_dir() + "/" + program,
                 "--redis",
                 "unix://" + (daemon / "state/redis.sock"),
                 verb};
    call.env = {{"HOME", daemon.dir()}, {"XDG_CONFIG_HOME", std::nullopt}};
    return run(call);
  };
  for (const auto& [program, verb] : {std::pair{"stint", "stats"}, {"stintd", "--retry-failed"}}) {
    auto refused = as("--clear-groups", program, verb);
    INFO(refused.err);
    CHECK(refused.code == 7);
    CHECK(refused.err.find("permission denied") != std::string::npos);
    CHECK(refused.err.find(getgrgid(kGames)->gr_name) != std::string::npos);
    CHECK(refused.err.find("adduser nobody") != std::string::npos);
  }
  REQUIRE(chown((daemon / "state/redis.sock").c_str(), 0, kGames) == 0);
  CHECK(as("--groups=60").code == 0);
  CHECK(as("--groups=60", "stintd", "--retry-failed").code == 0);
  daemon.stop();
}
