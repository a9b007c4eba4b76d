#include "daemon/cli/doctor.h"

#include "common/config/toml/load.h"
#include "common/config_warnings.h"
#include "common/interrupt.h"
#include "common/queue/rights.h"
#include "common/redis/info.h"
#include "daemon/cli/doctor_finding.h"
#include "daemon/cli/doctor_hosts.h"
#include "daemon/cli/doctor_queue.h"
#include "daemon/cli/doctor_run.h"
#include "daemon/cli/doctor_settings.h"
#include "daemon/cli/progress_bar.h"
#include "daemon/cli/session.h"

namespace stint::cli {
namespace {

constexpr milliseconds kPatience{1'000};  // before progress is shown
// A repair may bring to light what it hid. After two rounds without one no more can be done.
constexpr int kRounds = 10;
constexpr int kIdleRounds = 2;

}  // namespace

ExitCode DoctorRun::run() {
  InterruptScope scope;
  auto queues = choose_queues();
  if (!queues) {
    return session_.out().fail(queues.error());
  }
  unsound_ = wrong_;
  if (auto checked = check_settings(*queues); !checked) {
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
  say_what_next();
  return wrong_ == 0 ? ExitCode::kOk : ExitCode::kFailed;
}

// A setting says by itself what to do, and no repair changes it.
void DoctorRun::say_what_next() {
  if (unsound_ > 0) {
    std::string where = "doctor.md of the documentation says what each finding means";
    session_.out().note(repair_
                            ? "what is left needs you, or a worker's next sign of life: " + where
                            : "stint doctor --repair mends this, while jobs run; " + where);
  }
}

Result<void> DoctorRun::check_settings(const std::vector<std::string>& queues) {
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
  std::string_view text = info ? info->view().str() : "";
  for (const auto& one : judge_settings(text, meta, said, in_use_)) {
    say_setting(one);
  }
  auto hosts = host_facts(session_, queues, redis::info_number(text, "used_memory"));
  if (!hosts) {
    return hosts.error();
  }
  for (const auto& one : judge_hosts(*hosts)) {
    say_setting(one);
  }
  return {};
}

void DoctorRun::say_setting(const SettingsFinding& one) {
  if (one.warning) {
    session_.out().note("warning: " + one.finding.detail);
  } else {
    say(one.finding);
  }
}

// Once for all its findings; to repair, again until nothing is found or nothing more can be done.
Result<void> DoctorRun::check_queue(const std::string& queue) {
  Keys keys(session_.config().ns, queue);
  auto ask = [this](const redis::Command& command) { return session_.ask(command); };
  auto enough = repair_ ? check_rights(ask, session_.config(), keys) : Result<void>();
  if (!enough) {
    return enough;
  }
  int64_t wrong_before = wrong_;
  int64_t repaired_before = repaired_;
  Result<int64_t> jobs = 0;
  if (!repair_) {
    jobs = examine(keys, [this](const Finding& finding) { say(finding); });
  } else {
    QueueRepair repair(ask_, keys, [this](const Repair& one) { say_repaired(one); });
    std::vector<Finding> left;
    for (int idle = 0, round = 0; idle < kIdleRounds && round < kRounds; ++round) {
      left.clear();
      int64_t made = repair.made();
      jobs = repair_round(keys, repair, left);
      if (!jobs) {
        break;
      }
      if (left.empty()) {
        break;
      }
      idle = repair.made() == made ? idle + 1 : 0;
    }
    for (const auto& finding : left) {
      say(finding);
    }
  }
  if (!jobs) {
    return jobs.error();
  }
  unsound_ += wrong_ - wrong_before;
  say_verdict(queue, *jobs, repaired_ - repaired_before, wrong_ - wrong_before);
  return {};
}

Result<int64_t> DoctorRun::repair_round(const Keys& keys, QueueRepair& repair,
                                        std::vector<Finding>& found) {
  if (auto prepared = repair.prepare(); !prepared) {
    return prepared.error();
  }
  auto jobs = examine(keys, [&](const Finding& finding) {
    found.push_back(finding);
    repair.note(finding);
  });
  if (!jobs) {
    return jobs;
  }
  auto flushed = repair.flush();
  return flushed ? jobs : flushed.error();
}

Result<int64_t> DoctorRun::examine(const Keys& keys,
                                   const std::function<void(const Finding&)>& on_finding) {
  ProgressBar bar(session_.out(), "job");
  MonoTime start = now_mono();
  QueueExam exam(
      ask_, keys,
      [&](const Finding& finding) {
        bar.wipe();
        on_finding(finding);
      },
      [&](const ExamProgress& at) {
        if (now_mono() - start > kPatience && at.known > 0) {
          bar.show(at.jobs, static_cast<double>(at.jobs) / static_cast<double>(at.known));
        }
        return !interrupted();
      });
  auto jobs = exam.run();
  bar.wipe();
  return jobs;
}

void DoctorRun::say_verdict(const std::string& queue, int64_t jobs, int64_t repaired,
                            int64_t wrong) {
  const Output& out = session_.out();
  if (out.json()) {
    return;
  }
  std::string verdict = wrong == 0 ? out.paint(Color::kGreen, "nothing wrong")
                                   : out.paint(Color::kRed, counted(wrong, "thing") + " wrong");
  std::string mended = repaired == 0 ? "" : counted(repaired, "repair") + " made, ";
  out.line("queue " + queue + ": " + counted(jobs, "job") + " checked, " + mended + verdict);
}

void DoctorRun::say_repaired(const Repair& repair) {
  ++repaired_;
  Finding finding{repair.check, repair.key, repair.id, repair.what};
  session_.out().line(session_.out().json() ? finding_json(finding, true)
                                            : finding_line(finding, true));
}

void DoctorRun::say(const Finding& finding) {
  ++wrong_;
  session_.out().line(session_.out().json() ? finding_json(finding) : finding_line(finding));
}

ExitCode run_doctor(const Globals& globals, bool repair) {
  auto session = Session::open(globals);
  if (!session) {
    return Output(globals).fail(session.error());
  }
  if (auto loaded = load_config(globals.flags)) {
    for (const auto& warning : file_warnings(*loaded)) {
      session->out().note("warning: " + warning);
    }
  }
  return DoctorRun(*session, repair).run();
}

}  // namespace stint::cli
