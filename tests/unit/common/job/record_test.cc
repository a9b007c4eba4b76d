#include "common/job/record.h"

#include <catch2/catch.hpp>

using stint::make_record;
using stint::milliseconds;
using stint::parse_record;

namespace {

constexpr int64_t kRecordCreated = 1763661387123;  // mi7qgbqr

stint::JobSpec record_test_spec() {
  stint::JobSpec spec;
  spec.task = "resize";
  spec.id = "j1";
  spec.params = "{\"big\":9223372036854775807,\n \"none\":[]}";
  return spec;
}

// A record of the task t with these words behind the first three.
stint::Result<stint::Record> record_saying(const std::string& words) {
  static std::string text;
  text = "r\nt 1 n" + words + "\nnull";
  return parse_record(text);
}

}  // namespace

TEST_CASE("record: a plain job has three words, and nothing that is as usual") {
  stint::JobSpec spec = record_test_spec();
  std::string text = make_record(spec, "abcdef", kRecordCreated);
  CHECK(text == "\nresize mi7qgbqr abcdef\n" + spec.params);
  auto record = parse_record(text);
  REQUIRE(record.ok());
  CHECK(record->resource.empty());
  CHECK(record->task == "resize");
  CHECK(record->created_ms == kRecordCreated);
  CHECK(record->nonce == "abcdef");
  CHECK(record->attempts + record->crashes + record->losses + record->since == 0);
  const stint::LimitsSaid& said = record->limits;
  CHECK_FALSE((said.retries || said.crash_limit || said.backoff));
  CHECK_FALSE((said.lease || said.timeout || said.keep));
  CHECK(*record->params == spec.params);
}

// What a pending job costs (docs/performance.md): Redis' four bytes more are a block of 128.
TEST_CASE("record: six letters of task and 100 bytes of parameters need 124 bytes") {
  stint::JobSpec spec = record_test_spec();
  spec.params = std::string(100, '1');
  CHECK(make_record(spec, "abcdef", kRecordCreated).size() == 124);
}

TEST_CASE("record: what was said comes back, parameters byte for byte") {
  stint::JobSpec spec = record_test_spec();
  spec.resource = "video:7 of = 9";
  spec.limits.retries = 2;
  spec.limits.crash_limit = 4;
  spec.limits.backoff = stint::Backoff{-5000};
  spec.limits.lease = milliseconds(1000);
  spec.limits.timeout = milliseconds(0);
  spec.limits.keep = stint::kMaxDuration;
  std::string text = make_record(spec, "abcdef", kRecordCreated);
  auto record = parse_record(text);
  REQUIRE(record.ok());
  CHECK(record->resource == spec.resource);
  CHECK(record->limits.retries == 2);
  CHECK(record->limits.crash_limit == 4);
  CHECK(record->limits.backoff == stint::Backoff{-5000});
  CHECK(record->limits.lease == milliseconds(1000));
  CHECK(record->limits.timeout == milliseconds(0));
  CHECK(record->limits.keep == stint::kMaxDuration);
  CHECK(*record->params == spec.params);
}

TEST_CASE("record: long parameters stand apart, and the record says so by having no third line") {
  stint::JobSpec spec = record_test_spec();
  spec.params = "\"" + std::string(stint::kInlineParams, 'x') + "\"";
  std::string text = make_record(spec, "abcdef", kRecordCreated);
  CHECK(text == "\nresize mi7qgbqr abcdef");
  auto record = parse_record(text);
  REQUIRE(record.ok());
  CHECK_FALSE(record->params.has_value());
}

TEST_CASE(
    "record: words come in any order, and those that this release does not know say nothing") {
  auto record = record_saying(" keep=7 later=a=b,[1] since=2 losses=4 crashes=1 attempts=3");
  REQUIRE(record.ok());
  CHECK(record->attempts == 3);
  CHECK(record->crashes == 1);
  CHECK(record->losses == 4);
  CHECK(record->since == 2);
  CHECK(record->limits.keep == milliseconds(7));
}

TEST_CASE("record: garbage is an error, never a crash") {
  for (std::string_view text : {"",
                                "x",
                                "\n",
                                "\n\n",
                                "t 1 n",
                                "r\nt",
                                "r\nt 1",
                                "r\nt 1 ",
                                "r\n 1 n",
                                "r\nt  n",
                                "r\nt 1 n ",
                                "r\nt 1 n  keep=1",
                                "r\nt 1 n lost",
                                "r\nt 1 n keep=",
                                "r\nt 1 n =1",
                                "r\nt 1 n Keep=1",
                                "r\nt 1 n keep=1 keep=1",
                                "r\nt 1 n keep=1 ",
                                "r\nt/ 1 n",
                                "r\nt 1! n",
                                "r\nt -1 n",
                                "r\nt zzzzzzzzzzzzzzz n",
                                "r\nthe record was lost"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_record(text).ok());
  }
  auto task = parse_record("r\na\x1b[31m 1 n\nnull");
  REQUIRE_FALSE(task.ok());
  CHECK(task.error().message.find('\x1b') == std::string::npos);
}

// Found by tests/fuzz/record_fuzz: a lease of -1 ms had its worker killed, and one of 2^63-1
// overflowed.
TEST_CASE("record: what no job can say is corrupt, not computed with") {
  REQUIRE(record_saying(" retries=0 crash_limit=1 backoff=-1 lease=1000 timeout=0 keep=0").ok());
  for (const char* word : {"attempts=-1",
                           "attempts=1000000000",
                           "attempts=99999999999999999999",
                           "attempts=x",
                           "attempts=1x",
                           "attempts=01",
                           "attempts=+1",
                           "crashes=-1",
                           "losses=-1",
                           "since=-1",
                           "retries=-1",
                           "retries=1001",
                           "crash_limit=0",
                           "crash_limit=1001",
                           "backoff=315360000001",
                           "backoff=-315360000001",
                           "backoff=-9223372036854775808",
                           "backoff=-0",
                           "lease=-1",
                           "lease=999",
                           "lease=9223372036854775807",
                           "timeout=-1",
                           "timeout=9223372036854775807",
                           "keep=-1",
                           "keep=315360000001"}) {
    CAPTURE(word);
    CHECK_FALSE(record_saying(std::string(" ") + word).ok());
  }
}
