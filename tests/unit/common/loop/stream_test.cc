#include "common/loop/stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <optional>

#include <catch2/catch.hpp>

#include "tests/support/loop.h"

using namespace stint;

// Whoever a dead worker left behind in a session of its own may write faster than anybody can read.
TEST_CASE("stream: drain reads what has come, and not what comes meanwhile") {
  constexpr int kOnlyIfItFails = 1'000;
  test::Loop loop;
  std::array<int, 2> fds{};
  REQUIRE(pipe2(fds.data(), O_CLOEXEC) == 0);
  UniqueFd writer(fds[1]);
  REQUIRE(write(writer.get(), "first", 5) == 5);
  std::string read;
  int times = 0;
  std::optional<Stream> stream;
  auto on_data = [&](std::string_view bytes) {
    read += bytes;
    if (++times < kOnlyIfItFails) {
      REQUIRE(write(writer.get(), "later", 5) == 5);
    }
  };
  stream.emplace(loop.get(), UniqueFd(fds[0]), Stream::Listener{on_data, nullptr});
  stream->drain();
  CHECK(read == "first");
  stream->drain();
  CHECK(read == "firstlater");
}
