#include "common/log/line.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace stint;
using namespace stint::log;

namespace {

std::string body_of(std::string_view text, std::initializer_list<Field> fields) {
  return format_body(text, std::span(fields.begin(), fields.size()));
}
std::string members_of(std::string_view text, std::initializer_list<Field> fields) {
  return format_members(text, std::span(fields.begin(), fields.size()));
}

}  // namespace

TEST_CASE("log line: time, level and program for people, a priority for the journal") {
  const std::string body = body_of("worker started", {{"worker", 3}, {"host", "a b"}});
  CHECK(body == "worker started worker=3 host=\"a b\"");
  CHECK(format_for_people(1763661387123, Level::kInfo, "stintd", body) ==
        "2025-11-20T17:56:27.123Z info  stintd: worker started worker=3 host=\"a b\"\n");
  CHECK(format_for_people(0, Level::kWarning, "stintd", "x") ==
        "1970-01-01T00:00:00.000Z warning stintd: x\n");
  CHECK(format_for_journal(Level::kDebug, "x") == "<7>x\n");
  CHECK(format_for_journal(Level::kInfo, "x") == "<6>x\n");
  CHECK(format_for_journal(Level::kWarning, "x") == "<4>x\n");
  CHECK(format_for_journal(Level::kError, "x") == "<3>x\n");
}

TEST_CASE("log line: as JSON, one object whose members are the event's") {
  const std::string members =
      members_of("worker started", {{"worker", 3}, {"host", "a \"b\"\n\xff"}});
  CHECK(members == R"("text":"worker started","worker":3,"host":"a \"b\"\n)"
                   "\xef\xbf\xbd\"");
  CHECK(format_object(1763661387123, Level::kWarning, "stintd", members) ==
        R"({"time":"2025-11-20T17:56:27.123Z","level":"warning","program":"stintd",)" + members +
            "}");
}

TEST_CASE("log line: no value can start a line, move the cursor or look like another field") {
  CHECK(body_of("t", {{"k", "a\nb"}}) == "t k=a\\x0ab");
  CHECK(body_of("t", {{"k", "\x1b[2J"}}) == "t k=\\x1b[2J");
  CHECK(body_of("t", {{"k", "a\xff z"}}) == "t k=\"a\\xff z\"");
  CHECK(body_of("t", {{"k", "x=1"}}) == "t k=\"x=1\"");
  CHECK(body_of("t", {{"k", "say \"no\""}}) == "t k=\"say \\\"no\\\"\"");
  CHECK(body_of("t", {{"k", ""}}) == "t k=\"\"");
  CHECK(body_of("a\nb", {}) == "a\\x0ab");
  CHECK(body_of("t", {{"k", "größe"}}) == "t k=größe");
}

TEST_CASE("log line: a value is cut at 8000 bytes") {
  const std::string body = body_of("t", {{"k", std::string(100'000, 'x')}});
  CHECK(body.size() < 8100);
  CHECK(body.ends_with("x [cut]\""));
}

TEST_CASE("log: JOURNAL_STREAM counts only if it names this very file") {
  int fds[2];
  REQUIRE(::pipe(fds) == 0);
  struct stat file {};
  REQUIRE(::fstat(fds[1], &file) == 0);
  const std::string mine = std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
  CHECK(is_journal(fds[1], mine.c_str()));
  CHECK_FALSE(is_journal(fds[1], (mine + "1").c_str()));
  CHECK_FALSE(is_journal(fds[1], ""));
  CHECK_FALSE(is_journal(fds[1], nullptr));
  ::close(fds[0]);
  ::close(fds[1]);
}
