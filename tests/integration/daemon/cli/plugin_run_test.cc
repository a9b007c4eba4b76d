// stint plugin list, stint plugin run: no Redis, no daemon.
#include <signal.h>

#include <filesystem>

#include "tests/integration/daemon/cli/stint_calls.h"
#include "tests/support/eventually.h"

using namespace stint;
using test::has;

namespace {

class Author {
 public:
  test::Finished operator()(std::vector<std::string> args) const {
    return test::run(spawn(std::move(args)));
  }
  test::Spawn spawn(std::vector<std::string> args) const {
    args.insert(args.begin(), {test::bin_dir() + "/stint", "--config", config(), "plugin"});
    test::Spawn call;
    call.argv = std::move(args);
    return call;
  }
  std::string config() const { return dir_ / "stint.toml"; }
  void configure(const std::string& toml) const { test::write_file(config(), toml); }
  test::Finished run_faulty(const std::string& task, const std::string& params = "null") const {
    return (*this)({"run", test::faulty_plugin(), task, "-p", params});
  }

 private:
  test::TempDir dir_;
};

std::string opened_plugin() {
  return test::build_dir() + "/test_plugins/opened/opened.so";
}

}  // namespace

TEST_CASE("stint plugin list: the plugins of the configuration and their tasks") {
  Author author;
  author.configure("[plugins]\npaths = [\"" + test::shipped_plugin("echo") + "\"]\n");
  auto list = author({"list"});
  CHECK(list.code == 0);
  CHECK(has(list.out, "echo"));
  CHECK(has(list.out, test::shipped_plugin("echo")));
  CHECK(test::json_at(author({"list", "--json"}).out, "/tasks/0/id") == "echo");
  author.configure("[plugins]\npaths = [\"/nonexistent\"]\n");
  CHECK(author({"list"}).code == 78);
}

TEST_CASE("stint plugin list: one that is refused hides nothing of the others, and is named") {
  Author author;
  std::string bad = test::test_plugins_dir() + "/bad/wrong_abi.so";
  author.configure("[plugins]\npaths = [\"" + bad + "\", \"" + test::shipped_plugin("echo") +
                   "\"]\n");
  auto list = author({"list"});
  CHECK(list.code == 78);
  CHECK(has(list.out, test::shipped_plugin("echo")));
  CHECK_FALSE(has(list.out, bad));
  CHECK(has(list.err, "stint: plugin " + bad + ": "));
  auto lines = test::lines_of(author({"list", "--json"}).out);
  REQUIRE(lines.size() == 2);
  CHECK(test::json_at(lines[0], "/path") == bad);
  CHECK(test::json_at(lines[1], "/tasks/0/id") == "echo");
}

TEST_CASE("stint plugin check: one that is refused hides nothing of the others") {
  Author author;
  author.configure("");
  std::string bad = test::test_plugins_dir() + "/bad/wrong_abi.so";
  std::string echo = test::shipped_plugin("echo");
  auto some = author({"check", bad, echo, "/nonexistent.so"});
  CHECK(some.code == 78);
  CHECK(some.out.starts_with(echo + ": plugin echo "));
  CHECK(test::lines_of(some.out).size() == 1);
  CHECK(has(some.err, "stint: plugin " + bad + ": "));
  CHECK(has(some.err, "/nonexistent.so: No such file or directory"));
  CHECK(test::lines_of(some.err).size() == 2);
  auto lines = test::lines_of(author({"check", bad, echo, "--json"}).out);
  REQUIRE(lines.size() == 2);
  CHECK(has(test::json_at(lines[0], "/error"), "version"));
  CHECK(test::json_at(lines[0], "/path") == bad);
  CHECK(test::json_at(lines[1], "/tasks/0/id") == "echo");
}

TEST_CASE("stint plugin run: the result on stdout, the log on stderr, the end as exit code") {
  Author author;
  author.configure("");
  auto echo =
      author({"run", test::shipped_plugin("echo"), "echo", "-p", "{\"a\":[1,\"\\u00e4\"]}"});
  CHECK(echo.code == 0);
  CHECK(echo.out == "{\"a\":[1,\"\\u00e4\"]}\n");
  auto log = author.run_faulty("log", R"({"lines":2,"text":"line"})");
  CHECK(log.code == 0);
  CHECK(has(log.err, "log: line 1\nlog: line 2\n"));
  auto failed = author.run_faulty("fail");
  CHECK(failed.code == 5);
  CHECK(failed.out.empty());
  CHECK(has(failed.err, "failed after"));
  CHECK(author.run_faulty("complete_twice").code == 0);
}

TEST_CASE("stint plugin run: open gets the plugin's configuration") {
  Author author;
  author.configure("[plugins.opened.config]\npool = 4\n");
  auto info = author({"run", opened_plugin(), "open_info"});
  CHECK(info.code == 0);
  CHECK(test::json_at(info.out, "/config/pool") == "4");
  author.configure("[plugins.opened.config]\nrefuse = \"no fonts\"\n");
  auto refused = author({"run", opened_plugin(), "open_info"});
  CHECK(refused.code == 78);
  CHECK(has(refused.err, "no fonts"));
}

TEST_CASE("stint plugin run: the plugin's configuration is no word of a process") {
  Author author;
  author.configure("[plugins.faulty.config]\nother = \"some-secret\"\n");
  std::string started = author.config() + ".started";
  test::Process runs(author.spawn(
      {"run", test::faulty_plugin(), "wait", "-p", "{\"started\":\"" + started + "\"}"}));
  REQUIRE(test::eventually(test::kLong, [&] { return !test::read_file(started).empty(); }));
  std::string children = test::read_file("/proc/" + std::to_string(runs.pid()) + "/task/" +
                                         std::to_string(runs.pid()) + "/children");
  std::string words = test::read_file("/proc/" + std::to_string(std::stoi(children)) + "/cmdline");
  CHECK(has(words, "--run"));
  CHECK_FALSE(has(words, "some-secret"));
  runs.signal(SIGINT);
  CHECK(runs.wait(test::kLong) == 0);
}

TEST_CASE("stint plugin run: a crash is 5, with its signal and a backtrace") {
  Author author;
  author.configure("");
  auto killed = author.run_faulty("crash", R"({"how":"kill"})");
  CHECK(killed.code == 5);
  CHECK(has(killed.err, "stint: the task crashed: killed by SIGKILL (signal 9)\n"));
  auto fault = author.run_faulty("crash", R"({"how":"segv"})");
  CHECK(fault.code == 5);
  CHECK(has(fault.err, "stint: the task crashed: killed by SIGSEGV (signal 11)"));
  CHECK(has(fault.err, "faulty.so"));
  auto told = author.run_faulty("crash", R"({"how":"kill","say":"about to crash"})");
  CHECK(told.err.starts_with("log: about to crash\n"));
  auto left = author.run_faulty("crash", R"({"how":"exit"})");
  CHECK(left.code == 5);
  CHECK(has(left.err, "stint: the task crashed: exited with code 3\n"));
  CHECK(author.run_faulty("crash", R"({"how":"exit_0"})").code == 5);
}

TEST_CASE("stint plugin run: the task sees none of our variables") {
  Author author;
  author.configure("");
  auto call = author.spawn({"run", test::faulty_plugin(), "environment"});
  call.env = {{"STINT_REDIS_URL", "redis://u:secret@h"}, {"OTHER", "stays"}};
  auto seen = test::run(call);
  CHECK(seen.code == 0);
  CHECK(has(seen.out, "OTHER=stays"));
  CHECK_FALSE(has(seen.out, "STINT_"));
}

TEST_CASE("stint plugin run: what is wrong is said in a line") {
  Author author;
  author.configure("");
  auto unknown = author({"run", test::shipped_plugin("echo"), "ecko"});
  CHECK(unknown.code == 2);
  CHECK(unknown.err.starts_with("stint: no task ecko in "));
  CHECK(has(unknown.err, "did you mean echo?"));
  auto bad = author({"run", test::shipped_plugin("echo"), "echo", "-p", "{a"});
  CHECK(bad.code == 2);
  CHECK(has(bad.err, "parameters: not JSON"));
  CHECK(author({"run", "/nonexistent.so", "echo"}).code == 78);
  CHECK(author({"run"}).code == 2);
}

TEST_CASE("stint plugin run: an interrupt tells the task to stop, a second one ends it") {
  Author author;
  author.configure("");
  std::string started = author.config() + ".started";
  auto spawn = [&](const std::string& task) {
    return author.spawn(
        {"run", test::faulty_plugin(), task, "-p", "{\"started\":\"" + started + "\"}"});
  };
  test::Process heeds(spawn("wait"));
  REQUIRE(test::eventually(test::kLong, [&] { return !test::read_file(started).empty(); }));
  heeds.signal(SIGINT);
  CHECK(heeds.wait(test::kLong) == 0);
  CHECK(has(heeds.err(), "log: stop: shutdown"));
  std::filesystem::remove(started);
  test::Process ignores(spawn("hang"));
  REQUIRE(test::eventually(test::kLong, [&] { return !test::read_file(started).empty(); }));
  REQUIRE(test::eventually(test::kLong, [&] {
    ignores.signal(SIGINT);
    return ignores.wait(milliseconds{50}).has_value();
  }));
  CHECK(ignores.wait(milliseconds{0}) == 130);
}
