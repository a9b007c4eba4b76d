#include "common/job/record.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace stint {
namespace {

constexpr int kCreatedBase = 36;
constexpr int64_t kMaxCount = 999'999'999;
constexpr int64_t kLongest = kMaxDuration.count();

// The members that this release knows, with what a job can have. Never renamed: they are stored.
struct Member {
  std::string_view name;
  int64_t least;
  int64_t most;
};
enum {
  kAttempts,
  kCrashes,
  kLosses,
  kSince,
  kRetries,
  kCrashLimit,
  kBackoff,
  kLease,
  kTimeout,
  kKeep
};
constexpr std::array kMembers{
    Member{"attempts", 0, kMaxCount},       Member{"crashes", 0, kMaxCount},
    Member{"losses", 0, kMaxCount},         Member{"since", 0, kMaxCount},
    Member{"retries", 0, kMaxRetries},      Member{"crash_limit", 1, kMaxRetries},
    Member{"backoff", -kLongest, kLongest}, Member{"lease", kMinLease.count(), kLongest},
    Member{"timeout", 0, kLongest},         Member{"keep", 0, kLongest},
};
using Said = std::array<std::optional<int64_t>, kMembers.size()>;

Error corrupt(std::string_view what) {
  return {ErrorCode::kInvalid, "corrupt record: " + std::string(what)};
}

// Cuts words off the front of line 2.
class WordCutter {
 public:
  explicit WordCutter(std::string_view line) : rest_(line) {}

  bool at_end() const { return !rest_; }
  // Empty at the end, and where a space stands too many.
  std::string_view word() {
    if (!rest_) {
      return {};
    }
    const size_t stop = rest_->find(' ');
    const std::string_view out = rest_->substr(0, stop);
    rest_ = stop == out.npos ? std::nullopt : std::optional(rest_->substr(stop + 1));
    return out;
  }

 private:
  std::optional<std::string_view> rest_;
};

std::optional<int64_t> number(std::string_view text, int base) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

// A member that is not known is kept by who writes the record again, and says nothing here.
Result<void> read_member(std::string_view word, Said& said) {
  const size_t equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  if (equals == word.npos || !is_name(name) || equals + 1 == word.size()) {
    return corrupt("a word of it is not NAME=VALUE");
  }
  const auto* known = std::find_if(kMembers.begin(), kMembers.end(),
                                   [&](const Member& m) { return m.name == name; });
  if (known == kMembers.end()) {
    return {};
  }
  const std::string_view text = word.substr(equals + 1);
  const auto value = number(text, 10);
  auto& slot = said.at(static_cast<size_t>(known - kMembers.begin()));
  if (slot || !value || *value < known->least || *value > known->most ||
      std::to_string(*value) != text) {
    return corrupt("its " + std::string(name) + " is none that a job can have");
  }
  slot = value;
  return {};
}

int count(const std::optional<int64_t>& value) {
  return static_cast<int>(value.value_or(0));
}

std::optional<int> limit(const std::optional<int64_t>& value) {
  return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

std::optional<milliseconds> duration(const std::optional<int64_t>& value) {
  return value ? std::optional(milliseconds(*value)) : std::nullopt;
}

void take_over(const Said& said, Record& record) {
  record.attempts = count(said[kAttempts]);
  record.crashes = count(said[kCrashes]);
  record.losses = count(said[kLosses]);
  record.since = count(said[kSince]);
  record.limits.retries = limit(said[kRetries]);
  record.limits.crash_limit = limit(said[kCrashLimit]);
  record.limits.backoff = said[kBackoff] ? std::optional(Backoff{*said[kBackoff]}) : std::nullopt;
  record.limits.lease = duration(said[kLease]);
  record.limits.timeout = duration(said[kTimeout]);
  record.limits.keep = duration(said[kKeep]);
}

Result<void> read_line(std::string_view line, Record& record) {
  WordCutter words(line);
  record.task = words.word();
  const auto created = number(words.word(), kCreatedBase);
  record.nonce = words.word();
  if (auto valid = check_task_id(record.task); !valid) {
    return corrupt(valid.error().message);
  }
  if (!created || *created < 0 || record.nonce.empty()) {
    return corrupt("it does not say when it was created, or by which call");
  }
  record.created_ms = *created;
  Said said;
  while (!words.at_end()) {
    if (auto read = read_member(words.word(), said); !read) {
      return read;
    }
  }
  take_over(said, record);
  return {};
}

void append_word(std::string& out, size_t member, std::optional<int64_t> value) {
  if (value) {
    out.append(" ").append(kMembers.at(member).name).append("=").append(std::to_string(*value));
  }
}

std::optional<int64_t> ms(const std::optional<milliseconds>& value) {
  return value ? std::optional<int64_t>(value->count()) : std::nullopt;
}

}  // namespace

Result<Record> parse_record(std::string_view text) {
  const size_t first = text.find('\n');
  if (first == text.npos) {
    return corrupt("it has one line");
  }
  Record record;
  record.resource = text.substr(0, first);
  std::string_view line = text.substr(first + 1);
  const size_t second = line.find('\n');
  if (second != line.npos) {
    record.params = line.substr(second + 1);
    line = line.substr(0, second);
  }
  if (auto read = read_line(line, record); !read) {
    return read.error();
  }
  return record;
}

std::string make_record(const JobSpec& spec, std::string_view nonce, int64_t created_ms) {
  std::string out;
  out.reserve(spec.resource.size() + spec.task.size() + 32 +
              (params_apart(spec) ? 0 : spec.params.size()));
  append_record(out, spec, nonce, created_ms);
  return out;
}

void append_record(std::string& out, const JobSpec& spec, std::string_view nonce,
                   int64_t created_ms) {
  std::array<char, 16> created{};
  auto [end, error] =
      std::to_chars(created.data(), created.data() + created.size(), created_ms, kCreatedBase);
  const LimitsSaid& said = spec.limits;
  out.append(spec.resource).append("\n").append(spec.task).append(" ");
  out.append(created.data(), end).append(" ").append(nonce);
  append_word(out, kRetries, said.retries);
  append_word(out, kCrashLimit, said.crash_limit);
  append_word(out, kBackoff, said.backoff ? std::optional(said.backoff->encoded) : std::nullopt);
  append_word(out, kLease, ms(said.lease));
  append_word(out, kTimeout, ms(said.timeout));
  append_word(out, kKeep, ms(said.keep));
  if (!params_apart(spec)) {
    out.append("\n").append(spec.params);
  }
}

}  // namespace stint
