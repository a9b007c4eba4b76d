/* The same in C, with nothing but the C header; any language that can fill in these tables can do
 * it. In one line:
 *   gcc -fPIC -shared $(pkg-config --cflags stint-task) hello_c.c -o hello_c.so */
#include <stint/task.h>
#include <string.h>

static const stint_host* host;

static stint_str text(const char* s) {
  stint_str out = {s, strlen(s)};
  return out;
}

static int32_t hello(stint_job job, void* context) {
  (void)context;
  host->log(job, text("hello from C"));
  host->succeed(job, text("{\"hello\": \"world\"}"));
  return STINT_DONE;
}

const stint_plugin* stint_plugin_entry(const stint_host* the_host) {
  static const stint_task task = {sizeof task, "hello.c", 0, hello, 0};
  static const stint_task* const tasks[] = {&task};
  static const stint_plugin plugin = {
      STINT_ABI_MAJOR, STINT_ABI_MINOR, sizeof plugin, "hello_c", "1.0", 0, 0, tasks, 1};
  host = the_host;
  return &plugin;
}
