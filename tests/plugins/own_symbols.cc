// A plugin that brings its own redisConnect, uv_run and a function of fmt, all exported and called
// through the dynamic linker. own_symbols -> {"redisConnect": true, ...}: whether its own were
// called and not those inside stint-worker.
#include <stint/task.hpp>

extern "C" {
STINT_EXPORT void* redisConnect(const char* host, int port);
STINT_EXPORT int uv_run(void* loop, int mode);
// fmt::v9::vformat(string_view, format_args)
STINT_EXPORT int own_vformat() __asm__(
    "_ZN3fmt2v97vformatB5cxx11ENS0_17basic_string_viewIcEENS0_17basic_format_argsINS0_20basic_"
    "format_contextINS0_8"
    "appenderEcEEEE");

static char marker;
void* redisConnect(const char*, int) {
  return &marker;
}
int uv_run(void*, int) {
  return 4711;
}
int own_vformat() {
  return 4712;
}
}

namespace {

const char* yes_no(bool value) {
  return value ? "true" : "false";
}

}  // namespace

STINT_PLUGIN("own_symbols", "1.0") {
  plugin.task("own_symbols", [](stint::Job&) {
    std::string out = R"({"redisConnect": )";
    out += yes_no(redisConnect("", 0) == &marker);
    out += R"(, "uv_run": )";
    out += yes_no(uv_run(nullptr, 0) == 4711);
    out += R"(, "fmt": )";
    out += yes_no(own_vformat() == 4712);
    return out + "}";
  });
}
