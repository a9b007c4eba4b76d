// Tasks that misbehave in one known way each, for the integration and fault tests. They run in
// worker processes of tests only. Every task takes a JSON object; "started": PATH there makes it
// append its token to PATH when it starts, so that a test can wait for that instead of sleeping.
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>
#include <stint/task.hpp>

namespace faulty {

using Json = nlohmann::json;
using Perform = void (*)(stint::Job&, const Json&);

void add(stint::Plugin& plugin, const char* id, Perform perform);

void add_counting(stint::Plugin& plugin);  // counter, fail_times, fail, witness
void add_crashing(stint::Plugin& plugin);  // crash, hang, fork_child, grow ..
void add_meddling(stint::Plugin& plugin);  // spin, late, settings, close_fds
void add_completing(
    stint::Plugin& plugin);  // complete_twice, later, never, release, bad_result, big_result
void add_telling(
    stint::Plugin& plugin);  // progress, log, checkpoint, noisy, print, params_echo, info, wait

// The number in a file (0 if there is none), without any locking: that is what the locks of stint
// are tested with.
int64_t read_number(const std::string& path);
void write_number(const std::string& path, int64_t number);
// One more attempt is counted in the file; returns how many there are now.
int64_t count_up(const std::string& path);
void append_line(const std::string& path, const std::string& line);  // one write() with O_APPEND
void sleep_ms(int64_t ms);                                           // heeds nothing
int64_t monotonic_ns();

}  // namespace faulty
