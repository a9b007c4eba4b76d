// Two builds of one plugin, version_a.so and version_b.so: a test replaces the file of one by the
// other and sends HUP. version {"ms": 0} -> {"version": "a"}
#include <nlohmann/json.hpp>
#include <stint/task.hpp>

STINT_PLUGIN("version", STINT_TEST_VERSION) {
  plugin.task("version", [](stint::Job& job) {
    auto params = nlohmann::json::parse(job.params());
    if (params.is_object()) {
      job.wait_stop(std::chrono::milliseconds(params.value("ms", 0)));
    }
    return R"({"version": ")" STINT_TEST_VERSION R"("})";
  });
}
