// Any bytes as an outcome, as the errors of a job, as a rejected entry; any message as an error.
// What is read is what a JSON parser reads, and an error that we write comes back as it was.
#include <nlohmann/json.hpp>

#include "client/outcome.h"
#include "common/job/json_scan.h"
#include "common/queue/finish.h"
#include "common/queue/upkeep.h"
#include "common/text/text.h"
#include "tests/fuzz/fuzz.h"

namespace stint {
namespace {

void check_errors(const std::vector<AttemptError>& errors) {
  for (const auto& error : errors) {
    STINT_CHECK(!error.kind.empty());
    auto again = parse_errors(error_json(error));
    STINT_CHECK(again.size() == 1 && again[0].attempt == error.attempt);
    STINT_CHECK(again[0].kind == error.kind && again[0].message == error.message);
    STINT_CHECK(again[0].signal == error.signal && again[0].at == error.at);
  }
}

void check_outcome(std::string_view text) {
  Outcome outcome = parse_outcome(text);
  check_errors(outcome.errors);
  check_errors(parse_errors(text));
  if (!outcome.state.empty()) {
    auto parsed = nlohmann::json::parse(text, nullptr, false);
    STINT_CHECK(parsed.is_discarded() || parsed.is_object());
  }
  STINT_CHECK(outcome.result.empty() || json::scan(outcome.result, 80).ok());
}

void check_rejected(std::string_view text) {
  if (auto entry = parse_rejected(text)) {
    STINT_CHECK(entry->id + "\n" + entry->header + "\n" + entry->raw == text);
  }
}

void check_message(std::string_view message) {
  std::string written = error_json(3, EndKind::kError, message, "SIGSEGV", "w.1", 1763661387123);
  STINT_CHECK(nlohmann::json::accept(written));
  STINT_CHECK(written.find('\n') == std::string::npos);  // ",\n" is what parts two of them
  auto errors = parse_errors(written + ",\n" + written);
  STINT_CHECK(errors.size() == 2 && errors[0].attempt == 3 && errors[0].kind == "error");
  STINT_CHECK(errors[1].message == to_utf8(message, kMaxErrorText));
  STINT_CHECK(errors[1].signal == "SIGSEGV" && errors[1].at == "2025-11-20T17:56:27.123Z");
}

}  // namespace
}  // namespace stint

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text = stint::fuzz::Input(data, size).rest();
  stint::check_outcome(text);
  stint::check_rejected(text);
  stint::check_message(text);
  return 0;
}
