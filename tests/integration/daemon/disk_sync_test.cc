#include "daemon/disk_sync.h"

#include <filesystem>

#include <catch2/catch.hpp>

#include "tests/support/eventually.h"
#include "tests/support/loop.h"
#include "tests/support/temp_dir.h"

using namespace stint;

TEST_CASE("disk sync: runs over files that come, grow and go, and over no folder at all") {
  test::Loop loop;
  test::TempDir dir;
  DiskSync missing(loop.get(), dir / "none");
  DiskSync sync(loop.get(), dir.path());
  MonoTime start = now_mono();
  test::write_file(dir / "a.aof", "1");
  REQUIRE(loop.run_until(test::kSoon, [&] { return now_mono() - start > milliseconds{1200}; }));
  test::write_file(dir / "b.aof", "2");
  std::filesystem::remove(dir / "a.aof");
  REQUIRE(loop.run_until(test::kSoon, [&] { return now_mono() - start > milliseconds{2200}; }));
}
