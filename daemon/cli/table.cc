#include "daemon/cli/table.h"

#include <algorithm>
#include <optional>

#include "common/text/text.h"

namespace stint::cli {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kReadable = 12;  // a text is not cut to less while a column can be left out
constexpr size_t kLeast = 8;
constexpr int64_t kDayMs = 86'400'000;

using Cells = std::vector<std::string>;

bool starts_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

bool says_nothing(const std::string& cell) {
  return cell.empty() || cell == "0";
}

// The columns that are shown, each as wide as its widest cell or narrower. rows[0] is the head.
class Layout {
 public:
  Layout(const std::vector<Column>& columns, std::vector<Cells> rows)
      : columns_(columns), rows_(std::move(rows)), shown_(columns.size(), true) {}

  void fit(size_t limit, int64_t now_ms) {
    measure();
    if (total() > limit) {
      shorten_times(now_ms);
      leave_out_empty();
    }
    while (!cut_texts(limit, kReadable) && leave_out_one()) {
    }
    (void)cut_texts(limit, kLeast);
  }

  std::string line_of(const Cells& row) const {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      if (shown_[i]) {
        std::string cell = cut_to(row[i], widths_[i]);
        line += cell;
        line.append(widths_[i] - width_of(cell) + kGap, ' ');
      }
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
  }
  const std::vector<Cells>& rows() const { return rows_; }

 private:
  void measure() {
    widths_.assign(columns_.size(), 0);
    for (const auto& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) {
        widths_[i] = std::max(widths_[i], width_of(row[i]));
      }
    }
  }
  size_t total() const {
    size_t sum = 0;
    for (size_t i = 0; i < widths_.size(); ++i) {
      sum += shown_[i] ? widths_[i] + (sum == 0 ? 0 : kGap) : 0;
    }
    return sum;
  }
  void shorten_times(int64_t now_ms) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      for (size_t row = 1; columns_[i].kind == Column::Kind::kTime && row < rows_.size(); ++row) {
        rows_[row][i] = short_time(rows_[row][i], now_ms);
      }
    }
    measure();
  }
  void leave_out_empty() {
    for (size_t i = 0; i < columns_.size(); ++i) {
      shown_[i] = columns_[i].spare == 0 ||
                  !std::all_of(rows_.begin() + 1, rows_.end(),
                               [i](const Cells& row) { return says_nothing(row[i]); });
    }
  }
  // The least important; the texts have their width again. False: there is none.
  bool leave_out_one() {
    std::optional<size_t> least;
    for (size_t i = 0; i < columns_.size(); ++i) {
      bool may = shown_[i] && columns_[i].spare > 0;
      if (may && (!least || columns_[i].spare > columns_[*least].spare)) {
        least = i;
      }
    }
    if (least) {
      shown_[*least] = false;
      measure();
    }
    return least.has_value();
  }
  // The widest text first. Whether it fits now.
  bool cut_texts(size_t limit, size_t least) {
    while (total() > limit) {
      std::optional<size_t> widest;
      for (size_t i = 0; i < columns_.size(); ++i) {
        bool may = shown_[i] && columns_[i].kind == Column::Kind::kText && widths_[i] > least;
        if (may && (!widest || widths_[i] > widths_[*widest])) {
          widest = i;
        }
      }
      if (!widest) {
        return false;
      }
      --widths_[*widest];
    }
    return true;
  }

  const std::vector<Column>& columns_;
  std::vector<Cells> rows_;
  std::vector<bool> shown_;
  std::vector<size_t> widths_;
};

}  // namespace

std::string short_time(const std::string& time, int64_t now_ms) {
  auto at = parse_time(time);
  if (!at) {
    return time;
  }
  std::string whole = rfc3339(*at);
  bool of_today = *at <= now_ms && now_ms - *at < kDayMs;
  return of_today ? whole.substr(11, 8) + "Z" : whole.substr(0, 10);
}

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
  cells.resize(columns_.size());
  for (auto& cell : cells) {
    cell = shown(cell);
  }
  rows_.push_back(std::move(cells));
}

std::vector<std::string> Table::lines(size_t width, int64_t now_ms) const {
  if (rows_.empty()) {
    return {};
  }
  std::vector<Cells> rows(1);
  for (const auto& column : columns_) {
    rows[0].push_back(column.name);
  }
  rows.insert(rows.end(), rows_.begin(), rows_.end());
  Layout layout(columns_, std::move(rows));
  layout.fit(width, now_ms);
  std::vector<std::string> lines;
  for (const auto& row : layout.rows()) {
    lines.push_back(layout.line_of(row));
  }
  return lines;
}

void Table::print(const Output& out) const {
  bool head = true;
  for (const auto& line : lines(out.width(), now_wall_ms())) {
    out.line(head ? out.paint(Color::kDim, line) : line);
    head = false;
  }
}

}  // namespace stint::cli
