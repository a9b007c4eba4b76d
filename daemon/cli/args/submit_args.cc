#include <memory>

#include "daemon/cli/args/words.h"
#include "daemon/cli/submit.h"

namespace stint::cli {
namespace {

constexpr const char* kExamples =
    R"(  stint submit resize -p '{"file":"a.png"}'        prints the job's id
  stint submit resize -r video:7 --id order-4711   an id of yours: never queued twice
  stint submit report --delay 10m --retries 3 --backoff exp:5s
  stint submit report --wait=1m                    prints the result; exit 5 if it failed, 6 on time-out
  stint submit --bulk jobs.jsonl                   a line each: {"task":"resize","id":"..","params":{..}}
  generate | stint submit --bulk -)";

void add_limits(CLI::App& verb, SubmitOptions& o) {
  number_option(verb, "--retries", o.job.retries, "attempts after the first that failed (0..1000)");
  text_option(verb, "--backoff", o.job.backoff, "wait before a retry: none, fixed:DUR, exp:DUR",
              "B");
  number_option(verb, "--crash-limit", o.job.crash_limit,
                "crashes and losses after which it fails (3)");
  text_option(verb, "--lease", o.job.lease, "how long an attempt lives without a heartbeat", "DUR");
  text_option(verb, "--timeout", o.job.timeout, "longest time an attempt may run; 0 = none", "DUR");
  text_option(verb, "--keep", o.job.keep, "how long the finished job is kept; 0 = not", "DUR");
}

void fill_submit(CLI::App& verb, Globals& globals, Action& action) {
  auto options = std::make_shared<SubmitOptions>();
  SubmitOptions& o = *options;
  text_argument(verb, "TASK", o.job.task, "what to run");
  text_option(verb, "-p,--params", o.params, "parameters: any JSON value (null)", "JSON");
  text_option(verb, "--params-file", o.params_file, "parameters from a file; - is stdin", "FILE");
  text_option(verb, "-r,--resource", o.job.resource,
              "of one resource at most one job runs at a time");
  text_option(verb, "--id", o.job.id, "the job's id (generated); a known id is not queued twice",
              "ID");
  verb.add_flag("--again", o.again, "a known id that is done or failed runs once more");
  text_option(verb, "--delay", o.job.delay, "not before this time has passed", "DUR");
  text_option(verb, "--at", o.job.at, "not before (RFC 3339 with zone)", "TIME");
  add_limits(verb, o);
  text_option(verb, "--wait", o.wait,
              "wait for its end (--wait=DUR: at most so long) and print its result", "[=DUR]");
  text_option(verb, "--bulk", o.bulk, "one JSON object a line; - is stdin", "FILE");
  action = [&globals, options] {
    return options->bulk ? run_submit_bulk(globals, *options) : run_submit(globals, *options);
  };
}

}  // namespace

void add_submit(CLI::App& app, Globals& globals, Action& action) {
  add_verb(app, globals, action, "submit", "submit a job, or many", kExamples, fill_submit);
}

}  // namespace stint::cli
