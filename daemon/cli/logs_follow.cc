// `stint job logs --follow`: looks once a second for what came behind the last line that was shown.
#include <algorithm>
#include <charconv>
#include <cstdio>

#include "client/outcome.h"
#include "common/interrupt.h"
#include "common/queue/repair.h"
#include "common/queue/steer.h"
#include "daemon/cli/logs.h"
#include "daemon/cli/no_such_job.h"
#include "daemon/cli/wait.h"

namespace stint::cli {
namespace {

constexpr milliseconds kLookEvery{1'000};

struct Followed {
  std::string id;
  int64_t shown = 0;  // number of the last line that was printed
  bool was_there = false;
  bool ended = false;
};

// The first word of the job's entry in `logs`: how many lines it has written.
int64_t lines_written(std::string_view entry) {
  int64_t n = 0;
  auto [end, error] = std::from_chars(entry.data(), entry.data() + entry.size(), n);
  return error == std::errc() ? n : 0;
}

class Follow {
 public:
  Follow(Session& session, const std::vector<std::string>& ids) : session_(session) {
    for (const auto& id : ids) {
      jobs_.push_back({id});
    }
  }

  ExitCode run() {
    InterruptScope scope;
    while (true) {
      auto looked = look();
      (void)std::fflush(stdout);  // a pipe would hold back what has just come
      if (!looked) {
        return session_.out().fail(looked.error());
      }
      bool all = std::all_of(jobs_.begin(), jobs_.end(), [](const auto& job) { return job.ended; });
      if (all) {
        return worst_;
      }
      pause_for(kLookEvery);
      if (interrupted()) {
        return ExitCode::kInterrupted;
      }
    }
  }

 private:
  // Of each batch how it ended before what it wrote: lines come before the end, so none is missed.
  Result<void> look() {
    std::vector<Followed*> open;
    for (auto& job : jobs_) {
      if (!job.ended) {
        open.push_back(&job);
      }
    }
    for (size_t from = 0; from < open.size(); from += kBatchJobs) {
      std::vector<Followed*> batch(
          open.begin() + static_cast<std::ptrdiff_t>(from),
          open.begin() + static_cast<std::ptrdiff_t>(std::min(from + kBatchJobs, open.size())));
      if (auto looked = look_at_batch(batch); !looked) {
        return looked;
      }
    }
    return {};
  }

  Result<void> look_at_batch(const std::vector<Followed*>& batch) {
    std::vector<std::string> ids;
    ids.reserve(batch.size());
    for (const auto* job : batch) {
      ids.push_back(job->id);
    }
    auto many = [&](const char* name) {
      auto command = redis::plain({"HMGET", session_.keys()(name)});
      command.args.insert(command.args.end(), ids.begin(), ids.end());
      return command;
    };
    auto replies = session_.ask_all({many("outcomes"), locate(session_.keys(), ids), many("logs")});
    for (const auto& reply : replies) {
      if (!reply) {
        return reply.error();
      }
    }
    auto places = parse_locate(replies[1]->view(), ids.size());
    if (!places) {
      return places.error();
    }
    for (size_t i = 0; i < batch.size(); ++i) {
      Followed& job = *batch[i];
      job.was_there = job.was_there || (*places)[i];
      if (auto shown = show_news(job, lines_written(replies[2]->view()[i].str())); !shown) {
        return shown;
      }
      judge(job, replies[0]->view()[i], (*places)[i].has_value());
    }
    return {};
  }

  // 64 KiB at most: more is not kept.
  Result<void> show_news(Followed& job, int64_t written) {
    if (written < job.shown) {
      job.shown = 0;  // the id was given to a new job
    }
    if (written <= job.shown) {
      return {};
    }
    auto reply = session_.ask(redis::plain(
        {"LRANGE", session_.keys().log(job.id), std::to_string(job.shown - written), "-1"}));
    if (!reply && is_wrong_type(reply.error())) {
      job.shown = written;  // said once for what came now
      worst_ = worse(worst_, ExitCode::kFailed);
      session_.out().complain(job.id + ": " + reply.error().message);
      return {};
    }
    if (!reply) {
      return reply.error();
    }
    for (size_t i = 0; i < reply->view().size(); ++i) {
      auto line = parse_log_line(reply->view()[i].str());
      if (line && line->number > job.shown) {
        job.shown = line->number;
        print_log_line(session_.out(), job.id, jobs_.size() > 1, *line);
      }
    }
    return {};
  }

  void judge(Followed& job, redis::ReplyView outcome, bool is_there) {
    if (!outcome.is_nil()) {
      Waited waited{Waited::How::kEnded, parse_outcome(outcome.str())};
      job.ended = true;
      worst_ = worse(worst_, code_of(waited));
      session_.out().note(shown(job.id) + "  " + outcome_name(waited.outcome));
    } else if (!is_there && job.was_there) {
      job.ended = true;
      worst_ = worse(worst_, code_of({Waited::How::kGone, {}}));
      session_.out().complain(job.id + " has ended and was not kept: how it ended is not known");
    } else if (!is_there) {
      job.ended = true;
      worst_ = worse(worst_, say_no_such_job(session_, job.id));
    }
  }

  Session& session_;
  std::vector<Followed> jobs_;
  ExitCode worst_ = ExitCode::kOk;
};

}  // namespace

ExitCode follow_logs(Session& session, const std::vector<std::string>& ids) {
  return Follow(session, ids).run();
}

}  // namespace stint::cli
