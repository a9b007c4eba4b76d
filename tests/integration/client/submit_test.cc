// <stint/client.hpp>: what is submitted, over a connection that may be lost at any byte.
#include <unistd.h>

#include <set>
#include <thread>

#include "tests/integration/client/calls.h"
#include "tests/support/cut_proxy.h"

using namespace stint;
using client::Code;
using test::Calls;
using test::CutProxy;

TEST_CASE(
    "client library: a job is queued, a known one is not queued twice, another one is a conflict") {
  Calls calls;
  auto c = calls.connect();
  auto job = calls.job("resize", "a");
  job.params = "[1.0, 9223372036854775807]";
  auto made = c.submit(job);
  REQUIRE(made.ok());
  CHECK(made.id == "a");
  CHECK(made.created);
  CHECK(made.state == "pending");
  auto known = c.submit(job);
  CHECK(known.ok());
  CHECK_FALSE(known.created);
  job.params = "2";
  auto other = c.submit(job);
  REQUIRE(other.error);
  CHECK(other.error->code == Code::kConflict);
  CHECK(calls.pending() == 1);
  CHECK(c.status("a")->json.find(R"("params":[1.0, 9223372036854775807],)") != std::string::npos);
}

TEST_CASE("client library: a queue that was deleted meanwhile is known again with the next job") {
  Calls calls;
  auto c = calls.connect();
  REQUIRE(c.submit(calls.job("t", "a")).ok());
  CHECK(calls.stint({"job", "delete", "a"}).code == 0);
  CHECK(calls.stint({"queue", "delete", "default", "--yes"}).code == 0);
  REQUIRE(c.submit(calls.job("t", "b")).ok());
  CHECK(calls.server.command({"SISMEMBER", "stint:queues", "default"}) == "1");
}

TEST_CASE("client library: without an id each submit is a job of its own") {
  Calls calls;
  auto c = calls.connect();
  auto job = calls.job("t", "");
  std::set<std::string> ids;
  for (const auto& sent : c.submit(std::vector<client::Job>(250, job))) {
    CHECK(sent.ok());
    ids.insert(sent.id);
  }
  ids.insert(c.submit(job).id);
  CHECK(ids.size() == 251);
  CHECK(calls.pending() == 251);
}

TEST_CASE(
    "client library: what the command line refuses is refused in the same words, and nothing is "
    "sent") {
  Calls calls;
  auto c = calls.connect();
  auto refusal = [&c](const client::Job& job) {
    auto sent = c.submit(job);
    REQUIRE(sent.error);
    CHECK(sent.error->code == Code::kInvalid);
    return sent.error->message;
  };
  auto same = [&](const client::Job& job, std::vector<std::string> args) {
    args.insert(args.begin(), "submit");
    std::string said = calls.stint(args).err;
    std::string rule = refusal(job);
    INFO(said);
    CHECK(said.find(rule.substr(rule.find("': ") + 3)) != std::string::npos);
  };
  auto job = calls.job("t", "");
  job.params = "{\"a\":";
  same(job, {"t", "-p", job.params});
  job = calls.job("no good", "");
  same(job, {"no good"});
  job = calls.job("t", std::string(257, 'x'));
  same(job, {"t", "--id", job.id});
  job = calls.job("t", "");
  job.retries = 1001;
  same(job, {"t", "--retries", "1001"});
  job = calls.job("t", "");
  job.backoff = "sometimes";
  same(job, {"t", "--backoff", "sometimes"});
  job = calls.job("t", "");
  job.lease = client::milliseconds{10};
  same(job, {"t", "--lease", "10ms"});
  job = calls.job("t", "a\xff");
  CHECK(refusal(job) == "field 'id': not UTF-8");
  job = calls.job("t", "");
  job.delay = client::milliseconds{1};
  job.at = std::chrono::system_clock::now();
  CHECK(refusal(job) == "either delay or at, not both");
  CHECK(calls.server.command({"EXISTS", "stint:{default}:jobs", "stint:queues"}) == "0");
}

TEST_CASE("client library: times and limits arrive as they were given") {
  Calls calls;
  auto c = calls.connect();
  auto job = calls.job("t", "later");
  const auto due = std::chrono::duration_cast<std::chrono::milliseconds>(
      (std::chrono::system_clock::now() + std::chrono::hours{24 * 365}).time_since_epoch());
  job.at = std::chrono::system_clock::time_point{due};
  job.retries = 3;
  job.backoff = "fixed:10s";
  job.crash_limit = 2;
  job.lease = client::milliseconds{5'000};
  job.timeout = client::milliseconds{0};
  job.keep = client::milliseconds{90'061'001};
  CHECK(c.submit(job).state == "scheduled");
  CHECK(calls.server.command({"ZSCORE", "stint:{default}:scheduled", "later"}) ==
        std::to_string(due.count()));
  std::string record = calls.server.command({"HGET", "stint:{default}:jobs", "later"});
  CHECK(record.ends_with(
      " retries=3 crash_limit=2 backoff=-10000 lease=5000 timeout=0 keep=90061001\nnull"));
}

TEST_CASE("client library: of many jobs each gets its own answer, in their order") {
  Calls calls;
  auto c = calls.connect();
  REQUIRE(c.submit(calls.job("t", "known")).ok());
  std::vector<client::Job> jobs;
  for (int i = 0; i < 1200; ++i) {
    jobs.push_back(calls.job("t", "j" + std::to_string(i)));
  }
  jobs[7].params = "[";
  jobs[1100] = calls.job("other", "known");
  jobs[1101] = calls.job("t", "known");
  auto all = c.submit(jobs);
  REQUIRE(all.size() == jobs.size());
  for (size_t i = 0; i < all.size(); ++i) {
    INFO(i);
    CHECK(all[i].id == jobs[i].id);
    CHECK(all[i].ok() == (i != 7 && i != 1100));
    CHECK(all[i].created == (i != 7 && i != 1100 && i != 1101));
  }
  CHECK(all[7].error->code == Code::kInvalid);
  CHECK(all[1100].error->code == Code::kConflict);
  CHECK(calls.pending() == 1198);
  CHECK(c.submit(std::vector<client::Job>{}).empty());
}

TEST_CASE("client library: a lost reply or request is sent again, and no job is queued twice") {
  Calls calls;
  CutProxy proxy(calls.server.socket());
  auto c = calls.connect(proxy.url().socket);
  REQUIRE(c.submit(calls.job("t", "first")).ok());
  std::vector<client::Job> jobs(900, calls.job("t", ""));
  proxy.cut_after_reply_bytes(100);
  for (const auto& sent : c.submit(jobs)) {
    INFO((sent.error ? sent.error->message : sent.state));
    CHECK(sent.created);
  }
  CHECK(proxy.cuts() == 1);
  proxy.cut_after_request_bytes(20'000);
  for (const auto& sent : c.submit(jobs)) {
    INFO((sent.error ? sent.error->message : sent.state));
    CHECK(sent.created);
  }
  CHECK(proxy.cuts() == 2);
  CHECK(calls.pending() == 1801);
}

TEST_CASE(
    "client library: without any reply the fate of a job is unknown, and submitting it again is "
    "safe") {
  Calls calls;
  CutProxy proxy(calls.server.socket());
  auto c = calls.connect(proxy.url().socket);
  REQUIRE(c.submit(calls.job("t", "first")).ok());
  REQUIRE(unlink(proxy.url().socket.c_str()) == 0);  // no new connection
  proxy.cut_after_reply_bytes(0);
  auto job = calls.job("t", "");
  auto lost = c.submit(job);
  REQUIRE(lost.error);
  CHECK(lost.error->code == Code::kUnknown);
  REQUIRE_FALSE(lost.id.empty());
  auto told = c.status("first");
  REQUIRE_FALSE(told);
  CHECK(told.error().code == Code::kUnreachable);
  job.id = lost.id;
  auto direct = calls.connect();
  auto again = direct.submit(job);
  CHECK(again.ok());
  CHECK_FALSE(again.created);
  CHECK(calls.pending() == 2);
}

TEST_CASE(
    "client library: where Redis takes no more, the jobs say so, and nobody takes them for "
    "queued") {
  Calls calls;
  auto c = calls.connect();
  REQUIRE(c.submit(calls.job("t", "first")).ok());
  calls.server.command({"CONFIG", "SET", "maxmemory", "1"});
  for (const auto& sent : c.submit(std::vector<client::Job>(2'000, calls.job("t", "")))) {
    REQUIRE(sent.error);
    CHECK(sent.error->code == Code::kRefused);
    CHECK_FALSE(sent.id.empty());
  }
  CHECK(calls.pending() == 1);
}

TEST_CASE("client library: a Redis that evicts keys is looked at, and no job is entrusted to it") {
  Calls calls;
  auto c = calls.connect();
  REQUIRE(c.submit(calls.job("t", "a")).ok());
  calls.server.command({"CONFIG", "SET", "maxmemory", "100mb", "maxmemory-policy", "allkeys-lru"});
  auto second = calls.connect();
  CHECK(second.status("a")->state == "pending");
  auto refused = second.submit(calls.job("t", "b"));
  REQUIRE(refused.error);
  CHECK(refused.error->code == Code::kConfig);
  CHECK(refused.error->message.find("allkeys-lru") != std::string::npos);
  CHECK(calls.pending() == 1);
}

TEST_CASE("client library: while Redis is restarted a call waits for it") {
  test::RedisOptions kept;
  kept.extra = {"--appendonly", "yes"};
  Calls calls(std::move(kept));
  auto c = calls.connect();
  REQUIRE(c.submit(calls.job("t", "a")).ok());
  calls.server.stop();
  std::vector<client::Submission> sent;
  std::thread submits([&] { sent = c.submit(std::vector<client::Job>(900, calls.job("t", ""))); });
  std::this_thread::sleep_for(std::chrono::milliseconds{200});  // it meets the outage
  calls.server.restart();
  submits.join();
  REQUIRE(sent.size() == 900);
  for (const auto& one : sent) {
    INFO((one.error ? one.error->message : one.state));
    CHECK(one.created);
  }
  CHECK(calls.pending() == 901);
}

TEST_CASE("client library: after an outage a server that may not be used is named as that") {
  Calls calls;
  CutProxy proxy(calls.server.socket());
  auto c = calls.connect(proxy.url().socket);
  REQUIRE(c.submit(calls.job("t", "a")).ok());
  auto after_cut = [&] {
    proxy.cut_after_reply_bytes(0);
    return c.submit(calls.job("t", "b"));
  };
  calls.server.command({"CONFIG", "SET", "maxmemory", "100mb", "maxmemory-policy", "allkeys-lru"});
  auto evicting = after_cut();
  REQUIRE(evicting.error);
  CHECK(evicting.error->code == Code::kUnknown);  // the first try may have been heard
  CHECK(evicting.error->message.find("allkeys-lru") != std::string::npos);
  calls.server.command({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  calls.server.command({"HSET", "stint:meta", "format", "99"});
  proxy.cut_after_reply_bytes(0);
  auto newer = c.status("a");
  REQUIRE_FALSE(newer);
  CHECK(newer.error().message.find("format 99") != std::string::npos);
  calls.server.command({"HSET", "stint:meta", "format", std::string(kFormat)});
  CHECK(c.submit(calls.job("t", "b")).ok());
  CHECK(calls.pending() == 2);
}

TEST_CASE("client library: what is wrong with the options is said in their own words") {
  Calls calls;
  auto message_of = [](const client::Options& options) {
    auto made = client::Client::connect(options);
    REQUIRE_FALSE(made);
    CHECK(made.error().message.find("--") == std::string::npos);
    return made.error().message;
  };
  auto options = calls.options();
  options.queue = "no good";
  CHECK(message_of(options).starts_with("Options::queue: "));
  options = calls.options();
  options.ns = "no good";
  CHECK(message_of(options).starts_with("Options::ns: "));
  options = calls.options();
  options.redis_url = "gopher://x";
  CHECK(message_of(options).starts_with("Options::redis_url: "));
  options.redis_url = "unix://" + calls.server.dir() + "/none.sock";
  CHECK(message_of(options).find("Options::redis_url, STINT_REDIS_URL") != std::string::npos);
  options = calls.options();
  options.queue.reset();
  test::write_file(*options.config_file, "[queues.a]\n[queues.b]\n");
  CHECK(message_of(options).find("Say one of a, b with Options::queue") != std::string::npos);
}

TEST_CASE(
    "client library: after Redis was restarted every call works, also the one that is sent only "
    "once") {
  test::RedisOptions kept;
  kept.extra = {"--appendonly", "yes"};
  Calls calls(std::move(kept));
  auto c = calls.connect();
  REQUIRE(c.submit(calls.job("t", "a")).ok());
  calls.server.stop();
  calls.server.restart();
  CHECK(*c.cancel("a") == client::Cancelled::kNow);
  calls.server.stop();
  calls.server.restart();
  CHECK(c.submit(calls.job("t", "b")).ok());
}

TEST_CASE("client library: a client a thread, side by side") {
  Calls calls;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&calls] {
      auto c = calls.connect();
      for (int n = 0; n < 50; ++n) {
        if (!c.submit(calls.job("t", "")).created) {
          return;
        }
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(calls.pending() == 200);
}

TEST_CASE("client library: where there is no Redis, or options are wrong, connect says it") {
  Calls calls;
  auto options = calls.options();
  options.redis_url = "unix:///nowhere/redis.sock";
  auto away = client::Client::connect(options);
  REQUIRE_FALSE(away);
  CHECK(away.error().code == Code::kUnreachable);
  options.redis_url = "http://here";
  auto wrong = client::Client::connect(options);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == Code::kInvalid);
}
