#include "tests/support/fake_plugin_host.h"

#include <dlfcn.h>

#include <chrono>
#include <cstring>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace stint::test {
namespace {

stint_str str(const std::string& text) {
  return {text.data(), text.size()};
}
std::string copy(stint_str text) {
  return {text.data ? text.data : "", text.size};
}

}  // namespace

FakePluginHost* FakePluginHost::self_ = nullptr;

FakePluginHost::FakePluginHost(const std::string& file) {
  static const stint_host host = table();
  self_ = this;
  library_ = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ == nullptr) {
    throw std::runtime_error(::dlerror());
  }
  auto entry = reinterpret_cast<const stint_plugin* (*)(const stint_host*)>(
      ::dlsym(library_, "stint_plugin_entry"));
  plugin_ = entry(&host);
}

// Like a worker, never dlclose: threads of the plugin may still run in its code.
FakePluginHost::~FakePluginHost() {
  self_ = nullptr;
}

const stint_task* FakePluginHost::find(const std::string& task) const {
  for (uint64_t i = 0; i < plugin_->task_count; ++i) {
    if (plugin_->tasks[i]->id == task) {
      return plugin_->tasks[i];
    }
  }
  return nullptr;
}

std::string FakePluginHost::open(const std::string& config) {
  char error[200] = "";
  stint_open_info info{sizeof info, str(config), {"here", 4}, 3, 2};
  int32_t answer = plugin_->open(nullptr, &info, error, sizeof error);
  return answer == 0 ? "" : error;
}

Outcome FakePluginHost::run(const std::string& id, const std::string& params) {
  const stint_task* task = find(id);
  if (task == nullptr) {
    throw std::runtime_error("no task " + id);
  }
  params_ = params;
  outcome_ = Outcome{};
  int32_t returned = task->perform(7, task->context);
  std::unique_lock lock(mutex_);
  outcome_.returned = returned;
  if (returned == STINT_LATER) {
    ended_.wait_for(lock, std::chrono::seconds(10), [this] { return !outcome_.how.empty(); });
  }
  return outcome_;
}

int32_t FakePluginHost::end(const char* how, stint_str text, bool is_json) {
  std::lock_guard lock(mutex_);
  if (!outcome_.how.empty()) {
    ++outcome_.refused;
    return STINT_GONE;
  }
  std::string copied = copy(text);
  bool valid =
      is_json ? copied.empty() || nlohmann::json::accept(copied)
              : copied.find('\xff') == std::string::npos;  // all the broken UTF-8 that tests use
  if (!valid) {
    return STINT_INVALID;
  }
  outcome_.how = how;
  outcome_.text = copied;
  ended_.notify_all();
  return STINT_OK;
}

stint_host FakePluginHost::table() {
  stint_host host{};
  host.abi_major = STINT_ABI_MAJOR;
  host.abi_minor = STINT_ABI_MINOR;
  host.struct_size = sizeof host;
  host.id = [](stint_job) { return stint_str{"the-id", 6}; };
  host.task = [](stint_job) { return stint_str{"the-task", 8}; };
  host.queue = [](stint_job) { return stint_str{"q", 1}; };
  host.resource = [](stint_job) { return stint_str{nullptr, 0}; };
  host.params = [](stint_job) { return str(self_->params_); };
  host.attempt = [](stint_job) { return self_->attempt; };
  host.token = [](stint_job) { return uint64_t{42}; };
  host.checkpoint = [](stint_job) { return str(self_->checkpoint); };
  host.stop_reason = [](stint_job) { return self_->stop; };
  host.wait_stop = [](stint_job, uint64_t) { return self_->stop; };
  host.progress = [](stint_job, stint_str json) {
    self_->outcome_.progress.push_back(copy(json));
    return int32_t{STINT_OK};
  };
  host.log = [](stint_job, stint_str line) {
    self_->outcome_.logs.push_back(copy(line));
    return int32_t{STINT_OK};
  };
  host.succeed = [](stint_job, stint_str json) { return self_->end("succeed", json, true); };
  host.fail = [](stint_job, stint_str message, uint32_t flags) {
    return self_->end(flags == STINT_FAIL_FINAL ? "fail_final" : "fail", message, false);
  };
  host.release = [](stint_job, uint64_t ms) {
    return self_->end("release", str(std::to_string(ms)), true);
  };
  return host;
}

}  // namespace stint::test
