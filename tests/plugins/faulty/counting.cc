// Tasks whose traces on disk show how often, and when, they ran.
#include <unistd.h>

#include <stdexcept>

#include "faulty.h"

namespace faulty {
namespace {

// {"path", "ms": 5}: reads, pauses, writes back one more. Two at once lose a step.
void counter(stint::Job& job, const Json& params) {
  std::string path = params.at("path");
  int64_t number = read_number(path);
  sleep_ms(params.value("ms", 5));
  write_number(path, number + 1);
  job.succeed(Json{{"value", number + 1}}.dump());
}

// {"path", "times"}: fails until it has been tried more than so many times.
void fail_times(stint::Job& job, const Json& params) {
  int64_t tried = count_up(params.at("path"));
  if (tried <= params.at("times").get<int64_t>()) {
    throw std::runtime_error("attempt " + std::to_string(tried) + " fails");
  }
  job.succeed(Json{{"tried", tried}}.dump());
}

// {"message": "..", "final": false}
void fail(stint::Job& job, const Json& params) {
  auto message = params.value("message", std::string("it fails"));
  if (params.value("final", false)) {
    throw stint::FinalError(message);
  }
  job.fail(message);
}

// {"path", "ms": 5, "fail": false}: lines "begin|end TOKEN RESOURCE PID NANOSECONDS", to find
// overlaps with.
void witness(stint::Job& job, const Json& params) {
  std::string path = params.at("path");
  auto line = [&](const char* what) {
    append_line(path, std::string(what) + " " + std::to_string(job.token()) + " " +
                          (job.resource().empty() ? "-" : job.resource()) + " " +
                          std::to_string(::getpid()) + " " + std::to_string(monotonic_ns()));
  };
  line("begin");
  sleep_ms(params.value("ms", 5));
  line("end");
  if (params.value("fail", false)) {
    job.fail("as asked");
  }
}

}  // namespace

void add_counting(stint::Plugin& plugin) {
  add(plugin, "counter", counter);
  add(plugin, "fail_times", fail_times);
  add(plugin, "fail", fail);
  add(plugin, "witness", witness);
}

}  // namespace faulty
