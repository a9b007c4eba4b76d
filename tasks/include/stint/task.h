/* The task plugin interface of stint, in C. C++ authors include <stint/task.hpp>, which wraps this.
 *
 * A plugin is a shared library that exports one function, stint_plugin_entry(). It is loaded by
 * each worker process after exec, with RTLD_NOW | RTLD_LOCAL, and never closed. Only fixed-width
 * integers, pointer + length UTF-8 and opaque handles cross. No exception may leave a function of
 * the plugin; the C++ wrapper sees to that.
 *
 * ABI rule: within one STINT_ABI_MAJOR structs only grow at their end; struct_size tells which
 * members exist. */
#ifndef STINT_TASK_H
#define STINT_TASK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define STINT_ABI_MAJOR 1u
#define STINT_ABI_MINOR 0u
#define STINT_EXPORT __attribute__((visibility("default")))

/* Bytes, not zero-terminated. data may be null when size is 0. */
typedef struct stint_str {
  const char* data;
  uint64_t size;
} stint_str;

/* One attempt of one job. Valid until it is completed; used after that, calls answer STINT_GONE and
 * change nothing. */
typedef uint64_t stint_job;

/* What perform returns. */
#define STINT_DONE \
  0 /* ended: as completed, or as succeeded with result null if it was not completed */
#define STINT_LATER 1 /* some thread will complete the job; until then it keeps its slot */

/* What host functions answer. */
#define STINT_OK 0
#define STINT_GONE                                                                                 \
  (-1) /* completed before, or not this worker's any more: nothing changed; a second completion is \
          reported */
#define STINT_INVALID (-2) /* not JSON, not UTF-8, or too large: nothing changed */

/* Why the task should stop (stop_reason). It should then end soon: return, fail, or release. */
#define STINT_STOP_NONE 0
#define STINT_STOP_SHUTDOWN 1   /* the worker is stopping */
#define STINT_STOP_CANCEL 2     /* somebody cancelled the job */
#define STINT_STOP_TIMEOUT 3    /* it has run for its whole timeout */
#define STINT_STOP_LEASE_LOST 4 /* another worker may have it: write nothing more elsewhere */

#define STINT_FAIL_FINAL 1u /* flag of fail(): do not retry */

/* Functions of the worker. All may be called from any thread. Strings they return live until the
 * job is completed. */
typedef struct stint_host {
  uint32_t abi_major;
  uint32_t abi_minor;
  uint64_t struct_size;

  stint_str (*id)(stint_job job);
  stint_str (*task)(stint_job job);
  stint_str (*queue)(stint_job job);
  stint_str (*resource)(stint_job job); /* empty: none */
  stint_str (*params)(
      stint_job job); /* JSON, byte for byte as submitted; "null" if none was given */
  uint32_t (*attempt)(stint_job job); /* 1 for the first */
  uint64_t (*token)(stint_job job);   /* fencing token: grows with every attempt on a resource; pass
                                         it to what you write to */
  stint_str (*checkpoint)(
      stint_job job); /* the last progress of an earlier attempt, JSON; empty: none */

  int32_t (*stop_reason)(stint_job job);
  int32_t (*wait_stop)(
      stint_job job, uint64_t milliseconds); /* sleeps until a stop is wanted or the time is over */

  int32_t (*progress)(stint_job job, stint_str json);
  int32_t (*log)(stint_job job, stint_str line); /* UTF-8; 8 kB a line, 64 KiB a job are kept */

  /* Completion, once, from any thread. */
  /* empty: null; at most 1 MiB; where it is STINT_INVALID the job's log says why */
  int32_t (*succeed)(stint_job job, stint_str result_json);
  int32_t (*fail)(stint_job job, stint_str message, uint32_t flags);
  int32_t (*release)(stint_job job,
                     uint64_t delay_milliseconds); /* run it again later, uncounted */
} stint_host;

/* Limits that the plugin's author sets; -1 = leave it to the configuration. Times in milliseconds.
 */
typedef struct stint_limits {
  uint64_t struct_size;
  int64_t lease_ms;
  int64_t timeout_ms; /* 0 = none */
  int64_t grace_ms;
  int32_t retries;
  int32_t crash_limit;
} stint_limits;

typedef struct stint_task {
  uint64_t struct_size;
  const char* id;             /* [A-Za-z0-9][A-Za-z0-9._:-]{0,127} */
  const stint_limits* limits; /* null: none */
  int32_t (*perform)(stint_job job,
                     void* context); /* STINT_DONE or STINT_LATER; others fail the attempt */
  void* context;
} stint_task;

typedef struct stint_open_info {
  uint64_t struct_size;
  stint_str config; /* [plugins.NAME.config] as a JSON object; "{}" if there is none */
  stint_str host_name;
  uint32_t worker_index; /* 0..processes-1, stable across restarts */
  uint32_t slots;        /* jobs that may run at once in this process */
} stint_open_info;

typedef struct stint_plugin {
  uint32_t abi_major; /* STINT_ABI_MAJOR: first, in every version */
  uint32_t abi_minor;
  uint64_t struct_size;
  const char* name; /* the NAME of its configuration table, [A-Za-z0-9][A-Za-z0-9_-]{0,63} */
  const char* version;
  /* Called once a process before its first job, on the loop's thread; null: none. Returns 0, or
   * another number for "cannot start", with the reason in error (at most error_size bytes,
   * zero-terminated). */
  int32_t (*open)(const stint_host* host, const stint_open_info* info, char* error,
                  uint64_t error_size);
  void (*close)(void); /* once, after its last job; null: none */
  const stint_task* const* tasks;
  uint64_t task_count;
} stint_plugin;

/* The one exported symbol. Called once, before open. host stays valid for the life of the process.
 */
STINT_EXPORT const stint_plugin* stint_plugin_entry(const stint_host* host);

#ifdef __cplusplus
}
#endif
#endif
