// stint::Job, one attempt of one job as a task sees it. Part of stint/task.hpp; include that.
#ifndef STINT_JOB_HPP
#define STINT_JOB_HPP

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

#include <stint/task.h>

#pragma GCC visibility push(hidden)
namespace stint {

// Why the job should end soon. kLeaseLost: another worker may have it; write nothing more to
// other systems.
enum class Stop : int32_t {
  kNone = STINT_STOP_NONE,
  kShutdown = STINT_STOP_SHUTDOWN,
  kCancel = STINT_STOP_CANCEL,
  kTimeout = STINT_STOP_TIMEOUT,
  kLeaseLost = STINT_STOP_LEASE_LOST,
};

inline const char* to_string(Stop reason) noexcept {
  switch (reason) {
    case Stop::kNone:
      return "none";
    case Stop::kShutdown:
      return "shutdown";
    case Stop::kCancel:
      return "cancel";
    case Stop::kTimeout:
      return "timeout";
    case Stop::kLeaseLost:
      return "lease lost";
  }
  return "unknown";
}

// Returned by a handler that has kept a copy of its Job: some thread completes it, and until then
// it keeps its slot.
struct Later {};
inline constexpr Later later{};  // NOLINT(readability-identifier-naming): authors write it

// Thrown by a handler: the attempt fails and is not retried, whatever retries are left.
struct FinalError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Text as a JSON string, quotes included, for results that are put together by hand.
inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      (void)std::snprintf(code, sizeof code, "\\u%04x",
                          static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += code;
    } else {
      out += c;
    }
  }
  return out += '"';
}

namespace detail {

inline const stint_host* host = nullptr;  // set once, before any other call

inline std::string_view view(stint_str text) noexcept {
  return {text.size == 0 ? "" : text.data, static_cast<std::size_t>(text.size)};
}
inline stint_str str(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

// The same text in ASCII: what() may hold any bytes (a file's name), and a message must not be
// lost for that.
inline std::string ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7f) ? c : '?';
  }
  return out;
}

}  // namespace detail

// One attempt of one job. A small value: copy it, move it, keep it in another thread. Any thread
// may call any function.
class Job {
 public:
  explicit Job(stint_job handle) noexcept : handle_(handle) {}
  stint_job handle() const noexcept { return handle_; }

  std::string id() const { return copy(detail::host->id); }
  std::string task() const { return copy(detail::host->task); }
  std::string queue() const { return copy(detail::host->queue); }
  std::string resource() const { return copy(detail::host->resource); }  // empty: none
  // JSON, byte for byte as submitted; "null" if none was given. Lives until the job is completed,
  // as does checkpoint().
  std::string_view params() const noexcept { return detail::view(detail::host->params(handle_)); }
  // The last progress that an earlier attempt reported; empty: none.
  std::string_view checkpoint() const noexcept {
    return detail::view(detail::host->checkpoint(handle_));
  }
  std::uint32_t attempt() const noexcept {
    return detail::host->attempt(handle_);
  }  // 1 for the first
  // Grows with every attempt on a resource. Hand it to the systems you write to, so that they can
  // refuse an older one.
  std::uint64_t token() const noexcept { return detail::host->token(handle_); }

  Stop stop_reason() const noexcept {
    return static_cast<Stop>(detail::host->stop_reason(handle_));
  }
  bool stopping() const noexcept { return stop_reason() != Stop::kNone; }
  // Sleeps until a stop is wanted (true) or the time is over (false).
  bool wait_stop(std::chrono::milliseconds limit) const noexcept {
    auto ms = limit.count() < 0 ? 0 : static_cast<std::uint64_t>(limit.count());
    return detail::host->wait_stop(handle_, ms) != STINT_STOP_NONE;
  }

  // False: refused, because the job has ended or the text is not JSON, not UTF-8 or too large.
  // Nothing changed then.
  bool progress(std::string_view json) const noexcept {
    return detail::host->progress(handle_, detail::str(json)) == STINT_OK;
  }
  bool log(std::string_view line) const {
    auto answer = detail::host->log(handle_, detail::str(line));
    if (answer == STINT_INVALID) {
      answer = detail::host->log(handle_, detail::str(detail::ascii(line)));
    }
    return answer == STINT_OK;
  }

  // Completion: once. False: it had ended before, which changes nothing and is reported in the
  // worker's log. A result that is not JSON or too large fails the attempt, so that a job never
  // ends without its result unnoticed.
  bool succeed(std::string_view result_json = {}) const {
    auto answer = detail::host->succeed(handle_, detail::str(result_json));
    if (answer == STINT_INVALID) {
      fail(
          "the task's result was refused: not JSON, not UTF-8, or too large; the job's log says "
          "which");
    }
    return answer == STINT_OK;
  }
  bool fail(std::string_view message) const { return fail_with(message, 0); }
  bool fail_final(std::string_view message) const { return fail_with(message, STINT_FAIL_FINAL); }
  // Ends this attempt uncounted; the job runs again after the delay.
  bool release(std::chrono::milliseconds delay = std::chrono::milliseconds{0}) const noexcept {
    return detail::host->release(handle_, static_cast<std::uint64_t>(
                                              delay.count() < 0 ? 0 : delay.count())) == STINT_OK;
  }

 private:
  std::string copy(stint_str (*get)(stint_job)) const {
    return std::string(detail::view(get(handle_)));
  }
  bool fail_with(std::string_view message, std::uint32_t flags) const {
    auto answer = detail::host->fail(handle_, detail::str(message), flags);
    if (answer == STINT_INVALID) {
      answer = detail::host->fail(handle_, detail::str(detail::ascii(message)), flags);
    }
    return answer == STINT_OK;
  }

  stint_job handle_;
};

}  // namespace stint
#pragma GCC visibility pop

#endif
