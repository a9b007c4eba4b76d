// Rows for people: columns padded to their widest cell. On a terminal a row is made to fit a line:
// times are shown short, then texts are cut, then the least important columns are left out; ids and
// numbers are never cut, because half of one is none. Elsewhere everything is whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/output.h"

namespace stint::cli {

struct Column {
  enum class Kind { kWhole, kText, kTime };  // kTime: RFC 3339 or empty
  std::string name;
  Kind kind = Kind::kWhole;
  int spare = 0;  // 0: never left out; else the highest first, and first of all where all is empty
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // As many as there are columns; control characters are made visible.
  void add(std::vector<std::string> cells);
  void print(const Output& out) const;  // nothing at all if there is no row

  // The head and the rows; empty if there is no row. Pure.
  std::vector<std::string> lines(size_t width, int64_t now_ms) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// "18:51:43Z" in the last 24 hours, else "2026-11-20"; what is no time stays as it is.
std::string short_time(const std::string& time, int64_t now_ms);

// Characters, not bytes.
size_t width_of(std::string_view utf8);
std::string cut_to(const std::string& utf8, size_t width);

}  // namespace stint::cli
