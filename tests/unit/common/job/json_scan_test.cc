#include "common/job/json_scan.h"

#include <map>
#include <random>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "common/job/spec.h"
#include "common/text/text.h"

using namespace stint;
using namespace std::string_literals;

namespace {

const std::vector<std::string> kGoodTexts = {"null",
                                             "true",
                                             "false",
                                             "0",
                                             "-0",
                                             "1",
                                             "-12.5e+3",
                                             "1E2",
                                             "0.0",
                                             "1e-5",
                                             "\"\"",
                                             "\"a\"",
                                             "[]",
                                             "{}",
                                             " [ ] ",
                                             "\t{ }\r\n",
                                             "[1,2,[3,[],{}],{\"a\":[{}]}]",
                                             R"({"a":1,"a":2})",
                                             R"({"":""})",
                                             R"("\"\\\/\b\f\n\r\t\u0041\u0000")",
                                             R"("\ud83d\ude00")",
                                             R"("\uD83D\uDE00x")",
                                             "\"ä€😀\"",
                                             "9223372036854775807",
                                             "123456789012345678901234567890",
                                             "0.1234567890123456789012345678901234567890",
                                             R"({"k": [ 1 , 2 ] , "l" : { "m" : null } })",
                                             "\"\x7f\"",
                                             "\"\xf4\x8f\xbf\xbf\"",
                                             "[[[[[[[[1]]]]]]]]",
                                             R"([true,false,null,"x",-1.5e3,{"y":[]}])"};

const std::vector<std::string> kBadTexts = {"",
                                            " ",
                                            "\n",
                                            "nul",
                                            "nulll",
                                            "True",
                                            "tru",
                                            "t",
                                            "-",
                                            "+1",
                                            "01",
                                            "-01",
                                            "1.",
                                            ".5",
                                            "1e",
                                            "1e+",
                                            "1.e5",
                                            "0x1",
                                            "1 2",
                                            "NaN",
                                            "Infinity",
                                            "-Infinity",
                                            "'a'",
                                            "\"",
                                            "\"a",
                                            "a\"",
                                            "\"\\\"",
                                            "\"\\x41\"",
                                            "\"\\u12\"",
                                            "\"\\u12g4\"",
                                            "\"\\ud800\"",
                                            "\"\\udc00\"",
                                            "\"\\ud800\\u0041\"",
                                            "\"\\ud800\\ud800\"",
                                            "\"\\udc00\\ud800\"",
                                            "\"\\ud800",
                                            "\"\\",
                                            "\"\\u",
                                            "\"a\nb\"",
                                            "\"a\tb\"",
                                            "\"a\0b\""s,
                                            "\0"s,
                                            "[",
                                            "]",
                                            "[1",
                                            "[1,",
                                            "[1,]",
                                            "[,1]",
                                            "[1 2]",
                                            "[1}",
                                            "{",
                                            "}",
                                            "{\"a\"",
                                            "{\"a\":",
                                            "{\"a\":1",
                                            "{\"a\":1,",
                                            "{\"a\":1,}",
                                            "{,}",
                                            "{1:2}",
                                            "{a:1}",
                                            "{\"a\" 1}",
                                            "{\"a\"::1}",
                                            "{\"a\":1]",
                                            "{\"a\":}",
                                            "[]]",
                                            "{}{}",
                                            "[] x",
                                            "// c\n1",
                                            "/* c */ 1",
                                            "1 // c",
                                            "\"\xff\"",
                                            "\"\xc0\x80\"",
                                            "\"\xed\xa0\x80\"",
                                            "\"\xc3\"",
                                            "\"\xf0\x9f\x98\"",
                                            "\xc3\xa4",
                                            "\xa0[]",
                                            "[\x0b]",
                                            "[\f]"};

bool scans(std::string_view text) {
  return json::scan(text, 1'000'000).ok();
}

// nlohmann's verdict, but for numbers beyond a double, which it refuses although the grammar has
// them.
bool accepted_by_grammar(const std::string& text) {
  try {
    return !nlohmann::json::parse(text).is_discarded();
  } catch (const nlohmann::json::out_of_range&) {
    return scans(text);
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

}  // namespace

TEST_CASE("json scan: a byte that needs a look is found wherever it stands among plain ones") {
  for (unsigned value = 0; value < 256; ++value) {
    const bool plain = value >= 0x20 && value < 0x80 && value != '"' && value != '\\';
    for (size_t before = 0; before < 20; ++before) {
      const std::string text =
          '"' + std::string(before, 'x') + static_cast<char>(value) + std::string(17, '!') + '"';
      INFO(value << " after " << before);
      auto scanned = json::scan(text, 0);
      CHECK(scanned.ok() == plain);
      if (!plain) {
        // What follows a quote is one byte further.
        const size_t at = before + 2 + (value == '"' ? 1 : 0);
        CHECK(scanned.error().message.ends_with(" at byte " + std::to_string(at)));
      }
    }
  }
}

TEST_CASE("json scan: takes and refuses exactly what nlohmann does, over the corpus") {
  for (const std::string& text : kGoodTexts) {
    CAPTURE(escape(text, 100));
    CHECK(scans(text));
    CHECK(nlohmann::json::accept(text));
  }
  for (const std::string& text : kBadTexts) {
    CAPTURE(escape(text, 100));
    CHECK_FALSE(scans(text));
    CHECK_FALSE(nlohmann::json::accept(text));
  }
}

TEST_CASE("json scan: takes and refuses exactly what nlohmann does, over random damage") {
  std::mt19937 random(20251120);  // NOLINT: the same texts on every run
  const std::string bytes = "{}[]\",:\\u0019dDaAeE+-. \n\ttrufalsn\xc3\xa4\xff\x01";
  size_t good = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string text = kGoodTexts.at(random() % kGoodTexts.size());
    for (size_t edits = 1 + random() % 3; edits > 0 && !text.empty(); --edits) {
      const size_t at = random() % text.size();
      const char byte = bytes.at(random() % bytes.size());
      switch (random() % 3) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.erase(at, 1 + random() % 2);
          break;
        default:
          text.insert(at, 1, byte);
      }
    }
    const bool expected = accepted_by_grammar(text);
    good += expected ? 1 : 0;
    if (scans(text) != expected) {
      CAPTURE(escape(text, 200));
      CHECK(scans(text) == expected);
    }
  }
  CHECK(good > 1'000);
}

TEST_CASE("json scan: where we differ from nlohmann") {
  CHECK(scans("1e999"));  // valid by the grammar; what a number means is the task's affair
  CHECK_FALSE(nlohmann::json::accept("1e999"));
  CHECK_FALSE(scans("null\0"s));  // a NUL ends nothing
  CHECK(nlohmann::json::accept("null\0"s));
  const Result<void> bom = json::scan("\xef\xbb\xbf{}", 5);  // RFC 8259: must not be sent
  REQUIRE_FALSE(bom.ok());
  CHECK(bom.error().message.find("byte order mark") != std::string::npos);
}

TEST_CASE("json scan: depth is counted in brackets and bounded without recursion") {
  const auto nested = [](size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK(json::scan(nested(64), 64).ok());
  CHECK_FALSE(json::scan(nested(65), 64).ok());
  CHECK(json::scan("1", 0).ok());
  CHECK_FALSE(json::scan("[]", 0).ok());
  CHECK_FALSE(json::scan("{}", 0).ok());
  CHECK(json::scan("[" + nested(63) + "," + nested(63) + "]", 64).ok());
  CHECK(json::scan(nested(100'000), 64).error().message ==
        "nested deeper than 64 levels at byte 65");
  CHECK(json::scan(nested(100'000), 100'000).ok());
  CHECK_FALSE(json::scan(std::string(100'000, '['), 100'000).ok());
}

TEST_CASE("json scan: members are cut out as they stand") {
  std::map<std::string, std::string> seen;
  const Result<void> scanned = json::scan(
      " { \"a\" : [ 1 ,\n2 ] ,\"b\\u0041\":{\"a\":{}} , \"c\":\"x\\n\" "
      ",\"d\":-0.10,\"e\":[],\"f\":{} } ",
      64, [&seen](std::string_view key, std::string_view value) -> Result<void> {
        seen.emplace(key, value);
        return {};
      });
  REQUIRE(scanned.ok());
  CHECK(seen == std::map<std::string, std::string>{{"a", "[ 1 ,\n2 ]"},
                                                   {"b\\u0041", "{\"a\":{}}"},
                                                   {"c", "\"x\\n\""},
                                                   {"d", "-0.10"},
                                                   {"e", "[]"},
                                                   {"f", "{}"}});
}

TEST_CASE("json scan: an outermost array or scalar has no members") {
  int members = 0;
  const auto count = [&members](std::string_view, std::string_view) -> Result<void> {
    ++members;
    return {};
  };
  CHECK(json::scan("[{\"a\":1},{\"b\":2}]", 64, count).ok());
  CHECK(json::scan("\"a\"", 64, count).ok());
  CHECK(members == 0);
}

TEST_CASE("json scan: the error of a member ends the scan") {
  const Result<void> scanned = json::scan("{\"a\":1,\"b\":nonsense", 64,
                                          [](std::string_view, std::string_view) -> Result<void> {
                                            return Error{ErrorCode::kInvalid, "no a please"};
                                          });
  REQUIRE_FALSE(scanned.ok());
  CHECK(scanned.error().message == "no a please");
}

TEST_CASE("json scan: the message says what and at which byte") {
  const auto message = [](std::string_view text) { return json::scan(text, 64).error().message; };
  CHECK(message("{\"a\" 1}") == "not JSON: ':' should be at byte 6");
  CHECK(message("") == "not JSON: the text ends where a value should be at byte 1");
  CHECK(message("[1,]") == "not JSON: a value should be at byte 4");
  CHECK(message("{} x") == "not JSON: something follows the value at byte 4");
  CHECK(message("\"\xff\"") == "not JSON: text that is not UTF-8 at byte 2");
}

TEST_CASE("json unescape: every escape, as nlohmann reads it") {
  for (const std::string& text : kGoodTexts) {
    if (text.front() == '"') {
      CHECK(json::unescape(text.substr(1, text.size() - 2)) ==
            nlohmann::json::parse(text).get<std::string>());
    }
  }
  for (const char* text : {R"(\u00e4)", R"(\u20ac\u0800\uffff)", R"(\udbff\udfff)", R"(a\u0000b)",
                           R"(\u07ff\u007f)"}) {
    CHECK(json::unescape(text) ==
          nlohmann::json::parse("\"" + std::string(text) + "\"").get<std::string>());
  }
}

TEST_CASE("check_json: size and depth have their limits") {
  CHECK(check_json("[1]", 3, 1).ok());
  CHECK(check_json("[1] ", 3, 1).error().message == "too large: 4 bytes, the limit is 3");
  CHECK_FALSE(check_json("[[1]]", 100, 1).ok());
}
