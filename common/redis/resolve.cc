#include "common/redis/resolve.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include <netdb.h>

namespace stint::redis {

namespace {

struct Lookup {
  std::mutex mutex;
  std::condition_variable ended;
  std::optional<Result<std::vector<Address>>> result;
};

Result<std::vector<Address>> look_up(const std::string& host, const std::string& port) {
  addrinfo hints = resolve_hints();
  addrinfo* list = nullptr;
  if (int failed = getaddrinfo(host.c_str(), port.c_str(), &hints, &list); failed != 0) {
    return Error{ErrorCode::kUnavailable, gai_strerror(failed)};
  }
  auto addresses = to_addresses(list);
  freeaddrinfo(list);
  return addresses;
}

}  // namespace

Result<std::vector<Address>> resolve(const Url& url, MonoTime deadline) {
  if (auto literal = literal_address(url); !literal.empty()) {
    return literal;
  }
  auto lookup = std::make_shared<Lookup>();
  try {
    std::thread([lookup, host = url.host, port = std::to_string(url.port)] {
      auto result = look_up(host, port);
      std::lock_guard lock(lookup->mutex);
      lookup->result = std::move(result);
      lookup->ended.notify_one();
    }).detach();
  } catch (const std::system_error& error) {
    return Error{ErrorCode::kUnavailable, std::string("no thread to look it up: ") + error.what()};
  }

  std::unique_lock lock(lookup->mutex);
  lookup->ended.wait_for(lock, deadline - now_mono(), [&] { return lookup->result.has_value(); });
  if (!lookup->result) {
    return Error{ErrorCode::kUnavailable, "the name service does not answer"};
  }
  return *lookup->result;
}

}  // namespace stint::redis
