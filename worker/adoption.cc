#include "worker/adoption.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/job/record.h"
#include "common/log/log.h"
#include "common/queue/quarantine.h"
#include "common/text/text.h"

namespace stint {

namespace {

constexpr milliseconds kElsewhereDelay{1'000};
// Large parameters in memory and not started: one for every slot, and a margin.
constexpr size_t kLargeMargin = 2;

// A view into one text as the same view into a copy of it.
std::string_view rebased(std::string_view view, std::string_view from, const std::string& to) {
  if (view.empty()) {
    return {};
  }
  return std::string_view(to).substr(static_cast<size_t>(view.data() - from.data()), view.size());
}

std::string unknown_task_text(std::string_view task, const TaskTable& tasks) {
  std::string text = "no worker has the task '" + std::string(task) + "'";
  std::vector<std::string> ids = tasks.ids();
  if (auto near = nearest(task, ids)) {
    text += "; the nearest known one is '" + *near + "'";
  }
  return text;
}

}  // namespace

Adoption::Adoption(Context& context, const Lane& lane, Reporter& reporter, LeaseKeeper& leases)
    : context_(context), lane_(lane), reporter_(reporter), leases_(leases) {}

void Adoption::adopt(const Claimed& claimed, MonoTime sent) {
  for (const ClaimedJob& job : claimed.jobs) {
    if (job.id.empty() || job.id.size() > kMaxIdBytes) {
      log::error("a claimed id is not one that a job can have, it is left to the sweep",
                 {{"queue", lane_.keys.queue()}, {"job", escape(job.id, kMaxIdBytes)}});
      continue;
    }
    adopt_one(job, claimed.token, sent);
  }
  pump();
}

void Adoption::adopt_one(const ClaimedJob& claimed, uint64_t token, MonoTime sent) {
  auto record = parse_record(claimed.record);
  const Task* task = record ? context_.tasks.find(record->task) : nullptr;
  Limits limits = lane_.limits;
  if (task != nullptr) {
    limits = apply(limits, task->said);
  }
  if (record) {
    limits = apply(limits, record->limits);
  }
  int attempt = record ? record->attempts + 1 : 1;
  int entry = context_.recorder.claim(lane_.index, claimed.id, token, attempt, limits);
  STINT_CHECK(entry >= 0);  // the dispatcher asks for no more than there are free entries
  Job& job = context_.jobs.adopt(static_cast<uint32_t>(entry));
  job.queue = lane_.index;
  job.queue_name = lane_.keys.queue();
  job.id = claimed.id;
  job.token = token;
  job.attempt = attempt;
  job.limits = limits;
  job.task = task;
  job.renewed_ns.store(sent.ns, std::memory_order_relaxed);
  job.lease_ms.store(std::min(lane_.claim_lease, limits.lease).count(), std::memory_order_relaxed);
  if (!record) {
    settle_unrunnable(job, record.error());
    return;
  }
  job.text = claimed.record;
  job.task_name = rebased(record->task, claimed.record, job.text);
  job.resource = rebased(record->resource, claimed.record, job.text);
  job.large = !record->params.has_value();
  job.params_ready = !job.large;
  job.params = job.large ? std::string_view{} : rebased(*record->params, claimed.record, job.text);
  leases_.watch(job);
  if (closed_) {
    reporter_.release(job, Release::How::kFree);
  } else if (task == nullptr) {
    job.stage = Stage::kAsking;
    unknown_.push_back(&job);
  } else {
    line_.push_back(&job);
  }
}

void Adoption::settle_unrunnable(Job& job, const Error& error) {
  reporter_.finish(job, EndKind::kCorrupt, error.message);
}

void Adoption::pump() {
  std::vector<uint32_t> ready;
  while (!line_.empty() && line_.front()->params_ready) {
    Job* job = line_.front();
    job->stage = Stage::kStock;
    ready.push_back(job->index);
    line_.pop_front();
  }
  if (!ready.empty()) {
    context_.stock.put(ready);
  }
  fetch_params();
  ask_who_has();
}

void Adoption::on_ready() {
  for (Job* job : line_) {
    job->params_asked = job->params_ready;
  }
  pump();
}

void Adoption::fetch_params() {
  if (line_.empty() || !context_.redis.ready()) {
    return;
  }
  size_t room = static_cast<size_t>(context_.boot.config.slots) + kLargeMargin;
  context_.jobs.for_each_held([&room](const Job& job) {
    bool here = job.large && job.params_asked && job.started() == MonoTime{};
    room -= here && room > 0 ? 1 : 0;
  });
  for (Job* job : line_) {
    if (room == 0) {
      return;
    }
    if (job->large && !job->params_asked) {
      fetch_params_of(*job);
      --room;
    }
  }
}

void Adoption::fetch_params_of(Job& job) {
  job.params_asked = true;
  auto done = [this, &job, handle = job.handle](const Result<redis::ReplyView>& reply) {
    if (job.handle != handle || job.stage != Stage::kLine) {
      return;
    }
    if (!reply && reply.error().code == ErrorCode::kUnavailable) {
      job.params_asked =
          false;  // asked again when the line is looked at next, or with the next connection
      return;
    }
    if (!reply) {
      put_off(job, reply.error());
    } else if (reply->is_nil()) {
      std::erase(line_, &job);
      settle_unrunnable(job, {ErrorCode::kInvalid, "corrupt record: its parameters are missing"});
    } else {
      refused_.over({{"queue", lane_.keys.queue()}});
      job.fetched_params = reply->str();
      job.params = job.fetched_params;
      job.params_ready = true;
    }
    context_.changed();
  };
  context_.redis.run(redis::plain({"HGET", lane_.keys("params"), job.id}), std::move(done));
}

// Asked again at once it would be refused again, and those behind it would wait.
void Adoption::put_off(Job& job, const Error& refusal) {
  move_aside(context_.redis, lane_.keys, refusal);
  refused_.goes_on({{"queue", lane_.keys.queue()}, {"job", job.id}, {"error", refusal.message}});
  std::erase(line_, &job);
  reporter_.release(job, Release::How::kFree, kRefusedPause);
}

// Two commands for all that wait: the tasks' times are Redis', and so must be the time they are
// compared with.
void Adoption::ask_who_has() {
  if (asking_ || unknown_.empty() || !context_.redis.ready()) {
    return;
  }
  asking_ = true;
  auto asked = std::make_shared<std::vector<Job*>>(std::move(unknown_));
  unknown_.clear();
  auto now_ms = std::make_shared<int64_t>(0);
  context_.redis.run(redis::plain({"TIME"}), [now_ms](const Result<redis::ReplyView>& reply) {
    if (reply && reply->size() == 2) {
      *now_ms = (*reply)[0].integer() * 1000 + (*reply)[1].integer() / 1000;
    }
  });
  std::vector<std::string> command{"HMGET", lane_.keys("tasks")};
  for (const Job* job : *asked) {
    command.emplace_back(job->task_name);
  }
  if (const auto own = context_.tasks.ids(); !own.empty()) {
    command.push_back(own.front());
  }
  context_.redis.run(redis::plain(std::move(command)),
                     [this, asked, now_ms](const Result<redis::ReplyView>& reply) {
                       asking_ = false;
                       if (!reply && reply.error().code == ErrorCode::kUnavailable && !closed_) {
                         unknown_.insert(unknown_.begin(), asked->begin(), asked->end());
                         return;  // asked again with the next connection
                       }
                       if (reply && *now_ms != 0) {
                         on_seen(*asked, *now_ms, *reply);
                       } else {
                         release_asked(*asked);
                       }
                       context_.changed();
                     });
}

// Redis does not tell, or we are leaving: another worker may know the task.
void Adoption::release_asked(const std::vector<Job*>& asked) {
  for (Job* job : asked) {
    if (job->stage == Stage::kAsking) {
      reporter_.release(*job, Release::How::kElsewhere, kElsewhereDelay);
    }
  }
}

// Of those asked for, and of a task of ours if we have any: we have said so before we claimed, so
// if nobody knows it the table was lost. Whoever announces next writes it anew (announce.lua);
// until then nothing is known of any task.
void Adoption::on_seen(const std::vector<Job*>& asked, int64_t now_ms, redis::ReplyView seen) {
  if (seen.size() > asked.size() && seen[asked.size()].is_nil()) {
    release_asked(asked);
    return;
  }
  for (size_t i = 0; i < asked.size() && i < seen.size(); ++i) {
    Job& job = *asked[i];
    if (job.stage != Stage::kAsking) {
      continue;
    }
    bool elsewhere = !seen[i].is_nil() &&
                     hearsay_.somebody_has(job.task_name, seen[i].integer(), now_ms, now_mono());
    if (elsewhere) {
      reporter_.release(job, Release::How::kElsewhere, kElsewhereDelay);
    } else {
      reporter_.finish(job, EndKind::kUnknownTask,
                       unknown_task_text(job.task_name, context_.tasks));
    }
  }
}

std::vector<Job*> Adoption::take_back(const std::function<bool(const Job&)>& wanted) {
  std::vector<Job*> taken;
  for (Job* job : line_) {
    if (wanted(*job)) {
      taken.push_back(job);
    }
  }
  std::erase_if(line_, [&taken](Job* job) {
    return std::find(taken.begin(), taken.end(), job) != taken.end();
  });
  for (auto job = unknown_.begin(); job != unknown_.end();) {
    if (wanted(**job)) {
      taken.push_back(*job);
      job = unknown_.erase(job);
    } else {
      ++job;
    }
  }
  return taken;
}

}  // namespace stint
