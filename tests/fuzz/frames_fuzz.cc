// Any bytes on a control socket, cut anywhere: the decoder gives the same frames however they
// arrive, and they are the bytes that were sent.
#include <vector>

#include "common/control/frames.h"
#include "tests/fuzz/fuzz.h"

namespace stint::control {
namespace {

struct Heard {
  std::string bytes;  // of the frames, encoded again
  bool failed = false;
};

Heard hear(const std::vector<std::string_view>& pieces) {
  Heard heard;
  Decoder decoder;
  for (std::string_view piece : pieces) {
    auto fed = decoder.feed(piece, [&heard](FrameType type, std::string_view payload) {
      heard.bytes += encode(type, payload);
    });
    if (!fed) {
      fuzz::check_error(fed.error());
      heard.failed = true;
      break;
    }
  }
  return heard;
}

}  // namespace
}  // namespace stint::control

// The first byte says how long the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using stint::control::Heard;
  stint::fuzz::Input input(data, size);
  size_t length = size_t{1} + input.byte() % 16;
  std::string_view whole = input.rest();
  std::vector<std::string_view> pieces;
  while (!input.empty()) {
    pieces.push_back(input.take(length));
  }
  Heard at_once = stint::control::hear({whole});
  Heard in_pieces = stint::control::hear(pieces);
  STINT_CHECK(at_once.bytes == in_pieces.bytes && at_once.failed == in_pieces.failed);
  STINT_CHECK(whole.starts_with(at_once.bytes));
  return 0;
}
