#include "common/control/flight_recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <system_error>

namespace stint::control {

namespace {

constexpr uint32_t kMagic = 0x73746e74;
constexpr uint32_t kTableVersion = 4;
// On a page of their own. Never touched, it takes no memory.
constexpr size_t kWordsAt = (sizeof(RecorderTable) + 4095) / 4096 * 4096;

size_t size_for(uint32_t slots) {
  return kWordsAt + slots * sizeof(LastWords);
}

Error system_error(std::string_view what) {
  return {ErrorCode::kInternal,
          "flight recorder: " + std::string(what) + ": " + std::generic_category().message(errno)};
}

Result<RecorderTable*> map_table(int fd, size_t size) {
  void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) {
    return system_error("mmap");
  }
  return static_cast<RecorderTable*>(at);
}

bool within(int64_t value, int64_t low, int64_t high) {
  return value >= low && value <= high;
}

// What a task may have scribbled over is held against the bounds that claim() keeps.
bool plausible(const Entry& entry) {
  constexpr int64_t kLongest = kMaxDuration.count();
  return entry.token != 0 && within(entry.id_size, 1, kMaxIdBytes) &&
         within(entry.attempt, 1, INT32_MAX) && within(entry.retries, 0, kMaxRetries) &&
         within(entry.crash_limit, 1, kMaxRetries) && within(entry.backoff, -kLongest, kLongest) &&
         within(entry.keep_ms, 0, kLongest);
}

EntryCopy copy_entry(const Entry& entry, uint32_t index, EntryState state) {
  EntryCopy copy;
  copy.index = index;
  copy.state = state;
  copy.queue = entry.queue;
  copy.token = entry.token;
  copy.attempt = entry.attempt;
  copy.limits.retries = entry.retries;
  copy.limits.crash_limit = entry.crash_limit;
  copy.limits.backoff = Backoff{entry.backoff};
  copy.limits.keep = milliseconds(entry.keep_ms);
  copy.started_wall_ms = entry.started_wall_ms.load(std::memory_order_relaxed);
  copy.kill_at = MonoTime{entry.kill_at_ns.load(std::memory_order_acquire)};
  copy.dead_by = MonoTime{entry.dead_by_ns.load(std::memory_order_relaxed)};
  copy.kill_kind = entry.kill_kind.load(std::memory_order_relaxed);
  copy.id.assign(entry.id.data(), std::min<size_t>(entry.id_size, kMaxIdBytes));
  return copy;
}

}  // namespace

Result<FlightRecorder> FlightRecorder::create(uint32_t slots) {
  STINT_CHECK(slots > 0 && slots <= kMaxSlots);
  UniqueFd fd(::memfd_create("stint-flight-recorder", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) {
    return system_error("memfd_create");
  }
  if (::ftruncate(fd.get(), static_cast<off_t>(size_for(slots))) != 0) {
    return system_error("ftruncate");
  }
  // Sealed, so that no worker can shrink it under the supervisor, whose next read would be a
  // SIGBUS.
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return system_error("F_ADD_SEALS");
  }
  auto mapped = map_table(fd.get(), size_for(slots));
  if (!mapped) {
    return mapped.error();
  }
  auto* table = new (*mapped) RecorderTable{};
  for (auto& running : table->running) {
    running.store(-1, std::memory_order_relaxed);
  }
  table->printing.store(-1, std::memory_order_relaxed);
  table->magic = kMagic;
  table->version = kTableVersion;
  table->slots = slots;
  return FlightRecorder(std::move(fd), table, slots);
}

Result<FlightRecorder> FlightRecorder::attach(int fd) {
  UniqueFd owned(fd);
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    return system_error("fstat");
  }
  auto size = static_cast<size_t>(status.st_size);
  auto slots = size <= kWordsAt ? 0U : static_cast<uint32_t>((size - kWordsAt) / sizeof(LastWords));
  if (slots == 0 || slots > kMaxSlots || size != size_for(slots)) {
    return Error{ErrorCode::kInternal, "flight recorder: it has another size than expected"};
  }
  if (::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
    return system_error("F_SETFD");
  }
  auto mapped = map_table(fd, size);
  if (!mapped) {
    return mapped.error();
  }
  FlightRecorder recorder(std::move(owned), *mapped, slots);
  if (recorder.table_->magic != kMagic || recorder.table_->version != kTableVersion) {
    return Error{ErrorCode::kInternal, "flight recorder: not a table of this version"};
  }
  return recorder;
}

FlightRecorder::FlightRecorder(FlightRecorder&& other) noexcept
    : fd_(std::move(other.fd_)),
      table_(std::exchange(other.table_, nullptr)),
      slots_(other.slots_),
      next_(other.next_) {}

FlightRecorder& FlightRecorder::operator=(FlightRecorder&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(table_, other.table_);
  std::swap(slots_, other.slots_);
  std::swap(next_, other.next_);
  return *this;
}

FlightRecorder::~FlightRecorder() {
  if (table_ != nullptr) {
    ::munmap(table_, size_for(slots_));
  }
}

LastWords& FlightRecorder::last_words(uint32_t slot) {
  STINT_CHECK(slot < slots_);
  auto* at = reinterpret_cast<char*>(table_) + kWordsAt;
  return reinterpret_cast<LastWords*>(at)[slot];
}

int FlightRecorder::claim(uint32_t queue, std::string_view id, uint64_t token, int attempt,
                          const Limits& limits) {
  STINT_CHECK(!id.empty() && id.size() <= kMaxIdBytes);
  for (uint32_t tried = 0; tried < kEntries; ++tried) {
    uint32_t index = (next_ + tried) % kEntries;
    Entry& entry = table_->entries[index];
    if (entry.state.load(std::memory_order_relaxed) != static_cast<uint32_t>(EntryState::kFree)) {
      continue;
    }
    entry.queue = queue;
    entry.token = token;
    entry.attempt = attempt;
    entry.retries = limits.retries;
    entry.crash_limit = limits.crash_limit;
    entry.backoff = limits.backoff.encoded;
    entry.keep_ms = limits.keep.count();
    entry.started_wall_ms.store(0, std::memory_order_relaxed);
    entry.kill_at_ns.store(0, std::memory_order_relaxed);
    entry.dead_by_ns.store(0, std::memory_order_relaxed);
    entry.kill_kind.store(0, std::memory_order_relaxed);
    entry.id_size = static_cast<uint32_t>(id.size());
    std::memcpy(entry.id.data(), id.data(), id.size());
    entry.state.store(static_cast<uint32_t>(EntryState::kClaimed), std::memory_order_release);
    next_ = index + 1;
    return static_cast<int>(index);
  }
  return -1;
}

void FlightRecorder::set_kill_at(int entry, MonoTime when, uint32_t kind, MonoTime dead_by) {
  Entry& at = table_->entries.at(static_cast<size_t>(entry));
  at.kill_kind.store(kind, std::memory_order_relaxed);
  at.dead_by_ns.store(dead_by.ns, std::memory_order_relaxed);
  at.kill_at_ns.store(when.ns, std::memory_order_release);
}

void FlightRecorder::free(int entry) {
  table_->entries.at(static_cast<size_t>(entry))
      .state.store(static_cast<uint32_t>(EntryState::kFree), std::memory_order_release);
}

void FlightRecorder::start(int entry, uint32_t slot, int64_t wall_ms) {
  Entry& at = table_->entries.at(static_cast<size_t>(entry));
  at.started_wall_ms.store(wall_ms, std::memory_order_relaxed);
  at.state.store(static_cast<uint32_t>(EntryState::kStarted), std::memory_order_release);
  table_->running.at(slot).store(entry, std::memory_order_release);
}

void FlightRecorder::unstart(int entry, uint32_t slot) {
  Entry& at = table_->entries.at(static_cast<size_t>(entry));
  at.kill_at_ns.store(0, std::memory_order_relaxed);
  at.state.store(static_cast<uint32_t>(EntryState::kClaimed), std::memory_order_release);
  table_->running.at(slot).store(-1, std::memory_order_release);
}

void FlightRecorder::end(int entry, uint32_t slot) {
  Entry& at = table_->entries.at(static_cast<size_t>(entry));
  at.kill_at_ns.store(0, std::memory_order_relaxed);
  at.state.store(static_cast<uint32_t>(EntryState::kEnded), std::memory_order_release);
  table_->running.at(slot).store(-1, std::memory_order_release);
}

std::vector<EntryCopy> FlightRecorder::held() const {
  std::vector<EntryCopy> copies;
  for (uint32_t index = 0; index < kEntries; ++index) {
    const Entry& entry = table_->entries[index];
    uint32_t state = entry.state.load(std::memory_order_acquire);
    if (state == static_cast<uint32_t>(EntryState::kFree) ||
        state > static_cast<uint32_t>(EntryState::kEnded) || !plausible(entry)) {
      continue;
    }
    copies.push_back(copy_entry(entry, index, static_cast<EntryState>(state)));
  }
  return copies;
}

// Asked twice: a reader that is stopped in between would else take what it has read for a later
// job's.
std::optional<EntryCopy> FlightRecorder::printing() const {
  int32_t index = table_->printing.load(std::memory_order_acquire);
  if (index < 0 || index >= static_cast<int32_t>(kEntries)) {
    return std::nullopt;
  }
  const Entry& entry = table_->entries.at(static_cast<size_t>(index));
  auto state = static_cast<EntryState>(entry.state.load(std::memory_order_acquire));
  bool its = state == EntryState::kStarted || state == EntryState::kEnded;
  if (!its || !plausible(entry)) {
    return std::nullopt;
  }
  EntryCopy copy = copy_entry(entry, static_cast<uint32_t>(index), state);
  return table_->printing.load(std::memory_order_acquire) == index ? std::optional(std::move(copy))
                                                                   : std::nullopt;
}

std::string FlightRecorder::crash_text() const {
  size_t size = table_->crash_size.load(std::memory_order_acquire);
  std::string text(table_->crash_text.data(), std::min(size, kCrashText));
  for (char& c : text) {
    bool printable = (c >= 0x20 && c < 0x7f) || c == '\n';
    c = printable ? c : '?';
  }
  return text;
}

std::vector<Word> FlightRecorder::last_words() const {
  std::vector<Word> words;
  const auto* at = reinterpret_cast<const char*>(table_) + kWordsAt;
  for (uint32_t slot = 0; slot < slots_; ++slot) {
    reinterpret_cast<const LastWords*>(at)[slot].read(words);
  }
  return words;
}

}  // namespace stint::control
