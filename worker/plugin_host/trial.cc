#include "worker/plugin_host/trial.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <thread>

#include "common/clock.h"
#include "common/control/flight_recorder.h"
#include "common/control/frames.h"
#include "common/control/sealed_text.h"
#include "common/exit_code.h"
#include "common/job/spec.h"
#include "common/text/text.h"
#include "worker/crash_handler.h"
#include "worker/plugin_host/host_api.h"
#include "worker/plugin_host/plugin.h"

namespace stint {
namespace {

constexpr milliseconds kLookEvery{20};

volatile std::sig_atomic_t interrupts = 0;

void say(const std::string& text) {
  (void)std::fprintf(stderr, "%s\n", text.c_str());
}

// Never destroyed: a task that is given up still runs in its thread.
struct Theatre {
  JobTable jobs;
  Stock stock{[] {}};
  std::vector<Plugin> plugins;
  TaskTable tasks;
};

Result<void> set_stage(const Trial& trial, Theatre& stage) {
  auto plugins = load_plugins({trial.plugin});
  if (!plugins) {
    return plugins.error();
  }
  stage.plugins = std::move(*plugins);
  auto tasks = make_task_table(stage.plugins, {});
  if (!tasks) {
    return tasks.error();
  }
  stage.tasks = std::move(*tasks);
  connect_host_functions(stage.jobs, stage.stock);
  return {};
}

Result<void> open_plugins(const Theatre& stage, const std::string& config) {
  Boot boot;
  boot.host = "localhost";
  for (const Plugin& plugin : stage.plugins) {
    boot.config.plugin_config[plugin.name()] = config;
    if (auto opened = plugin.open(boot); !opened) {
      return opened;
    }
  }
  return {};
}

// Under the job's lock.
void print_news(Job& job) {
  auto taken = job.log.take();
  for (const auto& line : taken.lines) {
    // "<ms> <attempt> <text>"
    say("log: " + line.substr(line.find(' ', line.find(' ') + 1) + 1));
  }
  if (taken.progress) {
    say("progress: " + *taken.progress);
  }
}

Job& adopt(Theatre& stage, const Trial& trial, const Task& task) {
  Job& job = stage.jobs.adopt(0);
  job.id = "trial";
  job.queue_name = "default";
  job.task = &task;
  job.task_name = task.id;
  job.resource = trial.resource;
  job.params = trial.params;
  job.params_ready = true;
  job.token = 1;
  job.attempt = 1;
  job.running = true;
  job.checkpoint_known = true;  // there was no attempt before
  job.on_news = print_news;     // at once: the next thing that the task does may be to crash
  return job;
}

void perform(Job& job) {
  crash_handler::prepare_thread();
  int32_t code = job.task->perform(job.handle, job.task->context);
  std::lock_guard lock(job.mutex);
  if (code != STINT_LATER && !job.completed) {
    job.completed = true;
    bool done = code == STINT_DONE;
    job.completion.how = done ? Completion::How::kSucceeded : Completion::How::kFailed;
    job.completion.text = done ? "" : "perform returned " + std::to_string(code);
  }
  job.ended_ns.store(now_mono().ns, std::memory_order_relaxed);
  job.changed.notify_all();
}

// Its code has returned, and somebody has completed it.
bool is_over(const Job& job) {
  return job.completed && job.ended_ns.load(std::memory_order_relaxed) != 0;
}

// Tells the task to stop when its time is over or somebody wants it. False: give it up.
bool mind_the_clock(Job& job, MonoTime start, MonoTime& told) {
  const auto& said = job.task->said;
  milliseconds timeout = said.timeout.value_or(milliseconds{0});
  bool late = timeout.count() > 0 && now_mono() - start >= timeout;
  if (job.stop_reason() == StopReason::kNone && (late || interrupts > 0)) {
    told = now_mono();
    say(late ? "its timeout is over: it is told to stop" : "interrupted: it is told to stop");
    auto reason = late ? StopReason::kTimeout : StopReason::kShutdown;
    job.stop.store(static_cast<int32_t>(reason), std::memory_order_release);
    job.changed.notify_all();
  }
  bool over = job.stop_reason() != StopReason::kNone &&
              now_mono() - told >= said.grace.value_or(Limits{}.grace);
  return !over && interrupts < 2;
}

ExitCode conclude(const Job& job, int64_t took_ms) {
  std::string took = " after " + std::to_string(took_ms) + " ms";
  const Completion& completion = job.completion;
  switch (completion.how) {
    case Completion::How::kSucceeded:
      (void)std::printf("%s\n", completion.text.empty() ? "null" : completion.text.c_str());
      say("succeeded" + took);
      return ExitCode::kOk;
    case Completion::How::kReleased:
      say("released, to run again in " + std::to_string(completion.delay.count()) + " ms" + took);
      return ExitCode::kOk;
    case Completion::How::kFailed:
    case Completion::How::kNone:
    case Completion::How::kUnstarted:
      say("failed" + took + (completion.final ? ", not to be retried: " : ": ") + completion.text);
      break;
  }
  return ExitCode::kJobFailed;
}

ExitCode run_job(Job& job) {
  MonoTime start = now_mono();
  MonoTime told = start;
  std::thread([&job] { perform(job); }).detach();
  std::unique_lock lock(job.mutex);
  while (!job.changed.wait_for(lock, kLookEvery, [&job] { return is_over(job); })) {
    if (!mind_the_clock(job, start, told)) {
      say(interrupts > 0 ? "given up" : "it does not stop; a worker would be killed now");
      return interrupts > 0 ? ExitCode::kInterrupted : ExitCode::kJobFailed;
    }
  }
  return conclude(job, (now_mono() - start).count());
}

int refuse(const Error& error) {
  say("stint: " + error.message);
  return to_int(error.code == ErrorCode::kConfig ? ExitCode::kConfig : ExitCode::kUsage);
}

// What stint reads when we are dead. By hand, in a debugger, nobody does.
Result<control::FlightRecorder*> open_recorder() {
  auto given = control::FlightRecorder::attach(control::kRecorderFd);
  bool by_hand = !given;
  auto opened = by_hand ? control::FlightRecorder::create(1) : std::move(given);
  if (!opened) {
    return opened.error();
  }
  // As long as the process: the crash handler writes to it.
  static auto* const recorder = new control::FlightRecorder(std::move(*opened));
  crash_handler::install(recorder->table(), by_hand);
  return recorder;
}

int attempt(const Trial& trial, const std::string& config, control::FlightRecorder& recorder,
            int entry) {
  if (auto good = check_json(trial.params, kMaxParams, kMaxParamsDepth); !good) {
    return refuse({ErrorCode::kInvalid, "parameters: " + good.error().message});
  }
  for (int number : {SIGINT, SIGTERM}) {
    (void)std::signal(number, [](int) { interrupts = interrupts + 1; });
  }
  static auto* const stage = new Theatre;
  if (auto set = set_stage(trial, *stage); !set) {
    return refuse(set.error());
  }
  const Task* task = stage->tasks.find(trial.task);
  if (task == nullptr) {
    auto ids = stage->tasks.ids();
    auto name = nearest(trial.task, ids);
    return refuse({ErrorCode::kInvalid, "no task " + trial.task + " in " + trial.plugin +
                                            (name ? "; did you mean " + *name + "?" : "")});
  }
  if (auto opened = open_plugins(*stage, config); !opened) {
    return refuse(opened.error());
  }
  recorder.start(entry, 0, now_wall_ms());
  int code = to_int(run_job(adopt(*stage, trial, *task)));
  recorder.end(entry, 0);
  if (code == to_int(ExitCode::kOk)) {
    for (const Plugin& plugin : stage->plugins) {
      plugin.close();
    }
  }
  return code;
}

}  // namespace

int run_trial(const Trial& trial) {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  auto config = control::take_sealed_text(control::kControlFd);  // by hand there is none
  auto recorder = open_recorder();
  if (!recorder) {
    return refuse(recorder.error());
  }
  // Held until we end by ourselves: whoever finds it held knows that the plugin ended the process.
  int entry = (*recorder)->claim(0, "trial", 1, 1, Limits{});
  int code = attempt(trial, config.value_or("{}"), **recorder, entry);
  (*recorder)->free(entry);
  return code;
}

}  // namespace stint
