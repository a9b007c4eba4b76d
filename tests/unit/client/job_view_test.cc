#include "client/job_view.h"

#include <catch2/catch.hpp>

#include "client/json_object.h"
#include "common/job/record.h"
#include "daemon/cli/logs.h"

using namespace stint;
using namespace stint::cli;

namespace {

constexpr int64_t kViewCreated = 1'763'661'387'123;
const char* const kViewParams = R"({"n":9223372036854775807,"e":[],"f":1.0})";

Inspected known_job(const std::string& resource = "") {
  JobSpec spec;
  spec.id = "a";
  spec.task = "resize";
  spec.resource = resource;
  spec.params = kViewParams;
  Inspected job;
  job.known = true;
  job.record = make_record(spec, "nonce123", kViewCreated);
  return job;
}

JobView view_of(const Inspected& job) {
  return make_view("a", job, Config{}, "default", kViewCreated + 1000);
}

const char* const kFailedOutcome =
    R"({"state":"failed","attempt":2,"result":null,"reason":"crash","started_at":"2025-11-20T17:56:28.000Z","finished_at":"2025-11-20T17:56:29.000Z","errors":[)"
    R"({"attempt":1,"kind":"error","message":"a \"b\", {c}","signal":null,"worker":"w.1","at":"2025-11-20T17:56:27.500Z"},)"
    "\n"
    R"({"attempt":2,"kind":"crash","message":"died","signal":"SIGSEGV","worker":"w.2","at":"2025-11-20T17:56:29.000Z"}]})";

}  // namespace

TEST_CASE(
    "job show: a pending job has every field, absent ones are null, parameters keep their bytes") {
  CHECK(show_json(view_of(known_job())) ==
        R"({"id":"a","queue":"default","task":"resize","resource":null,"state":"pending",)"
        R"("params":{"n":9223372036854775807,"e":[],"f":1.0},"attempt":0,"retries":0,)"
        R"("created_at":"2025-11-20T17:56:27.123Z","due_at":null,"started_at":null,)"
        R"("finished_at":null,"worker":null,"token":null,"progress":null,"blocked_by":null,)"
        R"("outcome":null,"result":null,"errors":[]})");
}

TEST_CASE("job show: an active job says its worker, token, attempt and progress") {
  Inspected job = known_job("r");
  job.active = "1763661387500000 host-1.2 1 30000 4 3 1000 r";
  job.logs = "3 120\n{\"done\":0.5}";
  JobView view = view_of(job);
  CHECK(view.state == "active");
  CHECK(view.worker == "host-1.2");
  CHECK(view.token == 1763661387500000);
  CHECK(view.attempt == 1);
  CHECK(view.retries == 4);
  CHECK(view.started_at == "2025-11-20T17:56:27.500Z");
  CHECK(view.progress == "{\"done\":0.5}");
}

TEST_CASE("job show: a token that is not a time of the past gives no start") {
  Inspected job = known_job();
  job.active = "1763661999000000 w 1 30000 0 3 1000 ";
  CHECK_FALSE(view_of(job).started_at);
}

TEST_CASE("job show: a token that runs ahead of the clock does not hide the start") {
  Inspected job = known_job();
  job.active = "1763661447123456 w 0@1763661387500 30000 - - - ";
  CHECK(view_of(job).started_at == "2025-11-20T17:56:27.500Z");
}

TEST_CASE("job show: blocked jobs name the holder, scheduled ones their time") {
  Inspected blocked = known_job("r");
  blocked.blocked = "1763661387200";
  blocked.lock_holder = "other";
  CHECK(view_of(blocked).state == "blocked");
  CHECK(view_of(blocked).blocked_by == "other");
  Inspected later = known_job("r");
  later.scheduled = "1763661397200";
  later.lock_holder = "other";
  CHECK(view_of(later).state == "scheduled");
  CHECK(view_of(later).due_ms == 1763661397200);
  CHECK_FALSE(view_of(later).blocked_by);
}

TEST_CASE("job show: errors of attempts come whole, from the outcome or between attempts") {
  Inspected failed = known_job();
  failed.failed = "1763661389000";
  failed.outcome = kFailedOutcome;
  JobView view = view_of(failed);
  CHECK(view.outcome == "failed");
  CHECK(view.attempt == 2);
  CHECK(view.finished_at == "2025-11-20T17:56:29.000Z");
  REQUIRE(view.errors.size() == 2);
  CHECK(view.errors[0].message == "a \"b\", {c}");
  CHECK(view.errors[1].signal == "SIGSEGV");
  CHECK(
      show_json(view).find(
          R"("errors":[{"attempt":1,"kind":"error","message":"a \"b\", {c}","signal":null,"worker":"w.1","at":"2025-11-20T17:56:27.500Z"},{"attempt":2,"kind":"crash","message":"died","signal":"SIGSEGV","worker":"w.2","at":"2025-11-20T17:56:29.000Z"}])") !=
      std::string::npos);
  Inspected between = known_job();
  between.errors =
      R"({"attempt":1,"kind":"lost","message":"m","signal":null,"worker":"w","at":"t"})";
  CHECK(view_of(between).errors.size() == 1);
}

TEST_CASE("job list: no params, result and errors, but the last error and its kind") {
  Inspected failed = known_job();
  failed.failed = "1763661389000";
  failed.outcome = kFailedOutcome;
  std::string line = list_json(view_of(failed));
  CHECK(line.find("\"params\"") == std::string::npos);
  CHECK(line.find("\"result\"") == std::string::npos);
  CHECK(line.find("\"errors\"") == std::string::npos);
  CHECK(line.ends_with(R"("outcome":"failed","error":"died","kind":"crash"})"));
}

TEST_CASE("job show: a result keeps its bytes") {
  Inspected done = known_job();
  done.done = "1763669999000";
  done.outcome =
      R"({"state":"done","attempt":1,"result":{"a": [ ],"n":9007199254740993},"reason":null,"started_at":null,"finished_at":null,"errors":[]})";
  JobView view = view_of(done);
  CHECK(view.outcome == "succeeded");
  CHECK(view.result == R"({"a": [ ],"n":9007199254740993})");
  CHECK(on_one_line("{\"a\":\n 1}") == "{\"a\":  1}");
}

TEST_CASE("job show: a corrupt record is said and everything else still shown") {
  Inspected job;
  job.known = true;
  job.record = "garbage";
  job.failed = "1763661389000";
  JobView view = view_of(job);
  CHECK_FALSE(view.damage.empty());
  CHECK(view.state == "failed");
  CHECK(show_json(view).find("\"params\":null") != std::string::npos);
}

TEST_CASE("outcome: text that is none is no outcome") {
  CHECK(parse_outcome("").state.empty());
  CHECK(parse_outcome("{").state.empty());
  CHECK(parse_errors("nonsense,\nmore").empty());
  CHECK(outcome_name(parse_outcome(R"({"state":"rejected","reason":"why"})")) == "rejected");
}

TEST_CASE("json: any bytes become valid text") {
  CHECK(json_text("a\"\n") == "\"a\\\"\\n\"");
  CHECK(json_text("\xff").find('\xff') == std::string::npos);
  const std::vector<std::string> names{"a", "b\""};
  CHECK(json_names(names) == R"(["a","b\""])");
  CHECK(JsonObject().raw("r", "").number("n", std::optional<int64_t>()).str() ==
        R"({"r":null,"n":null})");
}

TEST_CASE("logs: a line is number, time, attempt and text") {
  auto line = parse_log_line("12 1763661387123 2 hello  world ");
  REQUIRE(line);
  CHECK(line->number == 12);
  CHECK(line->at_ms == 1763661387123);
  CHECK(line->attempt == 2);
  CHECK(line->text == "hello  world ");
  CHECK_FALSE(parse_log_line("12 x 2 hello"));
  CHECK_FALSE(parse_log_line("12"));
}
