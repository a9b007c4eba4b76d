// Tasks that end in unusual ways.
#include <thread>

#include "faulty.h"

namespace faulty {
namespace {

// The second completion must be refused; the log line says what the host answered.
void complete_twice(stint::Job& job, const Json&) {
  bool first = job.succeed(R"({"completion": 1})");
  bool second = job.succeed(R"({"completion": 2})");
  job.log(std::string("first ") + (first ? "taken" : "refused") + ", second " +
          (second ? "taken" : "refused"));
}

// {"ms": 20, "fail": "..", "twice": false}: completed from a thread of its own.
stint::Later finish_later(const stint::Job& job) {
  auto params = Json::parse(job.params());
  std::thread([job, params] {
    sleep_ms(params.value("ms", 20));
    if (params.contains("fail")) {
      job.fail(params["fail"].get<std::string>());
      return;
    }
    job.succeed(R"({"later": true})");
    if (params.value("twice", false)) {
      job.succeed(R"({"later": "twice"})");
    }
  }).detach();
  return stint::later;
}

// {"path", "times", "delay_ms": 0}: releases itself so many times, then succeeds.
void release(stint::Job& job, const Json& params) {
  int64_t tried = count_up(params.at("path"));
  if (tried <= params.at("times").get<int64_t>()) {
    job.release(std::chrono::milliseconds(params.value("delay_ms", 0)));
    return;
  }
  job.succeed(Json{{"tried", tried}, {"attempt", job.attempt()}}.dump());
}

// {"text": "..."}: a result that is refused, and then the attempt fails.
void bad_result(stint::Job& job, const Json& params) {
  job.succeed(params.value("text", std::string("{not json")));
}

// {"bytes"}: a JSON string of that length.
void big_result(stint::Job& job, const Json& params) {
  job.succeed('"' + std::string(params.at("bytes").get<size_t>() - 2, 'x') + '"');
}

}  // namespace

void add_completing(stint::Plugin& plugin) {
  add(plugin, "complete_twice", complete_twice);
  plugin.task("later", finish_later);
  plugin.task("never", [](stint::Job&) { return stint::later; });
  add(plugin, "release", release);
  add(plugin, "bad_result", bad_result);
  add(plugin, "big_result", big_result);
}

}  // namespace faulty
