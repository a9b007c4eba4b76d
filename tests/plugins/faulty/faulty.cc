#include "faulty.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

namespace faulty {

void add(stint::Plugin& plugin, const char* id, Perform perform) {
  plugin.task(id, [perform](stint::Job& job) {
    auto params = Json::parse(job.params());
    if (params.is_object() && params.contains("started")) {
      append_line(params["started"], std::to_string(job.token()));
    }
    perform(job, params);
  });
}

int64_t read_number(const std::string& path) {
  int64_t number = 0;
  std::ifstream(path) >> number;
  return number;
}

void write_number(const std::string& path, int64_t number) {
  std::ofstream out(path, std::ios::trunc);
  out << number << std::endl;
  if (!out) {
    throw std::runtime_error("cannot write " + path);
  }
}

int64_t count_up(const std::string& path) {
  int64_t number = read_number(path) + 1;
  write_number(path, number);
  return number;
}

void append_line(const std::string& path, const std::string& line) {
  int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  std::string text = line + "\n";
  if (fd < 0 || ::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("cannot append to " + path);
  }
  ::close(fd);
}

void sleep_ms(int64_t ms) {
  int64_t until = monotonic_ns() + ms * 1'000'000;
  timespec when{until / 1'000'000'000, until % 1'000'000'000};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, nullptr) != 0) {
  }
}

int64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

}  // namespace faulty

STINT_PLUGIN("faulty", "1.0") {
  faulty::add_counting(plugin);
  faulty::add_crashing(plugin);
  faulty::add_meddling(plugin);
  faulty::add_completing(plugin);
  faulty::add_telling(plugin);
}
