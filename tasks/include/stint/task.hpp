// Task plugins in C++17: a thin, header-only wrapper of the C interface in stint/task.h, with
// nothing to link.
//
//   #include <stint/task.hpp>
//
//   STINT_PLUGIN("greet", "1.0") {
//     plugin.task("greet", [](stint::Job& job) {
//       job.log("greeting " + job.resource());
//       return R"({"hello": "world"})";
//     });
//   }
//
// A handler runs in a worker process, on a slot thread (with several slots: on several at once).
// What it returns is the result, as JSON text; void is the result null. What it throws fails the
// attempt, with what() as the message. To finish later from another thread, copy the Job and return
// stint::later.
//
// Everything here has hidden visibility: two plugins in one process never share its state.
#ifndef STINT_TASK_HPP
#define STINT_TASK_HPP

#include <stint/job.hpp>
#include <stint/plugin.hpp>

#endif
