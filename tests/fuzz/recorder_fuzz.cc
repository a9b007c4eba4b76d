// A flight recorder that a task has scribbled over, read by the supervisor once the worker is dead:
// whatever stands there, every entry that is read is plausible and is settled once, and what is
// said of its end is JSON.
#include <cstring>

#include <nlohmann/json.hpp>

#include "common/control/flight_recorder.h"
#include "common/settlement/obituary.h"
#include "common/text/text.h"
#include "tests/fuzz/fuzz.h"

namespace stint {
namespace {

using control::FlightRecorder;
using control::RecorderTable;

// As a worker leaves it: a few entries claimed, started, ended.
void fill(FlightRecorder& table) {
  for (int i = 0; i < 4; ++i) {
    int entry = table.claim(static_cast<uint32_t>(i % 2), "job-" + std::to_string(i), 7, 1, {});
    if (i > 0) {
      table.start(entry, static_cast<uint32_t>(i));
    }
    if (i > 2) {
      table.end(entry, static_cast<uint32_t>(i));
    }
  }
}

// The same table, as if new, for every input.
FlightRecorder& recorder() {
  static auto one = FlightRecorder::create(4);
  static const std::string pristine = [] {
    fill(*one);
    return std::string(reinterpret_cast<const char*>(&one->table()), sizeof(RecorderTable));
  }();
  std::memcpy(reinterpret_cast<char*>(&one->table()), pristine.data(), pristine.size());
  return *one;
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
  stint::scribble(recorder.table(), input);
  dead.held = recorder.held();
  dead.backtrace = recorder.crash_text();
  STINT_CHECK(dead.backtrace.size() <= stint::control::kCrashText);
  for (const auto& copy : dead.held) {
    stint::check_plausible(copy);
  }
  stint::check_settled(dead);
  return 0;
}
