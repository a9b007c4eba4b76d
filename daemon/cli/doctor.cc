#include "daemon/cli/doctor.h"

#include <algorithm>

#include "daemon/cli/doctor_queue.h"
#include "daemon/cli/doctor_settings.h"
#include "daemon/cli/interrupt.h"
#include "daemon/cli/progress_bar.h"
#include "daemon/cli/session.h"

namespace stint::cli {
namespace {

constexpr milliseconds kPatience{1'000};  // before progress is shown

// One run of the verb: says what is found and counts it.
class DoctorRun {
 public:
  explicit DoctorRun(Session& session)
      : session_(session),
        ask_([&session](const auto& commands) { return session.ask_all(commands); }) {}

  ExitCode run();

 private:
  Result<std::vector<std::string>> choose_queues();
  Result<void> check_settings();
  Result<void> check_queue(const std::string& queue);
  void say(const Finding& finding);

  Session& session_;
  Ask ask_;
  int64_t wrong_ = 0;
  bool in_use_ = false;  // a daemon has entered a queue
};

ExitCode DoctorRun::run() {
  InterruptScope scope;
  auto queues = choose_queues();
  if (!queues) {
    return session_.out().fail(queues.error());
  }
  if (auto checked = check_settings(); !checked) {
    return session_.out().fail(checked.error());
  }
  if (queues->empty()) {
    queues->push_back(session_.keys().queue());
  }
  for (const auto& queue : *queues) {
    auto checked = check_queue(queue);
    if (interrupted()) {
      return ExitCode::kInterrupted;
    }
    if (!checked) {
      return session_.out().fail(with_context("queue " + queue, checked.error()));
    }
  }
  return wrong_ == 0 ? ExitCode::kOk : ExitCode::kFailed;
}

// The one that was named; else those that a daemon entered, and those of the configuration.
Result<std::vector<std::string>> DoctorRun::choose_queues() {
  if (session_.queue_was_named()) {
    return std::vector<std::string>{session_.keys().queue()};
  }
  std::string key = queues_key(session_.config().ns);
  auto replies = ask_for(ask_, {redis::plain({"TYPE", key})});
  if (!replies) {
    return replies.error();
  }
  auto type = replies->front().view().str();
  if (type != "set" && type != "none") {
    say({"wrong-type", key, "",
         "a " + std::string(type) + ", must be a set: only the configured queues were checked"});
  }
  std::vector<std::string> names;
  if (type == "set") {
    auto members = ask_for(ask_, {redis::plain({"SMEMBERS", key})});
    if (!members) {
      return members.error();
    }
    names = texts_of(members->front().view());
    in_use_ = !names.empty();
  }
  for (const auto& queue : session_.config().queues) {
    names.push_back(queue.name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<void> DoctorRun::check_settings() {
  std::string meta = meta_key(session_.config().ns);
  auto format = session_.ask(redis::plain({"HGET", meta, "format"}));
  auto info = session_.ask(redis::plain({"INFO"}));
  if (!format) {
    return format.error();
  }
  if (!info && info.error().code != ErrorCode::kRefused) {
    return info.error();
  }
  if (!info) {
    session_.out().note("warning: the settings of Redis were not checked: " + info.error().message);
  }
  std::optional<std::string> said;
  if (!format->view().is_nil()) {
    said = format->view().str();
  }
  for (const auto& one : judge_settings(info ? info->view().str() : "", meta, said, in_use_)) {
    if (one.warning) {
      session_.out().note("warning: " + one.finding.detail);
    } else {
      say(one.finding);
    }
  }
  return {};
}

Result<void> DoctorRun::check_queue(const std::string& queue) {
  const Output& out = session_.out();
  ProgressBar bar(out, "job");
  MonoTime start = now_mono();
  int64_t wrong_before = wrong_;
  QueueExam exam(
      ask_, Keys(session_.config().ns, queue),
      [&](const Finding& finding) {
        bar.wipe();
        say(finding);
      },
      [&](const ExamProgress& at) {
        if (now_mono() - start > kPatience && at.known > 0) {
          bar.show(at.jobs, static_cast<double>(at.jobs) / static_cast<double>(at.known));
        }
        return !interrupted();
      });
  auto jobs = exam.run();
  bar.wipe();
  if (!jobs) {
    return jobs.error();
  }
  if (!out.json()) {
    int64_t wrong = wrong_ - wrong_before;
    std::string verdict = wrong == 0 ? out.paint(Color::kGreen, "nothing wrong")
                                     : out.paint(Color::kRed, counted(wrong, "thing") + " wrong");
    out.line("queue " + queue + ": " + counted(*jobs, "job") + " checked, " + verdict);
  }
  return {};
}

void DoctorRun::say(const Finding& finding) {
  ++wrong_;
  session_.out().line(session_.out().json() ? finding_json(finding) : finding_line(finding));
}

}  // namespace

ExitCode run_doctor(const Globals& globals) {
  auto session = Session::open(globals);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  return DoctorRun(*session).run();
}

}  // namespace stint::cli
