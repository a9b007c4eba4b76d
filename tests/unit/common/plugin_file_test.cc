#include "common/plugin_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/temp_dir.h"

using namespace stint;
using namespace stint::test;
using Catch::Matchers::Contains;

TEST_CASE("plugin file: a directory is all its .so files, sorted, and a file twice is there once") {
  TempDir dir;
  for (const char* name : {"b.so", "a.so", "notes.txt", "a.so.bak"}) {
    write_file(dir / name, "x");
  }
  std::vector<std::string> paths{dir.path(), dir / "a.so"};
  auto files = find_plugin_files(paths);
  REQUIRE(files.ok());
  CHECK(*files == std::vector<std::string>{dir / "a.so", dir / "b.so"});
}

TEST_CASE("plugin file: a path that is not there is refused by name") {
  std::vector<std::string> paths{"/no/such/folder"};
  auto files = find_plugin_files(paths);
  REQUIRE_FALSE(files.ok());
  CHECK(files.error().code == ErrorCode::kConfig);
  CHECK_THAT(files.error().message, Contains("/no/such/folder"));
}

TEST_CASE("plugin file: what is no ELF file is refused") {
  TempDir dir;
  write_file(dir / "text.so", "#!/bin/sh\n" + std::string(100, '#'));
  write_file(dir / "short.so",
             "\x7f"
             "ELF");
  CHECK_THAT(check_plugin_file(dir / "text.so").error().message, Contains("is no ELF file"));
  CHECK_THAT(check_plugin_file(dir / "short.so").error().message, Contains("is no ELF file"));
  ::mkdir((dir / "folder.so").c_str(), 0755);
  CHECK_THAT(check_plugin_file(dir / "folder.so").error().message, Contains("no regular file"));
}

TEST_CASE("plugin file: a file, or its folder, that others may write is refused") {
  TempDir dir;
  write_file(dir / "p.so", "x");
  ::chmod((dir / "p.so").c_str(), 0664);
  CHECK_THAT(check_plugin_file(dir / "p.so").error().message, Contains("group or others"));
  ::chmod((dir / "p.so").c_str(), 0644);
  ::chmod(dir.path().c_str(), 0777);
  auto refused = check_plugin_file(dir / "p.so");
  CHECK_THAT(refused.error().message, Contains("group or others"));
  ::chmod(dir.path().c_str(), 0700);
  CHECK_THAT(check_plugin_file(dir / "p.so").error().message, Contains("is no ELF file"));
}

TEST_CASE("plugin file: behind a symbolic link the real folder is judged too") {
  TempDir real;
  TempDir dir;
  write_file(real / "p.so", "x");
  REQUIRE(::symlink((real / "p.so").c_str(), (dir / "p.so").c_str()) == 0);
  ::chmod(real.path().c_str(), 0777);
  CHECK_THAT(check_plugin_file(dir / "p.so").error().message, Contains("group or others"));
  ::chmod(real.path().c_str(), 0700);
}
