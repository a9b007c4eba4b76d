// new_job_id() of spec.h: UUIDv7 (RFC 9562), 48 bits of Unix milliseconds, then 12 that count
// within a millisecond from a random start, then 62 random ones.
#include <errno.h>
#include <sys/random.h>

#include <array>
#include <cstring>
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

constexpr std::array<char, 512> make_hex_pairs() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<char, 512> pairs{};
  for (size_t byte = 0; byte < 256; ++byte) {
    pairs[2 * byte] = kDigits[byte / 16];
    pairs[2 * byte + 1] = kDigits[byte % 16];
  }
  return pairs;
}
constexpr std::array<char, 512> kHexPairs = make_hex_pairs();

std::string uuid_text(uint64_t high, uint64_t low) {
  constexpr std::array<size_t, 16> kPlaces{0,  2,  4,  6,  9,  11, 14, 16,
                                           19, 21, 24, 26, 28, 30, 32, 34};
  std::string text(36, '-');
  for (unsigned i = 0; i < 16; ++i) {
    const uint64_t half = i < 8 ? high : low;
    const auto byte = static_cast<size_t>((half >> (56U - 8U * (i % 8U))) & 0xffU);
    std::memcpy(text.data() + kPlaces.at(i), kHexPairs.data() + 2 * byte, 2);
  }
  return text;
}

}  // namespace

std::string new_job_id() {
  static IdSource source;
  const std::lock_guard<std::mutex> lock(source.mutex);
  advance_id(source);
  const uint64_t high = (source.last_ms << 16U) | 0x7000U | source.sequence;
  const uint64_t low = (source.random.next() >> 2U) | (uint64_t{1} << 63U);
  return uuid_text(high, low);
}

}  // namespace stint
