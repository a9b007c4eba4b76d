#include <memory>

#include "daemon/cli/args/words.h"
#include "daemon/cli/tools.h"

namespace stint::cli {
namespace {

void fill_check(CLI::App& verb, Globals& globals, Action& action) {
  auto& files = chosen(globals, action, run_plugin_check);
  verb.add_option("FILE", files, "shared libraries, or folders of them")->type_name("");
}

void fill_run(CLI::App& verb, Globals& globals, Action& action) {
  auto& options = chosen(globals, action, run_plugin_run);
  text_argument(verb, "FILE", options.file, "the plugin");
  text_argument(verb, "TASK", options.task, "one of its tasks");
  text_option(verb, "-p,--params", options.params, "parameters: any JSON value (null)", "JSON");
  text_option(verb, "-r,--resource", options.resource, "the job's resource");
}

void fill_plugin(CLI::App& plugin, Globals& globals, Action& action) {
  add_plain(plugin, globals, action, "list", "the plugins of the configuration, and their tasks",
            "  stint plugin list", run_plugin_list);
  add_verb(plugin, globals, action, "check", "whether stintd would load a plugin",
           "  stint plugin check ./resize.so", fill_check);
  add_verb(plugin, globals, action, "run",
           "run a task once, here and without Redis; its log on stderr, its result on stdout",
           "  stint plugin run ./resize.so resize -p '{\"file\":\"a.png\"}'", fill_run);
}

void fill_config(CLI::App& config, Globals& globals, Action& action) {
  add_plain(config, globals, action, "check", "whether the configuration is right; exit 0 or 78",
            "  stint config check --config ./stint.toml", run_config_check);
  add_plain(config, globals, action, "show", "every value, and where it comes from",
            "  stint config show", run_config_show);
}

}  // namespace

void add_tools(CLI::App& app, Globals& globals, Action& action) {
  add_group(app, globals, action, "plugin", "look at task plugins", fill_plugin);
  add_group(app, globals, action, "config", "check and show the configuration", fill_config);
}

}  // namespace stint::cli
