// Submit jobs to stint, wait for them, look at them and cancel them, from a C++17 program: link
// with libstint-client.a (pkg-config stint-client, or find_package(stintClient) and stint::client).
// The command line `stint` is made of the same code: the same checks, limits and messages.
//
//   auto client = stint::client::Client::connect();
//   if (!client) { std::cerr << client.error().message << "\n"; return 1; }
//   stint::client::Job job;
//   job.task = "echo";
//   job.params = R"({"any": ["json"]})";
//   auto sent = client->submit(job);
//   if (!sent.ok()) { ... }
//   auto ended = client->wait(sent.id);
//
// Threads: a Client belongs to one thread at a time, and may be handed to another; any number of
// them, one a thread, work side by side. Everything else here is plain values. After fork() a
// Client is its parent's alone: the child connects anew. Nothing raises or catches signals.
// Exceptions: none but std::bad_alloc; what can fail says so in what it returns.
// Time: connecting takes at most 5 s; a call gives up after some 15 s without an answer; wait()
// takes as long as its limit says, and no more than that on top. A Redis that is back within 4 s of
// a lost connection is not noticed, but by a cancel() whose reply was lost.
#ifndef STINT_CLIENT_HPP
#define STINT_CLIENT_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#pragma GCC visibility push(hidden)
namespace stint::client {

using std::chrono::milliseconds;

enum class Code {
  kInvalid,      // what was asked for is wrong or beyond a limit: nothing was done
  kNotFound,     // no such job
  kConflict,     // the id is known with another task, resource or parameters: nothing was done
  kRefused,      // Redis, or the state of the job, forbids it: nothing was done
  kUnreachable,  // Redis cannot be reached: nothing was done
  kUnknown,      // no reply: it was done, or it was not. Submit again with the same id
  kTimedOut,     // the wait is over, the job goes on
  kNotEnded,     // no result yet
  kJobFailed,    // no result ever: the job failed, was cancelled or rejected
  kConfig,       // the configuration, a right in Redis, its version or its data: see the message
  kInternal,     // the system refused something, or an answer is not understood
};

struct Error {
  Code code = Code::kInternal;
  std::string message;  // one line: what, where, what to do; without passwords
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // Requires: ok().
  T& value() { return *std::get_if<0>(&state_); }
  const T& value() const { return *std::get_if<0>(&state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  // Requires: !ok().
  const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

// Where the queue is. What is empty is looked up as `stint` does: in STINT_REDIS_URL,
// STINT_NAMESPACE, STINT_QUEUE, STINT_STATE_DIR and the configuration file (/etc/stint/stint.toml),
// which may leave it to the Redis of a stintd on this host.
struct Options {
  std::optional<std::string> redis_url;  // unix:///path, redis://[user[:password]@]host[:port][/db]
  std::optional<std::string> ns;         // the namespace
  std::optional<std::string> queue;
  std::optional<std::string> config_file;
  std::optional<std::string> state_dir;
  std::string program = "stint-client";  // for the operator's CLIENT LIST
};

// Limits: docs/protocol.md. An empty optional leaves it to the task and the queue.
struct Job {
  std::string task;
  std::string params = "null";        // JSON; stored byte for byte
  std::string resource;               // two jobs of one resource never run at once; empty: none
  std::string id;                     // empty: one is made. A known id is never queued twice
  std::optional<milliseconds> delay;  // from now
  std::optional<std::chrono::system_clock::time_point> at;  // or not before
  std::optional<int> retries;
  std::optional<int> crash_limit;
  std::optional<std::string> backoff;  // none, fixed:10s, exp:1s
  std::optional<milliseconds> lease;
  std::optional<milliseconds> timeout;  // 0: none
  std::optional<milliseconds> keep;     // of what it came to; 0: not at all
};

struct Submission {
  std::string id;        // always, also where it is not known whether it was submitted
  bool created = false;  // by this call; false: the id was known, with the same content
  std::string state;     // pending, scheduled, blocked, active, failed, done
  std::optional<Error> error;

  bool ok() const { return !error; }
};

// What is to become of a known job that has ended.
enum class Known { kLeave, kRunAgain };

struct AttemptError {
  int64_t attempt = 0;
  std::string kind;  // error, timeout, crash, lost, ...
  std::string message;
};

// How a job ended.
struct Ending {
  std::string outcome;  // succeeded, failed, cancelled, rejected; unknown: it was not kept
  std::string result;   // JSON, of a job that succeeded
  std::string reason;   // of one that failed or was rejected
  std::vector<AttemptError> errors;

  bool succeeded() const { return outcome == "succeeded"; }
};

struct Status {
  std::string id, task, resource;
  std::string state;  // pending, scheduled, blocked, active, failed, done
  int64_t attempt = 0;
  int64_t retries = 0;
  std::string progress;  // JSON; empty: none
  std::string outcome;   // as in Ending; empty: it has not ended
  std::string result;
  std::vector<AttemptError> errors;
  std::string json;  // all that is known, as `stint job show --json` prints it
};

enum class Cancelled {
  kNow,   // it did not run, and will not
  kTold,  // it runs, and was told to stop: wait() tells how it ended
};

class Client {
 public:
  // On failure: kInvalid (options), kConfig, kUnreachable. A connection that is lost later is made
  // again by the next call.
  static Result<Client> connect(const Options& options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  const std::string& queue() const;

  // Errors: kInvalid, kConflict, kRefused (memory, disk), kUnreachable, kUnknown, kConfig. What got
  // no reply was already sent a second time, over a new connection; it was never queued twice.
  Submission submit(const Job& job, Known known = Known::kLeave);
  // Many, 100 and 1 MiB in one call, eight calls on the way at once; one Submission a job, in their
  // order. One that is refused does not hold up the others; once Redis cannot be reached, or takes
  // no more, those not sent yet get that error (nothing was done with them).
  std::vector<Submission> submit(const std::vector<Job>& jobs, Known known = Known::kLeave);

  // On failure: kNotFound, kUnreachable, kRefused.
  Result<Status> status(const std::string& id);

  // Until the job has ended, or the limit is over (kTimedOut). It asks at pauses that grow from 20
  // to 500 ms. Also for an id that was pushed to the inbox a moment ago. On failure: as status().
  Result<Ending> wait(const std::string& id, std::optional<milliseconds> limit = std::nullopt);
  // Until all have, by one pipeline for all of them; one answer an id, in their order.
  std::vector<Result<Ending>> wait(const std::vector<std::string>& ids,
                                   std::optional<milliseconds> limit = std::nullopt);

  // The JSON that a job that succeeded left. On failure: kNotEnded, kJobFailed, kNotFound (also
  // where it was not kept), kUnreachable, kRefused.
  Result<std::string> result(const std::string& id);

  // Idempotent but for its answer. On failure: kNotFound, kRefused (it has ended), kUnreachable,
  // kUnknown.
  Result<Cancelled> cancel(const std::string& id);

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stint::client
#pragma GCC visibility pop

#endif
