// The plugin that the benchmark runs: `noop` does nothing; `mark` notes how long after its
// submission it started; `nap` does so with a word of its own before it, and sleeps.
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include <stint/task.h>

namespace {

int latency_fd = -1;
int count_fd = -1;
std::atomic<long> ended = 0;
const stint_host* host = nullptr;

int64_t monotonic_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

// One byte a job, written every 20 ms.
void count_jobs() {
  for (long told = 0;;) {
    usleep(20'000);
    const std::string bytes(static_cast<size_t>(ended.load() - told), 'x');
    if (write(count_fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      return;
    }
    told += static_cast<long>(bytes.size());
  }
}

int32_t noop(stint_job /*job*/, void* /*context*/) {
  if (count_fd >= 0) {
    ended.fetch_add(1, std::memory_order_relaxed);
  }
  return STINT_DONE;
}

// The text of a member of an object, without escapes; empty if it has none of that name.
std::string member(const std::string& json, const std::string& name) {
  size_t at = json.find("\"" + name + "\":\"");
  if (at == std::string::npos) {
    return "";
  }
  at += name.size() + 4;
  return json.substr(at, json.find('"', at) - at);
}

std::string params_of(stint_job job) {
  const stint_str params = host->params(job);
  return {params.data, params.size};
}

// params: {"t":"<16 digits: CLOCK_MONOTONIC in ns>",...}; writes the microseconds from then to now
// as one line.
int32_t note(const std::string& params, int64_t now, const std::string& before) {
  const int64_t sent = std::strtoll(member(params, "t").c_str(), nullptr, 10);
  const std::string line = before + std::to_string((now - sent) / 1000) + "\n";
  return write(latency_fd, line.data(), line.size()) > 0 ? STINT_DONE : -1;
}

int32_t mark(stint_job job, void* /*context*/) {
  const int64_t now = monotonic_ns();
  noop(job, nullptr);
  return latency_fd < 0 ? STINT_DONE : note(params_of(job), now, "");
}

// params besides: "tag", which begins the line, and "us" to sleep.
int32_t nap(stint_job job, void* /*context*/) {
  const int64_t now = monotonic_ns();
  const std::string params = params_of(job);
  const int32_t noted = note(params, now, member(params, "tag") + " ");
  usleep(static_cast<useconds_t>(std::strtoul(member(params, "us").c_str(), nullptr, 10)));
  return noted;
}

// The file that a member of the configuration names; -1 if it names none or it cannot be opened.
int open_file(const std::string& config, const std::string& name) {
  const std::string path = member(config, name);
  return path.empty() ? -1 : open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

int32_t open_bench(const stint_host* the_host, const stint_open_info* info, char* /*error*/,
                   uint64_t /*size*/) {
  host = the_host;
  std::string config(info->config.data, info->config.size);
  latency_fd = open_file(config, "latency_file");
  count_fd = open_file(config, "count_file");
  if (count_fd >= 0) {
    std::thread(count_jobs).detach();
  }
  return 0;
}

const stint_task noop_task{sizeof(stint_task), "noop", nullptr, noop, nullptr};
const stint_task mark_task{sizeof(stint_task), "mark", nullptr, mark, nullptr};
const stint_task nap_task{sizeof(stint_task), "nap", nullptr, nap, nullptr};
const stint_task* const tasks[] = {&noop_task, &mark_task, &nap_task};
const stint_plugin plugin{STINT_ABI_MAJOR,
                          STINT_ABI_MINOR,
                          sizeof(stint_plugin),
                          "bench",
                          "1",
                          open_bench,
                          nullptr,
                          tasks,
                          3};

}  // namespace

const stint_plugin* stint_plugin_entry(const stint_host* the_host) {
  host = the_host;
  return &plugin;
}
