#include "common/redis/link.h"

#include <uv.h>

#include <array>
#include <vector>

#include "common/redis/socket.h"

namespace stint::redis {

namespace {

// A Redis that answers faster than we read may not keep the loop's other handles waiting.
constexpr int kReadsPerTurn = 16;

}  // namespace

struct Link::State : std::enable_shared_from_this<Link::State> {
  uv_loop_t* loop = nullptr;
  Url url;
  Listener listener;
  bool over = false;  // ended or destroyed: no callback any more
  bool open = false;
  uv_getaddrinfo_t* lookup = nullptr;  // while it is under way; owns itself
  std::vector<Address> addresses;
  size_t next_address = 0;
  UniqueFd fd;
  uv_poll_t* poll = nullptr;  // on the heap: libuv needs it beyond our end
  int watched = 0;
  std::string out;
  size_t sent = 0;
  std::array<char, 65536> in{};

  void look_up();
  void try_next(const std::string& last_cause);
  void on_poll(int status, int events);
  void on_connected(int status);
  void read();
  void write();
  void watch(int events);
  void release();
  void end(const std::string& cause);
};

namespace {

struct AddressRequest {
  uv_getaddrinfo_t request{};
  std::function<void(int status, addrinfo* list)> done;
};

}  // namespace

void Link::State::look_up() {
  addresses = literal_address(url);
  if (!addresses.empty()) {
    listener.on_found();
    try_next("");
    return;
  }
  auto* asked = new AddressRequest;
  asked->request.data = asked;
  asked->done = [weak = weak_from_this()](int status, addrinfo* list) {
    auto self = weak.lock();
    if (!self || self->over) {
      return;
    }
    self->lookup = nullptr;
    self->addresses = to_addresses(list);
    self->listener.on_found();
    self->try_next(status == 0 ? "the name has no address" : uv_strerror(status));
  };
  addrinfo hints = resolve_hints();
  int failed = uv_getaddrinfo(
      loop, &asked->request,
      [](uv_getaddrinfo_t* request, int status, addrinfo* list) {
        std::unique_ptr<AddressRequest> owned(static_cast<AddressRequest*>(request->data));
        owned->done(status, status == 0 ? list : nullptr);
        uv_freeaddrinfo(list);
      },
      url.host.c_str(), std::to_string(url.port).c_str(), &hints);
  if (failed != 0) {
    delete asked;
    end(uv_strerror(failed));
    return;
  }
  lookup = &asked->request;
}

// Begins with the next address; after the last one, last_cause is the end.
void Link::State::try_next(const std::string& last_cause) {
  release();
  std::string cause = last_cause;
  while (next_address < addresses.size()) {
    auto connecting = begin_connect(addresses[next_address++]);
    if (connecting) {
      fd = std::move(*connecting);
      break;
    }
    cause = connecting.error().message;
  }
  if (!fd) {
    end(cause);
    return;
  }
  poll = new uv_poll_t{};
  if (int failed = uv_poll_init(loop, poll, fd.get()); failed != 0) {
    delete poll;
    poll = nullptr;
    end(uv_strerror(failed));
    return;
  }
  poll->data = this;
  watched = 0;
  watch(UV_WRITABLE);
}

void Link::State::watch(int events) {
  if (events == watched) {
    return;  // libuv would take it out of epoll and put it in again
  }
  watched = events;
  uv_poll_start(poll, events, [](uv_poll_t* handle, int status, int happened) {
    auto self = static_cast<State*>(handle->data)->shared_from_this();
    self->on_poll(status, happened);
  });
}

void Link::State::on_poll(int status, int events) {
  if (!open) {
    on_connected(status);
    return;
  }
  // libuv tells of an error on the socket by a negative status and stops the handle: reading says
  // which it is.
  if (status < 0 || (events & UV_READABLE) != 0) {
    read();
  }
  if (!over && status < 0) {
    end(uv_strerror(status));
  }
  if (!over && (events & UV_WRITABLE) != 0) {
    write();
  }
}

void Link::State::on_connected(int status) {
  int error = connect_error(fd.get());
  if (error != 0 || status < 0) {
    try_next(error != 0 ? system_error_text(error) : uv_strerror(status));
    return;
  }
  open = true;
  watch(UV_READABLE);
  listener.on_open();
}

void Link::State::read() {
  for (int i = 0; i < kReadsPerTurn && !over; ++i) {
    auto n = receive_some(fd.get(), in.data(), in.size());
    if (!n) {
      end(n.error().message);
      return;
    }
    if (*n < 0) {
      return;
    }
    auto size = static_cast<size_t>(*n);
    listener.on_data(in.data(), size);
    if (size < in.size()) {
      return;
    }
  }
}

void Link::State::write() {
  while (sent < out.size()) {
    auto n = send_some(fd.get(), out.data() + sent, out.size() - sent);
    if (!n) {
      end(n.error().message);
      return;
    }
    if (*n < 0) {
      watch(UV_READABLE | UV_WRITABLE);
      return;
    }
    sent += static_cast<size_t>(*n);
  }
  out.clear();
  sent = 0;
  watch(UV_READABLE);
}

// Gives handle and socket back to libuv and the kernel, in this order.
void Link::State::release() {
  if (poll != nullptr) {
    uv_close(reinterpret_cast<uv_handle_t*>(poll),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
    poll = nullptr;
  }
  fd.reset();
}

void Link::State::end(const std::string& cause) {
  over = true;
  release();
  listener.on_end(cause);
}

Link::Link(uv_loop_s* loop, Url url, Listener listener) : state_(std::make_shared<State>()) {
  state_->loop = loop;
  state_->url = std::move(url);
  state_->listener = std::move(listener);
}

Link::~Link() {
  state_->over = true;
  // One that still waits for a thread: while no name server answers they would pile up.
  if (state_->lookup != nullptr) {
    uv_cancel(reinterpret_cast<uv_req_t*>(state_->lookup));
  }
  state_->release();
}

void Link::start() {
  auto keep = state_;
  keep->look_up();
}

void Link::send(std::string bytes) {
  auto keep = state_;
  if (keep->over) {
    return;
  }
  if (keep->out.empty()) {
    keep->out = std::move(bytes);
    keep->write();
    return;
  }
  // Being written: what has gone is dropped once it is the larger part, so that a byte is moved
  // once at most.
  if (keep->sent > keep->out.size() / 2) {
    keep->out.erase(0, keep->sent);
    keep->sent = 0;
  }
  keep->out += bytes;
}

}  // namespace stint::redis
