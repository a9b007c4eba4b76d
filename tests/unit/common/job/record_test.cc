#include "common/job/record.h"

#include <catch2/catch.hpp>

using stint::make_record;
using stint::parse_record;

namespace {

stint::JobSpec record_test_spec() {
  stint::JobSpec spec;
  spec.task = "resize";
  spec.id = "j1";
  spec.resource = "video:7";
  spec.params = "{\"big\":9223372036854775807,\n \"none\":[]}";
  return spec;
}

}  // namespace

TEST_CASE("record: what was said comes back, parameters byte for byte") {
  stint::JobSpec spec = record_test_spec();
  spec.limits.retries = 2;
  spec.limits.backoff = stint::Backoff{-5000};
  spec.limits.timeout = stint::milliseconds(0);
  std::string text = make_record(spec, "abcdefgh", 1763661387123);
  auto record = parse_record(text);
  REQUIRE(record.ok());
  CHECK(record->resource == "video:7");
  CHECK(record->task == "resize");
  CHECK(record->created_ms == 1763661387123);
  CHECK(record->nonce == "abcdefgh");
  CHECK(record->limits.retries == 2);
  CHECK_FALSE(record->limits.crash_limit.has_value());
  CHECK(record->limits.backoff->encoded == -5000);
  CHECK(record->limits.timeout == stint::milliseconds(0));
  CHECK_FALSE(record->limits.lease.has_value());
  CHECK(*record->params == spec.params);
}

TEST_CASE("record: long parameters stand apart, and the record says so by having no third line") {
  stint::JobSpec spec = record_test_spec();
  spec.params = "\"" + std::string(stint::kInlineParams, 'x') + "\"";
  std::string text = make_record(spec, "abcdefgh", 1);
  auto record = parse_record(text);
  REQUIRE(record.ok());
  CHECK_FALSE(record->params.has_value());
  CHECK(text.size() < 200);
}

TEST_CASE("record: header members that this release does not know change nothing") {
  auto record = parse_record(
      "\n3 1 0 2 - - - n {\"task\":\"t\",\"created\":5,\"later\":{\"a\":[1]},\"keep\":7}\nnull");
  REQUIRE(record.ok());
  CHECK(record->attempts == 3);
  CHECK(record->since == 2);
  CHECK(record->limits.keep == stint::milliseconds(7));
}

TEST_CASE("record: garbage is an error, never a crash") {
  for (std::string_view text :
       {"", "x", "\n", "\n\n", "r\n0 0 0 0 - - -", "r\n0 0 0 0 - - - n", "r\n0 0 0 0 - - - n {}",
        "r\n0 0 0 x - - - n {\"task\":\"t\"}", "r\n-1 0 0 0 - - - n {\"task\":\"t\"}",
        "r\n0 0 0 0 - - - n {\"task\":\"t",
        "r\n99999999999999999999 0 0 0 - - - n {\"task\":\"t\"}",
        "r\n0 0 0 0 - - - n {\"task\":\"\"}"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_record(text).ok());
  }
}

// Found by tests/fuzz/record_fuzz: a lease of -1 ms had its worker killed, and one of 2^63-1
// overflowed.
TEST_CASE("record: what no job can say is corrupt, not computed with") {
  auto with = [](std::string_view numbers, std::string_view members) {
    return parse_record("r\n" + std::string(numbers) + " n {\"task\":\"t\"" + std::string(members) +
                        "}\nnull");
  };
  REQUIRE(with("0 0 0 0 0 1 -1", ",\"lease\":1000,\"timeout\":0,\"keep\":0").ok());
  for (std::string_view numbers :
       {"0 -1 0 0 - - -", "0 0 -1 0 - - -", "0 0 0 -1 - - -", "2147483647 0 0 0 - - -",
        "0 0 0 0 -1 - -", "0 0 0 0 1001 - -", "0 0 0 0 - 0 -", "0 0 0 0 - 1001 -",
        "0 0 0 0 - - 315360000001", "0 0 0 0 - - -315360000001",
        "0 0 0 0 - - -9223372036854775808"}) {
    CAPTURE(numbers);
    CHECK_FALSE(with(numbers, "").ok());
  }
  for (std::string_view members :
       {",\"lease\":-1", ",\"lease\":999", ",\"lease\":9223372036854775807", ",\"timeout\":-1",
        ",\"timeout\":9223372036854775807", ",\"keep\":-1", ",\"keep\":315360000001"}) {
    CAPTURE(members);
    CHECK_FALSE(with("0 0 0 0 - - -", members).ok());
  }
  auto task = parse_record("r\n0 0 0 0 - - - n {\"task\":\"a\x1b[31m\"}\nnull");
  REQUIRE_FALSE(task.ok());
  CHECK(task.error().message.find('\x1b') == std::string::npos);
}
