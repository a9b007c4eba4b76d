#include "common/job/limits.h"

#include "common/text/text.h"

namespace stint {
namespace {

constexpr std::string_view kFixedPrefix = "fixed:";
constexpr std::string_view kExpPrefix = "exp:";

template <typename T>
void replace(T& base, const std::optional<T>& over) {
  if (over) {
    base = *over;
  }
}

template <typename T>
void replace(std::optional<T>& base, const std::optional<T>& over) {
  if (over) {
    base = over;
  }
}

template <typename Base>
Base with_said(Base base, const LimitsSaid& over) {
  replace(base.lease, over.lease);
  replace(base.timeout, over.timeout);
  replace(base.grace, over.grace);
  replace(base.keep, over.keep);
  replace(base.retries, over.retries);
  replace(base.crash_limit, over.crash_limit);
  replace(base.backoff, over.backoff);
  return base;
}

}  // namespace

Result<Backoff> parse_backoff(std::string_view text) {
  if (text == "none") {
    return Backoff{0};
  }
  const bool fixed = text.starts_with(kFixedPrefix);
  if (!fixed && !text.starts_with(kExpPrefix)) {
    return Error{ErrorCode::kInvalid, "backoff '" + escape(text, 100) +
                                          "' is not one of none, fixed:DURATION, exp:DURATION"};
  }
  const Result<milliseconds> duration =
      parse_duration(text.substr(fixed ? kFixedPrefix.size() : kExpPrefix.size()));
  if (!duration) {
    return with_context("backoff", duration.error());
  }
  return Backoff{fixed ? -duration->count() : duration->count()};
}

std::string to_string(Backoff backoff) {
  if (backoff.encoded == 0) {
    return "none";
  }
  const bool fixed = backoff.encoded < 0;
  return std::string(fixed ? kFixedPrefix : kExpPrefix) +
         format_duration(milliseconds(fixed ? -backoff.encoded : backoff.encoded));
}

Limits apply(Limits base, const LimitsSaid& over) {
  return with_said(base, over);
}

LimitsSaid merge(LimitsSaid base, const LimitsSaid& over) {
  return with_said(base, over);
}

}  // namespace stint
