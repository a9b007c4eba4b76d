#include <memory>

#include "daemon/cli/args.h"
#include "daemon/cli/tools.h"

namespace stint::cli {
namespace {

void add_run(CLI::App& parent, Globals& globals, Action& action) {
  auto options = std::make_shared<PluginRunOptions>();
  CLI::App& verb =
      *add_verb(parent, globals, "run",
                "run a task once, here and without Redis; its log on stderr, its result on stdout",
                "  stint plugin run ./resize.so resize -p '{\"file\":\"a.png\"}'");
  verb.add_option("FILE", options->file, "the plugin")->type_name("");
  verb.add_option("TASK", options->task, "one of its tasks")->type_name("");
  text_option(verb, "-p,--params", options->params, "parameters: any JSON value (null)", "JSON");
  text_option(verb, "-r,--resource", options->resource, "the job's resource");
  verb.callback([&action, &globals, options] {
    action = [&globals, options] { return run_plugin_run(globals, *options); };
  });
}

}  // namespace

void add_tools(CLI::App& app, Globals& globals, Action& action) {
  CLI::App& plugin = *add_group(app, globals, "plugin", "look at task plugins");
  auto files = std::make_shared<std::vector<std::string>>();
  add_plain(plugin, globals, action, "list", "the plugins of the configuration, and their tasks",
            "  stint plugin list", run_plugin_list);
  CLI::App& check = *add_verb(plugin, globals, "check", "whether stintd would load a plugin",
                              "  stint plugin check ./resize.so");
  check.add_option("FILE", *files, "shared libraries, or folders of them")->type_name("");
  check.callback([&action, &globals, files] {
    action = [&globals, files] { return run_plugin_check(globals, *files); };
  });
  add_run(plugin, globals, action);
  CLI::App& config = *add_group(app, globals, "config", "check and show the configuration");
  add_plain(config, globals, action, "check", "whether the configuration is right; exit 0 or 78",
            "  stint config check --config ./stint.toml", run_config_check);
  add_plain(config, globals, action, "show", "every value, and where it comes from",
            "  stint config show", run_config_show);
}

}  // namespace stint::cli
