// new_job_id() of spec.h: a ULID, 26 characters of Crockford's base 32: 48 bits of Unix
// milliseconds, then 12 that count within a millisecond from a random start, then 68 random ones.
// Every id stands in several places in Redis, so it is no longer than it must be.
#include <errno.h>
#include <sys/random.h>

#include <array>
#include <mutex>

#include "common/clock.h"
#include "common/job/spec.h"

namespace stint {
namespace {

constexpr unsigned kSequenceEnd = 0x1000;

// The kernel's random numbers, fetched for many ids at once.
class RandomPool {
 public:
  uint64_t next() {
    if (at_ == pool_.size()) {
      fill();
    }
    return pool_.at(at_++);
  }

 private:
  void fill() {
    ssize_t size = 0;
    do {
      size = ::getrandom(pool_.data(), sizeof pool_, 0);
    } while (size < 0 && errno == EINTR);
    STINT_CHECK(size == static_cast<ssize_t>(sizeof pool_));  // up to 256 bytes never come in part
    at_ = 0;
  }

  std::array<uint64_t, 32> pool_{};
  size_t at_ = pool_.size();
};

struct IdSource {
  std::mutex mutex;
  RandomPool random;
  uint64_t last_ms = 0;
  unsigned sequence = 0;
};

// Moves on to a (millisecond, sequence) that is later than all before, also if the clock went back.
void advance_id(IdSource& source) {
  const auto now = static_cast<uint64_t>(now_wall_ms());
  if (now <= source.last_ms && ++source.sequence < kSequenceEnd) {
    return;
  }
  source.last_ms = now > source.last_ms ? now : source.last_ms + 1;
  source.sequence = static_cast<unsigned>(source.random.next() % (kSequenceEnd / 2));
}

// 128 bits, five a character from the last one on; the first holds the three that are left.
std::string ulid_text(uint64_t high, uint64_t low) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string text(26, '0');
  for (size_t i = text.size(); i-- > 0;) {
    text[i] = kDigits[low & 0x1fU];
    low = (low >> 5U) | (high << 59U);
    high >>= 5U;
  }
  return text;
}

}  // namespace

std::string new_job_id() {
  static IdSource source;
  const std::lock_guard<std::mutex> lock(source.mutex);
  advance_id(source);
  const uint64_t four = source.random.next() & 0xfU;
  const uint64_t high = (source.last_ms << 16U) | (uint64_t{source.sequence} << 4U) | four;
  return ulid_text(high, source.random.next());
}

}  // namespace stint
