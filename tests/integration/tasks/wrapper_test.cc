// What the C++ wrapper promises to the authors of plugins, seen from the worker's side of the C
// interface.
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/fake_plugin_host.h"
#include "tests/support/paths.h"
#include "tests/support/temp_dir.h"

using nlohmann::json;
using stint::test::FakePluginHost;
using stint::test::read_file;
using stint::test::TempDir;

namespace {

const std::string kPlugins = stint::test::test_plugins_dir();

}  // namespace

TEST_CASE("wrapper: the table says the interface's version and the plugin's tasks") {
  FakePluginHost host(kPlugins + "/faulty/faulty.so");
  CHECK(host.plugin().abi_major == STINT_ABI_MAJOR);
  CHECK(host.plugin().struct_size == sizeof(stint_plugin));
  CHECK(host.plugin().name == std::string("faulty"));
  REQUIRE(host.find("counter") != nullptr);
  CHECK(host.find("counter")->limits->lease_ms == -1);
  CHECK(host.find("nothing") == nullptr);
}

TEST_CASE("wrapper: what a handler throws becomes the attempt's message, final or not") {
  FakePluginHost host(kPlugins + "/faulty/faulty.so");
  TempDir dir;
  auto failed = host.run("fail_times", json{{"path", dir / "n"}, {"times", 1}}.dump());
  CHECK(failed.how == "fail");
  CHECK(failed.text == "attempt 1 fails");
  CHECK(host.run("fail_times", json{{"path", dir / "n"}, {"times", 1}}.dump()).text ==
        R"({"tried":2})");
  auto final_error = host.run("fail", R"({"final": true, "message": "never again"})");
  CHECK(final_error.how == "fail_final");
  CHECK(final_error.text == "never again");
  CHECK(final_error.returned == STINT_DONE);
}

TEST_CASE("wrapper: a result that is no JSON fails the attempt instead of being lost") {
  FakePluginHost host(kPlugins + "/faulty/faulty.so");
  auto out = host.run("bad_result", R"({"text": "{not json"})");
  CHECK(out.how == "fail");
  CHECK(
      out.text ==
      "the task's result was refused: not JSON, not UTF-8, or too large; the job's log says which");
}

TEST_CASE("wrapper: a second completion is refused and told to the task") {
  FakePluginHost host(kPlugins + "/faulty/faulty.so");
  auto out = host.run("complete_twice", "{}");
  CHECK(out.text == R"({"completion": 1})");
  CHECK(out.refused == 1);
  CHECK(out.logs.at(0) == "first taken, second refused");
}

TEST_CASE("wrapper: a copy of the job completes it from another thread") {
  FakePluginHost host(kPlugins + "/faulty/faulty.so");
  auto out = host.run("later", R"({"ms": 1})");
  CHECK(out.returned == STINT_LATER);
  CHECK(out.text == R"({"later": true})");
}

TEST_CASE("wrapper: a job can be released, and finds its last progress as checkpoint") {
  FakePluginHost host(kPlugins + "/faulty/faulty.so");
  auto first = host.run("checkpoint", "{}");
  CHECK(first.how == "release");
  CHECK(first.progress.at(0) == R"({"at": 7})");
  host.checkpoint = R"({"at": 7})";
  CHECK(host.run("checkpoint", "{}").text == R"({"at": 7})");
}

TEST_CASE(
    "wrapper: open gets configuration, host, index and slots, and what it throws is its message") {
  FakePluginHost host(kPlugins + "/opened/opened.so");
  TempDir dir;
  REQUIRE(host.open(json{{"trace", dir / "t"}}.dump()).empty());
  auto given = json::parse(host.run("open_info", "null").text);
  CHECK(given["host_name"] == "here");
  CHECK(given["worker_index"] == 3);
  CHECK(given["slots"] == 2);
  host.plugin().close();
  CHECK(read_file(dir / "t").substr(0, 7) == "open 3 ");
  CHECK(read_file(dir / "t").find("close 3 ") != std::string::npos);
  CHECK(host.open(R"({"refuse": "no card"})") == "no card");
  CHECK(host.open(json{{"refuse", std::string(500, 'x')}}.dump()).size() == 199);
}

TEST_CASE("example: the journal's pool writes lines with their tokens") {
  FakePluginHost host(kPlugins + "/journal/journal.so");
  TempDir dir;
  CHECK(host.open("{}") == "[plugins.journal.config] needs path, and a size of 1 to 64");
  REQUIRE(host.open(json{{"path", dir / "journal"}}.dump()).empty());
  CHECK(host.run("journal.append", R"({"line": "12"})").returned == STINT_DONE);
  CHECK(read_file(dir / "journal.3") == "42 12\n");
  CHECK(host.find("journal.append")->limits->retries == 3);
  host.plugin().close();
}

TEST_CASE("plugins: two builds of one plugin in one process do not share their symbols") {
  std::string a;
  {
    FakePluginHost host(kPlugins + "/versions/version_a.so");
    a = host.run("version", "null").text;
  }
  FakePluginHost host(kPlugins + "/versions/version_b.so");
  CHECK(a == R"({"version": "a"})");
  CHECK(host.run("version", "null").text == R"({"version": "b"})");
}
