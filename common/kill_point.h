// Named places at which a test build (-DSTINT_KILL_POINTS=ON) can be made to die as by kill -9: so
// that a crash at each of them is tried, not hoped for. In every other build this is nothing.
//
// The environment variable KILL_POINT_FILE names a file that holds "PROGRAM: WHERE WHAT", e.g.
// "stint-worker: after claim". The process that gets there and succeeds in removing the file dies,
// so one file kills one process; with "stop " before that, it is stopped. Whatever changes
// something in Redis has its points by itself, in redis::Connection and redis::Client;
// scripts/check_tree.py knows who sends which script, and that tests/killpoints tries all of them.
#pragma once

#include <string_view>

namespace stint {

#ifdef STINT_KILL_POINTS
inline constexpr bool kKillPoints = true;
#else
inline constexpr bool kKillPoints = false;
#endif

// where: "before" or "after" a call, "at"; what: a script's name, or the place.
void reach_kill_point(std::string_view where, std::string_view what);
// From now on PROGRAM is this: a process that does something else than its program's name says.
// Requires: it has one thread.
void rename_kill_points(const char* program);

inline void kill_point(std::string_view where, std::string_view what) {
  if constexpr (kKillPoints) {
    reach_kill_point(where, what);
  }
}
inline void kill_points_of(const char* program) {
  if constexpr (kKillPoints) {
    rename_kill_points(program);
  }
}

}  // namespace stint
