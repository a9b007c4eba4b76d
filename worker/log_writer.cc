#include "worker/log_writer.h"

#include <memory>
#include <utility>

namespace stint {

namespace {

size_t bytes_of(const LogBatch& batch) {
  size_t bytes = batch.progress ? batch.progress->size() : 0;
  for (const std::string& line : batch.lines) {
    bytes += line.size();
  }
  return bytes;
}

// "<last number> <bytes>\n<progress>"
std::string progress_in(std::string_view logs) {
  size_t end = logs.find('\n');
  return end == std::string_view::npos ? std::string() : std::string(logs.substr(end + 1));
}

}  // namespace

LogBatch LogWriter::batch_of(Job& job) {
  std::lock_guard lock(job.mutex);
  JobLog::Taken taken = job.log.take();
  job.has_news.store(!job.log.empty(), std::memory_order_relaxed);
  return {job.id, job.token, std::move(taken.progress), std::move(taken.lines), taken.first};
}

void LogWriter::flush_running() {
  if (!context_.redis.ready()) {
    return;
  }
  Group group;
  context_.jobs.for_each_held([this, &group](Job& job) {
    if (job.queue == lane_.index && job.stage == Stage::kStock) {
      add_running(job, group);
    }
    if (group.bytes >= kBatchBytes / 2) {
      send_group(std::exchange(group, {}));
    }
  });
  if (!group.jobs.empty()) {
    send_group(std::move(group));
  }
}

void LogWriter::add_running(Job& job, Group& group) {
  if (job.checkpoint_wanted && !job.checkpoint_asked) {
    fetch_checkpoint(job);
  }
  if (!job.has_news.load(std::memory_order_acquire)) {
    return;
  }
  LogBatch batch = batch_of(job);
  if (batch.progress && !job.checkpoint_asked) {
    // Sent before what would replace it: the task may still ask for its checkpoint.
    fetch_checkpoint(job);
  }
  group.bytes += bytes_of(batch);
  group.batches.push_back(std::move(batch));
  group.jobs.emplace_back(&job, job.handle);
}

void LogWriter::send_group(Group group) {
  auto sent = std::make_shared<Group>(std::move(group));
  context_.redis.run(
      append_log(lane_.keys, sent->batches), [sent](const Result<redis::ReplyView>& reply) {
        if (reply || reply.error().code != ErrorCode::kUnavailable) {
          return;
        }
        for (size_t i = 0; i < sent->jobs.size(); ++i) {
          put_back(*sent->jobs[i].first, sent->jobs[i].second, std::move(sent->batches[i]));
        }
      });
}

void LogWriter::put_back(Job& job, stint_job handle, LogBatch batch) {
  std::lock_guard lock(job.mutex);
  if (job.handle == handle) {
    job.log.put_back({std::move(batch.lines), std::move(batch.progress), batch.first});
    job.has_news.store(true, std::memory_order_relaxed);
  }
}

void LogWriter::take(Job& job, std::vector<LogBatch>& batches) {
  if (job.has_news.load(std::memory_order_acquire)) {
    batches.push_back(batch_of(job));
  }
}

void LogWriter::send(std::span<const LogBatch> batches) {
  size_t first = 0;
  size_t bytes = 0;
  for (size_t i = 0; i < batches.size(); ++i) {
    size_t more = bytes_of(batches[i]);
    if (i > first && bytes + more > kBatchBytes) {
      context_.redis.run(append_log(lane_.keys, batches.subspan(first, i - first)),
                         [](const auto&) {});
      first = i;
      bytes = 0;
    }
    bytes += more;
  }
  if (first < batches.size()) {
    context_.redis.run(append_log(lane_.keys, batches.subspan(first)), [](const auto&) {});
  }
}

void LogWriter::fetch_checkpoint(Job& job) {
  if (job.checkpoint_asked) {
    return;
  }
  job.checkpoint_asked = true;
  auto done = [&job, handle = job.handle](const Result<redis::ReplyView>& reply) {
    if (job.handle != handle) {
      return;
    }
    if (!reply) {
      job.checkpoint_asked = false;
      return;
    }
    std::lock_guard lock(job.mutex);
    job.checkpoint = progress_in(reply->str());
    job.checkpoint_known = true;
    job.changed.notify_all();
  };
  context_.redis.run(redis::plain({"HGET", lane_.keys("logs"), job.id}), std::move(done));
}

}  // namespace stint
