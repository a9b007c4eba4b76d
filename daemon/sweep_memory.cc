#include "daemon/sweep_memory.h"

namespace stint {

void SweepMemory::look(MonoTime now, milliseconds planned) {
  if (looked_ && now - last_look_ > planned + kLate) {
    forget();
  }
  last_look_ = now;
  looked_ = true;
}

bool SweepMemory::observe(std::string_view id, std::string_view value, std::string_view mark,
                          milliseconds lease, MonoTime now) {
  auto [it, is_new] = seen_.try_emplace(std::string(id), Seen{});
  Seen& seen = it->second;
  seen.pass = pass_;
  if (is_new || seen.value != value || seen.mark != mark) {
    seen.value = value;
    seen.mark = mark;
    seen.since = now;
    return false;
  }
  return now - seen.since >= lease;
}

void SweepMemory::end_pass() {
  std::erase_if(seen_, [this](const auto& entry) { return entry.second.pass != pass_; });
}

void SweepMemory::forget() {
  seen_.clear();
}

}  // namespace stint
