#include "daemon/one_shot.h"

#include <algorithm>
#include <concepts>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "common/log/log.h"
#include "common/plugin_check.h"
#include "common/queue/keys.h"
#include "common/queue/steer.h"
#include "common/queue/upkeep.h"
#include "common/redis/client.h"
#include "common/redis/unreachable.h"
#include "common/text/text.h"
#include "daemon/fleet_plan.h"

namespace stint {
namespace {

constexpr milliseconds kReach{5'000};

struct Worked {
  std::vector<std::string> ids;
};

// Without redis.url: the embedded one of the state directory, then the system's.
Result<redis::Client> connect(const Config& config) {
  redis::Url url = config.redis;
  if (config.embedded) {
    url.socket = find_embedded(config);
  }
  auto client = redis::Client::connect(url, kReach, "stintd-once");
  return client ? std::move(client) : redis::with_advice(client.error(), config.embedded);
}

Error unexpected(const char* command) {
  return {ErrorCode::kInternal, std::string(command) + ": unexpected answer"};
}

// The time of the newest failure, as a bound of ZRANGEBYSCORE; "-inf" if nothing has failed.
Result<std::string> last_failure(redis::Client& client, const Keys& keys) {
  auto newest = client.run(redis::plain({"ZRANGE", keys("failed"), "-1", "-1", "WITHSCORES"}));
  if (!newest) {
    return newest.error();
  }
  return newest->view().size() == 2 ? std::string(newest->view()[1].str()) : std::string("-inf");
}

// Failed jobs in pages, oldest first. What a page leaves behind (it moved meanwhile) is stepped
// over.
template <typename Make, typename Parse>
Result<Worked> each_failed(redis::Client& client, const Keys& keys, const Make& make,
                           const Parse& parse) {
  Worked worked;
  size_t stay = 0;
  // What fails again while we work is not ours: it would be retried over and over.
  auto last = last_failure(client, keys);
  if (!last) {
    return last.error();
  }
  while (true) {
    auto page = client.run(redis::plain({"ZRANGEBYSCORE", keys("failed"), "-inf", *last, "LIMIT",
                                         std::to_string(stay), std::to_string(kBatchJobs)}));
    if (!page) {
      return page.error();
    }
    std::vector<std::string> ids;
    for (size_t i = 0; i < page->view().size(); ++i) {
      ids.emplace_back(page->view()[i].str());
    }
    if (ids.empty()) {
      return worked;
    }
    auto reply = client.run(make(ids));
    if (!reply) {
      return reply.error();
    }
    auto steered = parse(reply->view(), ids.size());
    if (!steered) {
      return steered.error();
    }
    for (size_t i = 0; i < ids.size(); ++i) {
      bool done = (*steered)[i].status == Steered::Status::kDone;
      stay += done ? 0 : 1;
      if (done) {
        worked.ids.push_back(ids[i]);
      }
    }
  }
}

Result<Worked> retry_failed(redis::Client& client, const Keys& keys) {
  return each_failed(
      client, keys, [&](const auto& ids) { return retry_jobs(keys, milliseconds{0}, false, ids); },
      [](redis::ReplyView reply, size_t count) { return parse_retry(reply, count); });
}

Result<Worked> delete_failed(redis::Client& client, const Keys& keys) {
  return each_failed(
      client, keys, [&](const auto& ids) { return delete_jobs(keys, false, Place::kFailed, ids); },
      [](redis::ReplyView reply, size_t count) { return parse_delete(reply, false, count); });
}

Result<int64_t> redis_now_ms(redis::Client& client) {
  auto reply = client.run(redis::plain({"TIME"}));
  if (!reply) {
    return reply.error();
  }
  auto time = reply->view();
  if (time.size() < 2) {
    return unexpected("TIME");
  }
  return time[0].integer() * 1000 + time[1].integer() / 1000;
}

// The deadline's word: last renewal, or else the claim, plus lease.
bool is_past_lease(const ActiveEntry& entry, std::string_view mark, int64_t now_ms) {
  int64_t renewed = mark.empty() ? entry.claimed_ms : std::atoll(std::string(mark).c_str());
  return renewed + entry.lease.count() < now_ms;
}

Result<std::string> collect_page(redis::Client& client, const Keys& keys, const std::string& cursor,
                                 int64_t now_ms, std::vector<Suspect>& out) {
  auto page = client.run(redis::plain({"HSCAN", keys("active"), cursor, "COUNT", "500"}));
  if (!page) {
    return page.error();
  }
  if (page->view().size() < 2) {
    return unexpected("HSCAN");
  }
  auto pairs = page->view()[1];
  std::vector<std::string> command{"ZMSCORE", keys("leases")};
  for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
    command.emplace_back(pairs[i].str());
  }
  std::string next(page->view()[0].str());
  if (command.size() == 2) {
    return next;
  }
  auto marks = client.run(redis::plain(std::move(command)));
  if (!marks) {
    return marks.error();
  }
  for (size_t i = 0; i * 2 + 1 < pairs.size() && i < marks->view().size(); ++i) {
    std::string_view mark = marks->view()[i].str();
    auto entry = parse_active(pairs[i * 2 + 1].str());
    if (entry && is_past_lease(*entry, mark, now_ms)) {
      out.push_back({std::string(pairs[i * 2].str()), std::string(pairs[i * 2 + 1].str()),
                     std::string(mark)});
    }
  }
  return next;
}

Result<Worked> flush_stale(redis::Client& client, const Keys& keys, milliseconds keep) {
  auto now = redis_now_ms(client);
  if (!now) {
    return now.error();
  }
  std::vector<Suspect> suspects;
  std::string cursor = "0";
  do {
    auto next = collect_page(client, keys, cursor, *now, suspects);
    if (!next) {
      return next.error();
    }
    cursor = *next;
  } while (cursor != "0");
  Worked worked;
  for (size_t from = 0; from < suspects.size(); from += kBatchJobs) {
    size_t size = std::min(kBatchJobs, suspects.size() - from);
    auto reply = client.run(sweep(keys, keep, std::span(suspects).subspan(from, size)));
    if (!reply) {
      return reply.error();
    }
    auto swept = parse_sweep(reply->view());
    if (!swept) {
      return swept.error();
    }
    for (auto& one : *swept) {
      worked.ids.push_back(std::move(one.id));
    }
  }
  return worked;
}

struct Verb {
  const char* past;
  Result<Worked> (*run)(redis::Client&, const Keys&, const QueueConfig&);
};

Verb verb_of(Options::Mode mode) {
  switch (mode) {
    case Options::Mode::kRetryFailed:
      return {"retried", [](auto& client, const auto& keys, const auto&) {
                return retry_failed(client, keys);
              }};
    case Options::Mode::kDeleteFailed:
      return {"deleted", [](auto& client, const auto& keys, const auto&) {
                return delete_failed(client, keys);
              }};
    case Options::Mode::kFlushStale:
    case Options::Mode::kRun:
    case Options::Mode::kCheckConfig:
      break;
  }
  return {"flushed", [](auto& client, const auto& keys, const auto& queue) {
            return flush_stale(client, keys, queue_limits(queue).keep);
          }};
}

void print_worked(const Verb& verb, const std::string& queue, const Worked& worked, bool json) {
  if (!json) {
    std::cout << verb.past << " " << worked.ids.size()
              << (worked.ids.size() == 1 ? " job" : " jobs") << " of queue " << queue << "\n";
    return;
  }
  std::cout << "{\"queue\":" << json_string(queue) << ",\"" << verb.past
            << "\":" << worked.ids.size() << ",\"jobs\":[";
  for (size_t i = 0; i < worked.ids.size(); ++i) {
    std::cout << (i == 0 ? "" : ",") << json_string(worked.ids[i]);
  }
  std::cout << "]}\n";
}

std::string processes_text(std::integral auto n) {
  return std::to_string(n) + (n == 1 ? " process" : " processes");
}

ExitCode say_failed(const Error& error) {
  std::cerr << "stintd: " << error.message << "\n";
  return error.code == ErrorCode::kUnavailable ? ExitCode::kUnreachable
         : error.code == ErrorCode::kConfig    ? ExitCode::kConfig
                                               : ExitCode::kFailed;
}

// The plugins as the workers of a start would load them, but without their open(): that may reach
// for the world.
ExitCode print_tasks(const Config& config) {
  auto plugins = check_plugins(config.plugin_paths);
  if (!plugins) {
    return say_failed(plugins.error());
  }
  std::string tasks;
  for (const auto& plugin : *plugins) {
    for (const auto& task : plugin.tasks) {
      tasks += (tasks.empty() ? "" : ", ") + task;
    }
  }
  std::cout << "tasks: " << (tasks.empty() ? "none" : tasks) << "\n";
  return ExitCode::kOk;
}

ExitCode check_config(const LoadedConfig& loaded) {
  const Config& config = loaded.config;
  std::cout << "configuration: "
            << (loaded.file.empty() ? "defaults, no file was found" : loaded.file) << "\n"
            << "redis: " << config.redis.display() << (config.embedded ? " (embedded)" : "") << "\n"
            << "namespace: " << config.ns << "\nstate directory: " << config.state_dir << "\n";
  for (const auto& path : config.plugin_paths) {
    std::cout << "plugins: " << path << "\n";
  }
  for (const auto& queue : config.queues) {
    std::cout << "queue: " << queue.name << ", weight " << queue.weight << ", "
              << (queue.processes > 0 ? processes_text(queue.processes) + " of its own"
                                      : "shared workers")
              << "\n";
  }
  std::cout << "workers: " << processes_text(plan_posts(config).size()) << " of " << config.slots
            << (config.slots == 1 ? " slot\n" : " slots\n") << std::flush;
  return print_tasks(config);
}

}  // namespace

ExitCode run_one_shot(const Options& options, const LoadedConfig& loaded) {
  if (options.mode == Options::Mode::kCheckConfig) {
    return check_config(loaded);
  }
  auto client = connect(loaded.config);
  if (!client) {
    return say_failed(client.error());
  }
  Verb verb = verb_of(options.mode);
  for (const auto& queue : loaded.config.queues) {
    auto worked = verb.run(*client, Keys(loaded.config.ns, queue.name), queue);
    if (!worked) {
      return say_failed(worked.error());
    }
    print_worked(verb, queue.name, *worked, options.json);
  }
  return ExitCode::kOk;
}

}  // namespace stint
