#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <istream>
#include <set>
#include <system_error>

#include "client/json_object.h"
#include "client/submitter.h"
#include "common/interrupt.h"
#include "daemon/cli/bulk_file.h"
#include "daemon/cli/live_input.h"
#include "daemon/cli/progress_bar.h"
#include "daemon/cli/submit.h"
#include "daemon/cli/task_hints.h"

namespace stint::cli {
namespace {

constexpr size_t kMostTasksHeld = 1000;
// Of the summary: a producer may write bad lines for days.
constexpr size_t kMostRejectedHeld = 1000;

class BulkRun {
 public:
  BulkRun(Session& session, std::string name, std::istream& in, int64_t size, bool again)
      : session_(session),
        name_(name == "-" ? "stdin" : std::move(name)),
        size_(size),
        file_(in),
        bar_(session.out(), "job"),
        submitter_(session, again,
                   [this](int64_t line, const auto& answer) { take(line, answer); }) {}

  // What is read from a program that pauses is not held back until it goes on.
  void follow(LiveInput& input) {
    input_ = &input;
    input.on_pause([this] {
      paused_ = submitter_.flush();
      show_progress();
      return paused_.ok();
    });
  }

  ExitCode run() {
    InterruptScope scope;
    if (auto door = submitter_.open(); !door) {
      return session_.out().fail(door.error());
    }
    auto sent = send_all();
    bar_.wipe();
    // The summary is the last output, whatever happened: what was submitted is submitted.
    ExitCode code = judge(sent);
    if (submitted_ > 0) {
      hint_unserved(session_, tasks_);
    }
    print_summary();
    return code;
  }

 private:
  Result<void> send_all() {
    while (!interrupted()) {
      auto line = file_.next();
      if (!line || broke_off()) {
        break;  // what was read last may be half a line
      }
      last_line_ = line->number;
      if (auto* why = std::get_if<std::string>(&line->job)) {
        reject(line->number, *why);
        continue;
      }
      const auto& spec = std::get<JobSpec>(line->job);
      if (tasks_.size() < kMostTasksHeld) {
        tasks_.insert(spec.task);
      }
      if (auto added = submitter_.add(line->number, spec); !added) {
        return added;
      }
      show_progress();
    }
    if (!paused_) {
      return paused_;
    }
    auto sent = submitter_.flush();
    return sent && input_ != nullptr && input_->failure()
               ? with_context("cannot read " + name_, *input_->failure())
               : sent;
  }

  bool broke_off() const {
    return interrupted() || !paused_ || (input_ != nullptr && input_->failure());
  }

  void show_progress() {
    bar_.show(
        submitted_ + known_,
        size_ > 0 ? static_cast<double>(file_.bytes_read()) / static_cast<double>(size_) : -1.0);
  }

  void take(int64_t line, const Result<Submitted>& answer) {
    if (!answer) {
      return;  // the submitter says from which line on
    }
    switch (answer->status) {
      case Submitted::Status::kCreated:
        ++submitted_;
        break;
      case Submitted::Status::kKnown:
        ++known_;
        break;
      case Submitted::Status::kConflict:
        reject(line, conflict_text("", answer->place));
        break;
    }
  }

  void reject(int64_t line, const std::string& why) {
    bar_.wipe();
    session_.out().complain(name_ + ":" + std::to_string(line) + ": " + why);
    if (rejected_.size() == kMostRejectedHeld) {
      ++unlisted_;
      return;
    }
    rejected_.emplace(line,
                      JsonObject().number("line", line).text("error", std::string_view(why)).str());
  }

  ExitCode judge(const Result<void>& sent) {
    const Output& out = session_.out();
    if (!sent) {
      int64_t first_unsent = submitter_.first_unsent();
      out.complain("stopped: " + sent.error().message + "; of the lines from " +
                   std::to_string(first_unsent > 0 ? first_unsent : last_line_ + 1) +
                   " on some were not submitted: give them ids and run it again, known ids are not "
                   "queued twice");
      return sent.error().code == ErrorCode::kUnavailable ? ExitCode::kUnreachable
                                                          : ExitCode::kFailed;
    }
    if (interrupted()) {
      out.complain("interrupted after line " + std::to_string(last_line_) + ": " +
                   counted(submitted_, "job") + " submitted");
      return ExitCode::kInterrupted;
    }
    return rejected_.empty() ? ExitCode::kOk : ExitCode::kFailed;
  }

  void print_summary() const {
    std::vector<std::string> rejected;
    for (const auto& [line, json] : rejected_) {
      rejected.push_back(json);
    }
    session_.out().line(JsonObject()
                            .number("submitted", submitted_)
                            .number("known", known_)
                            .raw("rejected", json_array(rejected))
                            .number("unlisted", unlisted_)
                            .str());
  }

  Session& session_;
  std::string name_;
  int64_t size_;
  BulkFile file_;
  ProgressBar bar_;
  Submitter submitter_;
  std::set<std::string> tasks_;
  std::multimap<int64_t, std::string> rejected_;  // by line: conflicts come after later bad lines
  LiveInput* input_ = nullptr;
  Result<void> paused_;    // the flush of the last pause
  int64_t last_line_ = 0;  // that was taken
  int64_t submitted_ = 0;
  int64_t known_ = 0;
  int64_t unlisted_ = 0;  // rejected as well, and said, but not in the summary
};

Result<void> check_bulk(const SubmitOptions& o) {
  const JobFields& job = o.job;
  bool has_job = !job.task.empty() || o.params || o.params_file || job.resource || job.id ||
                 job.backoff || job.delay || job.at || job.lease || job.timeout || job.keep ||
                 job.retries || job.crash_limit || o.wait;
  if (has_job) {
    return Error{ErrorCode::kInvalid,
                 "with --bulk all that is to be said of a job stands in its line; only --again "
                 "goes with it"};
  }
  return {};
}

int64_t size_of(const std::string& path) {
  struct stat info {};
  return path != "-" && stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : 0;
}

bool is_folder(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

}  // namespace

ExitCode run_submit_bulk(const Globals& globals, const SubmitOptions& options) {
  Output out(globals);
  if (auto good = check_bulk(options); !good) {
    return out.fail(good.error());
  }
  const std::string& path = *options.bulk;
  std::ifstream file;
  if (path != "-") {
    errno = is_folder(path) ? EISDIR : 0;
    if (errno == 0) {
      file.open(path, std::ios::binary);
    }
    if (!file.is_open()) {
      return out.fail({ErrorCode::kInternal,
                       "cannot read " + path + ": " + std::generic_category().message(errno)});
    }
  }
  auto session = Session::open(globals, Purpose::kSubmit);
  if (!session) {
    return out.fail(session.error());
  }
  LiveInput live(STDIN_FILENO);
  std::istream live_in(&live);
  BulkRun run(*session, path, path == "-" ? live_in : file, size_of(path), options.again);
  if (path == "-") {
    run.follow(live);
  }
  return run.run();
}

}  // namespace stint::cli
