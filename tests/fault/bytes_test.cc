// Parameters come back byte for byte, whichever way they take.
#include <catch2/catch.hpp>

#include "tests/fault/steps.h"

using namespace stint;
using namespace stint::test;

namespace {

std::string delicate() {
  std::string deep(50, '[');
  deep += std::string(50, ']');
  return R"({"empty":[],"none":{},"big":9223372036854775807,"small":-9223372036854775808,"f":1.0,)"
         R"("e":1e+100,"long":0.1000000000000000055511151231257827,"slash":"a/b\/c","esc":"\u00e9\n",)"
         R"("text":"Grüße, 漢字 🎉","b":1,"a":2,"a ":[ 1 , 2 ],"deep":)" +
         deep + "}";
}

DaemonOptions with_echo() {
  DaemonOptions options;
  options.plugins = {test::shipped_plugin("echo")};
  return options;
}

void expect_result(const Daemon& daemon, const std::string& id, const std::string& bytes) {
  INFO(id);
  REQUIRE(eventually(kLong, [&] { return !outcome(daemon, id).empty(); }));
  CHECK(outcome(daemon, id).find("\"result\":" + bytes + ",") != std::string::npos);
}

}  // namespace

TEST_CASE("bytes: parameters come back as they were, by submit, bulk and inbox") {
  Daemon daemon(with_echo());
  // Beyond 4 KiB they are kept apart from the record.
  for (const std::string& params :
       {delicate(), "[" + delicate() + ",\"" + std::string(6000, 'x') + "\"]"}) {
    std::string size = std::to_string(params.size());
    daemon.submit({"echo", "--id", "argument" + size, "-p", params});
    expect_result(daemon, "argument" + size, params);

    auto file =
        daemon.stint({"submit", "echo", "--id", "file" + size, "--params-file", "-"}, params);
    CHECK(file.code == 0);
    expect_result(daemon, "file" + size, params);

    std::string line = "\"task\":\"echo\",\"params\":" + params + "}";
    auto bulk =
        daemon.stint({"submit", "--bulk", "-"}, "{\"id\":\"bulk" + size + "\"," + line + "\n");
    CHECK(bulk.code == 0);
    expect_result(daemon, "bulk" + size, params);

    daemon.redis({"LPUSH", "stint:{default}:inbox", "{\"id\":\"inbox" + size + "\"," + line});
    expect_result(daemon, "inbox" + size, params);
  }
  daemon.expect_healthy();
  daemon.stop();
  daemon.expect_clean_log();
}

TEST_CASE("bytes: parameters come back as they were after failure, retry and restart") {
  DaemonOptions without;
  Daemon daemon(without);
  auto id = daemon.submit({"echo", "-p", delicate()});
  REQUIRE(daemon.until_state(id, "failed"));
  CHECK(daemon.job(id, "/errors/0/kind") == "unknown-task");
  daemon.stop();
  daemon.configure(with_echo());
  daemon.start();
  REQUIRE(daemon.stint({"job", "retry", id}).code == 0);
  expect_result(daemon, id, delicate());
}
