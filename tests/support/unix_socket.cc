#include "tests/support/unix_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace stint::test {

UniqueFd unix_socket(const std::string& path, bool listening) {
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  void* raw = &address;
  auto* generic = static_cast<sockaddr*>(raw);
  bool ok = listening ? bind(fd.get(), generic, sizeof address) == 0 && listen(fd.get(), 64) == 0
                      : connect(fd.get(), generic, sizeof address) == 0;
  return ok ? std::move(fd) : UniqueFd();
}

}  // namespace stint::test
