// Shared memory (a memfd, descriptor kRecorderFd) in which a worker notes what it holds, before
// task code can run, so that the supervisor can settle it when the worker is dead, whatever killed
// it. Writers: the worker's loop (claim, deadlines, release), its slot threads (start, end), its
// crash handler (backtrace). Behind the table each slot has its last words (last_words.h). Reader:
// the supervisor, at any time; exact once the worker is dead. Invariants: an entry's fields are
// written before its state leaves kFree; `state` is the last store of every change and the first
// load of every read. A worker never runs a job that has no entry. A corrupt table (a task
// scribbled on it) is bounded by checks in the reader: it yields fewer entries, never a crash of
// the supervisor.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "common/control/last_words.h"
#include "common/error.h"
#include "common/job/limits.h"
#include "common/unique_fd.h"

namespace stint::control {

enum class EntryState : uint32_t {
  kFree,
  kClaimed,  // ours, not started: goes back uncounted
  kStarted,  // task code runs or may run: a death costs this attempt
  kEnded,  // task code has returned, the end is not yet acknowledged by Redis: goes back, as a loss
           // if the worker died of itself
           // (at least once)
};

struct Entry {
  std::atomic<uint32_t> state;
  uint32_t queue;  // index in the worker's list of queues
  uint64_t token;
  int32_t attempt;  // its number
  int32_t retries;
  int32_t crash_limit;
  uint32_t id_size;
  int64_t backoff;  // Backoff::encoded
  int64_t keep_ms;
  std::atomic<int64_t> started_wall_ms;
  // When the supervisor must end this process group (TERM, then KILL), now_mono().ns; 0 = never.
  // The worker moves it: timeout + grace at start, cancel + grace when told, end of the lease at
  // every renewal, whichever is first.
  std::atomic<int64_t> kill_at_ns;
  // By when it must be dead, whatever else: behind it another worker may run the job. Moves with
  // every renewal.
  std::atomic<int64_t> dead_by_ns;
  std::atomic<uint32_t>
      kill_kind;  // as EndKind: timeout, cancelled or lost: how the attempt then ends; or below
  std::array<char, kMaxIdBytes> id;
};

// The lease ends while the loop turns and Redis answers no renewal: nobody's fault, the attempt
// goes back as interrupted.
inline constexpr uint32_t kKillInterrupted = 1000;

inline constexpr uint32_t kEntries = 256;  // claimed at once: two batches and a margin
inline constexpr uint32_t kMaxSlots = 128;
inline constexpr size_t kCrashText = 8192;

struct RecorderTable {
  uint32_t magic;
  uint32_t version;
  uint32_t slots;
  std::atomic<int64_t> beat_ns;      // now_mono() of the loop's last turn (at least every second)
  std::atomic<uint64_t> jobs_ended;  // since start
  std::atomic<uint32_t> crash_size;  // bytes of backtrace, written by the crash handler
  std::array<std::atomic<int32_t>, kMaxSlots>
      running;  // per slot: index of the started entry, or -1
  // Of a worker with one slot, about what its task prints (worker/output_watch.h).
  std::atomic<int32_t> printing;       // whose lines they are that are read now: an entry, or -1
  std::atomic<uint32_t> output_seen;   // the supervisor has begun to read some since kReadOutput
  std::atomic<uint64_t> prints_taken;  // number of the last kPrinted that the worker has heeded
  std::array<char, kCrashText> crash_text;
  std::array<Entry, kEntries> entries;
};
static_assert(std::atomic<int64_t>::is_always_lock_free &&
              std::atomic<uint32_t>::is_always_lock_free);

// A copy of one entry for the reader; strings are its own.
struct EntryCopy {
  uint32_t index;
  EntryState state;
  uint32_t queue;
  uint64_t token;
  int attempt;
  Limits limits;  // retries, crash_limit, backoff, keep
  int64_t started_wall_ms;
  MonoTime kill_at;  // {0} = never
  MonoTime dead_by;  // {0} = no lease is known
  uint32_t kill_kind;
  std::string id;
};

// Maps the table. create(): in the supervisor, a new sealed memfd; attach(): in the worker, from
// kRecorderFd.
class FlightRecorder {
 public:
  static Result<FlightRecorder> create(uint32_t slots);
  static Result<FlightRecorder> attach(int fd);
  FlightRecorder(FlightRecorder&& other) noexcept;
  FlightRecorder& operator=(FlightRecorder&& other) noexcept;
  FlightRecorder(const FlightRecorder&) = delete;
  FlightRecorder& operator=(const FlightRecorder&) = delete;
  ~FlightRecorder();

  int fd() const { return fd_.get(); }
  RecorderTable& table() { return *table_; }
  const RecorderTable& table() const { return *table_; }
  // Requires: slot is one of those it was made for.
  LastWords& last_words(uint32_t slot);

  // Worker's loop: index of the new entry in state kClaimed, or -1 when all are taken.
  int claim(uint32_t queue, std::string_view id, uint64_t token, int attempt, const Limits& limits);
  void set_kill_at(int entry, MonoTime when, uint32_t kind, MonoTime dead_by);
  void free(int entry);
  // Worker's slot thread, right before and right after task code. wall_ms: now_wall_ms().
  void start(int entry, uint32_t slot, int64_t wall_ms);
  void unstart(int entry, uint32_t slot);  // no task code ran after all
  void end(int entry, uint32_t slot);

  // Supervisor: every entry that is not free, checked.
  std::vector<EntryCopy> held() const;
  // Supervisor: that of `printing`, if its task runs or was the last to run.
  std::optional<EntryCopy> printing() const;
  std::string crash_text() const;        // printable, bounded
  std::vector<Word> last_words() const;  // of all slots; as they stand there, checked by nobody

 private:
  FlightRecorder(UniqueFd fd, RecorderTable* table, uint32_t slots)
      : fd_(std::move(fd)), table_(table), slots_(slots) {}
  UniqueFd fd_;
  RecorderTable* table_ = nullptr;
  uint32_t slots_ = 0;
  uint32_t next_ = 0;  // where claim() looks first
};

}  // namespace stint::control
