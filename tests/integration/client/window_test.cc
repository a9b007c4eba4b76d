// <stint/client.hpp>: many batches, of which several are under way, keep their order whatever
// happens to those before them.
#include "tests/integration/client/calls.h"
#include "tests/support/cut_proxy.h"

using namespace stint;
using test::Calls;
using test::CutProxy;

namespace {

constexpr int kJobs = 1'500;  // more batches than are under way at once

std::vector<client::Job> numbered() {
  std::vector<client::Job> jobs;
  for (int i = 0; i < kJobs; ++i) {
    jobs.push_back(Calls::job("t", "j" + std::to_string(i)));
  }
  return jobs;
}

void submit_all(client::Client& c) {
  for (const auto& sent : c.submit(numbered())) {
    INFO((sent.error ? sent.error->message : sent.id));
    CHECK(sent.created);
  }
}

// Each is there once, the first submitted at the tail; then all is as before.
void expect_in_order(const Calls& calls) {
  std::string expected;
  for (int i = kJobs - 1; i >= 0; --i) {
    expected += "j" + std::to_string(i) + (i > 0 ? " " : "");
  }
  const auto found = calls.server.command({"LRANGE", "stint:{default}:pending", "0", "-1"});
  CHECK((found == expected));  // not told: it is long
  calls.server.command({"DEL", "stint:{default}:pending", "stint:{default}:jobs"});
}

}  // namespace

TEST_CASE("client library: cut in the middle of many batches, all are queued once and in order") {
  Calls calls;
  CutProxy proxy(calls.server.socket());
  auto c = calls.connect(proxy.url().socket);
  submit_all(c);
  expect_in_order(calls);
  int cuts = 0;
  for (int64_t bytes = 0; bytes < 450; bytes += 45) {
    INFO("cut after so many bytes of replies: " << bytes);
    proxy.cut_after_reply_bytes(bytes);
    submit_all(c);
    CHECK(proxy.cuts() == ++cuts);
    expect_in_order(calls);
  }
  for (int64_t bytes = 0; bytes < 50'000; bytes += 4'999) {
    INFO("cut after so many bytes of requests: " << bytes);
    proxy.cut_after_request_bytes(bytes);
    submit_all(c);
    CHECK(proxy.cuts() == ++cuts);
    expect_in_order(calls);
  }
}

TEST_CASE("client library: Redis forgets its scripts, and many batches are queued in order") {
  Calls calls;
  auto c = calls.connect();
  submit_all(c);
  expect_in_order(calls);
  calls.server.command({"SCRIPT", "FLUSH"});
  submit_all(c);
  expect_in_order(calls);
}

TEST_CASE("client library: answers come to the right jobs when others are refused by their id") {
  Calls calls;
  auto c = calls.connect();
  auto jobs = numbered();
  REQUIRE(c.submit(jobs[77]).ok());
  jobs[77].params = "1";
  REQUIRE(c.submit(jobs[1'234]).ok());
  auto all = c.submit(jobs);
  for (size_t i = 0; i < all.size(); ++i) {
    INFO(i);
    CHECK(all[i].id == jobs[i].id);
    CHECK(all[i].ok() == (i != 77));
    CHECK(all[i].created == (i != 77 && i != 1'234));
  }
}
