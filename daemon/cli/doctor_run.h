// One run of stint doctor: chooses queues (doctor_names.cc), checks settings and queues, says what
// is found or repaired and counts it (doctor.cc). One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "daemon/cli/doctor_repair.h"
#include "daemon/cli/doctor_settings.h"
#include "daemon/cli/session.h"

namespace stint::cli {

class DoctorRun {
 public:
  DoctorRun(Session& session, bool repair)
      : session_(session),
        repair_(repair),
        ask_([&session](const auto& commands) { return session.ask_all(commands); }) {}

  ExitCode run();

 private:
  Result<std::vector<std::string>> choose_queues();
  Result<void> check_settings(const std::vector<std::string>& queues);
  void say_setting(const SettingsFinding& one);
  Result<std::set<std::string>> read_entered();
  Result<std::set<std::string>> queues_with_jobs();
  Result<void> enter_queue(const std::string& name);
  Result<void> check_queue(const std::string& queue);
  Result<int64_t> repair_round(const Keys& keys, QueueRepair& repair, std::vector<Finding>& found);
  Result<int64_t> examine(const Keys& keys, const std::function<void(const Finding&)>& on_finding);
  void say(const Finding& finding);
  void say_what_next();
  void say_repaired(const Repair& repair);
  void say_verdict(const std::string& queue, int64_t jobs, int64_t repaired, int64_t wrong);

  Session& session_;
  bool repair_;
  Ask ask_;
  int64_t wrong_ = 0;
  int64_t repaired_ = 0;
  int64_t unsound_ = 0;  // of the wrong things: in a queue, not a setting
  bool in_use_ = false;  // a daemon has entered a queue
};

}  // namespace stint::cli
