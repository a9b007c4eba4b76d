#include "tests/support/redis_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <stdexcept>

#include "common/unique_fd.h"
#include "tests/support/eventually.h"

namespace stint::test {

namespace {

int free_port() {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  void* raw = &address;
  if (bind(fd.get(), static_cast<sockaddr*>(raw), size) != 0 ||
      getsockname(fd.get(), static_cast<sockaddr*>(raw), &size) != 0) {
    throw std::runtime_error("no free port");
  }
  return ntohs(address.sin_port);
}

}  // namespace

std::string text_of(redis::ReplyView reply) {
  if (reply.is_integer()) {
    return std::to_string(reply.integer());
  }
  if (!reply.is_array()) {
    return std::string(reply.str());
  }
  std::string out;
  for (size_t i = 0; i < reply.size(); ++i) {
    out += (i == 0 ? "" : " ") + text_of(reply[i]);
  }
  return out;
}

RedisServer::RedisServer(RedisOptions options) : options_(std::move(options)) {
  url_.user = options_.user;
  url_.password = options_.password;
  if (options_.tcp) {
    url_.host = "127.0.0.1";
    url_.port = free_port();
  } else {
    url_.socket = socket();
  }
  for (int tries = 1;; ++tries) {
    try {
      start();
      return;
    } catch (const std::runtime_error&) {
      // Somebody else may have been given the port between our asking for it and Redis' start.
      if (!options_.tcp || tries == 3) {
        throw;
      }
      url_.port = free_port();
    }
  }
}

std::string RedisServer::url_text() const {
  std::string who = options_.password.empty() ? "" : options_.user + ":" + options_.password + "@";
  return options_.tcp ? "redis://" + who + "127.0.0.1:" + std::to_string(url_.port)
                      : "unix://" + who + url_.socket;
}

void RedisServer::start() {
  std::vector<std::string> argv = {"redis-server", "--save",      "",
                                   "--appendonly", "no",          "--dir",
                                   dir_.path(),    "--daemonize", "no"};
  auto add = [&](std::vector<std::string> more) {
    argv.insert(argv.end(), more.begin(), more.end());
  };
  if (options_.tcp) {
    add({"--port", std::to_string(url_.port), "--bind", "127.0.0.1"});
  } else {
    add({"--port", "0", "--unixsocket", url_.socket});
  }
  if (!options_.password.empty() && options_.user.empty()) {
    add({"--requirepass", options_.password});
  } else if (!options_.password.empty()) {
    add({"--user", options_.user, "on", ">" + options_.password, "~*", "&*", "+@all", "--user",
         "default", "off"});
  }
  if (options_.cluster) {
    add({"--cluster-enabled", "yes", "--bind", "127.0.0.1", "--cluster-port",
         std::to_string(free_port())});
  }
  add(options_.extra);
  process_ = std::make_unique<Process>(Spawn{argv, options_.env, {}, {}});

  std::string why;
  bool up = eventually(kSoon, [&] {
    auto client = redis::Client::connect(url_, kSoon, "test");
    why = client ? "" : client.error().message;
    return client.ok() || !process_->running();
  });
  if (!up || !process_->running()) {
    throw std::runtime_error("redis-server does not start: " + why + "\n" + process_->out());
  }
  if (options_.cluster) {
    command({"CLUSTER", "ADDSLOTSRANGE", "0", "16383"});
    (void)eventually(kSoon, [&] {
      return command({"CLUSTER", "INFO"}).starts_with("cluster_state:ok");
    });
  }
}

pid_t RedisServer::pid() const {
  return process_->pid();
}

redis::Client RedisServer::client() const {
  auto client = redis::Client::connect(url_, kSoon, "test");
  if (!client) {
    throw std::runtime_error(client.error().message);
  }
  return std::move(client).value();
}

std::string RedisServer::command(std::vector<std::string> args) const {
  auto reply = client().run(redis::plain(std::move(args)));
  if (!reply) {
    throw std::runtime_error(reply.error().message);
  }
  return text_of(reply->view());
}

void RedisServer::kill9() {
  process_->kill9();
}

void RedisServer::stop() {
  process_->signal(SIGTERM);
  process_->signal(SIGCONT);
  if (!process_->wait(kSoon)) {
    throw std::runtime_error("redis-server does not stop");
  }
}

void RedisServer::restart() {
  process_->kill9();
  start();
}

void RedisServer::signal(int number) const {
  process_->signal(number);
}

}  // namespace stint::test
