// A plugin against the C interface alone, whose one task, throw_across, lets an exception leave its
// function. The C++ wrapper would not.
#include <stdexcept>

#include <stint/task.h>

namespace {

int32_t throw_across(stint_job, void*) {
  throw std::runtime_error("through the C interface");
}

const stint_task kTask{sizeof(stint_task), "throw_across", nullptr, throw_across, nullptr};
const stint_task* const kTasks[] = {&kTask};
const stint_plugin kPlugin{STINT_ABI_MAJOR, STINT_ABI_MINOR, sizeof(stint_plugin),
                           "thrower",       "1.0",           nullptr,
                           nullptr,         kTasks,          1};

}  // namespace

extern "C" STINT_EXPORT const stint_plugin* stint_plugin_entry(const stint_host*) {
  return &kPlugin;
}
