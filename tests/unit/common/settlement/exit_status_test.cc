#include "common/settlement/exit_status.h"

#include <signal.h>

#include <catch2/catch.hpp>

using stint::decode_wait_status;

// Literal statuses, as Linux encodes them: exit code << 8, or signal | 0x80 for a core.
TEST_CASE("exit status: an exit code is told apart from a signal") {
  auto clean = decode_wait_status(0x0000);
  CHECK(clean.exited_with(0));
  CHECK(clean.describe() == "exited with code 0");
  auto config = decode_wait_status(0x4e00);
  CHECK(config.exited_with(78));
  CHECK(config.signal == 0);
  CHECK(decode_wait_status(0x0b00).describe() == "exited with code 11");
}

TEST_CASE("exit status: a signal is named, and a core dump is said") {
  auto crash = decode_wait_status(0x8b);
  CHECK(crash.signal == SIGSEGV);
  CHECK(crash.core);
  CHECK(crash.describe() == "killed by SIGSEGV (signal 11), core dumped");
  auto killed = decode_wait_status(0x09);
  CHECK_FALSE(killed.core);
  CHECK_FALSE(killed.exited_with(0));
  CHECK(killed.describe() == "killed by SIGKILL (signal 9)");
}

TEST_CASE("signal name: real-time signals and none at all") {
  CHECK(stint::signal_name(0).empty());
  CHECK(stint::signal_name(SIGABRT) == "SIGABRT");
  CHECK(stint::signal_name(SIGRTMIN + 3) == "SIGRTMIN+3");
}
