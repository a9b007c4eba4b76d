// The smallest plugin in C++. Built by the CMakeLists.txt beside it, or in one line:
//   g++ -fPIC -shared $(pkg-config --cflags stint-task) hello.cc -o hello.so
#include <stint/task.hpp>

STINT_PLUGIN("hello", "1.0") {
  plugin.task("hello", [](stint::Job& job) {
    job.log("hello, " + job.resource());
    return R"({"hello": "world"})";
  });
}
