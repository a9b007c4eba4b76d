#include "daemon/cli/bulk_file.h"

#include <sstream>

#include <catch2/catch.hpp>

#include "daemon/cli/output.h"
#include "daemon/cli/progress_bar.h"
#include "daemon/cli/submit.h"
#include "daemon/cli/table.h"

using namespace stint;
using namespace stint::cli;

TEST_CASE("bulk file: good lines are jobs, bad ones say why, with their numbers") {
  std::istringstream in(
      "{\"task\":\"a\",\"params\":[1.0, {}]}\n"
      "\n"
      "garbage\r\n"
      "{\"task\":\"a\",\"idd\":1}\n"
      "{\"task\":\"b\",\"id\":\"x\"}");
  BulkFile file(in);
  auto first = file.next();
  REQUIRE(first);
  CHECK(first->number == 1);
  CHECK(std::get<JobSpec>(first->job).params == "[1.0, {}]");
  auto garbage = file.next();
  REQUIRE(garbage);
  CHECK(garbage->number == 3);
  CHECK(std::get<std::string>(garbage->job).find("JSON") != std::string::npos);
  auto unknown = file.next();
  REQUIRE(unknown);
  CHECK(unknown->number == 4);
  CHECK(std::get<std::string>(unknown->job).find("id") != std::string::npos);
  auto last = file.next();
  REQUIRE(last);
  CHECK(last->number == 5);
  CHECK(std::get<JobSpec>(last->job).id == "x");
  CHECK_FALSE(file.next());
  CHECK(file.lines_read() == 5);
}

TEST_CASE("bulk file: a line without an end does not fill the memory, and the next one is read") {
  std::istringstream in(std::string(kLongestLine + 10, 'x') + "\n{\"task\":\"a\"}\n");
  BulkFile file(in);
  auto first = file.next();
  REQUIRE(first);
  CHECK(std::get<std::string>(first->job).find("8 MiB") != std::string::npos);
  auto second = file.next();
  REQUIRE(second);
  CHECK(second->number == 2);
  CHECK(std::holds_alternative<JobSpec>(second->job));
}

TEST_CASE("bulk file: lines of any length come out whole") {
  const std::string job = "{\"task\":\"a\"}";
  for (size_t size : {size_t{65533}, size_t{65534}, size_t{65535}, size_t{65536}, size_t{131070},
                      size_t{131071}}) {
    const std::string line = std::string(size - job.size(), ' ') + job;
    CAPTURE(size);
    for (const auto& text : {line + "\n" + job + "\n", line + "\n" + job}) {
      std::istringstream in(text);
      BulkFile file(in);
      for (int64_t number : {1, 2}) {
        auto got = file.next();
        REQUIRE(got);
        CHECK(got->number == number);
        CHECK(std::holds_alternative<JobSpec>(got->job));
      }
      CHECK_FALSE(file.next());
      CHECK(file.bytes_read() == static_cast<int64_t>(text.size()));
    }
    std::istringstream alone(line);
    BulkFile file(alone);
    CHECK(std::holds_alternative<JobSpec>(file.next()->job));
    CHECK_FALSE(file.next());
  }
  std::istringstream nul(std::string("{\"task\":\"a\0\"}\n", 14) + job + "\n");
  BulkFile file(nul);
  CHECK(std::holds_alternative<std::string>(file.next()->job));
  CHECK(std::holds_alternative<JobSpec>(file.next()->job));
}

TEST_CASE("bulk file: an empty one has no lines") {
  std::istringstream in("");
  CHECK_FALSE(BulkFile(in).next());
}

TEST_CASE("submit: options become a job by the rules of an inbox entry") {
  SubmitOptions o;
  o.job.task = "resize";
  o.params = " {\"n\":9223372036854775807,\"e\":[]} \n";
  o.job.resource = "video:7";
  o.job.retries = 3;
  o.job.backoff = "fixed:5s";
  o.job.keep = "0";
  auto spec = spec_of(o);
  REQUIRE(spec);
  CHECK(spec->params == "{\"n\":9223372036854775807,\"e\":[]}");
  CHECK(spec->resource == "video:7");
  CHECK(spec->limits.retries == 3);
  CHECK(spec->limits.backoff->encoded == -5000);
  CHECK(spec->limits.keep == milliseconds{0});
  CHECK_FALSE(spec->id.empty());
}

TEST_CASE("submit: wrong options are refused, each with what is wrong") {
  auto refused = [](auto change) {
    SubmitOptions o;
    o.job.task = "resize";
    change(o);
    auto spec = spec_of(o);
    return spec ? std::string() : spec.error().message;
  };
  CHECK_FALSE(refused([](auto& o) { o.job.task = "a b"; }).empty());
  CHECK_FALSE(refused([](auto& o) { o.job.id = ""; }).empty());
  CHECK_FALSE(refused([](auto& o) { o.job.id = "a\nb"; }).empty());
  CHECK_FALSE(refused([](auto& o) { o.job.id = "\xff"; }).empty());
  CHECK_FALSE(refused([](auto& o) { o.job.retries = 1001; }).empty());
  CHECK_FALSE(refused([](auto& o) { o.job.retries = -1; }).empty());
  CHECK_FALSE(refused([](auto& o) { o.job.backoff = "often"; }).empty());
  CHECK_FALSE(refused([](auto& o) { o.job.timeout = "5"; }).empty());
  CHECK_FALSE(refused([](auto& o) { o.job.at = "tomorrow"; }).empty());
  CHECK(refused([](auto& o) { o.params = "{"; }).starts_with("-p: "));
  CHECK_FALSE(
      refused([](auto& o) { o.params = "\"" + std::string(kMaxParams, 'x') + "\""; }).empty());
  CHECK_FALSE(
      refused([](auto& o) { o.params = std::string(65, '[') + std::string(65, ']'); }).empty());
  CHECK(refused([](auto& o) {
          o.job.delay = "1s";
          o.job.at = "2030-01-01T00:00:00Z";
        }) == "either --delay or --at, not both");
  CHECK(refused([](auto& o) {
          o.params = "1";
          o.params_file = "x";
        }) == "either -p or --params-file, not both");
}

TEST_CASE("exit codes: of several the worst wins") {
  CHECK(worse(ExitCode::kOk, ExitCode::kFailed) == ExitCode::kFailed);
  CHECK(worse(ExitCode::kNoSuchJob, ExitCode::kFailed) == ExitCode::kNoSuchJob);
  CHECK(worse(ExitCode::kJobFailed, ExitCode::kWaitTimedOut) == ExitCode::kWaitTimedOut);
  CHECK(worse(ExitCode::kUnreachable, ExitCode::kOk) == ExitCode::kUnreachable);
}

TEST_CASE("exit codes: each kind of error has its own") {
  CHECK(exit_code_of(ErrorCode::kInvalid) == ExitCode::kUsage);
  CHECK(exit_code_of(ErrorCode::kNotFound) == ExitCode::kNoSuchJob);
  CHECK(exit_code_of(ErrorCode::kConflict) == ExitCode::kFailed);
  CHECK(exit_code_of(ErrorCode::kUnavailable) == ExitCode::kUnreachable);
  CHECK(exit_code_of(ErrorCode::kTimedOut) == ExitCode::kWaitTimedOut);
  CHECK(exit_code_of(ErrorCode::kConfig) == ExitCode::kConfig);
}

TEST_CASE("numbers for people are grouped") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(-1234567) == "-1,234,567");
  CHECK(counted(1, "job") == "1 job");
  CHECK(counted(12345, "job") == "12,345 jobs");
}

TEST_CASE("text of several lines: a line each for people, the first alone in tables") {
  CHECK(shown_lines("crash\n  #0 0x1\tf\n\n#1\n", 4) == "crash\n      #0 0x1\\x09f\n    \n    #1");
  CHECK(shown_lines("", 4).empty());
  CHECK(first_line("crash\n#0 0x1") == "crash");
  CHECK(first_line("\nlate") == "late");
  CHECK(first_line("one") == "one");
  CHECK(first_line("").empty());
}

TEST_CASE("progress: share, count and speed in one line") {
  CHECK(bar_text(1200, 0.5, milliseconds{2000}, "job") ==
        "[############------------] 50%  1,200 jobs  600/s");
  CHECK(bar_text(3, -1, milliseconds{100}, "job") == "3 jobs");
  CHECK(bar_text(3, 7.0, milliseconds{100}, "job").starts_with("[########################] 100%"));
}

TEST_CASE("table: text is cut by characters, not by bytes") {
  CHECK(width_of("äöü") == 3);
  CHECK(cut_to("äöüß", 3) == "äö\u2026");
  CHECK(cut_to("abc", 3) == "abc");
}
