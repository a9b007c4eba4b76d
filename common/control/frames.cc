#include "common/control/frames.h"

#include <array>

namespace stint::control {

namespace {

constexpr size_t kLengthBytes = 4;

bool known_frame(char type) {
  switch (static_cast<FrameType>(type)) {
    case FrameType::kBoot:
    case FrameType::kPause:
    case FrameType::kContinue:
    case FrameType::kDrain:
    case FrameType::kStop:
    case FrameType::kLook:
    case FrameType::kPrinted:
    case FrameType::kOutputRead:
    case FrameType::kReady:
    case FrameType::kFailed:
    case FrameType::kReadOutput:
      return true;
  }
  return false;
}

size_t read_length(std::string_view bytes) {
  size_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    length |= size_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return length;
}

}  // namespace

std::string encode(FrameType type, std::string_view payload) {
  STINT_CHECK(payload.size() < kMaxFrame);
  size_t length = payload.size() + 1;
  std::string frame;
  frame.reserve(kLengthBytes + length);
  for (size_t i = 0; i < kLengthBytes; ++i) {
    frame.push_back(static_cast<char>((length >> (8 * i)) & 0xff));
  }
  frame.push_back(static_cast<char>(type));
  frame.append(payload);
  return frame;
}

Result<void> Decoder::feed(std::string_view bytes, const OnFrame& on_frame) {
  if (broken_) {
    return {};
  }
  buffer_.append(bytes);
  size_t at = 0;
  while (buffer_.size() - at > kLengthBytes) {
    std::string_view rest = std::string_view(buffer_).substr(at);
    size_t length = read_length(rest);
    if (length == 0 || length > kMaxFrame) {
      return give_up("its length is " + std::to_string(length) + ", the limit is " +
                     std::to_string(kMaxFrame));
    }
    char type = rest[kLengthBytes];
    if (!known_frame(type)) {
      return give_up("unknown type " + std::to_string(static_cast<int>(type)));
    }
    if (rest.size() < kLengthBytes + length) {
      break;
    }
    on_frame(static_cast<FrameType>(type), rest.substr(kLengthBytes + 1, length - 1));
    at += kLengthBytes + length;
  }
  buffer_.erase(0, at);
  return {};
}

Error Decoder::give_up(const std::string& why) {
  broken_ = true;
  buffer_ = {};
  return {ErrorCode::kInvalid, "control frame: " + why};
}

}  // namespace stint::control
