#include "worker/control_link.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "common/log/log.h"

namespace stint {

namespace {

Error boot_error(std::string_view why) {
  return {ErrorCode::kInternal, "boot frame: " + std::string(why)};
}

Result<std::string> read_exactly(int fd, size_t size) {
  std::string bytes(size, '\0');
  size_t at = 0;
  while (at < size) {
    ssize_t got = ::read(fd, bytes.data() + at, size - at);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return boot_error(got == 0 ? "it ended too soon" : "it cannot be read");
    }
    at += static_cast<size_t>(got);
  }
  return bytes;
}

size_t frame_length(std::string_view head) {
  size_t length = 0;
  for (size_t i = 0; i < head.size(); ++i) {
    length |= size_t{static_cast<unsigned char>(head[i])} << (8 * i);
  }
  return length;
}

}  // namespace

Result<Boot> read_boot(int fd) {
  auto head = read_exactly(fd, 4);
  if (!head) {
    return head.error();
  }
  size_t length = frame_length(*head);
  if (length == 0 || length > control::kMaxFrame) {
    return boot_error("its length is wrong");
  }
  auto body = read_exactly(fd, length);
  if (!body) {
    return body.error();
  }
  if ((*body)[0] != static_cast<char>(control::FrameType::kBoot)) {
    return boot_error("another frame came first");
  }
  return boot_from_json(std::string_view(*body).substr(1));
}

void send_failed(int fd, std::string_view reason) {
  std::string bytes = control::encode(control::FrameType::kFailed, reason);
  size_t at = 0;
  while (at < bytes.size()) {
    ssize_t put = ::write(fd, bytes.data() + at, bytes.size() - at);
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return;  // no supervisor: nobody to tell
    }
    at += static_cast<size_t>(put);
  }
}

ControlLink::ControlLink(uv_loop_s* loop, UniqueFd fd, Listener listener)
    : listener_(std::move(listener)),
      stream_(loop, std::move(fd),
              {[this](std::string_view bytes) { on_data(bytes); }, [this] { on_end(); }}) {}

void ControlLink::send(control::FrameType type, std::string_view payload) {
  stream_.write(control::encode(type, payload));
}

void ControlLink::on_data(std::string_view bytes) {
  auto fed = decoder_.feed(bytes, listener_.on_frame);
  if (!fed) {
    log::error("the supervisor cannot be understood, it is taken for dead",
               {{"error", fed.error().message}});
    on_end();
  }
}

void ControlLink::on_end() {
  if (!std::exchange(ended_, true)) {
    listener_.on_orphaned();
  }
}

}  // namespace stint
