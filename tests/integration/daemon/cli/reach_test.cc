// Which Redis stint talks to, and what it says when it cannot.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/integration/daemon/cli/stint_calls.h"
#include "tests/support/best_of.h"
#include "tests/support/scaled.h"

using namespace stint;
using test::has;
using test::StintCalls;

namespace {

test::Finished stats_with(const std::map<std::string, std::optional<std::string>>& env,
                          std::vector<std::string> args) {
  test::Spawn call;
  call.argv = {test::bin_dir() + "/stint", "stats"};
  call.argv.insert(call.argv.end(), args.begin(), args.end());
  call.env = env;
  return test::run(call);
}

constexpr milliseconds kPromised = test::slowed(milliseconds{5'000});

template <typename Call>
milliseconds quickest(Call call) {
  return test::best_of(3, kPromised, [&] { return test::time_of(call); });
}

}  // namespace

TEST_CASE(
    "stint: a Redis that is not there ends it with 7 within 5 s, saying which and what to try") {
  test::Finished ended;
  CHECK(quickest([&] {
          ended = stats_with({{"STINT_REDIS_URL", "redis://:secret@127.0.0.1:1/2"}}, {});
        }) < kPromised);
  CHECK(ended.code == 7);
  CHECK(ended.out.empty());
  CHECK(has(ended.err, "127.0.0.1:1"));
  CHECK(has(ended.err, "Connection refused"));
  CHECK(has(ended.err, "--redis"));
  CHECK_FALSE(has(ended.err, "secret"));
}

TEST_CASE("stint: a Redis that does not answer ends it with 7 within 5 s") {
  StintCalls stint;
  stint.server.signal(SIGSTOP);
  test::Finished ended;
  milliseconds took = quickest([&] { ended = stint({"stats"}); });
  stint.server.signal(SIGCONT);
  CHECK(ended.code == 7);
  CHECK(took < kPromised);
}

TEST_CASE("stint: without redis.url it finds the embedded Redis of the state directory") {
  StintCalls stint;
  auto found = stats_with({{"STINT_REDIS_URL", std::nullopt}}, {"--state-dir", stint.server.dir()});
  CHECK(found.code == 0);
  test::TempDir empty;
  auto missing = stats_with({{"STINT_REDIS_URL", std::nullopt}}, {"--state-dir", empty.path()});
  CHECK(missing.code == 7);
  CHECK(has(missing.err, "is stintd running here?"));
}

TEST_CASE("stint: data of another format, or an old Redis, is refused with 78") {
  StintCalls stint;
  stint.server.command({"HSET", "stint:meta", "format", "99"});
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"stats"}, {"submit", "t"}, {"job", "list"}}) {
    auto ended = stint(verb);
    CHECK(ended.code == 78);
    CHECK(has(ended.err, "format 99"));
  }
}

TEST_CASE("stint: where the format is no hash every verb is refused with 78, the doctor too") {
  StintCalls stint;
  stint.server.command({"SET", "stint:meta", "x"});
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"stats"}, {"submit", "t"}, {"doctor"}, {"doctor", "--repair"}}) {
    auto ended = stint(verb);
    CHECK(ended.code == 78);
    CHECK(has(ended.err, "RENAME stint:meta stint:meta.damaged"));
  }
  CHECK(stint.server.command({"KEYS", "*"}) == "stint:meta");
}

TEST_CASE("stint: a password may not stand in --redis, TLS is refused with the way round") {
  CHECK(stats_with({}, {"--redis", "redis://:pw@127.0.0.1"}).code == 2);
  auto tls = stats_with({}, {"--redis", "rediss://127.0.0.1"});
  CHECK(tls.code == 2);
  CHECK(has(tls.err, "stunnel"));
}

TEST_CASE("stint: user and password out of the environment are used") {
  test::RedisOptions options;
  options.tcp = true;
  options.user = "jobs";
  options.password = "pw";
  StintCalls stint(options);
  CHECK(stint({"stats"}).code == 0);
  auto wrong = stats_with(
      {{"STINT_REDIS_URL", "redis://jobs:no@127.0.0.1:" + std::to_string(stint.server.url().port)}},
      {});
  CHECK(wrong.code == 78);
}

TEST_CASE("stint: a wrong configuration is 78 with file, line and nearest key") {
  test::TempDir dir;
  test::write_file(dir / "stint.toml", "[workers]\nslotz = 2\n");
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"stats"}, {"config", "check"}, {"config", "show"}}) {
    test::Spawn call;
    call.argv = {test::bin_dir() + "/stint", "--config", dir / "stint.toml"};
    call.argv.insert(call.argv.end(), verb.begin(), verb.end());
    auto ended = test::run(call);
    CHECK(ended.code == 78);
    CHECK(has(ended.err, "stint.toml:2:"));
    CHECK(has(ended.err, "slots"));
  }
}

TEST_CASE("stint config show: each value with where it comes from") {
  test::TempDir dir;
  test::write_file(dir / "stint.toml", "[workers]\nslots = 2\n");
  test::Spawn call;
  call.argv = {test::bin_dir() + "/stint", "config",      "show", "--config",
               dir / "stint.toml",         "--namespace", "other"};
  auto ended = test::run(call);
  CHECK(ended.code == 0);
  auto line_with = [&ended](const std::string& key) {
    for (const auto& line : test::lines_of(ended.out)) {
      if (line.starts_with(key + " ")) {
        return line;
      }
    }
    return std::string();
  };
  CHECK(has(line_with("workers.slots"), "2"));
  CHECK(has(line_with("workers.slots"), "stint.toml:2"));
  CHECK(has(line_with("namespace"), "--namespace"));
  CHECK(has(line_with("workers.max_jobs"), "default"));
}

TEST_CASE("stint config check and show: what the file says in vain is a warning, not a mistake") {
  test::TempDir dir;
  test::write_file(dir / "stint.toml", "namespace = \"shop\"\n[plugins]\npaths = [\"" +
                                           test::tasks_dir() + "/echo.so\"]\n[tasks.ecko]\n");
  auto config = [&dir](std::vector<std::string> verb) {
    test::Spawn call;
    call.argv = {test::bin_dir() + "/stint", "--config", dir / "stint.toml", "config"};
    call.argv.insert(call.argv.end(), verb.begin(), verb.end());
    call.env = {{"STINT_NAMESPACE", "other"}};
    return test::run(call);
  };
  const std::string shadowed =
      (dir / "stint.toml:1") + ": namespace has no effect: what holds is STINT_NAMESPACE";
  const std::string unused =
      "[tasks.ecko]: no plugin of plugins.paths has this task; did you mean echo?";
  auto check = config({"check"});
  CHECK(check.code == 0);
  CHECK(check.out == (dir / "stint.toml") + " is right\n");
  CHECK(check.err == "stint: warning: " + shadowed + "\nstint: warning: " + unused + "\n");
  CHECK(config({"check", "--quiet"}).err.empty());
  auto json = config({"check", "--json"});
  CHECK(json.out == R"({"file":")" + (dir / "stint.toml") + R"(","warnings":[")" + shadowed +
                        R"(",")" + unused + "\"]}\n");
  CHECK(json.err.empty());
  auto show = config({"show"});
  CHECK(show.code == 0);
  CHECK_FALSE(has(show.out, "shadowed"));
  CHECK(show.err == "stint: warning: " + shadowed + "\n");
}

TEST_CASE(
    "stint config: a file that may not be read fails if it was named, and is else passed over") {
  if (::geteuid() != 0) {
    SUCCEED("another user is needed, which only root can become");
    return;
  }
  test::TempDir dir;
  ::chmod(dir.path().c_str(), 0755);
  test::write_file(dir / "secret.toml", "namespace = \"shop\"\n");
  ::chmod((dir / "secret.toml").c_str(), 0600);
  const std::string home = dir / "home";
  for (const char* folder : {"home", "home/.config", "home/.config/stint"}) {
    ::mkdir((dir / folder).c_str(), 0700);
  }
  test::write_file(home + "/.config/stint/stint.toml", "namespace = \"root\"\n");
  auto as_nobody = [&home](std::vector<std::string> args) {
    test::Spawn call;
    call.argv = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                 test::bin_dir() + "/stint"};
    call.argv.insert(call.argv.end(), args.begin(), args.end());
    call.env = {{"HOME", home},
                {"XDG_CONFIG_HOME", std::nullopt},
                {"STINT_CONFIG", std::nullopt},
                {"STINT_NAMESPACE", std::nullopt}};
    return test::run(call);
  };
  auto named = as_nobody({"config", "check", "--config", dir / "secret.toml"});
  CHECK(named.code == 78);
  CHECK(has(named.err, "secret.toml: Permission denied; only the user root may read it: run this"));
  auto inherited = as_nobody({"config", "show"});
  CHECK(inherited.code == 0);
  CHECK_FALSE(has(inherited.out, "\"root\""));
  CHECK(has(inherited.err, home + "/.config/stint/stint.toml was not looked at"));
  REQUIRE(::chown(home.c_str(), 65534, 65534) == 0);  // its own folder: not passed over
  ::chmod(home.c_str(), 0000);
  CHECK(as_nobody({"config", "show"}).code == 78);
}

TEST_CASE("stint plugin check: a file that is no plugin is refused with 78") {
  test::Spawn call;
  call.argv = {test::bin_dir() + "/stint", "plugin", "check", "/etc/hostname"};
  CHECK(test::run(call).code == 78);
  auto refused = test::run(call);
  CHECK(refused.err == "stint: plugin /etc/hostname: is no ELF file\n");
  call.argv = {test::bin_dir() + "/stint", "plugin", "check"};
  CHECK(test::run(call).code == 2);
}

TEST_CASE("stint plugin check: lines for people, JSON for programs, a folder without any is said") {
  test::Spawn call;
  std::string echo = test::tasks_dir() + "/echo.so";
  call.argv = {test::bin_dir() + "/stint", "plugin", "check", echo};
  auto people = test::run(call);
  CHECK(people.code == 0);
  CHECK(people.out.starts_with(echo + ": plugin echo "));
  CHECK(people.out.ends_with(", task echo\n"));
  call.argv.push_back("--json");
  CHECK(test::json_at(test::run(call).out, "/tasks/0/id") == "echo");
  test::TempDir empty;
  call.argv = {test::bin_dir() + "/stint", "plugin", "check", empty.path(), echo};
  auto partly = test::run(call);
  CHECK(partly.code == 2);
  CHECK(partly.err == "stint: no plugin (*.so) is in " + empty.path() + "\n");
  CHECK(has(partly.out, "plugin echo"));
}
