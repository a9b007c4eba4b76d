// A name server that takes longer than a connection may: as the second of two does when the first
// is dead.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/fault/steps.h"
#include "tests/support/paths.h"
#include "tests/support/redis_server.h"

using namespace stint;
using namespace stint::test;

namespace {

constexpr milliseconds kSlow{6'000};  // a connection has 5 s

// To a question for an IPv4 address 127.0.0.1, to others nothing. Shapes: RFC 1035, 4.1.
std::string answer(std::string_view question) {
  bool is_a = question.substr(question.size() - 4) == std::string_view("\0\1\0\1", 4);
  std::string text(question.substr(0, 2));
  text += std::string("\x81\x80\0\1\0", 5) + (is_a ? '\1' : '\0') + std::string(4, '\0');
  text += question.substr(12);
  if (is_a) {
    text += std::string("\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1", 16);
  }
  return text;
}

class SlowNames {
 public:
  explicit SlowNames(const std::string& address)
      : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(53);
    inet_pton(AF_INET, address.c_str(), &at.sin_addr);
    timeval soon{0, 50'000};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    bound_ = bind(socket_.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
    thread_ = std::thread([this] { serve(); });
  }
  ~SlowNames() {
    over_ = true;
    thread_.join();
  }
  bool bound() const { return bound_; }

 private:
  struct Late {
    MonoTime due;
    sockaddr_in to;
    std::string text;
  };

  void serve() {
    std::array<char, 512> bytes{};
    std::vector<Late> late;
    while (!over_) {
      sockaddr_in from{};
      socklen_t size = sizeof from;
      ssize_t n = recvfrom(socket_.get(), bytes.data(), bytes.size(), 0,
                           reinterpret_cast<sockaddr*>(&from), &size);
      if (n >= 17) {
        late.push_back({now_mono() + kSlow, from, answer({bytes.data(), static_cast<size_t>(n)})});
      }
      while (!late.empty() && now_mono() >= late.front().due) {
        const Late& one = late.front();
        (void)sendto(socket_.get(), one.text.data(), one.text.size(), 0,
                     reinterpret_cast<const sockaddr*>(&one.to), sizeof one.to);
        late.erase(late.begin());
      }
    }
  }

  UniqueFd socket_;
  bool bound_ = false;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace

TEST_CASE("a name server that answers later than Redis would have to is waited for") {
  TempDir dir;
  std::string address =
      "127.53." + std::to_string(getpid() / 250 % 250) + "." + std::to_string(1 + getpid() % 250);
  SlowNames names(address);
  if (!names.bound() ||
      run({"unshare", "-m", "mount", "--bind", dir.path(), dir.path()}).code != 0) {
    WARN("not shown here: only root may have a name server and a file system of its own");
    return;
  }
  write_file(dir / "resolv.conf", "nameserver " + address + "\noptions timeout:10 attempts:1\n");
  // stintd in a namespace in which that is /etc/resolv.conf.
  write_file(dir / "stintd", "#!/bin/sh\nexec unshare -m sh -c 'mount --bind \"" +
                                 (dir / "resolv.conf") + "\" /etc/resolv.conf && exec \"" +
                                 bin_dir() + "/stintd\" \"$@\"' sh \"$@\"\n");
  std::filesystem::permissions(dir / "stintd", std::filesystem::perms{0755});
  RedisOptions tcp;
  tcp.tcp = true;
  RedisServer redis(tcp);
  DaemonOptions options;
  options.programs = dir.path();
  options.redis_url = "redis://slow.test:" + std::to_string(redis.url().port) + "/0";
  Daemon daemon(options);  // ready, with a worker that has found it too
  CHECK(daemon.log().find("does not answer") == std::string::npos);
  daemon.stop();
}
