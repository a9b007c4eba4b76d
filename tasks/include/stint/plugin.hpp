// stint::Plugin and the macro STINT_PLUGIN, which describe a plugin and are its boundary: no
// exception of a handler leaves these functions. Part of stint/task.hpp; include that. The worker
// calls open and close on its loop's thread, handlers on slot threads.
#ifndef STINT_PLUGIN_HPP
#define STINT_PLUGIN_HPP

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <stint/job.hpp>

#pragma GCC visibility push(hidden)
namespace stint {

// What a plugin learns when its process starts. Valid during the call.
struct OpenInfo {
  std::string_view config;  // its [plugins.NAME.config] table as a JSON object
  std::string_view host_name;
  std::uint32_t worker_index;  // 0..processes-1, stable across restarts
  std::uint32_t slots;         // jobs that may run at once in this process
};

// A task and the limits its author gives it; configuration and job may say otherwise. Times in
// milliseconds, 0 = none.
class Task {
 public:
  using Milliseconds = std::chrono::milliseconds;
  using Handler = std::function<std::int32_t(Job&)>;

  Task(std::string id, Handler handler) : id_(std::move(id)), handler_(std::move(handler)) {
    table_ = {sizeof table_, id_.c_str(), &limits_, &Task::perform, this};
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() = default;

  Task& lease(Milliseconds value) { return limits_.lease_ms = value.count(), *this; }
  Task& timeout(Milliseconds value) { return limits_.timeout_ms = value.count(), *this; }
  Task& grace(Milliseconds value) { return limits_.grace_ms = value.count(), *this; }
  Task& retries(std::int32_t value) { return limits_.retries = value, *this; }
  Task& crash_limit(std::int32_t value) { return limits_.crash_limit = value, *this; }

  const stint_task* table() const noexcept { return &table_; }

 private:
  // The boundary: no exception goes further.
  static std::int32_t perform(stint_job handle, void* context) noexcept {
    Job job(handle);
    try {
      return static_cast<Task*>(context)->handler_(job);
    } catch (const FinalError& error) {
      job.fail_final(error.what());
    } catch (const std::exception& error) {
      job.fail(error.what());
    } catch (...) {
      job.fail("the task threw something that is not a std::exception");
    }
    return STINT_DONE;
  }

  std::string id_;
  Handler handler_;
  stint_limits limits_{sizeof(stint_limits), -1, -1, -1, -1, -1};
  stint_task table_{};
};

// The plugin as its STINT_PLUGIN block describes it. It lives as long as the process.
class Plugin {
 public:
  // The handler is called with a Job& and returns void, JSON text, or stint::later.
  template <class F>
  Task& task(std::string id, F handler) {
    using R = std::invoke_result_t<F&, Job&>;
    tasks_.push_back(
        std::make_unique<Task>(std::move(id), [handler](Job& job) mutable -> std::int32_t {
          if constexpr (std::is_same_v<R, Later>) {
            handler(job);
            return STINT_LATER;
          } else if constexpr (std::is_void_v<R>) {
            handler(job);
            return STINT_DONE;
          } else {
            static_assert(std::is_convertible_v<R, std::string_view>,
                          "a handler returns void, JSON text or stint::later");
            job.succeed(handler(job));
            return STINT_DONE;
          }
        }));
    return *tasks_.back();
  }
  // Once a process, before its first job. What it throws is said, and the worker does not start.
  void on_open(std::function<void(const OpenInfo&)> open) { open_ = std::move(open); }
  // Once a process, after its last job.
  void on_close(std::function<void()> close) { close_ = std::move(close); }

  // For STINT_PLUGIN. A setup that throws becomes a plugin whose open fails with that message.
  static const stint_plugin* entry(const stint_host* host, const char* name, const char* version,
                                   void (*setup)(Plugin&)) noexcept {
    detail::host = host;
    // Never destroyed: a thread of the plugin may outlive main. Without memory for it the worker
    // ends.
    instance_ = new Plugin;  // NOLINT(bugprone-unhandled-exception-at-new)
    try {
      setup(*instance_);
    } catch (const std::exception& error) {
      instance_->refuse(error.what());
    } catch (...) {
      instance_->refuse("its STINT_PLUGIN block threw something that is not a std::exception");
    }
    for (const auto& task : instance_->tasks_) {
      instance_->tables_.push_back(task->table());
    }
    static stint_plugin table;
    table = {STINT_ABI_MAJOR,
             STINT_ABI_MINOR,
             sizeof table,
             name,
             version,
             &Plugin::open,
             &Plugin::close,
             instance_->tables_.data(),
             instance_->tables_.size()};
    return &table;
  }

 private:
  void refuse(std::string why) {
    open_ = [why = std::move(why)](const OpenInfo&) { throw std::runtime_error(why); };
  }
  static std::int32_t open(const stint_host*, const stint_open_info* info, char* error,
                           std::uint64_t size) noexcept {
    try {
      if (instance_->open_) {
        instance_->open_({detail::view(info->config), detail::view(info->host_name),
                          info->worker_index, info->slots});
      }
      return 0;
    } catch (const std::exception& thrown) {
      return report(thrown.what(), error, size);
    } catch (...) {
      return report("open threw something that is not a std::exception", error, size);
    }
  }
  static std::int32_t report(const char* text, char* error, std::uint64_t size) noexcept {
    if (size > 0) {
      (void)std::snprintf(error, static_cast<std::size_t>(size), "%s", text);
    }
    return 1;
  }
  static void close() noexcept {
    try {
      if (instance_->close_) {
        instance_->close_();
      }
    } catch (const std::exception& thrown) {
      (void)std::fprintf(stderr, "close: %s\n", thrown.what());
    } catch (...) {
      (void)std::fputs("close threw something that is not a std::exception\n", stderr);
    }
  }

  // NOLINTNEXTLINE(readability-identifier-naming): private, as other members
  static inline Plugin* instance_ = nullptr;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::vector<const stint_task*> tables_;
  std::function<void(const OpenInfo&)> open_;
  std::function<void()> close_;
};

}  // namespace stint
#pragma GCC visibility pop

// STINT_PLUGIN("name", "version") { plugin.task(...); }   once a shared library. The name is that
// of its table in the configuration, [plugins.NAME.config].
#define STINT_PLUGIN(name, version)                                                        \
  static void stint_plugin_setup(::stint::Plugin& plugin);                                 \
  extern "C" STINT_EXPORT const stint_plugin* stint_plugin_entry(const stint_host* host) { \
    return ::stint::Plugin::entry(host, name, version, &stint_plugin_setup);               \
  }                                                                                        \
  static void stint_plugin_setup(::stint::Plugin& plugin)

#endif
