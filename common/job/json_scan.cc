#include "common/job/json_scan.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "common/job/json_escape.h"
#include "common/text/utf8.h"

namespace stint::json {
namespace {

// Bytes of a string that need no look: printable ASCII but for the quote and the backslash.
constexpr std::array<bool, 256> make_plain_bytes() {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < 0x80; ++c) {
    plain[c] = c != '"' && c != '\\';
  }
  return plain;
}
constexpr std::array<bool, 256> kPlainBytes = make_plain_bytes();

// How many of the bytes from text[at] on are plain, counted eight at a time: what it stops before
// is to be looked at alone.
size_t count_plain(std::string_view text, size_t at) {
  constexpr uint64_t kOnes = 0x0101010101010101U;
  constexpr uint64_t kTops = 0x8080808080808080U;
  // Of its bytes that are zero the lowest has its top bit set, and none below it; what a borrow
  // does above does not matter.
  auto zero_in = [](uint64_t eight) { return (eight - kOnes) & ~eight; };
  size_t n = 0;
  while (at + n + 8 <= text.size()) {
    uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at + n, sizeof eight);
    const uint64_t control = (eight - kOnes * 0x20U) & ~eight;
    const uint64_t special =
        (control | zero_in(eight ^ (kOnes * '"')) | zero_in(eight ^ (kOnes * '\\')) | eight) &
        kTops;
    if (special != 0) {
      return n + static_cast<size_t>(std::countr_zero(special)) / 8;
    }
    n += 8;
  }
  return n;
}
static_assert(std::endian::native == std::endian::little, "count_plain() reads bytes as a number");

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Scanner {
 public:
  Scanner(std::string_view text, int max_depth, const OnMember& on_member)
      : text_(text),
        max_depth_(max_depth),
        max_open_(static_cast<size_t>(max_depth) + (on_member ? 1 : 0)),
        on_member_(on_member) {}

  Result<void> run();

 private:
  enum class Step { kValue, kKey, kAfterValue, kEnd, kError };

  // Each consumes what it is named after and says what must come next.
  Step take_value();
  Step take_open(char bracket);
  Step take_key();
  Step take_after_value();

  bool take_string();
  bool take_escape();
  bool take_number();
  bool take_digits();
  bool take_word(std::string_view word);
  void skip_space();
  bool report_member();

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  // Always false, so that a check can return it.
  bool fail(std::string what) {
    if (failure_.ok()) {
      failure_ = Error{ErrorCode::kInvalid,
                       "not JSON: " + std::move(what) + " at byte " + std::to_string(at_ + 1)};
    }
    return false;
  }
  bool fail_here(std::string_view expected) {
    return fail(at_end() ? "the text ends where " + std::string(expected) + " should be"
                         : std::string(expected) + " should be");
  }

  std::string_view text_;
  int max_depth_;
  size_t max_open_;
  const OnMember& on_member_;
  size_t at_ = 0;
  std::string open_;      // the brackets that are open, at most max_open_
  std::string_view key_;  // of the outermost object's member that is being read
  size_t value_begin_ = 0;
  Result<void> failure_;
};

Result<void> Scanner::run() {
  if (text_.starts_with("\xef\xbb\xbf")) {
    (void)fail("a byte order mark must not be");
    return failure_;
  }
  skip_space();
  Step step = Step::kValue;
  while (step != Step::kEnd && step != Step::kError) {
    if (step == Step::kValue) {
      step = take_value();
    } else if (step == Step::kKey) {
      step = take_key();
    } else {
      step = take_after_value();
    }
  }
  return failure_;
}

Scanner::Step Scanner::take_value() {
  const char c = peek();
  if (open_.size() == 1) {
    value_begin_ = at_;
  }
  bool good = false;
  switch (c) {
    case '{':
    case '[':
      return take_open(c);
    case '"':
      good = take_string();
      break;
    case 't':
      good = take_word("true");
      break;
    case 'f':
      good = take_word("false");
      break;
    case 'n':
      good = take_word("null");
      break;
    default:
      good = c == '-' || is_digit(c) ? take_number() : fail_here("a value");
  }
  return good ? Step::kAfterValue : Step::kError;
}

Scanner::Step Scanner::take_open(char bracket) {
  if (open_.size() == max_open_) {
    failure_ = Error{ErrorCode::kInvalid, "nested deeper than " + std::to_string(max_depth_) +
                                              " levels at byte " + std::to_string(at_ + 1)};
    return Step::kError;
  }
  ++at_;
  skip_space();
  if (peek() == (bracket == '{' ? '}' : ']')) {
    ++at_;
    return Step::kAfterValue;
  }
  open_.push_back(bracket);
  return bracket == '{' ? Step::kKey : Step::kValue;
}

Scanner::Step Scanner::take_key() {
  const size_t begin = at_ + 1;
  if (peek() != '"') {
    (void)fail_here("a member's name in quotes");
    return Step::kError;
  }
  if (!take_string()) {
    return Step::kError;
  }
  if (open_.size() == 1) {
    key_ = text_.substr(begin, at_ - 1 - begin);
  }
  skip_space();
  if (peek() != ':') {
    (void)fail_here("':'");
    return Step::kError;
  }
  ++at_;
  skip_space();
  return Step::kValue;
}

// Behind a value, which may be a bracket that has just been closed.
Scanner::Step Scanner::take_after_value() {
  if (open_.size() == 1 && open_.front() == '{' && !report_member()) {
    return Step::kError;
  }
  skip_space();
  if (open_.empty()) {
    return at_end() || fail("something follows the value") ? Step::kEnd : Step::kError;
  }
  const bool in_object = open_.back() == '{';
  if (peek() == ',') {
    ++at_;
    skip_space();
    return in_object ? Step::kKey : Step::kValue;
  }
  if (peek() != (in_object ? '}' : ']')) {
    (void)fail_here(in_object ? "',' or '}'" : "',' or ']'");
    return Step::kError;
  }
  ++at_;
  open_.pop_back();
  return Step::kAfterValue;
}

bool Scanner::report_member() {
  if (on_member_) {
    failure_ = on_member_(key_, text_.substr(value_begin_, at_ - value_begin_));
  }
  return failure_.ok();
}

// Requires: peek() is the opening quote.
bool Scanner::take_string() {
  ++at_;
  while (!at_end()) {
    at_ += count_plain(text_, at_);
    if (at_end()) {
      break;
    }
    const auto c = static_cast<unsigned char>(text_[at_]);
    if (kPlainBytes[c]) {
      ++at_;
    } else if (c == '"') {
      ++at_;
      return true;
    } else if (c == '\\') {
      if (!take_escape()) {
        return false;
      }
    } else if (c < 0x20) {
      return fail("a control character inside a string (escape it)");
    } else {
      const size_t length = utf8_char(text_, at_);
      if (length == 0) {
        return fail("text that is not UTF-8");
      }
      at_ += length;
    }
  }
  return fail_here("the closing quote of a string");
}

// A pair of escaped surrogates counts as one escape; half of one is no character.
bool Scanner::take_escape() {
  const char kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (kind != 'u') {
    if (kind == '\0' || std::string_view("\"\\/bfnrt").find(kind) == std::string_view::npos) {
      return fail("an unknown escape");
    }
    at_ += 2;
    return true;
  }
  const int unit = hex4(text_, at_ + 2);
  if (unit < 0) {
    return fail("\\u without four hexadecimal digits");
  }
  if (!is_high_surrogate(unit) && !is_low_surrogate(unit)) {
    at_ += 6;
    return true;
  }
  const bool paired = is_high_surrogate(unit) && text_.substr(at_ + 6, 2) == "\\u" &&
                      is_low_surrogate(hex4(text_, at_ + 8));
  if (!paired) {
    return fail("half of a surrogate pair");
  }
  at_ += 12;
  return true;
}

bool Scanner::take_digits() {
  const size_t begin = at_;
  while (is_digit(peek())) {
    ++at_;
  }
  return at_ > begin || fail_here("a digit");
}

bool Scanner::take_number() {
  at_ += peek() == '-' ? 1 : 0;
  if (peek() == '0') {
    ++at_;  // a digit behind it is found by whoever looks for what follows the value
  } else if (!take_digits()) {
    return false;
  }
  if (peek() == '.') {
    ++at_;
    if (!take_digits()) {
      return false;
    }
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    at_ += peek() == '+' || peek() == '-' ? 1 : 0;
    return take_digits();
  }
  return true;
}

bool Scanner::take_word(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) {
    return fail_here("a value");
  }
  at_ += word.size();
  return true;
}

void Scanner::skip_space() {
  while (!at_end() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
    ++at_;
  }
}

}  // namespace

Result<void> scan(std::string_view text, int max_depth, const OnMember& on_member) {
  return Scanner(text, max_depth, on_member).run();
}

}  // namespace stint::json
