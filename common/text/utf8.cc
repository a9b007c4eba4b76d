#include "common/text/utf8.h"

#include <array>

#include "common/text/text.h"

namespace stint {
namespace {

constexpr std::string_view kCutMark = " [cut]";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kHexDigits = "0123456789abcdef";

// A character of `length` bytes at `at`: C0 controls, DEL, or C1 controls (which some terminals
// obey).
bool is_control_char(std::string_view text, size_t at, size_t length) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (length == 1) {
    return first < 0x20 || first == 0x7f;
  }
  return length == 2 && first == 0xc2 && static_cast<unsigned char>(text[at + 1]) < 0xa0;
}

void append_hex(std::string& out, std::string_view prefix, char c) {
  const auto byte = static_cast<unsigned char>(c);
  out.append(prefix);
  out.push_back(kHexDigits[byte >> 4U]);
  out.push_back(kHexDigits[byte & 0xfU]);
}

// Collects pieces that must not be cut in two; when the limit is reached, goes back to the last
// place where the mark still fits.
class CutBuffer {
 public:
  explicit CutBuffer(size_t max_bytes)
      : max_(max_bytes), room_(max_bytes > kCutMark.size() ? max_bytes - kCutMark.size() : 0) {}

  // False: the piece does not fit, the text ends here.
  bool add(std::string_view piece) {
    if (text_.size() + piece.size() > max_) {
      text_.resize(safe_);
      if (max_ >= kCutMark.size()) {
        text_.append(kCutMark);
      }
      return false;
    }
    text_.append(piece);
    if (text_.size() <= room_) {
      safe_ = text_.size();
    }
    return true;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  size_t max_;
  size_t room_;
  size_t safe_ = 0;
};

void append_json_char(std::string& out, char c) {
  switch (c) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20) {
    append_hex(out, "\\u00", c);
  } else {
    out.push_back(c);
  }
}

}  // namespace

bool is_utf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = utf8_char(text, at);
    if (length == 0) {
      return false;
    }
    at += length;
  }
  return true;
}

bool has_control(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    const size_t length = utf8_char(text, at);
    if (length != 0 && is_control_char(text, at, length)) {
      return true;
    }
  }
  return false;
}

std::string to_utf8(std::string_view bytes, size_t max_bytes) {
  CutBuffer out(max_bytes);
  for (size_t at = 0; at < bytes.size();) {
    const size_t length = utf8_char(bytes, at);
    if (!out.add(length == 0 ? kReplacement : bytes.substr(at, length))) {
      break;
    }
    at += length == 0 ? 1 : length;
  }
  return out.take();
}

std::string log_text(std::string_view bytes, size_t max_bytes) {
  std::string text = to_utf8(bytes, max_bytes);
  for (char& c : text) {
    bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    c = control ? ' ' : c;
  }
  return text;
}

std::string escape(std::string_view bytes, size_t max_bytes) {
  CutBuffer out(max_bytes);
  std::string hex;
  for (size_t at = 0; at < bytes.size();) {
    const size_t length = utf8_char(bytes, at);
    std::string_view piece = bytes.substr(at, length);
    if (length == 0 || is_control_char(bytes, at, length)) {
      hex.clear();
      for (size_t i = 0; i < (length == 0 ? 1 : length); ++i) {
        append_hex(hex, "\\x", bytes[at + i]);
      }
      piece = hex;
    }
    if (!out.add(piece)) {
      break;
    }
    at += length == 0 ? 1 : length;
  }
  return out.take();
}

std::string json_string(std::string_view utf8) {
  std::string out = "\"";
  out.reserve(utf8.size() + 2);
  for (size_t at = 0; at < utf8.size();) {
    const size_t length = utf8_char(utf8, at);
    if (length == 1) {
      append_json_char(out, utf8[at]);
    } else {
      // Callers promise UTF-8; were it not, the output must still be JSON.
      out.append(length == 0 ? kReplacement : utf8.substr(at, length));
    }
    at += length == 0 ? 1 : length;
  }
  out.push_back('"');
  return out;
}

std::string joined(std::span<const std::string> words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    text.append(text.empty() ? "" : between).append(word);
  }
  return text;
}

}  // namespace stint
