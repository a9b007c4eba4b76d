#include "daemon/cli/table.h"

#include <algorithm>
#include <numeric>

namespace stint::cli {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kLeastWidth = 8;

bool starts_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

}  // namespace

size_t width_of(std::string_view utf8) {
  return static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), starts_character));
}

std::string cut_to(const std::string& utf8, size_t width) {
  if (width_of(utf8) <= width) {
    return utf8;
  }
  size_t end = 0;
  for (size_t seen = 0; end < utf8.size(); ++end) {
    seen += starts_character(utf8[end]) ? 1 : 0;
    if (seen == width) {  // the place of the ellipsis
      break;
    }
  }
  return utf8.substr(0, end) + "\u2026";
}

void Table::add(std::vector<std::string> cells) {
  for (auto& cell : cells) {
    cell = shown(cell);
  }
  rows_.push_back(std::move(cells));
}

std::vector<size_t> Table::widths(size_t limit) const {
  std::vector<size_t> widths;
  for (const auto& name : head_) {
    widths.push_back(width_of(name));
  }
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  }
  size_t gaps = kGap * (widths.size() - 1);
  while (std::accumulate(widths.begin(), widths.end(), gaps) > limit) {
    auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kLeastWidth) {
      break;
    }
    --*widest;
  }
  return widths;
}

void Table::print(const Output& out) const {
  if (rows_.empty()) {
    return;
  }
  auto columns = widths(out.width());
  auto line_of = [&columns](const std::vector<std::string>& cells) {
    std::string line;
    for (size_t i = 0; i < cells.size() && i < columns.size(); ++i) {
      std::string cell = cut_to(cells[i], columns[i]);
      line += cell;
      if (i + 1 < cells.size()) {
        line.append(columns[i] - width_of(cell) + kGap, ' ');
      }
    }
    return line;
  };
  out.line(out.paint(Color::kDim, line_of(head_)));
  for (const auto& row : rows_) {
    out.line(line_of(row));
  }
}

}  // namespace stint::cli
