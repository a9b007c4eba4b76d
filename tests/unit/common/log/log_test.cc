#include "common/log/log.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "common/log/stderr_writer.h"
#include "common/unique_fd.h"

using namespace stint;

namespace {

struct LogPipe {
  UniqueFd read_end, write_end;
  LogPipe() {
    std::array<int, 2> fds{};
    REQUIRE(::pipe2(fds.data(), O_CLOEXEC) == 0);
    read_end.reset(fds[0]);
    write_end.reset(fds[1]);
  }
  // What is there now.
  std::string drain() const {
    ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
    std::string all;
    std::array<char, 65536> buffer{};
    for (ssize_t n = 0; (n = ::read(read_end.get(), buffer.data(), buffer.size())) > 0;) {
      all.append(buffer.data(), static_cast<size_t>(n));
    }
    return all;
  }
};

// Standard error is the pipe while this lives.
struct StderrInto {
  explicit StderrInto(const LogPipe& pipe) : saved(::fcntl(2, F_DUPFD_CLOEXEC, 3)) {
    ::dup2(pipe.write_end.get(), 2);
  }
  ~StderrInto() { ::dup2(saved.get(), 2); }
  UniqueFd saved;
};

size_t count_lines(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("log: events below the level are silent, lines of several threads never mix") {
  LogPipe pipe;
  {
    StderrInto redirect(pipe);
    log::open("stint-test", log::Level::kInfo);
    log::debug("not shown");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < 50; ++i) {
          log::warning("line of a thread", {{"thread", t}, {"end", "."}});
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    log::open("stint-test", log::Level::kError);
  }
  const std::string all = pipe.drain();
  CHECK(count_lines(all, "not shown") == 0);
  CHECK(count_lines(all, " warning stint-test: line of a thread thread=") == 200);
  CHECK(count_lines(all, " end=.\n2") == 199);
}

TEST_CASE(
    "log: a full pipe delays one line shortly, drops the next, and what was dropped is told") {
  LogPipe pipe;
  log::StderrWriter writer(pipe.write_end.get());
  const std::string line = std::string(3000, 'x') + "\n";
  size_t written = 0;
  while (writer.write(line)) {
    ++written;
  }
  CHECK(written >= 10);
  for (int i = 0; i < 1000; ++i) {
    CHECK_FALSE(writer.write(line));  // would take 100 s if each one waited
  }
  (void)pipe.drain();
  CHECK(writer.write("after\n"));
  CHECK(writer.take_dropped() == 1001);
  CHECK(pipe.drain().ends_with("after\n"));
}

TEST_CASE("log: a line that was cut by a full pipe does not run into the next one") {
  LogPipe pipe;
  log::StderrWriter writer(pipe.write_end.get());
  const std::string line = std::string(200'000, 'x') + "\n";
  CHECK_FALSE(writer.write(line));
  (void)pipe.drain();
  CHECK(writer.write("after\n"));
  CHECK(pipe.drain() == "\nafter\n");
}

TEST_CASE("log: a broken standard error stops nobody") {
  LogPipe pipe;
  pipe.read_end.reset();
  ::signal(SIGPIPE, SIG_IGN);
  log::StderrWriter writer(pipe.write_end.get());
  CHECK_FALSE(writer.write("x\n"));
  log::StderrWriter closed(-1);
  CHECK_FALSE(closed.write("x\n"));
  UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  log::StderrWriter on_full_disk(full.get());
  CHECK_FALSE(on_full_disk.write("x\n"));
}

TEST_CASE("log level: four names, the nearest is offered") {
  CHECK(log::parse_level("warning").value() == log::Level::kWarning);
  CHECK(log::parse_level("debug").value() == log::Level::kDebug);
  CHECK(log::parse_level("warn").error().message ==
        "log level 'warn' is not one of debug, info, warning, error");
  CHECK(log::parse_level("eror").error().message.ends_with("did you mean 'error'?"));
  CHECK_FALSE(log::parse_level("").ok());
}
