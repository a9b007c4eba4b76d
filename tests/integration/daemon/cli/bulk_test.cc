// stint submit --bulk.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/unique_fd.h"
#include "tests/integration/daemon/cli/stint_calls.h"
#include "tests/support/eventually.h"

using namespace stint;
using test::has;
using test::StintCalls;

namespace {

std::string many_lines(int n) {
  std::string text;
  for (int i = 0; i < n; ++i) {
    text += R"({"task":"t","id":"j)" + std::to_string(i) + R"(","params":[1.0,{}]})" + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE(
    "stint submit --bulk: all lines are queued, in order, and the summary is the last output") {
  StintCalls stint;
  auto ended = stint({"submit", "--bulk", "-"}, many_lines(2'345));
  CHECK(ended.code == 0);
  CHECK(ended.out == "{\"submitted\":2345,\"known\":0,\"rejected\":[],\"unlisted\":0}\n");
  CHECK(stint.server.command({"LLEN", "stint:{default}:pending"}) == "2345");
  CHECK(stint.server.command({"LINDEX", "stint:{default}:pending", "-1"}) == "j0");
  CHECK(stint.server.command({"LINDEX", "stint:{default}:pending", "0"}) == "j2344");
  auto again = stint({"submit", "--bulk", "-"}, many_lines(2'345));
  CHECK(again.code == 0);
  CHECK(again.out == "{\"submitted\":0,\"known\":2345,\"rejected\":[],\"unlisted\":0}\n");
}

TEST_CASE("stint submit --bulk: bad lines are said with their number and skipped, exit 1") {
  StintCalls stint;
  std::string text = many_lines(150) + "garbage\n\n" + R"({"task":"t","idd":"x"})" + "\n" +
                     R"({"task":"t","id":"j0","params":2})" + "\n" + R"({"task":"t","id":"last"})";
  auto ended = stint({"submit", "--bulk", "-"}, text);
  CHECK(ended.code == 1);
  std::string summary = test::lines_of(ended.out).back();
  CHECK(test::json_at(summary, "/submitted") == "151");
  CHECK(test::json_at(summary, "/known") == "0");
  CHECK(test::json_at(summary, "/rejected/0/line") == "151");
  CHECK(test::json_at(summary, "/rejected/1/line") == "153");
  CHECK(test::json_at(summary, "/rejected/2/line") == "154");
  CHECK(has(test::json_at(summary, "/rejected/1/error"), "id"));
  CHECK(has(test::json_at(summary, "/rejected/2/error"), "known"));
  CHECK(has(ended.err, "stint: stdin:151: "));
  CHECK(stint.job("last", "/state") == "pending");
}

TEST_CASE("stint submit --bulk: the summary lists a thousand bad lines and counts the others") {
  StintCalls stint;
  std::string text;
  for (int i = 0; i < 1'005; ++i) {
    text += "garbage\n";
  }
  auto ended = stint({"submit", "--bulk", "-"}, text);
  CHECK(ended.code == 1);
  CHECK(test::json_at(ended.out, "/rejected/999/line") == "1000");
  CHECK(test::json_at(ended.out, "/rejected/1000").empty());
  CHECK(test::json_at(ended.out, "/unlisted") == "5");
  CHECK(has(ended.err, "stint: stdin:1005: "));
}

TEST_CASE("stint submit --bulk: large jobs stay within a batch's bytes") {
  StintCalls stint;
  std::string text;
  for (int i = 0; i < 12; ++i) {
    text += R"({"task":"t","id":"j)" + std::to_string(i) + R"(","params":")" +
            std::string(400'000, static_cast<char>('a' + i)) + "\"}\n";
  }
  auto ended = stint({"submit", "--bulk", "-", "--quiet"}, text);
  CHECK(ended.out == "{\"submitted\":12,\"known\":0,\"rejected\":[],\"unlisted\":0}\n");
  CHECK(stint.job("j11", "/params") == std::string(400'000, 'l'));
}

TEST_CASE("stint submit --bulk: a file that is not there, or a Redis that refuses, is said") {
  StintCalls stint;
  auto missing = stint({"submit", "--bulk", "/nonexistent/jobs.jsonl"});
  CHECK(missing.code == 1);
  CHECK(has(missing.err, "cannot read /nonexistent/jobs.jsonl: No such file or directory"));
  CHECK(stint({"submit", "--bulk", "/tmp"}).code == 1);
  stint.server.command({"CONFIG", "SET", "maxmemory", "1"});
  auto full = stint({"submit", "--bulk", "-"}, many_lines(3));
  CHECK(full.code == 1);
  CHECK(has(full.err, "OOM"));
}

namespace {

// stint submit --bulk - behind a pipe that stays open.
class SlowProducer {
 public:
  explicit SlowProducer(const StintCalls& stint) : stint_(stint) {
    REQUIRE(mkfifo(path_.c_str(), 0600) == 0);
    pipe_ = UniqueFd(open(path_.c_str(), O_RDWR | O_CLOEXEC));  // does not wait for the reader
    REQUIRE(pipe_);
  }
  test::Spawn call() const {
    return stint_.spawn(
        {"sh", "-c", "exec \"$0\" submit --bulk - <\"$1\"", test::bin_dir() + "/stint", path_});
  }
  void say(const std::string& text) const {
    REQUIRE(write(pipe_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  bool are_pending(const std::string& n) const {
    return test::eventually(test::kLong, [&] {
      return stint_.server.command({"LLEN", "stint:{default}:pending"}) == n;
    });
  }

 private:
  const StintCalls& stint_;
  test::TempDir dir_;
  std::string path_ = dir_ / "fifo";
  UniqueFd pipe_;
};

}  // namespace

TEST_CASE("stint submit --bulk: lines of a producer that pauses are not held back") {
  StintCalls stint;
  SlowProducer producer(stint);
  test::Process call(producer.call());
  producer.say(many_lines(2) + R"({"task":"t","id":)");
  CHECK(producer.are_pending("2"));
  producer.say("\"whole\"}\n");
  CHECK(producer.are_pending("3"));
  CHECK(stint.job("whole", "/task") == "t");
}

TEST_CASE("stint submit --bulk: INT or TERM ends the wait for lines, with the summary and 130") {
  for (int number : {SIGINT, SIGTERM}) {
    StintCalls stint;
    SlowProducer producer(stint);
    test::Process call(producer.call());
    producer.say(many_lines(2) + R"({"task":"t","id":"half"})");
    REQUIRE(producer.are_pending("2"));
    call.signal(number);
    CHECK(call.wait(test::kLong) == 130);
    CHECK(call.out() == "{\"submitted\":2,\"known\":0,\"rejected\":[],\"unlisted\":0}\n");
    CHECK(has(call.err(), "interrupted after line 2: 2 jobs submitted"));
    CHECK(stint({"job", "show", "half"}).code == 3);
  }
}

TEST_CASE("stint submit --bulk: an input that cannot be read on is said, with what was submitted") {
  StintCalls stint;
  auto ended = test::run(
      stint.spawn({"sh", "-c", "exec \"$0\" submit --bulk - </tmp", test::bin_dir() + "/stint"}));
  CHECK(ended.code == 1);
  CHECK(has(ended.err, "cannot read stdin: Is a directory"));
  CHECK(ended.out == "{\"submitted\":0,\"known\":0,\"rejected\":[],\"unlisted\":0}\n");
}
