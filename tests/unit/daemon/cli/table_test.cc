#include "daemon/cli/table.h"

#include <limits>

#include <catch2/catch.hpp>

#include "common/clock.h"

using namespace stint;
using namespace stint::cli;

namespace {

using Kind = Column::Kind;

constexpr int64_t kTableNow = 1'763'661'387'000;  // 2025-11-20T17:56:27Z
constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();
const std::string kIdA = "0193a1c2-7b5e-7c31-9d40-5a1f0c2b3d4e";
const std::string kIdB = "0193a1c2-7b5e-7c31-9d40-5a1f0c2b3d4f";

Table some_jobs(const std::string& error) {
  Table table({{"ID"},
               {"TASK", Kind::kText},
               {"RESOURCE", Kind::kText, 1},
               {"CREATED", Kind::kTime},
               {"ATTEMPT", Kind::kWhole, 2},
               {"ERROR", Kind::kText}});
  table.add({kIdA, "make-thumbnails", "video:7", "2025-11-20T17:56:26Z", "1", error});
  table.add({kIdB, "resize", "", "2025-11-18T17:56:26Z", "12", ""});
  return table;
}

}  // namespace

TEST_CASE("table: where there is room everything is whole") {
  auto lines = some_jobs(std::string(300, 'x')).lines(kNoLimit, kTableNow);
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].starts_with(kIdA + "  make-thumbnails  video:7   2025-11-20T17:56:26Z  1"));
  CHECK(lines[1].ends_with(std::string(300, 'x')));
  CHECK(lines[2] == kIdB + "  resize                     2025-11-18T17:56:26Z  12");
}

TEST_CASE("table: at 80 columns ids are whole, times short, texts cut, spare columns gone") {
  auto lines = some_jobs("error: the disk is full, and more").lines(80, kTableNow);
  CHECK(lines[0].find("ATTEMPT") == std::string::npos);
  CHECK(lines[1] == kIdA + "  make-thumbnai\u2026  17:56:26Z   error: the di\u2026");
  CHECK(lines[2] == kIdB + "  resize          2025-11-18");
  for (const auto& line : lines) {
    CHECK(width_of(line) <= 80);
  }
}

TEST_CASE("table: a column that says nothing goes first, what fits then is whole") {
  Table table({{"QUEUE"}, {"PENDING"}, {"INBOX", Kind::kWhole, 1}, {"DONE", Kind::kWhole, 2}});
  table.add({"default", "1", "0", "1,234,567"});
  CHECK(table.lines(30, kTableNow).at(0) == "QUEUE    PENDING  DONE");
  CHECK(table.lines(27, kTableNow).at(1) == "default  1        1,234,567");
  CHECK(table.lines(20, kTableNow).at(1) == "default  1");
}

TEST_CASE("table: ids and numbers are whole even where a row cannot fit") {
  Table table({{"ID"}, {"TASK", Kind::kText}});
  table.add({kIdA, "make-thumbnails"});
  CHECK(table.lines(20, kTableNow).at(1) == kIdA + "  make-th\u2026");
}

TEST_CASE("table: a time is short by how far it is away") {
  CHECK(short_time("2025-11-20T17:56:26Z", kTableNow) == "17:56:26Z");
  CHECK(short_time("2025-11-19T17:56:28.000Z", kTableNow) == "17:56:28Z");
  CHECK(short_time("2025-11-19T17:56:27Z", kTableNow) == "2025-11-19");
  CHECK(short_time("2025-11-20T18:56:27Z", kTableNow) == "2025-11-20");
  CHECK(short_time("", kTableNow).empty());
}
