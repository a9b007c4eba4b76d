#include "daemon/cli/workers.h"

#include <charconv>
#include <sstream>

#include "client/json_object.h"
#include "common/text/text.h"

namespace stint::cli {
namespace {

constexpr size_t kMostWorkers = 10'000;

std::optional<int64_t> number_in(const std::string& text) {
  int64_t n = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc() && end != text.data() ? std::optional(n) : std::nullopt;
}

std::optional<int64_t> time_in(const std::string& text) {
  auto time = parse_time(text);
  return time ? std::optional(*time) : std::nullopt;
}

std::vector<std::string> names_in(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> names;
  for (std::string name; std::getline(in, name, ',');) {
    if (!name.empty()) {
      names.push_back(name);
    }
  }
  return names;
}

WorkerInfo worker_of(const std::string& id, std::optional<int64_t> seen, redis::ReplyView fields) {
  std::map<std::string, std::string> said;
  for (size_t i = 0; i + 1 < fields.size(); i += 2) {
    said.emplace(fields[i].str(), fields[i + 1].str());
  }
  WorkerInfo worker;
  worker.id = id;
  worker.host = said["host"];
  worker.version = said["version"];
  worker.state = said["state"];
  worker.pid = number_in(said["pid"]);
  worker.slots = number_in(said["slots"]);
  worker.jobs = number_in(said["jobs"]);
  worker.rss = number_in(said["rss"]);
  worker.started_ms = time_in(said["started_at"]);
  worker.seen_ms = seen;
  worker.queues = names_in(said["queues"]);
  worker.tasks = names_in(said["tasks"]);
  return worker;
}

// TIME's two numbers.
int64_t time_ms(redis::ReplyView reply) {
  return reply.size() == 2 ? reply[0].integer() * 1000 + reply[1].integer() / 1000 : 0;
}

}  // namespace

int64_t Crew::slots() const {
  int64_t sum = 0;
  for (const auto& worker : workers) {
    sum += worker.slots.value_or(0);
  }
  return sum;
}

Result<Crew> read_crew_names(Session& session) {
  const Keys& keys = session.keys();
  auto replies =
      session.ask_all({redis::plain({"TIME"}), redis::plain({"HGETALL", keys("tasks")}),
                       redis::plain({"ZRANGE", keys("workers"), "+inf", "-inf", "BYSCORE", "REV",
                                     "LIMIT", "0", std::to_string(kMostWorkers), "WITHSCORES"})});
  for (const auto& reply : replies) {
    if (!reply) {
      return reply.error();
    }
  }
  Crew crew;
  crew.now_ms = time_ms(replies[0]->view());
  auto tasks = replies[1]->view();
  for (size_t i = 0; i + 1 < tasks.size(); i += 2) {
    if (crew.now_ms - tasks[i + 1].integer() < kLiveTask.count()) {
      crew.live_tasks.emplace(tasks[i].str());
    }
  }
  auto seen = replies[2]->view();
  for (size_t i = 0; i + 1 < seen.size(); i += 2) {
    if (crew.now_ms - seen[i + 1].integer() < kLiveWorker.count()) {
      WorkerInfo worker;
      worker.id = std::string(seen[i].str());
      worker.seen_ms = seen[i + 1].integer();
      crew.workers.push_back(std::move(worker));
    }
  }
  return crew;
}

Result<Crew> read_crew(Session& session) {
  auto crew = read_crew_names(session);
  if (!crew) {
    return crew;
  }
  std::vector<redis::Command> reads;
  for (const auto& worker : crew->workers) {
    reads.push_back(redis::plain({"HGETALL", session.keys().worker(worker.id)}));
  }
  auto replies = session.ask_all(reads);
  std::vector<WorkerInfo> live;
  for (size_t i = 0; i < replies.size(); ++i) {
    if (!replies[i]) {
      return replies[i].error();
    }
    // Its registration lapsed: it is gone, only its last word is still in the list.
    if (replies[i]->view().size() > 0) {
      live.push_back(worker_of(crew->workers[i].id, crew->workers[i].seen_ms, replies[i]->view()));
    }
  }
  crew->workers = std::move(live);
  return crew;
}

std::string worker_json(const WorkerInfo& w) {
  return JsonObject()
      .text("id", std::string_view(w.id))
      .text("host", std::string_view(w.host))
      .number("pid", w.pid)
      .text("version", std::string_view(w.version))
      .raw("queues", json_names(w.queues))
      .number("slots", w.slots)
      .raw("tasks", json_names(w.tasks))
      .text("state", std::string_view(w.state))
      .number("jobs", w.jobs)
      .number("rss", w.rss)
      .time("started_at", w.started_ms)
      .time("seen_at", w.seen_ms)
      .str();
}

}  // namespace stint::cli
