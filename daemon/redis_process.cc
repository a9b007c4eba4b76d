#include "daemon/redis_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <system_error>
#include <vector>

#include "daemon/exec_report.h"

namespace stint {

namespace {

Error redis_error(const std::string& what, int error) {
  return {ErrorCode::kInternal,
          "embedded Redis: " + what + ": " + std::system_category().message(error)};
}

std::string data_folder(const Config& config) {
  return config.state_dir + "/redis";
}

// As in redis.conf: in double quotes, with escapes.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    out += c == '"' || c == '\\' ? "\\" : "";
    out += c;
  }
  return out + "\"";
}

std::string find_in_path(const std::string& program) {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  std::string folders = path != nullptr ? path : "";
  folders += ":/usr/bin:/usr/local/bin";
  for (size_t start = 0; start < folders.size();) {
    size_t end = std::min(folders.find(':', start), folders.size());
    std::string file = folders.substr(start, end - start) + "/" + program;
    if (file.front() == '/' && access(file.c_str(), X_OK) == 0) {
      return file;
    }
    start = end + 1;
  }
  return {};
}

struct Ends {
  UniqueFd read;
  UniqueFd write;
};

Result<Ends> make_ends() {
  std::array<int, 2> fds{};
  if (pipe2(fds.data(), O_CLOEXEC) != 0) {
    return redis_error("pipe", errno);
  }
  return Ends{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

struct RedisChild {
  const char* program;
  char* const* argv;
  char* const* env;
  int config;  // becomes stdin
  int output;  // becomes stdout and stderr
  int lock;    // stays open beyond exec
  int report;  // errno, if there is no exec
  pid_t parent;
};

// The child, until it is redis-server. Only async-signal-safe calls.
[[noreturn]] void become_redis(const RedisChild& child) {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) {
    (void)sigaction(number, &action, nullptr);
  }
  (void)setpgid(0, 0);
  (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != child.parent) {
    _exit(0);  // the parent died before that call
  }
  (void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);  // what stintd was started with is not for Redis
  bool placed = dup2(child.config, 0) == 0 && dup2(child.output, 1) == 1 &&
                dup2(child.output, 2) == 2 && fcntl(child.lock, F_SETFD, 0) == 0;
  if (placed) {
    (void)umask(0077);
    sigset_t none;
    sigemptyset(&none);
    (void)pthread_sigmask(SIG_SETMASK, &none, nullptr);
    execve(child.program, child.argv, child.env);
  }
  report_failure(child.report);
}

// Far below a pipe's capacity, so this does not block.
Result<UniqueFd> configuration_pipe(const Config& config) {
  auto ends = make_ends();
  if (!ends) {
    return ends.error();
  }
  std::string text = redis_configuration(config);
  if (write(ends->write.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return redis_error("pipe", errno);
  }
  return std::move(ends->read);
}

Result<pid_t> fork_redis(RedisChild child, int report_read, UniqueFd report_write) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before);
  child.parent = getpid();
  child.report = report_write.get();
  pid_t pid = fork();
  if (pid == 0) {
    become_redis(child);
  }
  int fork_error = errno;
  (void)pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    return redis_error("fork", fork_error);
  }
  report_write.reset();
  if (int error = read_report(report_read); error != 0) {
    (void)waitpid(pid, nullptr, 0);
    return redis_error(std::string("cannot run ") + child.program, error);
  }
  return pid;
}

}  // namespace

std::string redis_configuration(const Config& config) {
  // everysec: DiskSync does it, and better. proto-max-bulk-len: nothing of ours is as large; an
  // inbox entry of hundreds of MB would keep Redis from its work for seconds.
  std::string fsync = config.durability == "always" ? "always" : "no";
  return "port 0\nunixsocket " + quoted(config.redis.socket) + "\nunixsocketperm 770\ndir " +
         quoted(data_folder(config)) +
         "\ndaemonize no\nsupervised no\nlogfile \"\"\nloglevel notice\nalways-show-logo no\n"
         "save \"\"\nappendonly yes\nappendfsync " +
         fsync + "\nmaxmemory " + std::to_string(config.maxmemory) +
         "\nmaxmemory-policy noeviction\nproto-max-bulk-len 16mb\n";
}

Result<void> prepare_redis_folder(const Config& config) {
  if (config.redis.socket.size() >= sizeof(sockaddr_un::sun_path)) {
    return Error{ErrorCode::kConfig,
                 "state directory " + config.state_dir +
                     ": its path is too long for the Unix socket in it (107 bytes)"};
  }
  std::string folder = data_folder(config);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return redis_error("cannot make " + folder, errno);
  }
  if (chmod(folder.c_str(), 0700) != 0) {
    return redis_error("cannot protect " + folder, errno);
  }
  return {};
}

Result<UniqueFd> lock_redis_folder(const Config& config) {
  std::string file = data_folder(config) + "/redis.lock";
  UniqueFd fd(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) {
    return redis_error("cannot open " + file, errno);
  }
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK
               ? Error{ErrorCode::kConflict,
                       "embedded Redis: another redis-server still runs in " + data_folder(config)}
               : redis_error("cannot lock " + file, errno);
  }
  return fd;
}

Result<RedisProcess> start_redis(const Config& config, UniqueFd lock) {
  std::string program = find_in_path("redis-server");
  if (program.empty()) {
    return Error{ErrorCode::kConfig,
                 "embedded Redis: there is no redis-server in PATH; install it "
                 "(apt install redis-server), or set redis.url to a Redis that runs"};
  }
  auto configuration = configuration_pipe(config);
  auto output = make_ends();
  auto report = make_ends();
  if (!configuration || !output || !report) {
    return redis_error("pipe", EMFILE);
  }
  std::string name = "redis-server";
  std::string dash = "-";
  std::string path = "PATH=/usr/local/bin:/usr/bin:/bin";
  std::array<char*, 3> argv{name.data(), dash.data(), nullptr};
  std::array<char*, 2> env{path.data(), nullptr};
  RedisChild child{program.c_str(),     argv.data(), env.data(), configuration->get(),
                   output->write.get(), lock.get(),  -1,         -1};
  auto pid = fork_redis(child, report->read.get(), std::move(report->write));
  if (!pid) {
    return pid.error();
  }
  return RedisProcess{*pid, std::move(output->read)};
}

}  // namespace stint
