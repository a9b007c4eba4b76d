// A flight recorder that a task has scribbled over, read by the supervisor once the worker is dead:
// whatever stands there, every entry that is read is plausible and is settled once, what is said of
// its end is JSON, and last words are lines of its jobs.
#include <cstring>

#include <nlohmann/json.hpp>

#include "common/control/flight_recorder.h"
#include "common/settlement/last_words.h"
#include "common/settlement/obituary.h"
#include "common/text/text.h"
#include "tests/fuzz/fuzz.h"

namespace stint {
namespace {

using control::FlightRecorder;
using control::RecorderTable;

// As a worker leaves it: a few entries claimed, started, taken back, ended, with words of one.
void fill(FlightRecorder& table) {
  for (int i = 0; i < 4; ++i) {
    int entry = table.claim(static_cast<uint32_t>(i % 2), "job-" + std::to_string(i), 7, 1, {});
    if (i > 0) {
      table.start(entry, static_cast<uint32_t>(i), 1763661387123 + i);
    }
    if (i == 2) {
      table.unstart(entry, 2);
    } else if (i > 2) {
      table.end(entry, static_cast<uint32_t>(i));
    }
  }
  table.last_words(0).note(1, 7, 1, "1763661387123 1 one");
  table.last_words(0).note(1, 7, 2, "1763661387124 1 two");
}

template <typename T>
std::string bytes_of(const T& thing) {
  return {reinterpret_cast<const char*>(&thing), sizeof thing};
}

// The same table, as if new, for every input.
FlightRecorder& recorder() {
  static auto one = FlightRecorder::create(4);
  static const std::string pristine = [] {
    fill(*one);
    return bytes_of(one->table()) + bytes_of(one->last_words(0));
  }();
  std::memcpy(reinterpret_cast<char*>(&one->table()), pristine.data(), sizeof(RecorderTable));
  std::memcpy(reinterpret_cast<char*>(&one->last_words(0)), pristine.data() + sizeof(RecorderTable),
              pristine.size() - sizeof(RecorderTable));
  return *one;
}

// In the first words: 1 byte where, 1 how many, then those.
void scribble(control::LastWords& words, fuzz::Input& input) {
  auto* bytes = reinterpret_cast<char*>(&words);
  size_t at = input.byte();
  std::string_view what = input.take(input.byte());
  std::memcpy(bytes + at, what.data(), what.size());
}

// 4 bytes where (half of them in the entries in use), 1 how many, then those.
void scribble(RecorderTable& table, fuzz::Input& input) {
  auto* bytes = reinterpret_cast<char*>(&table);
  while (!input.empty()) {
    uint32_t where = 0;
    std::string_view head = input.take(sizeof where);
    std::memcpy(&where, head.data(), head.size());
    size_t base = (where & 1U) != 0 ? offsetof(RecorderTable, entries) : 0;
    size_t at = base + (where >> 1U) %
                           ((where & 1U) != 0 ? 4 * sizeof(control::Entry) : sizeof(RecorderTable));
    std::string_view what = input.take(input.byte());
    std::memcpy(bytes + at, what.data(), std::min(what.size(), sizeof(RecorderTable) - at));
  }
}

void check_plausible(const control::EntryCopy& copy) {
  STINT_CHECK(copy.state != control::EntryState::kFree && copy.token != 0);
  STINT_CHECK(!copy.id.empty() && copy.id.size() <= kMaxIdBytes && copy.attempt >= 1);
  LimitsSaid said;
  said.retries = copy.limits.retries;
  said.crash_limit = copy.limits.crash_limit;
  said.backoff = copy.limits.backoff;
  said.keep = copy.limits.keep;
  STINT_CHECK(fuzz::in_bounds(said));
}

void check_words(const Obituary& dead) {
  for (const auto& command : last_words("stint", dead)) {
    STINT_CHECK(command.args.size() >= 6);
    for (size_t i = 5; i < command.args.size(); ++i) {
      const std::string& line = command.args[i];
      STINT_CHECK(line.size() <= kMaxLogLine + 100 && is_utf8(line));
      STINT_CHECK(line.find('\n') == std::string::npos);
    }
  }
}

void check_settled(const Obituary& dead) {
  auto plans = plan_settlement(dead);
  STINT_CHECK(plans.size() == dead.queues.size());
  size_t settled = 0;
  for (const auto& plan : plans) {
    settled += plan.ended.size() + plan.free.size();
    for (const auto& ended : plan.ended) {
      STINT_CHECK(nlohmann::json::accept(ended.body));
      // It becomes one element of an argument list, as `times` of docs/protocol.md.
      Ended one = ended;
      (void)finish(Keys("stint", plan.queue), dead.worker, 0, {}, std::span(&one, 1));
    }
  }
  size_t here = 0;
  for (const auto& copy : dead.held) {
    here += copy.queue < dead.queues.size() ? 1 : 0;
  }
  STINT_CHECK(settled == here);
}

}  // namespace
}  // namespace stint

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stint::fuzz::Input input(data, size);
  auto& recorder = stint::recorder();
  stint::Obituary dead;
  uint8_t how = input.byte();
  dead.worker = "w.1";
  dead.queues = {"default", "other"};
  dead.exit = stint::decode_wait_status(how % 2 == 0 ? 11 : 0x100);
  dead.killed = (how & 2U) != 0;
  dead.stuck = (how & 4U) != 0;
  if ((how & 8U) != 0) {
    stint::scribble(recorder.last_words(0), input);
  }
  stint::scribble(recorder.table(), input);
  dead.held = recorder.held();
  dead.words = recorder.last_words();
  dead.backtrace = recorder.crash_text();
  STINT_CHECK(dead.backtrace.size() <= stint::control::kCrashText);
  for (const auto& copy : dead.held) {
    stint::check_plausible(copy);
  }
  if (auto copy = recorder.printing()) {
    stint::check_plausible(*copy);
  }
  stint::check_settled(dead);
  stint::check_words(dead);
  return 0;
}
