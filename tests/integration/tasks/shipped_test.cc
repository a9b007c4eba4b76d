// The shipped plugins as files: what their tasks answer, and what they say when they cannot.
#include <sys/stat.h>

#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/fake_plugin_host.h"
#include "tests/support/paths.h"
#include "tests/support/temp_dir.h"

using nlohmann::json;
using stint::test::FakePluginHost;
using stint::test::TempDir;
using stint::test::write_file;

namespace {

const std::string kTasks = stint::test::tasks_dir();

std::string path_params(const std::string& path) {
  return json{{"path", path}}.dump();
}

}  // namespace

TEST_CASE("checksum: gives the digest that sha256sum prints, and the size") {
  TempDir dir;
  FakePluginHost host(kTasks + "/checksum.so");
  write_file(dir / "abc", "abc");
  auto abc = host.run("checksum", path_params(dir / "abc"));
  REQUIRE(abc.how == "succeed");
  CHECK(json::parse(abc.text) ==
        json{{"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
             {"bytes", 3}});
  write_file(dir / "empty", "");
  auto empty = host.run("checksum", path_params(dir / "empty"));
  CHECK(json::parse(empty.text) ==
        json{{"sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
             {"bytes", 0}});
}

TEST_CASE("checksum: reads a file of many pieces whole") {
  TempDir dir;
  FakePluginHost host(kTasks + "/checksum.so");
  write_file(dir / "a", std::string(1'000'000, 'a'));
  auto out = host.run("checksum", path_params(dir / "a"));
  CHECK(json::parse(out.text)["sha256"] ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("checksum: says why a file cannot be read, and does not wait for a FIFO") {
  TempDir dir;
  FakePluginHost host(kTasks + "/checksum.so");
  auto missing = host.run("checksum", path_params(dir / "none"));
  CHECK(missing.how == "fail");
  CHECK(missing.text == "open " + (dir / "none") + ": No such file or directory");
  CHECK(host.run("checksum", path_params(dir.path())).text ==
        "open " + dir.path() + ": not a regular file but a directory");
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  CHECK(host.run("checksum", path_params(dir / "fifo")).text ==
        "open " + (dir / "fifo") + ": not a regular file but a FIFO");
}

TEST_CASE("checksum: parameters that name no file fail for good") {
  FakePluginHost host(kTasks + "/checksum.so");
  for (const char* params :
       {"null", "{}", R"({"path": 3})", R"({"path": "relative"})", R"({"path": "/a\u0000b"})"}) {
    INFO(params);
    CHECK(host.run("checksum", params).how == "fail_final");
  }
}

TEST_CASE("checksum: on shutdown it hands the job back, on cancel it ends") {
  TempDir dir;
  FakePluginHost host(kTasks + "/checksum.so");
  write_file(dir / "a", std::string(1'000'000, 'a'));
  host.stop = STINT_STOP_SHUTDOWN;
  CHECK(host.run("checksum", path_params(dir / "a")).how == "release");
  host.stop = STINT_STOP_CANCEL;
  CHECK(host.run("checksum", path_params(dir / "a")).text == "stopped after 262144 bytes: cancel");
}

TEST_CASE("sleep: answers what it slept, and hands the job back on shutdown") {
  FakePluginHost host(kTasks + "/sleep.so");
  CHECK(host.run("sleep", R"({"seconds": 1.5})").text == R"({"slept":1.5})");
  CHECK(host.run("sleep", R"({"seconds": 2})").text == R"({"slept":2})");
  CHECK(host.run("sleep", R"({"seconds": -1})").how == "fail_final");
  CHECK(host.run("sleep", "[]").how == "fail_final");
  host.stop = STINT_STOP_SHUTDOWN;
  CHECK(host.run("sleep", R"({"seconds": 1.5})").how == "release");
  host.stop = STINT_STOP_TIMEOUT;
  CHECK(host.run("sleep", R"({"seconds": 1.5})").text == "stopped before its time: timeout");
}

TEST_CASE("echo: its result is its parameters, byte for byte") {
  FakePluginHost host(kTasks + "/echo.so");
  for (const char* params : {"null", R"({ "a":[] ,"n":9223372036854775807 })", R"("\u00e4 é")"}) {
    CHECK(host.run("echo", params).text == params);
  }
}
