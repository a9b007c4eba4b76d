#include "common/redis/client.h"

#include <errno.h>
#include <poll.h>

#include <array>
#include <thread>

#include "common/kill_point.h"
#include "common/redis/handshake.h"
#include "common/redis/resolve.h"
#include "common/redis/wire.h"

namespace stint::redis {

namespace {

constexpr milliseconds kCommandTimeout{10'000};
constexpr milliseconds kLoadingPause{50};

bool is_starting_up(const Error& error) {
  return error.message.find(": LOADING ") != std::string::npos ||
         error.message.find(": BUSY ") != std::string::npos;
}

// Waits for events until the deadline.
Result<void> await_events(int fd, short events, MonoTime deadline) {
  while (true) {
    milliseconds left = deadline - now_mono();
    pollfd entry{fd, events, 0};
    int n = left.count() > 0 ? poll(&entry, 1, static_cast<int>(left.count())) : 0;
    if (n > 0) {
      return {};
    }
    if (n == 0) {
      return Error{ErrorCode::kUnavailable, "it does not answer"};
    }
    if (errno != EINTR) {
      return Error{ErrorCode::kUnavailable, system_error_text(errno)};
    }
  }
}

Result<UniqueFd> connect_one(const Address& address, MonoTime deadline) {
  auto fd = begin_connect(address);
  if (!fd) {
    return fd;
  }
  if (auto writable = await_events(fd->get(), POLLOUT, deadline); !writable) {
    return writable.error();
  }
  if (int error = connect_error(fd->get()); error != 0) {
    return Error{ErrorCode::kUnavailable, system_error_text(error)};
  }
  return fd;
}

Result<UniqueFd> connect_any(const Url& url, MonoTime deadline) {
  auto addresses = resolve(url, deadline);
  if (!addresses) {
    return addresses.error();
  }
  Error last{ErrorCode::kUnavailable, "the name has no address"};
  for (const auto& address : *addresses) {
    auto fd = connect_one(address, deadline);
    if (fd) {
      return fd;
    }
    last = fd.error();
  }
  return last;
}

}  // namespace

struct Client::Impl {
  UniqueFd fd;
  Reader reader;
  std::string where;           // for messages
  std::optional<Error> death;  // the first I/O error: nothing can be trusted after it
  size_t begun = 0;            // commands whose reply nobody has awaited
  std::array<char, 16384> in{};
  std::string out;  // the bytes of the one that is sent: kept for its room

  Error die(const Error& cause) {
    fd.reset();
    death = with_context(where, cause);
    return *death;
  }

  Result<void> send_all(const std::string& bytes, MonoTime deadline) {
    size_t sent = 0;
    while (sent < bytes.size()) {
      auto n = send_some(fd.get(), bytes.data() + sent, bytes.size() - sent);
      if (!n) {
        return die(n.error());
      }
      sent += *n > 0 ? static_cast<size_t>(*n) : 0;
      if (*n < 0) {
        if (auto writable = await_events(fd.get(), POLLOUT, deadline); !writable) {
          return die(writable.error());
        }
      }
    }
    return {};
  }

  Result<OwnedReply> receive(MonoTime deadline) {
    while (true) {
      auto reply = reader.next();
      if (!reply) {
        return die(reply.error());
      }
      if (*reply) {
        return OwnedReply(reply->release());
      }
      auto n = receive_some(fd.get(), in.data(), in.size());
      if (!n) {
        return die(n.error());
      }
      if (*n > 0) {
        reader.feed(in.data(), static_cast<size_t>(*n));
      } else if (auto readable = await_events(fd.get(), POLLIN, deadline); !readable) {
        return die(readable.error());
      }
    }
  }

  std::optional<Error> greet(const Url& url, const std::string& name, MonoTime deadline) {
    auto steps = greeting(url, name, false);
    std::string bytes;
    for (const auto& step : steps) {
      append_command(bytes, step.command, false);
    }
    if (auto sent = send_all(bytes, deadline); !sent) {
      return sent.error();
    }
    for (const auto& step : steps) {
      auto reply = receive(deadline);
      if (!reply) {
        return reply.error();
      }
      if (auto wrong = judge_greeting(step.what, accepted(reply->view()))) {
        return with_context(where, *wrong);
      }
    }
    return std::nullopt;
  }

  // Sends the given commands and replaces their results. by_text: as EVAL.
  void exchange(const std::vector<Command>& commands, const std::vector<size_t>& which,
                bool by_text, std::vector<Result<OwnedReply>>& results) {
    MonoTime deadline = now_mono() + kCommandTimeout;
    std::string bytes;
    for (size_t i : which) {
      append_command(bytes, commands[i], by_text);
    }
    if (!death && begun > 0) {
      (void)die({ErrorCode::kUnavailable, "an earlier command was given up"});
    }
    if (!death) {
      (void)send_all(bytes, deadline).ok();
    }
    for (size_t i : which) {
      results[i] = death ? Result<OwnedReply>(*death) : receive(deadline);
    }
  }
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<Client> Client::connect(const Url& url, milliseconds timeout, const std::string& name) {
  MonoTime deadline = now_mono() + timeout;
  while (true) {
    auto impl = std::make_unique<Impl>();
    impl->where = url.display();
    auto fd = connect_any(url, deadline);
    if (!fd) {
      return with_context(impl->where, fd.error());
    }
    impl->fd = std::move(*fd);
    auto wrong = impl->greet(url, name, deadline);
    if (!wrong) {
      return Client(std::move(impl));
    }
    bool may_wait = now_mono() + kLoadingPause < deadline;
    if (!may_wait || !is_starting_up(*wrong)) {
      return *wrong;
    }
    std::this_thread::sleep_for(kLoadingPause);
  }
}

Result<OwnedReply> Client::run(const Command& command) {
  return std::move(run_all({command}).front());
}

std::vector<Result<OwnedReply>> Client::run_all(const std::vector<Command>& commands) {
  std::vector<Result<OwnedReply>> results;
  std::vector<size_t> all;
  for (size_t i = 0; i < commands.size(); ++i) {
    kill_point("before", name_of(commands[i]));
    results.emplace_back(Error{ErrorCode::kUnavailable, impl_->where});
    all.push_back(i);
  }
  impl_->exchange(commands, all, false, results);

  std::vector<size_t> unknown_scripts;
  for (size_t i : all) {
    if (results[i] && commands[i].script != nullptr && is_noscript(results[i]->view())) {
      unknown_scripts.push_back(i);
    }
  }
  if (!unknown_scripts.empty()) {
    impl_->exchange(commands, unknown_scripts, true, results);
  }
  for (const auto& command : commands) {
    kill_point("after", name_of(command));
  }
  for (auto& result : results) {
    if (result && result->view().is_error()) {
      result = refused(result->view());
    }
  }
  return results;
}

void Client::begin(const Command& command) {
  kill_point("before", name_of(command));
  ++impl_->begun;
  if (!impl_->death) {
    impl_->out.clear();
    append_command(impl_->out, command, false);
    (void)impl_->send_all(impl_->out, now_mono() + kCommandTimeout).ok();
  }
}

Result<std::unique_ptr<OwnedReply>> Client::end(std::string_view name) {
  STINT_CHECK(impl_->begun > 0);
  --impl_->begun;
  auto reply = impl_->death ? Result<OwnedReply>(*impl_->death)
                            : impl_->receive(now_mono() + kCommandTimeout);
  kill_point("after", name);
  if (!reply) {
    return reply.error();
  }
  if (is_noscript(reply->view())) {
    return std::unique_ptr<OwnedReply>();
  }
  if (reply->view().is_error()) {
    return refused(reply->view());
  }
  return std::make_unique<OwnedReply>(std::move(*reply));
}

}  // namespace stint::redis
