// Rows for people: columns padded to their widest cell; on a terminal the widest column is cut so
// that a row fits a line.
#pragma once

#include <string>
#include <vector>

#include "daemon/cli/output.h"

namespace stint::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> head) : head_(std::move(head)) {}
  void add(
      std::vector<std::string> cells);  // as many as the head; control characters are made visible
  void print(const Output& out) const;  // nothing at all if there is no row

 private:
  std::vector<size_t> widths(size_t limit) const;
  std::vector<std::string> head_;
  std::vector<std::vector<std::string>> rows_;
};

// Characters, not bytes.
size_t width_of(std::string_view utf8);
std::string cut_to(const std::string& utf8, size_t width);

}  // namespace stint::cli
