// The task of the chaos runner: tells the witness (witness.py) when it begins, that it still runs,
// and when it ends, with stamps of CLOCK_BOOTTIME taken before it speaks. What it does besides is
// told by its parameters, byte for byte {"ms":40,"do":"ok","times":1}: it lasts so long, and so
// many attempts misbehave before one succeeds.
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include <stint/task.hpp>

namespace {

using std::chrono::milliseconds;
constexpr milliseconds kTick{20};
std::string witness_socket;
std::string host_name;

int64_t boot_ns() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

// The connection of one attempt. What cannot be said is not: the witness may be gone at the end.
class Report {
 public:
  explicit Report(const stint::Job& job) : fd_(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
    int64_t begin = boot_ns();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    witness_socket.copy(address.sun_path, sizeof address.sun_path - 1);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("the witness cannot be reached");
    }
    auto resource = job.resource().empty() ? "-" : job.resource();
    say("begin " + job.id() + " " + resource + " " + std::to_string(job.token()) + " " +
        std::to_string(job.attempt()) + " " + host_name + " " + std::to_string(getpid()) + " " +
        std::to_string(getppid()) + " " + std::to_string(begin));
    char answer[16]{};
    accepted_ = recv(fd_, answer, sizeof answer - 1, 0) > 0 && std::strcmp(answer, "ok") == 0;
  }
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;
  ~Report() { close(fd_); }

  bool accepted() const { return accepted_; }
  void tick() const { say("tick " + std::to_string(boot_ns())); }
  void end(const char* how) const {
    say(std::string("end ") + how + " " + std::to_string(boot_ns()));
  }

 private:
  void say(const std::string& text) const {
    (void)send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
  }
  int fd_;
  bool accepted_ = false;
};

// Runs until the time is over (true) or it has to stop (false).
bool work(const stint::Job& job, const Report& report, int64_t ms) {
  int64_t until = boot_ns() + ms * 1'000'000;
  while (boot_ns() < until) {
    if (job.wait_stop(kTick)) {
      return false;
    }
    report.tick();
  }
  return true;
}

[[noreturn]] void never_stop(const Report& report, bool deaf) {
  if (deaf) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
  }
  while (true) {
    std::this_thread::sleep_for(kTick);
    report.tick();
  }
}

void misbehave(const Report& report, const std::string& what) {
  if (what == "fail") {
    report.end("fail");
    throw std::runtime_error("as asked");
  }
  if (what == "crash") {
    report.tick();
    std::abort();
  }
  if (what == "exit") {
    report.tick();
    _exit(0);
  }
  if (what == "hang" || what == "deaf") {
    never_stop(report, what == "deaf");
  }
}

void stopped(stint::Job& job, const Report& report) {
  auto why = job.stop_reason();
  report.end("stopped");
  if (why == stint::Stop::kShutdown) {
    job.release();
    return;
  }
  throw std::runtime_error(std::string("stopped: ") + stint::to_string(why));
}

void run(stint::Job& job) {
  int ms = 0;
  char what[16] = "ok";
  int times = 0;
  std::string params(job.params());
  (void)std::sscanf(params.c_str(), R"({"ms":%d,"do":"%15[a-z]","times":%d)", &ms, what, &times);
  Report report(job);
  if (!report.accepted()) {
    throw std::runtime_error("the witness refused the token " + std::to_string(job.token()));
  }
  job.progress(R"({"attempt":)" + std::to_string(job.attempt()) + "}");
  if (!work(job, report, ms)) {
    stopped(job, report);
    return;
  }
  if (static_cast<int>(job.attempt()) <= times) {
    misbehave(report, what);
  }
  job.log("done with token " + std::to_string(job.token()));
  report.end("ok");
  job.succeed(R"({"token":")" + std::to_string(job.token()) + "\"}");
}

std::string member(std::string_view config, const std::string& name) {
  auto at = config.find("\"" + name + "\":\"");
  if (at == std::string_view::npos) {
    throw std::runtime_error("no " + name + " in my configuration");
  }
  at += name.size() + 4;
  return std::string(config.substr(at, config.find('"', at) - at));
}

}  // namespace

STINT_PLUGIN("witness", "1.0") {
  plugin.on_open([](const stint::OpenInfo& info) {
    witness_socket = member(info.config, "socket");
    host_name = member(info.config, "host");
  });
  plugin.task("witness", run);
}
