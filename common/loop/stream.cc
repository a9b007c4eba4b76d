#include "common/loop/stream.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <uv.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/error.h"

namespace stint {
namespace {

constexpr size_t kReadSize = 65'536;

}  // namespace

struct Stream::State {
  uv_pipe_t pipe;
  Listener listener;
  bool ended = false;
  bool abandoned = false;                // the Stream is gone: call nobody
  std::array<char, kReadSize> buffer{};  // one read at a time, so one buffer

  void end() {
    if (ended || abandoned) {
      return;
    }
    ended = true;
    uv_read_stop(reinterpret_cast<uv_stream_t*>(&pipe));
    auto on_end = listener.on_end;  // a copy: it may destroy the Stream
    if (on_end) {
      on_end();
    }
  }
};

namespace {

struct PendingWrite {
  uv_write_t request;
  std::string bytes;
};

}  // namespace

Stream::Stream(uv_loop_s* loop, UniqueFd fd, Listener listener) : state_(new State{}) {
  state_->listener = std::move(listener);
  STINT_CHECK(uv_pipe_init(loop, &state_->pipe, 0) == 0);
  state_->pipe.data = state_;
  if (uv_pipe_open(&state_->pipe, fd.get()) != 0) {
    state_->ended = true;  // nothing that is open and ours fails here; writes are dropped
    return;
  }
  (void)fd.release();
  if (!state_->listener.on_data) {
    return;
  }
  auto allocate = [](uv_handle_t* handle, size_t, uv_buf_t* out) {
    auto* state = static_cast<State*>(handle->data);
    if (state->listener.before_read) {
      state->listener.before_read();
    }
    *out = uv_buf_init(state->buffer.data(), static_cast<unsigned>(state->buffer.size()));
  };
  auto on_read = [](uv_stream_t* stream, ssize_t size, const uv_buf_t* bytes) {
    auto* state = static_cast<State*>(stream->data);
    if (size > 0) {
      auto on_data = state->listener.on_data;  // a copy: it may destroy the Stream
      on_data({bytes->base, static_cast<size_t>(size)});
    } else if (size < 0) {
      state->end();
    }
  };
  uv_read_start(reinterpret_cast<uv_stream_t*>(&state_->pipe), allocate, on_read);
}

Stream::~Stream() {
  state_->abandoned = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->pipe),
           [](uv_handle_t* handle) { delete static_cast<State*>(handle->data); });
}

void Stream::drain() {
  uv_os_fd_t fd = -1;
  if (state_->ended || uv_fileno(reinterpret_cast<uv_handle_t*>(&state_->pipe), &fd) != 0) {
    return;
  }
  int left = 0;
  if (ioctl(fd, FIONREAD, &left) != 0) {
    return;
  }
  while (left > 0) {
    size_t most = std::min(state_->buffer.size(), static_cast<size_t>(left));
    ssize_t size = ::read(fd, state_->buffer.data(), most);  // non-blocking
    if (size <= 0) {
      return;
    }
    left -= static_cast<int>(size);
    state_->listener.on_data({state_->buffer.data(), static_cast<size_t>(size)});
  }
}

void Stream::write(std::string bytes) {
  if (state_->ended) {
    return;
  }
  auto* pending = new PendingWrite{{}, std::move(bytes)};
  pending->request.data = pending;
  uv_buf_t buffer =
      uv_buf_init(pending->bytes.data(), static_cast<unsigned>(pending->bytes.size()));
  auto on_written = [](uv_write_t* request, int status) {
    auto* state = static_cast<State*>(request->handle->data);
    delete static_cast<PendingWrite*>(request->data);
    if (status < 0) {
      state->end();
    }
  };
  if (uv_write(&pending->request, reinterpret_cast<uv_stream_t*>(&state_->pipe), &buffer, 1,
               on_written) != 0) {
    delete pending;
  }
}

}  // namespace stint
