#include "common/control/frames.h"

#include <utility>
#include <vector>

#include <catch2/catch.hpp>

using namespace stint;
using namespace stint::control;

namespace {

struct Collected {
  std::vector<std::pair<FrameType, std::string>> frames;
  Decoder::OnFrame sink() {
    return [this](FrameType type, std::string_view payload) { frames.emplace_back(type, payload); };
  }
};

}  // namespace

TEST_CASE("frames: what is encoded is decoded, with any bytes in the payload") {
  std::string bytes = encode(FrameType::kBoot, std::string("{\"a\":\0}", 7)) +
                      encode(FrameType::kDrain) + encode(FrameType::kStop, "25000");
  Collected got;
  Decoder decoder;
  REQUIRE(decoder.feed(bytes, got.sink()).ok());
  REQUIRE(got.frames.size() == 3);
  CHECK(got.frames[0] == std::pair(FrameType::kBoot, std::string("{\"a\":\0}", 7)));
  CHECK(got.frames[1] == std::pair(FrameType::kDrain, std::string()));
  CHECK(got.frames[2] == std::pair(FrameType::kStop, std::string("25000")));
}

TEST_CASE("frames: a stream cut anywhere gives the same frames") {
  std::string bytes = encode(FrameType::kLook) + encode(FrameType::kFailed, "no such plugin");
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    Collected got;
    Decoder decoder;
    REQUIRE(decoder.feed(std::string_view(bytes).substr(0, cut), got.sink()).ok());
    REQUIRE(decoder.feed(std::string_view(bytes).substr(cut), got.sink()).ok());
    REQUIRE(got.frames.size() == 2);
    CHECK(got.frames[1].second == "no such plugin");
  }
}

TEST_CASE("frames: behind the first bad one everything is dropped, and said once") {
  Collected got;
  Decoder decoder;
  CHECK_FALSE(decoder.feed(encode(FrameType::kLook) + "a line of a log\n", got.sink()).ok());
  CHECK(decoder.feed(encode(FrameType::kLook), got.sink()).ok());
  CHECK(got.frames.size() == 1);
}

TEST_CASE("frames: one byte at a time is enough") {
  Collected got;
  Decoder decoder;
  for (char byte : encode(FrameType::kStop, "1000")) {
    REQUIRE(decoder.feed({&byte, 1}, got.sink()).ok());
  }
  REQUIRE(got.frames.size() == 1);
  CHECK(got.frames[0].second == "1000");
}

TEST_CASE("frames: an unknown type, a length of nothing and one beyond the limit are refused") {
  Collected got;
  CHECK(Decoder().feed(std::string("\x01\0\0\0z", 5), got.sink()).error().code ==
        ErrorCode::kInvalid);
  CHECK_FALSE(Decoder().feed(std::string("\0\0\0\0b", 5), got.sink()).ok());
  CHECK_FALSE(Decoder()
                  .feed(std::string("\xff\xff\xff\x7f"
                                    "b",
                                    5),
                        got.sink())
                  .ok());
  CHECK(got.frames.empty());
}
