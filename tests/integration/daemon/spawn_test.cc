#include "daemon/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <string>

#include <catch2/catch.hpp>

#include "tests/support/temp_dir.h"

using namespace stint;

namespace {

struct Shell {
  UniqueFd binary{open("/bin/sh", O_RDONLY | O_CLOEXEC)};
  UniqueFd ours, control, recorder, out_read, out_write;

  Shell() {
    std::array<int, 2> pair{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) == 0);
    ours.reset(pair[0]);
    control.reset(pair[1]);
    REQUIRE(pipe2(pair.data(), O_CLOEXEC) == 0);
    out_read.reset(pair[0]);
    out_write.reset(pair[1]);
    recorder.reset(open("/dev/null", O_RDWR | O_CLOEXEC));
  }

  // What the script printed, and how it ended.
  std::string run(const std::string& script,
                  std::vector<std::string> env = {"PATH=/usr/bin:/bin"}) {
    SpawnRequest request;
    request.binary = binary.get();
    request.argv = {"sh", "-c", script};
    request.env = std::move(env);
    request.control = control.get();
    request.recorder = recorder.get();
    request.out = out_write.get();
    request.err = out_write.get();
    auto pid = spawn(request);
    REQUIRE(pid);
    out_write.reset();
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t size = 1; size > 0;) {
      size = read(out_read.get(), buffer.data(), buffer.size());
      text.append(buffer.data(), size > 0 ? static_cast<size_t>(size) : 0);
    }
    int status = 0;
    REQUIRE(waitpid(*pid, &status, 0) == *pid);
    CHECK(status == 0);
    return text;
  }
};

}  // namespace

TEST_CASE("spawn: the child has the five descriptors that it shall have and no other") {
  UniqueFd leaked(open(
      "/dev/null", O_RDONLY));  // NOLINT: on purpose not O_CLOEXEC, as a careless parent leaves one
  Shell shell;
  std::string fds = shell.run("cd /proc/$$/fd && for f in *; do [ -e $f ] && echo $f; done; :");
  CHECK(fds == "0\n1\n2\n3\n4\n");
}

TEST_CASE("spawn: stdin is /dev/null, 3 is the control socket, 4 the recorder") {
  Shell shell;
  std::string text = shell.run("readlink /proc/$$/fd/0 /proc/$$/fd/4; readlink /proc/$$/fd/3");
  CHECK(text.find("/dev/null\n/dev/null\nsocket:[") == 0);
}

TEST_CASE("spawn: every signal is unblocked and at its default, whatever ours are") {
  sigset_t mask;
  sigset_t before;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR1);
  sigprocmask(SIG_BLOCK, &mask, &before);
  auto pipe_before = signal(SIGPIPE, SIG_IGN);
  auto hup_before = signal(SIGHUP, SIG_IGN);
  Shell shell;
  std::string text = shell.run("grep -E '^Sig(Blk|Ign)' /proc/self/status");
  signal(SIGPIPE, pipe_before);
  signal(SIGHUP, hup_before);
  sigset_t after;
  sigprocmask(SIG_SETMASK, &before, &after);
  CHECK(text == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  CHECK(sigismember(&after, SIGUSR1) == 1);  // ours are as they were
  CHECK(sigismember(&after, SIGUSR2) == 0);
}

TEST_CASE("spawn: the child leads a process group of its own") {
  Shell shell;
  std::string text = shell.run("cut -d' ' -f5 /proc/$$/stat; echo $$");
  CHECK(text.substr(0, text.find('\n') + 1) == text.substr(text.find('\n') + 1));
}

TEST_CASE("spawn: what cannot be executed is an error, and no child is left") {
  test::TempDir dir;
  test::write_file(dir / "text", "no program");
  Shell shell;
  SpawnRequest request;
  UniqueFd text(open((dir / "text").c_str(), O_RDONLY | O_CLOEXEC));
  request.binary = text.get();
  request.argv = {"x"};
  request.control = shell.control.get();
  request.recorder = shell.recorder.get();
  request.out = request.err = shell.out_write.get();
  auto pid = spawn(request);
  REQUIRE_FALSE(pid);
  CHECK(pid.error().message.find("exec stint-worker") != std::string::npos);
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("worker environment: our secrets and systemd's words to us stay with us") {
  const std::array<const char*, 9> all{
      "PATH=/bin",       "STINT_REDIS_URL=redis://:secret@h", "NOTIFY_SOCKET=/run/n",
      "WATCHDOG_USEC=1", "CREDENTIALS_DIRECTORY=/run/c",      "LISTEN_FDS=1",
      "LANG=C",          "NOTIFY_SOCKETS_OF_MINE=kept",       nullptr};
  CHECK(worker_environment(all.data()) ==
        std::vector<std::string>{"PATH=/bin", "LANG=C", "NOTIFY_SOCKETS_OF_MINE=kept"});
}
