#include "client/outcome.h"

#include <charconv>

#include "client/json_object.h"
#include "common/job/json_scan.h"

namespace stint {
namespace {

constexpr int kDepth = 80;  // parameters and results nest 64 deep, an outcome holds them

std::optional<std::string> string_value(std::string_view value) {
  if (json::kind_of(value) != json::Kind::kString) {
    return std::nullopt;
  }
  return json::unescape(value.substr(1, value.size() - 2));
}

std::optional<int64_t> number_value(std::string_view value) {
  int64_t n = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
  return error == std::errc() && end == value.data() + value.size() ? std::optional(n)
                                                                    : std::nullopt;
}

Result<void> take_error_member(AttemptError& error, std::string_view key, std::string_view value) {
  if (key == "attempt") {
    error.attempt = number_value(value);
  } else if (key == "kind") {
    error.kind = string_value(value).value_or("");
  } else if (key == "message") {
    error.message = string_value(value).value_or("");
  } else if (key == "signal") {
    error.signal = string_value(value);
  } else if (key == "worker") {
    error.worker = string_value(value);
  } else if (key == "at") {
    error.at = string_value(value);
  }
  return {};
}

Result<void> take_member(Outcome& outcome, std::string_view key, std::string_view value) {
  if (key == "state") {
    outcome.state = string_value(value).value_or("");
  } else if (key == "attempt") {
    outcome.attempt = number_value(value);
  } else if (key == "result") {
    outcome.result = std::string(value);
  } else if (key == "reason") {
    outcome.reason = string_value(value);
  } else if (key == "started_at") {
    outcome.started_at = string_value(value);
  } else if (key == "finished_at") {
    outcome.finished_at = string_value(value);
  } else if (key == "errors" && value.size() >= 2 && value.front() == '[') {
    outcome.errors = parse_errors(value.substr(1, value.size() - 2));
  }
  return {};
}

}  // namespace

std::vector<AttemptError> parse_errors(std::string_view joined) {
  std::vector<AttemptError> errors;
  while (!joined.empty()) {
    size_t end = joined.find(",\n");
    AttemptError error;
    auto good = json::scan(joined.substr(0, end), kDepth, [&error](auto key, auto value) {
      return take_error_member(error, key, value);
    });
    if (good && !error.kind.empty()) {
      errors.push_back(std::move(error));
    }
    joined = end == std::string_view::npos ? "" : joined.substr(end + 2);
  }
  return errors;
}

Outcome parse_outcome(std::string_view text) {
  Outcome outcome;
  auto good = json::scan(
      text, kDepth, [&outcome](auto key, auto value) { return take_member(outcome, key, value); });
  return good ? outcome : Outcome{};
}

std::string error_json(const AttemptError& e) {
  return JsonObject()
      .number("attempt", e.attempt)
      .text("kind", std::string_view(e.kind))
      .text("message", std::string_view(e.message))
      .text("signal", e.signal)
      .text("worker", e.worker)
      .text("at", e.at)
      .str();
}

std::string outcome_name(const Outcome& outcome) {
  return outcome.state == "done" ? "succeeded" : outcome.state;
}

}  // namespace stint
