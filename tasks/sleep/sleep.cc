// sleep {"seconds": 1.5} -> {"slept": 1.5}. Sleeps without using a CPU and ends at once when a stop
// is wanted: on shutdown it asks to be run again, from the beginning.
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>
#include <stint/task.hpp>

namespace {

constexpr double kMaxSeconds = 10.0 * 365 * 24 * 3600;

nlohmann::json seconds_of(std::string_view params) {
  auto json = nlohmann::json::parse(params);
  if (!json.is_object() || !json.contains("seconds") || !json["seconds"].is_number()) {
    throw stint::FinalError(R"(sleep needs {"seconds": 1.5})");
  }
  double seconds = json["seconds"].get<double>();
  if (!(seconds >= 0 && seconds <= kMaxSeconds)) {
    throw stint::FinalError("seconds must be 0 to 315360000 (ten years)");
  }
  return json["seconds"];
}

void sleep_task(stint::Job& job) {
  auto seconds = seconds_of(job.params());
  std::chrono::milliseconds span{std::llround(std::ceil(seconds.get<double>() * 1000))};
  if (!job.wait_stop(span)) {
    job.succeed(nlohmann::json{{"slept", seconds}}.dump());
    return;
  }
  if (job.stop_reason() == stint::Stop::kShutdown) {
    job.release();
    return;
  }
  job.fail(std::string("stopped before its time: ") + to_string(job.stop_reason()));
}

}  // namespace

STINT_PLUGIN("sleep", STINT_PLUGIN_VERSION) {
  plugin.task("sleep", sleep_task);
}
