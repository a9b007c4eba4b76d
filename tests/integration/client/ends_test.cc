// <stint/client.hpp>: what became of jobs.
#include <unistd.h>

#include <thread>

#include "tests/integration/client/calls.h"
#include "tests/support/cut_proxy.h"

using namespace stint;
using client::Code;
using test::Calls;

namespace {

Code code_of(const client::Result<client::Ending>& answer) {
  REQUIRE_FALSE(answer);
  return answer.error().code;
}

}  // namespace

TEST_CASE("client library: a wait ends with the job, and tells how it ended") {
  Calls calls;
  auto c = calls.connect();
  calls.stint.ended_job("good", EndKind::kOk);
  calls.stint.ended_job("bad", EndKind::kError);
  auto all = c.wait(std::vector<std::string>{"bad", "good", "bad", "none"});
  REQUIRE(all.size() == 4);
  REQUIRE(all[0]);
  CHECK(all[0]->outcome == "failed");
  CHECK(all[0]->reason == "error");
  REQUIRE(all[0]->errors.size() == 1);
  CHECK(all[0]->errors[0].kind == "error");
  CHECK(all[0]->errors[0].message == "no");
  CHECK(all[1]->succeeded());
  CHECK(all[1]->result == "{}");
  CHECK(all[2]->outcome == "failed");
  CHECK(code_of(all[3]) == Code::kNotFound);
  CHECK(c.wait(std::vector<std::string>{}).empty());
}

TEST_CASE("client library: a wait looks on until the job ends in another program") {
  Calls calls;
  auto c = calls.connect();
  REQUIRE(c.submit(calls.job("t", "a")).ok());
  CHECK(code_of(c.wait("a", client::milliseconds{0})) == Code::kTimedOut);
  CHECK(code_of(c.wait("a", client::milliseconds{30})) == Code::kTimedOut);
  std::thread worker([&calls] {
    for (const auto& job : calls.hand.claim("w", 1)) {
      calls.hand.end(job, EndKind::kOk);
    }
  });
  auto ended = c.wait("a");
  worker.join();
  REQUIRE(ended);
  CHECK(ended->succeeded());
}

TEST_CASE("client library: hundreds of jobs are awaited together") {
  Calls calls;
  auto c = calls.connect();
  std::vector<std::string> ids;
  for (const auto& sent : c.submit(std::vector<client::Job>(350, calls.job("t", "")))) {
    ids.push_back(sent.id);
  }
  for (const auto& job : calls.hand.claim("w", 300)) {
    calls.hand.end(job, EndKind::kOk);
  }
  size_t ended = 0;
  size_t on_the_way = 0;
  for (const auto& one : c.wait(ids, client::milliseconds{0})) {
    ended += one && one->succeeded() ? 1 : 0;
    on_the_way += !one && one.error().code == Code::kTimedOut ? 1 : 0;
  }
  CHECK(ended + on_the_way == 350);
  CHECK(ended == 350 - static_cast<size_t>(calls.pending()));
}

TEST_CASE("client library: where the connection is lost for good, every awaited job is told so") {
  Calls calls;
  test::CutProxy proxy(calls.server.socket());
  auto c = calls.connect(proxy.url().socket);
  std::vector<std::string> ids;
  for (int i = 0; i < 5'000; ++i) {
    ids.push_back("none" + std::to_string(i));
  }
  REQUIRE(unlink(proxy.url().socket.c_str()) == 0);  // no new connection
  proxy.cut_after_reply_bytes(10'000);
  auto all = c.wait(ids);
  REQUIRE(all.size() == ids.size());
  for (const auto& one : all) {
    CHECK(code_of(one) == Code::kUnreachable);
  }
}

TEST_CASE(
    "client library: result gives the JSON of a success, and says of every other why there is "
    "none") {
  Calls calls;
  auto c = calls.connect();
  auto code = [&c](const std::string& id) { return c.result(id).error().code; };
  calls.stint.ended_job("good", EndKind::kOk);
  calls.stint.ended_job("bad", EndKind::kError);
  REQUIRE(c.submit(calls.job("t", "waits")).ok());
  CHECK(*c.result("good") == "{}");
  CHECK(code("bad") == Code::kJobFailed);
  CHECK(c.result("bad").error().message == "bad failed: error: no");
  CHECK(code("waits") == Code::kNotEnded);
  CHECK(code("none") == Code::kNotFound);
}

TEST_CASE("client library: a status is what stint job show tells") {
  Calls calls;
  auto c = calls.connect();
  calls.stint.ended_job("bad", EndKind::kError);
  REQUIRE(c.submit(calls.job("t", "waits")).ok());
  for (const std::string id : {"bad", "waits"}) {
    auto status = c.status(id);
    REQUIRE(status);
    CHECK(status->json + "\n" == calls.stint({"job", "show", id, "--json"}).out);
    CHECK(status->id == id);
  }
  auto bad = c.status("bad");
  CHECK(bad->state == "failed");
  CHECK(bad->outcome == "failed");
  CHECK(bad->task == "noop");
  CHECK(bad->attempt == 1);
  CHECK(bad->errors.size() == 1);
  CHECK(c.status("none").error().code == Code::kNotFound);
  CHECK(c.status("none").error().message == "no such job in queue default: none");
}

TEST_CASE(
    "client library: cancel tells a job that waits from one that runs and one that has ended") {
  Calls calls;
  auto c = calls.connect();
  REQUIRE(c.submit(calls.job("t", "runs")).ok());
  REQUIRE(calls.hand.claim("w", 1).size() == 1);
  REQUIRE(c.submit(calls.job("t", "waits")).ok());
  CHECK(*c.cancel("waits") == client::Cancelled::kNow);
  CHECK(*c.cancel("runs") == client::Cancelled::kTold);
  CHECK(c.cancel("waits").error().code == Code::kRefused);
  CHECK(c.cancel("waits").error().message == "waits is done: it has ended");
  CHECK(c.cancel("none").error().code == Code::kNotFound);
  CHECK(c.cancel("none").error().message == "no such job in queue default: none");
  CHECK(c.wait("waits")->outcome == "cancelled");
}

TEST_CASE("client library: a job that has ended runs again only where that is asked for") {
  Calls calls;
  auto c = calls.connect();
  auto job = calls.job("t", "a");
  REQUIRE(c.submit(job).ok());
  for (const auto& one : calls.hand.claim("w", 1)) {
    calls.hand.end(one, EndKind::kOk);
  }
  auto left = c.submit(job);
  CHECK(left.state == "done");
  CHECK_FALSE(left.created);
  CHECK(c.submit(job, client::Known::kRunAgain).state == "pending");
}
