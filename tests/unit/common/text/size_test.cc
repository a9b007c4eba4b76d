#include <catch2/catch.hpp>

#include "common/text/text.h"

using namespace stint;

TEST_CASE("size: powers of 1024 and of 1000") {
  CHECK(parse_size("512MiB").value() == 536'870'912);
  CHECK(parse_size("1GB").value() == 1'000'000'000);
  CHECK(parse_size("1024").value() == 1024);
  CHECK(parse_size("0").value() == 0);
  CHECK(parse_size("1 KiB").value() == 1024);
  CHECK(parse_size("1kB").value() == 1000);
  CHECK(parse_size("1.5GiB").value() == 1'610'612'736);
  CHECK(parse_size("2TiB").value() == 2'199'023'255'552);
  CHECK(parse_size("7B").value() == 7);
  CHECK(parse_size("8388607TiB").value() == 9'223'370'937'343'148'032);
}

TEST_CASE("size: what is none is refused, nothing wraps") {
  for (const char* bad :
       {"", "MiB", "-1", "+1", "1M", "1mb", "1 MiBs", "1MiB 2KiB", "0x10", "1e6", "1.3KiB", "0.5",
        "8388608TiB", "99999999999999999999", "1,5GB", "25%", "1\n"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_size(bad).ok());
  }
  CHECK(parse_size("64M").error().message ==
        "size '64M' has the unknown unit 'M': known are KiB, MiB, GiB, TiB (1024) and kB, MB, GB, "
        "TB (1000)");
}

TEST_CASE("size: for people") {
  CHECK(format_size(0) == "0 B");
  CHECK(format_size(1023) == "1023 B");
  CHECK(format_size(int64_t{64} << 20) == "64.0 MiB");
  CHECK(format_size(1536) == "1.5 KiB");
  CHECK(format_size((int64_t{1} << 20) - 1) == "1.0 MiB");
  CHECK(format_size(INT64_MAX) == "8192.0 PiB");
  CHECK(format_size(-5) == "-5 B");
}
