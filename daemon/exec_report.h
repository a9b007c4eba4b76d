// How a parent learns whether its child became the program that it should: a pipe, O_CLOEXEC at
// both ends, which exec closes, and into which a child that could not exec writes its errno.
// Requires: the parent has closed its own write end.
#pragma once

namespace stint {

// In the child, after whatever failed: says errno and ends. Async-signal-safe.
[[noreturn]] void report_failure(int fd);

// In the parent: 0 once the program runs, else the errno that stopped the child, which is then to
// be reaped.
int read_report(int fd);

}  // namespace stint
