#include "daemon/worker_name.h"

#include <unistd.h>

#include <array>

#include "common/queue/submit.h"

namespace stint {

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) {
    return "host";
  }
  return name.data();
}

std::string sanitize_host(std::string_view host) {
  constexpr size_t kMaxHost = 64;
  std::string out;
  for (char c : host.substr(0, kMaxHost)) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '.' || c == '-';
    out += plain ? c : '-';
  }
  return out.empty() ? "host" : out;
}

std::string worker_id_stem(std::string_view host) {
  return sanitize_host(host) + "-" + std::to_string(getpid()) + "-" + new_nonce();
}

}  // namespace stint
