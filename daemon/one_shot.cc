#include "daemon/one_shot.h"

#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "common/interrupt.h"
#include "common/kill_point.h"
#include "common/queue/hand_sweep.h"
#include "common/queue/rights.h"
#include "common/reach.h"
#include "common/refusal.h"
#include "common/text/text.h"
#include "daemon/config_report.h"
#include "daemon/failed_jobs.h"

namespace stint {
namespace {

// What was done to a queue.
struct Worked {
  std::string queue;
  std::vector<std::string> ids;
};

ExitCode say_failed(const Error& error) {
  std::cerr << "stintd: " << error.message << "\n";
  return error.code == ErrorCode::kUnavailable ? ExitCode::kUnreachable
         : error.code == ErrorCode::kConfig    ? ExitCode::kConfig
                                               : ExitCode::kFailed;
}

const char* past_of(Options::Mode mode) {
  switch (mode) {
    case Options::Mode::kRetryFailed:
      return "retried";
    case Options::Mode::kDeleteFailed:
      return "deleted";
    case Options::Mode::kFlushStale:
    case Options::Mode::kRun:
    case Options::Mode::kCheckConfig:
      break;
  }
  return "flushed";
}

// All queues at once: each would take up to a lease.
Result<void> flush_stale(const AskOne& ask, const Config& config, std::vector<Worked>& worked) {
  std::vector<HandSweep::Queue> queues;
  for (const auto& queue : config.queues) {
    queues.push_back({Keys(config.ns, queue.name), queue_limits(queue).keep});
  }
  StatusLine line(may_draw());
  HandSweep sweep(
      std::move(queues), ask,
      [&worked](size_t queue, const Swept& job) { worked[queue].ids.push_back(job.id); }, line);
  return sweep.run();
}

Result<void> each_queue(const Options& options, const AskOne& ask, const Config& config,
                        std::vector<Worked>& worked) {
  for (const auto& one : worked) {
    if (auto enough = check_rights(ask, config, Keys(config.ns, one.queue)); !enough) {
      return enough;
    }
  }
  if (options.mode == Options::Mode::kFlushStale) {
    return flush_stale(ask, config, worked);
  }
  auto steer = options.mode == Options::Mode::kRetryFailed ? retry_failed : delete_failed;
  for (auto& one : worked) {
    if (auto steered = steer(ask, Keys(config.ns, one.queue), one.ids); !steered) {
      return steered;
    }
  }
  return {};
}

void print(const Worked& worked, const char* past, bool json) {
  if (!json) {
    std::cout << past << " " << worked.ids.size() << (worked.ids.size() == 1 ? " job" : " jobs")
              << " of queue " << worked.queue << "\n";
    return;
  }
  std::cout << "{\"queue\":" << json_string(worked.queue) << ",\"" << past
            << "\":" << worked.ids.size() << ",\"jobs\":[";
  for (size_t i = 0; i < worked.ids.size(); ++i) {
    std::cout << (i == 0 ? "" : ",") << json_string(worked.ids[i]);
  }
  std::cout << "]}\n";
}

}  // namespace

ExitCode run_one_shot(const Options& options, const LoadedConfig& loaded) {
  const Config& config = loaded.config;
  if (options.mode == Options::Mode::kCheckConfig) {
    auto fit = report_config(loaded, options.json);
    return fit ? ExitCode::kOk : say_failed(fit.error());
  }
  kill_points_of("one-shot");
  auto reached = reach_redis(config, {"stintd-once"});
  if (!reached) {
    return say_failed(reached.error());
  }
  if (auto fit = check_server(reached->client, config, Purpose::kLook); !fit) {
    return say_failed(fit.error());
  }
  AskOne ask = [&](const redis::Command& command) -> Result<redis::OwnedReply> {
    auto reply = reached->client.run(command);
    return reply ? std::move(reply) : explain_refusal(reply.error(), config);
  };
  InterruptScope scope;
  std::vector<Worked> worked;
  for (const auto& queue : config.queues) {
    worked.push_back({queue.name, {}});
  }
  auto done = each_queue(options, ask, config, worked);
  for (const auto& one : worked) {
    print(one, past_of(options.mode), options.json);
  }
  if (!done) {
    std::cout << std::flush;
    return say_failed(done.error());
  }
  return interrupted() ? ExitCode::kInterrupted : ExitCode::kOk;
}

}  // namespace stint
