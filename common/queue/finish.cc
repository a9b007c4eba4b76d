#include "common/queue/finish.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <random>

#include "common/queue/answer.h"
#include "common/queue/jitter.h"
#include "common/text/text.h"
#include "lua/finish.lua.h"
#include "lua/log.lua.h"

namespace stint {
namespace {

constexpr std::array<std::string_view, 8> kEndKindNames = {
    "ok", "cancelled", "error", "timeout", "crash", "lost", "unknown-task", "corrupt"};

std::string time_or_null(int64_t wall_ms) {
  return wall_ms > 0 ? "\"" + rfc3339(wall_ms) + "\"" : "null";
}

std::string times_of(const Ended& job) {
  if (job.started_ms == 0 && job.finished_ms == 0) {
    return {};
  }
  return "\"started_at\":" + time_or_null(job.started_ms) +
         ",\"finished_at\":" + time_or_null(job.finished_ms);
}

std::string terms_of(const Ended& job) {
  std::string terms(to_string(job.kind));
  for (int64_t number :
       {int64_t{job.attempt}, int64_t{job.limits.retries}, int64_t{job.limits.crash_limit},
        job.limits.backoff.encoded, int64_t{job.limits.keep.count()}}) {
    terms.append(" ").append(std::to_string(number));
  }
  return terms;
}

// Succeeded, and nothing of it is kept: of such a job only the id is sent.
bool is_plain(const Ended& job) {
  return job.kind == EndKind::kOk && job.limits.keep.count() <= 0;
}

// The outcome of a success but for the errors of earlier attempts, which the script adds.
std::string success_of(const Ended& job) {
  const std::string times = times_of(job);
  std::string out =
      "{\"state\":\"done\",\"attempt\":" + std::to_string(job.attempt) + ",\"result\":";
  out.append(job.body.empty() ? "null" : job.body).append(",\"reason\":null,");
  out.append(times.empty() ? "\"started_at\":null,\"finished_at\":null" : times);
  return out.append(",\"errors\":[]}");
}

// `token count token count...`
std::string token_runs(std::span<const Ended> jobs) {
  std::string runs;
  for (size_t i = 0, next = 0; i < jobs.size(); i = next) {
    while (next < jobs.size() && jobs[next].token == jobs[i].token) {
      ++next;
    }
    runs.append(runs.empty() ? "" : " ").append(std::to_string(jobs[i].token));
    runs.append(" ").append(std::to_string(next - i));
  }
  return runs;
}

}  // namespace

std::string_view to_string(EndKind kind) {
  return kEndKindNames.at(static_cast<size_t>(kind));
}

std::string error_json(int attempt, EndKind kind, std::string_view message, std::string_view signal,
                       std::string_view worker, int64_t at_ms) {
  std::string out = "{\"attempt\":" + std::to_string(attempt) + ",\"kind\":\"";
  out.append(to_string(kind))
      .append("\",\"message\":")
      .append(json_string(to_utf8(message, kMaxErrorText)));
  out.append(",\"signal\":").append(signal.empty() ? "null" : json_string(signal));
  out.append(",\"worker\":").append(json_string(to_utf8(worker, kMaxIdBytes)));
  out.append(",\"at\":\"").append(rfc3339(at_ms)).append("\"}");
  return out;
}

std::string jitter_argument() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return "0." +
         std::to_string(std::uniform_int_distribution<int>(1'000'000, 1'999'999)(engine)).substr(1);
}

redis::Command finish(const Keys& keys, std::string_view worker, uint64_t seq, KeepBounds bounds,
                      std::span<const Ended> jobs) {
  std::vector<std::string> args;
  const auto other = std::find_if_not(jobs.begin(), jobs.end(), is_plain);
  const auto plain = jobs.first(static_cast<size_t>(other - jobs.begin()));
  const auto rest = jobs.subspan(plain.size());
  const milliseconds keep = rest.empty() ? milliseconds(0) : rest.front().limits.keep;
  const auto unlike = std::find_if_not(rest.begin(), rest.end(), [keep](const Ended& job) {
    return job.kind == EndKind::kOk && job.limits.keep == keep;
  });
  const auto kept = rest.first(static_cast<size_t>(unlike - rest.begin()));
  args.reserve(8 + plain.size() + rest.size() * 5);
  args.emplace_back(worker);
  args.push_back(std::to_string(seq));
  args.push_back(jitter_argument());
  args.push_back(std::to_string(bounds.jobs));
  args.push_back(std::to_string(bounds.bytes));
  args.push_back(token_runs(plain));
  args.push_back(token_runs(kept));
  args.push_back(std::to_string(keep.count()));
  for (const Ended& job : plain) {
    args.push_back(job.id);
  }
  std::string before;
  for (const Ended& job : kept) {
    std::string outcome = success_of(job);
    args.push_back(job.id);
    args.push_back(outcome == before ? "" : outcome);
    before = std::move(outcome);
  }
  for (const Ended& job : rest.subspan(kept.size())) {
    args.push_back(job.id);
    args.push_back(std::to_string(job.token));
    args.push_back(terms_of(job));
    args.push_back(job.kind == EndKind::kOk ? success_of(job) : job.body);
    args.push_back(times_of(job));
  }
  return redis::call(lua::k_finish, keys.prefix(), std::move(args));
}

Result<std::vector<Settled>> parse_finished(redis::ReplyView reply, size_t count) {
  std::vector<Settled> out;
  out.reserve(count);
  const bool read = read_rows(reply, count, [&out](std::string_view word) {
    out.push_back(settled_as(word));
    return true;
  });
  if (!read) {
    return unexpected_answer("finish");
  }
  return out;
}

redis::Command append_log(const Keys& keys, std::span<const LogBatch> batches) {
  std::vector<std::string> args;
  for (const LogBatch& batch : batches) {
    args.push_back(batch.id);
    args.push_back(std::to_string(batch.token));
    args.push_back(batch.progress ? "=" + *batch.progress : "");
    args.push_back(std::to_string(batch.first));
    args.push_back(std::to_string(batch.lines.size()));
    args.insert(args.end(), batch.lines.begin(), batch.lines.end());
  }
  // By its text, not by EVALSHA: it goes out right before the finish of the same job, and sent
  // again after NOSCRIPT it would come behind it and be refused. See fault/log_lines_test.
  auto command = redis::call(lua::k_log, keys.prefix(), std::move(args));
  command.by_text = true;
  return command;
}

}  // namespace stint
