#include "common/job/record.h"

#include <charconv>
#include <limits>

#include "common/text/text.h"

namespace stint {
namespace {

// Cuts words off the front of line 2. After a failure every later word fails too.
class WordCutter {
 public:
  explicit WordCutter(std::string_view line) : rest_(line) {}

  std::string_view word() {
    size_t stop = rest_.find(' ');
    if (stop == std::string_view::npos || stop == 0) {
      ok_ = false;
      return {};
    }
    std::string_view out = rest_.substr(0, stop);
    rest_.remove_prefix(stop + 1);
    return out;
  }

  template <typename T>
  T number() {
    return parse_number<T>(word());
  }

  template <typename T>
  std::optional<T> number_or_dash() {
    std::string_view text = word();
    return text == "-" ? std::nullopt : std::optional<T>(parse_number<T>(text));
  }

  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }

 private:
  template <typename T>
  T parse_number(std::string_view text) {
    T value{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
      ok_ = false;
    }
    return value;
  }

  std::string_view rest_;
  bool ok_ = true;
};

// The value of a member of HEADER that is a number. HEADER is ours, without white space; strings
// before it hold no quote (task ids have none), so a plain search finds the member.
std::optional<int64_t> header_number(std::string_view header, std::string_view quoted_name) {
  size_t at = header.find(quoted_name);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view text = header.substr(at + quoted_name.size());
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? std::optional<int64_t>(value) : std::nullopt;
}

std::optional<milliseconds> header_duration(std::string_view header, std::string_view quoted_name) {
  auto value = header_number(header, quoted_name);
  return value ? std::optional<milliseconds>(milliseconds(*value)) : std::nullopt;
}

Error corrupt(std::string_view what) {
  return {ErrorCode::kInvalid, "corrupt record: " + std::string(what)};
}

constexpr std::string_view kTaskMember = "{\"task\":\"";

Result<void> read_header(std::string_view header, Record& record) {
  if (!header.starts_with(kTaskMember) || header.back() != '}') {
    return corrupt("the header does not begin with the task");
  }
  std::string_view task = header.substr(kTaskMember.size());
  record.task = task.substr(0, task.find('"'));
  if (record.task.size() == task.size() || record.task.empty()) {
    return corrupt("no task");
  }
  if (auto valid = check_task_id(record.task); !valid) {
    return corrupt(valid.error().message);
  }
  std::string_view members = task.substr(record.task.size());
  record.created_ms = header_number(members, ",\"created\":").value_or(0);
  record.limits.lease = header_duration(members, ",\"lease\":");
  record.limits.timeout = header_duration(members, ",\"timeout\":");
  record.limits.keep = header_duration(members, ",\"keep\":");
  return {};
}

template <typename T>
bool within(const std::optional<T>& value, T least, T most) {
  return !value || (*value >= least && *value <= most);
}

// A worker computes with them, and its supervisor takes no entry of the flight recorder beyond
// them.
bool in_bounds(const Record& record) {
  const LimitsSaid& said = record.limits;
  const milliseconds none{0};
  const int64_t longest = kMaxDuration.count();
  bool counts = record.attempts >= 0 && record.attempts < std::numeric_limits<int>::max() &&
                record.crashes >= 0 && record.losses >= 0 && record.since >= 0;
  bool budgets =
      within(said.retries, 0, kMaxRetries) && within(said.crash_limit, 1, kMaxRetries) &&
      (!said.backoff || (said.backoff->encoded >= -longest && said.backoff->encoded <= longest));
  return counts && budgets && within(said.lease, kMinLease, kMaxDuration) &&
         within(said.timeout, none, kMaxDuration) && within(said.keep, none, kMaxDuration);
}

std::string word_or_dash(std::optional<int64_t> value) {
  return value ? std::to_string(*value) : "-";
}

void append_member(std::string& out, std::string_view name,
                   const std::optional<milliseconds>& value) {
  if (value) {
    out.append(",\"").append(name).append("\":").append(std::to_string(value->count()));
  }
}

}  // namespace

Result<Record> parse_record(std::string_view text) {
  size_t first = text.find('\n');
  if (first == std::string_view::npos) {
    return corrupt("it has one line");
  }
  Record record;
  record.resource = text.substr(0, first);
  std::string_view line = text.substr(first + 1);
  size_t second = line.find('\n');
  if (second != std::string_view::npos) {
    record.params = line.substr(second + 1);
    line = line.substr(0, second);
  }
  WordCutter words(line);
  record.attempts = words.number<int>();
  record.crashes = words.number<int>();
  record.losses = words.number<int>();
  record.since = words.number<int>();
  record.limits.retries = words.number_or_dash<int>();
  record.limits.crash_limit = words.number_or_dash<int>();
  if (auto backoff = words.number_or_dash<int64_t>()) {
    record.limits.backoff = Backoff{*backoff};
  }
  record.nonce = words.word();
  if (!words.ok() || words.rest().empty()) {
    return corrupt("its numbers cannot be read");
  }
  if (auto header = read_header(words.rest(), record); !header.ok()) {
    return header.error();
  }
  if (!in_bounds(record)) {
    return corrupt("a number of it is out of bounds");
  }
  return record;
}

std::string make_record(const JobSpec& spec, std::string_view nonce, int64_t created_ms) {
  const LimitsSaid& said = spec.limits;
  std::string out;
  out.reserve(spec.resource.size() + spec.task.size() + 96 +
              (params_apart(spec) ? 0 : spec.params.size()));
  out.append(spec.resource).append("\n0 0 0 0 ");
  out.append(word_or_dash(said.retries))
      .append(" ")
      .append(word_or_dash(said.crash_limit))
      .append(" ");
  out.append(said.backoff ? std::to_string(said.backoff->encoded) : "-").append(" ").append(nonce);
  out.append(" ").append(kTaskMember).append(spec.task).append("\",\"created\":");
  out.append(std::to_string(created_ms));
  append_member(out, "lease", said.lease);
  append_member(out, "timeout", said.timeout);
  append_member(out, "keep", said.keep);
  out.append("}");
  if (!params_apart(spec)) {
    out.append("\n").append(spec.params);
  }
  return out;
}

}  // namespace stint
