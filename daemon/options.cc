#include "daemon/options.h"

#include <array>
#include <cstdio>
#include <iostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "common/text/text.h"
#include "daemon/option_words.h"

namespace stint {
namespace {

constexpr const char* kAbout =
    "stintd, the daemon of the job queue stint: keeps worker processes that run jobs with the task "
    "plugins.\n"
    R"(
Examples:
  stintd                                       with an embedded Redis in the state directory
  stintd --redis unix:///run/redis/redis.sock  with a Redis of yours
  stintd --plugins ./build/tasks --state-dir /tmp/stint --processes 2
  stintd --check-config                        what would run, and whether the configuration is right
  stintd --retry-failed --queue video          put failed jobs back, print how many
)";

constexpr const char* kFooter = R"(
Signals: TERM, INT stop (a second one at once); HUP reads configuration and plugins again; TSTP, CONT pause, go on.
Exit codes: 0 stopped or done, 1 the state directory is held by another daemon, 2 usage, 7 no Redis (one-shot options),
78 configuration, plugin, record format or Redis is wrong, 130 interrupted (one-shot options).)";

void add_number(CLI::App& app, const std::string& name, std::optional<int>& to,
                const std::string& help) {
  app.add_option(
         name,
         [&to, name](const CLI::results_t& words) {
           to = int_of(name, words.front());
           return true;
         },
         help)
      ->type_name("N")
      ->type_size(1);
}

void add_options(CLI::App& app, Options& options) {
  ConfigFlags& flags = options.flags;
  app.add_option("--config", flags.config_file,
                 "configuration file (default: the first of $STINT_CONFIG, "
                 "$XDG_CONFIG_HOME/stint/stint.toml, /etc/stint/stint.toml)");
  app.add_option("--redis", flags.redis,
                 "redis://[user@]host:port/db or unix:///path?db=0 (default: embedded)");
  app.add_option("--namespace", flags.ns, "prefix of all keys (default: stint)");
  app.add_option("-q,--queue", flags.queues, "queue to serve; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--plugins", flags.plugins, "folder or file with task plugins; may be repeated")
      ->allow_extra_args(false);
  add_number(
      app, "--processes", flags.processes,
      "worker processes (default: one a CPU; 0: none, run jobs in this one, which needs --redis)");
  add_number(app, "--slots", flags.slots, "jobs that a worker runs at once (default: 1)");
  app.add_option("--state-dir", flags.state_dir, "folder for the embedded Redis and the lock");
  app.add_option("--log-level", flags.log_level, "debug, info, warning or error (default: info)");
  app.add_option("--log-format", flags.log_format,
                 "text or json: an object a line (default: text)");
  app.add_flag("--json", options.json,
               "with the options below: print JSON, one object, or one a queue");
}

void add_modes(CLI::App& app, Options& options) {
  using Mode = Options::Mode;
  auto add = [&](const char* name, Mode mode, const char* about) {
    return app.add_flag_callback(
        name, [&options, mode] { options.mode = mode; }, about);
  };
  const std::array<CLI::Option*, 4> modes{
      add("--check-config", Mode::kCheckConfig,
          "check configuration and plugins, print what would run, exit 0 or 78"),
      add("--retry-failed", Mode::kRetryFailed, "put every failed job back, and exit"),
      add("--delete-failed", Mode::kDeleteFailed, "delete every failed job, and exit"),
      add("--flush-stale", Mode::kFlushStale,
          "settle attempts that are not renewed for their whole lease while it watches (30 s "
          "unless a "
          "task says otherwise), and exit")};
  for (auto* one : modes) {
    for (auto* other : modes) {
      if (one != other) {
        one->excludes(other);
      }
    }
  }
}

}  // namespace

std::variant<Options, ExitCode> parse_options(int argc, char** argv) {
  Options options;
  CLI::App app(kAbout, "stintd");
  app.footer(kFooter);
  app.set_version_flag("--version", "stintd " STINT_VERSION);
  try {
    add_options(app, options);
    add_modes(app, options);
    app.parse(argc, argv);
  } catch (const CLI::Success& said) {
    (void)app.exit(said);
    return ExitCode::kOk;
  } catch (const CLI::ExtrasError& error) {
    std::vector<std::string> known;
    for (const auto* option : app.get_options()) {
      known.push_back(option->get_name());
    }
    auto unknown = app.remaining();
    const std::string word = unknown.empty() ? error.what() : unknown.front();
    const std::string name = word.substr(0, word.find('='));
    auto near = nearest(name, known);
    std::cerr << "stintd: "
              << (word.starts_with('-') ? "unknown option " + name : "unexpected word " + word)
              << (near ? "; did you mean " + *near + "?" : "") << " (stintd --help)\n";
    return ExitCode::kUsage;
  } catch (const CLI::ParseError& error) {
    std::cerr << "stintd: " << words_for(error) << "\n";
    return ExitCode::kUsage;
  }
  return options;
}

}  // namespace stint
