#include "daemon/line_cutter.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace {

struct CutLine {
  std::string text;
  bool cut;
  bool operator==(const CutLine&) const = default;
};

}  // namespace

TEST_CASE("line cutter: lines come whole, however the bytes arrive") {
  stint::LineCutter cutter(10);
  std::vector<CutLine> lines;
  auto take = [&](std::string_view line, bool cut) { lines.push_back({std::string(line), cut}); };
  cutter.feed("one\ntw", take);
  cutter.feed("o\n\nthr", take);
  CHECK(lines == std::vector<CutLine>{{"one", false}, {"two", false}, {"", false}});
  cutter.finish(take);
  CHECK(lines.back() == CutLine{"thr", false});
  cutter.finish(take);
  CHECK(lines.size() == 4);
}

TEST_CASE("line cutter: a line without an end is cut once and costs no memory") {
  stint::LineCutter cutter(10);
  std::vector<CutLine> lines;
  auto take = [&](std::string_view line, bool cut) { lines.push_back({std::string(line), cut}); };
  for (int i = 0; i < 1000; ++i) {
    cutter.feed("0123456", take);
  }
  CHECK(lines.empty());
  cutter.feed("\nshort\n", take);
  CHECK(lines == std::vector<CutLine>{{"0123456012", true}, {"short", false}});
}
