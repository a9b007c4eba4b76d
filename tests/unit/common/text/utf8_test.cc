#include <catch2/catch.hpp>

#include "common/text/text.h"

using namespace stint;
using namespace std::string_literals;

TEST_CASE("utf8: every strict rule") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("aä€😀\0"s));
  CHECK(is_utf8("\xf4\x8f\xbf\xbf"));
  CHECK(is_utf8("\xed\x9f\xbf"));
  CHECK(is_utf8("\xee\x80\x80"));
  for (const std::string& bad :
       {"\x80"s, "\xc0\x80"s, "\xc1\xbf"s, "\xc3"s, "\xe0\x9f\xbf"s, "\xed\xa0\x80"s, "\xe2\x82"s,
        "\xf0\x8f\xbf\xbf"s, "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xff"s, "a\xc3(b"s,
        "\xf0\x9f\x98"s, "\xe2\x82\xc3"s}) {
    CAPTURE(escape(bad, 100));
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("has_control: C0, DEL and C1, nothing else") {
  CHECK(has_control("\n"));
  CHECK(has_control("a\0b"s));
  CHECK(has_control("\x7f"));
  CHECK(has_control("\xc2\x80"));
  CHECK(has_control("\xc2\x9f"));
  CHECK_FALSE(has_control("\xc2\xa0 äß😀"));
  CHECK_FALSE(has_control(""));
}

TEST_CASE("to_utf8: invalid bytes are replaced, the cut is at a character and is said") {
  CHECK(to_utf8("a\xff z", 100) == "a\xef\xbf\xbd z");
  CHECK(to_utf8("plain\n", 100) == "plain\n");
  CHECK(to_utf8("0123456789", 10) == "0123456789");
  CHECK(to_utf8("0123456789a", 10) == "0123 [cut]");
  CHECK(to_utf8("äääääää", 10) == "ää [cut]");
  CHECK(to_utf8("äääääää", 11) == "ää [cut]");
  CHECK(to_utf8("0123456789", 3).size() <= 3);
  CHECK(to_utf8("0123456789", 0).empty());
  for (size_t max = 0; max < 40; ++max) {
    const std::string text = to_utf8("a\xff€\xf0\x9f😀äöü and more of the same, long enough", max);
    CHECK(text.size() <= max);
    CHECK(is_utf8(text));
  }
}

TEST_CASE("escape: what could steer a terminal becomes visible, the rest stays") {
  CHECK(escape("a\x1b[0m\n\x7f\xc2\x9b", 100) == "a\\x1b[0m\\x0a\\x7f\\xc2\\x9b");
  CHECK(escape("ä\xff"s + "\0"s, 100) == "ä\\xff\\x00");
  for (size_t max = 0; max < 40; ++max) {
    CHECK(escape("a\xff€\x01\x02😀äöü\n and more of the same, long enough", max).size() <= max);
  }
  CHECK(escape("\n\n\n\n", 12) == "\\x0a [cut]");
}

TEST_CASE("json_string: quotes, backslashes and controls escaped, other text as it is") {
  CHECK(json_string("") == "\"\"");
  CHECK(json_string("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(json_string("\n\r\t\x01\0"s) == R"("\n\r\t\u0001\u0000")");
  CHECK(json_string("ä😀\x7f") == "\"ä😀\x7f\"");
  CHECK(json_string("\xff") == "\"\xef\xbf\xbd\"");
}
