#include "common/job/spec.h"

#include <catch2/catch.hpp>

#include "common/text/text.h"

using namespace stint;
using namespace std::string_literals;

namespace {

std::string spec_error(std::string_view json) {
  const Result<JobSpec> spec = parse_spec(json);
  CAPTURE(escape(json, 200));
  REQUIRE_FALSE(spec.ok());
  CHECK(spec.error().code == ErrorCode::kInvalid);
  CHECK_FALSE(has_control(spec.error().message));
  return spec.error().message;
}

}  // namespace

TEST_CASE("spec: every field is read") {
  const JobSpec spec =
      parse_spec(R"({"task":"resize","id":"job-1","resource":"video:7","params":{"w":1},"retries":3,
      "crash_limit":2,"backoff":"fixed:5s","delay":"1h","lease":"10s","timeout":"0s","keep":"2d"})")
          .value();
  CHECK(spec.task == "resize");
  CHECK(spec.id == "job-1");
  CHECK(spec.resource == "video:7");
  CHECK(spec.params == "{\"w\":1}");
  CHECK(spec.limits.retries == 3);
  CHECK(spec.limits.crash_limit == 2);
  CHECK(spec.limits.backoff == Backoff{-5'000});
  CHECK(spec.delay == milliseconds(3'600'000));
  CHECK_FALSE(spec.at_ms.has_value());
  CHECK(spec.limits.lease == milliseconds(10'000));
  CHECK(spec.limits.timeout == milliseconds(0));
  CHECK(spec.limits.keep == milliseconds(172'800'000));
  CHECK_FALSE(spec.limits.grace.has_value());
  CHECK(parse_spec(R"({"task":"t","at":"2025-11-20T17:56:27.123Z"})").value().at_ms ==
        1763661387123);
}

TEST_CASE("spec: null and absent are the same, the rest has its defaults") {
  const JobSpec bare = parse_spec("{\"task\":\"t\"}").value();
  CHECK(bare.id.size() == 36);
  CHECK(bare.resource.empty());
  CHECK(bare.params == "null");
  const JobSpec nulls =
      parse_spec(R"({"task":"t","type":null,"id":null,"resource":null,"params":null,"retries":null,
      "crash_limit":null,"backoff":null,"delay":null,"at":null,"lease":null,"timeout":null,"keep":null})")
          .value();
  CHECK(nulls.id.size() == 36);
  CHECK(nulls.params == "null");
  CHECK_FALSE(nulls.limits.retries.has_value());
  CHECK_FALSE(nulls.limits.backoff.has_value());
  CHECK_FALSE(nulls.delay.has_value());
}

TEST_CASE("spec: what redis-dist-job-queue's submitJob writes is a job") {
  const JobSpec spec =
      parse_spec(R"({"type":"thumb","resource":"0f8fad5b","params":{"a":[]},"retries":0})").value();
  CHECK(spec.task == "thumb");
  CHECK(spec.limits.retries == 0);
}

TEST_CASE("spec: params keep every byte") {
  for (const std::string& params :
       {"[]"s, "{}"s, "9223372036854775807"s, "-0.10"s, "1e999"s,
        "{ \"a\" :\n[ ] , \"b\\/\":\"\\u00e4ä\" }"s, "\"\\ud83d\\ude00\""s, "{\"a\":1,\"a\":2}"s,
        "0.30000000000000004"s, std::string(64, '[') + std::string(64, ']'),
        "\"" + std::string(kMaxParams - 2, 'x') + "\""}) {
    const Result<JobSpec> spec = parse_spec("{\"params\": " + params + " ,\"task\":\"t\"}");
    REQUIRE(spec.ok());
    CHECK((spec->params == params));
  }
}

TEST_CASE("spec: an unknown field names the nearest, a field that is there twice is refused") {
  CHECK(spec_error(R"({"task":"t","retires":3})") ==
        "unknown field 'retires': did you mean 'retries'?");
  CHECK(spec_error(R"({"task":"t","colour":3})") == "unknown field 'colour'");
  CHECK(spec_error(R"({"task":"t","a\nb":3})") == "unknown field 'a\\x0ab'");
  CHECK(spec_error(R"({"task":"t","grace":"1s"})").starts_with("unknown field 'grace'"));
  CHECK(spec_error(R"({"task":"t","t\u0061sk":"u"})") == "field 'task' is there twice");
  CHECK(spec_error(R"({"task":"t","id":null,"id":"x"})") == "field 'id' is there twice");
  CHECK(spec_error(R"({"task":"t","type":"t"})").find("are the same") != std::string::npos);
}

TEST_CASE("spec: wrong values are refused with field, rule and limit") {
  CHECK(spec_error(R"({"task":"t","retries":1001})") ==
        "field 'retries': must be an integer from 0 to 1000, is 1001");
  CHECK(spec_error(R"({"task":"t","retries":-1})").find("is -1") != std::string::npos);
  CHECK(spec_error(R"({"task":"t","retries":1.5})").find("is 1.5") != std::string::npos);
  CHECK(spec_error(R"({"task":"t","retries":99999999999999999999})").find("must be an integer") !=
        std::string::npos);
  CHECK(spec_error(R"({"task":"t","retries":"3"})").find("must be an integer") !=
        std::string::npos);
  CHECK(spec_error(R"({"task":"t","crash_limit":0})").find("from 1 to 1000") != std::string::npos);
  CHECK(spec_error(R"({"task":"t","delay":10})") ==
        "field 'delay': duration '10' has no unit: write for example 10s, 250ms or 1h30m");
  CHECK(spec_error(R"({"task":"t","delay":["1s"]})") ==
        "field 'delay': must be a string, is an array");
  CHECK(spec_error(R"({"task":"t","lease":"10ms"})") ==
        "field 'lease': must be at least 1s, is \"10ms\"");
  CHECK(spec_error(R"({"task":"t","keep":"11000d"})").find("at most 10 years") !=
        std::string::npos);
  CHECK(spec_error(R"({"task":"t","at":"tomorrow"})").starts_with("field 'at': time 'tomorrow'"));
  // The doctor takes a job that is due in a hundred years for damage.
  CHECK(spec_error(R"({"task":"t","at":"2199-01-01T00:00:00Z"})") ==
        "field 'at': time '2199-01-01T00:00:00Z' is out of range: at most 10 years (3650d) ahead");
  CHECK(spec_error(R"({"task":"t","at":1763661387123})") ==
        "field 'at': must be a string, is a number");
  CHECK(spec_error(R"({"task":"t","backoff":"5s"})").starts_with("field 'backoff': backoff '5s'"));
  CHECK(spec_error(R"({"task":"t","resource":7})") ==
        "field 'resource': must be a string, is a number");
  CHECK(spec_error(R"({"task":"t","delay":"1s","at":"2025-11-20T17:56:27Z"})") ==
        "'delay' and 'at' exclude each other");
  CHECK(parse_spec(R"({"task":"t","delay":0})").value().delay == milliseconds(0));
}

TEST_CASE("spec: ids, tasks and resources that could break a record are refused") {
  CHECK(spec_error(R"({"task":"t","id":"a\nb"})") ==
        "field 'id': id 'a\\x0ab' holds a control character");
  CHECK(spec_error(R"({"task":"t","id":""})").starts_with("field 'id': id is empty"));
  CHECK(spec_error(R"({"task":"t","resource":"a\u0085b"})").find("control character") !=
        std::string::npos);
  CHECK(spec_error(R"({"task":"a b"})").starts_with("field 'task': task 'a b' must be"));
  CHECK(spec_error(R"({"task":""})").starts_with("field 'task'"));
  CHECK(spec_error("{\"task\":\"t\",\"id\":\"" + std::string(257, 'x') + "\"}")
            .find("257 bytes, the limit is 256") != std::string::npos);
  CHECK(spec_error("{\"task\":\"t\",\"resource\":\"" + std::string(4097, 'x') + "\"}")
            .find("the limit is 4096") != std::string::npos);
  CHECK(parse_spec("{\"task\":\"t\",\"id\":\"größe 😀\",\"resource\":\"\"}").ok());
}

TEST_CASE("spec: what is no job is refused") {
  CHECK(spec_error("[]") == "a job must be a JSON object, is an array");
  CHECK(spec_error(" \"task\"") == "a job must be a JSON object, is a string");
  CHECK(spec_error("null") == "a job must be a JSON object, is null");
  CHECK(spec_error("{}") == "field 'task' is missing");
  CHECK(spec_error(R"({"task":null})") == "field 'task' is missing");
  CHECK(spec_error("").starts_with("not JSON"));
  CHECK(spec_error("   ").starts_with("not JSON"));
  CHECK(spec_error("hello").starts_with("not JSON"));
  CHECK(spec_error(R"({"task":"t"}})").starts_with("not JSON: something follows"));
  CHECK(spec_error(R"({"task":"t","params":{"a":1,}})").starts_with("not JSON"));
}

TEST_CASE("spec: parameters beyond size and depth are refused with the limit") {
  CHECK(spec_error("{\"task\":\"t\",\"params\":\"" + std::string(kMaxParams - 1, 'x') + "\"}") ==
        "field 'params': too large: 1048577 bytes, the limit is 1048576");
  CHECK(spec_error("{\"task\":\"t\",\"params\":\"" + std::string(2 << 20, 'x') + "\"}")
            .find("the limit is 1048576") != std::string::npos);
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  CHECK(spec_error("{\"task\":\"t\",\"params\":" + deep + "}")
            .starts_with("nested deeper than 64 levels at byte"));
  CHECK(spec_error("{\"task\":\"t\",\"params\":" + std::string(100'000, '[') + "}")
            .starts_with("nested deeper"));
}

TEST_CASE("peek_id: reads the id of what was refused, if there is a good one") {
  CHECK(peek_id(R"({"id":"a","retires":3})") == "a");
  CHECK(peek_id(R"({"id":"a","params":{broken)") == "a");
  CHECK(peek_id(R"({"params":{"id":"inner"},"i\u0064":"a\u0062"})") == "ab");
  CHECK(peek_id("{\"params\":" + std::string(100, '[') + std::string(100, ']') +
                ",\"id\":\"a\"}") == "a");
  CHECK(peek_id("{\"params\":\"" + std::string(3 << 20, 'x') + "\",\"id\":\"a\"}") == "a");
  CHECK_FALSE(peek_id(R"({"params":{broken,"id":"a"})"));
  CHECK_FALSE(peek_id(R"({"id":7})"));
  CHECK_FALSE(peek_id(R"({"id":null})"));
  CHECK_FALSE(peek_id(R"({"id":"a\u0000"})"));
  CHECK_FALSE(peek_id(R"(["id","a"])"));
  CHECK_FALSE(peek_id("garbage"));
  CHECK_FALSE(peek_id(""));
}

TEST_CASE("names: queues and namespaces, tasks, with their limits") {
  CHECK(check_name("default").ok());
  CHECK(check_name("a.b_c-9").ok());
  CHECK(check_name(std::string(64, 'a')).ok());
  for (const std::string& bad :
       {""s, "-a"s, ".a"s, "a:b"s, "a b"s, "a{b"s, "ä"s, "a\n"s, "a\0"s, std::string(65, 'a')}) {
    CAPTURE(escape(bad, 100));
    CHECK_FALSE(check_name(bad).ok());
  }
  CHECK(check_task_id("a:b.c-d_e").ok());
  CHECK(check_task_id(std::string(128, 'a')).ok());
  CHECK_FALSE(check_task_id(std::string(129, 'a')).ok());
  CHECK_FALSE(check_task_id("../x").ok());
  CHECK(check_resource("").ok());
  CHECK(check_resource("/a b/ä").ok());
  CHECK_FALSE(check_resource("\xff").ok());
  CHECK_FALSE(check_job_id("\x7f").ok());
}
