#include "common/queue/sweep_memory.h"

#include "common/queue/upkeep.h"

namespace stint {
namespace {

// One that cannot be read is somebody's bug; a default lease brings it to sweep.lua, which says
// what it is.
milliseconds lease_of(std::string_view value) {
  auto active = parse_active(value);
  return active ? active->lease : ActiveEntry{}.lease;
}

}  // namespace

bool SweepMemory::look(MonoTime now, milliseconds planned) {
  bool late = looked_ && now - last_look_ > planned + kLate;
  if (late) {
    forget();
  }
  last_look_ = now;
  looked_ = true;
  return !late;
}

SweepMemory::Seen SweepMemory::observe(std::string_view id, std::string_view value,
                                       std::string_view mark, MonoTime now) {
  auto [it, is_new] = memory_.try_emplace(std::string(id), Remembered{});
  Remembered& known = it->second;
  known.pass = pass_;
  bool changed = is_new || known.value != value || known.mark != mark;
  if (changed) {
    known.value = value;
    known.mark = mark;
    known.since = now;
  }
  return {changed, lease_of(value) - (now - known.since)};
}

void SweepMemory::end_pass() {
  std::erase_if(memory_, [this](const auto& entry) { return entry.second.pass != pass_; });
}

void SweepMemory::forget() {
  memory_.clear();
}

}  // namespace stint
