// Expected failure as a value. A function that can fail returns Result<T>; a bug aborts
// (STINT_CHECK). Exceptions come only from libraries and are turned into an Error at the first
// boundary (one place a library). Thread safety: plain values, none shared.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace stint {

enum class ErrorCode {
  kInvalid,      // the caller's input is wrong; the message says what, where and the limit
  kNotFound,     // no such job, file or key
  kConflict,     // it exists and is something else
  kUnavailable,  // no reply: what was asked may or may not have happened
  kRefused,      // Redis answered with an error: nothing of the command was done
  kTimedOut,     // a wait of ours ended; nothing else is known to be wrong
  kConfig,       // configuration, plugin, record format or Redis version is wrong
  kInternal,     // the system refused us something: fork, memory, a file
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // one line, "context: cause", without passwords and payloads
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // Requires: ok().
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  // Requires: !ok().
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)
  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

// "context: cause", the code kept.
inline Error with_context(std::string_view context, const Error& cause) {
  return {cause.code, std::string(context) + ": " + cause.message};
}

[[noreturn]] void check_failed(const char* what, const char* file, int line);

}  // namespace stint

// A bug if false; on in release. The supervisor turns a worker's abort into a restart.
#define STINT_CHECK(cond) \
  (static_cast<bool>(cond) ? void(0) : ::stint::check_failed(#cond, __FILE__, __LINE__))
