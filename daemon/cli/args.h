// Small helps to register options with CLI11. Included by *_args.cc and app.cc only: CLI11 takes
// seconds to compile. An option that is given stands in an optional, so that "" is a value (and
// refused as one), not "nothing said".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/globals.h"
#include "daemon/cli/groups.h"
#include "daemon/option_words.h"

namespace stint::cli {

// CLI11 takes a word like [a,b] for a list and cuts it. Before it parses, such words get this mark;
// each text loses it here.
inline constexpr char kBracketMark = '\x01';
inline std::string unmarked(const std::string& word) {
  return !word.empty() && word.front() == kBracketMark ? word.substr(1) : word;
}

// Stands between what a verb is and how it is typed.
inline constexpr std::string_view kExamplesHead = "\nExamples:\n";

inline CLI::Option* text_option(CLI::App& app, const std::string& names,
                                std::optional<std::string>& to, const std::string& help,
                                const std::string& type = "TEXT") {
  return app
      .add_option_function<std::string>(
          names, [&to](const std::string& value) { to = unmarked(value); }, help)
      ->type_name(type);
}

inline CLI::Option* number_option(CLI::App& app, const std::string& names, std::optional<int>& to,
                                  const std::string& help) {
  auto* option = app.add_option(
      names,
      [&to, names](const CLI::results_t& words) {
        to = int_of(names, words.front());
        return true;
      },
      help);
  return option->type_name("N")->type_size(1);
}

inline CLI::Option* ids_argument(CLI::App& app, std::vector<std::string>& to,
                                 const std::string& help = "ids of jobs") {
  return app
      .add_option_function<std::vector<std::string>>(
          "ID",
          [&to](const std::vector<std::string>& ids) {
            to.clear();
            for (const auto& id : ids) {
              to.push_back(unmarked(id));
            }
          },
          help)
      ->type_name("");
}

// A leaf of the tree of verbs: its help begins with the examples.
inline CLI::App* add_verb(CLI::App& parent, Globals& globals, const std::string& name,
                          const std::string& about, const std::string& examples) {
  CLI::App* verb = parent.add_subcommand(name, about);
  if (!examples.empty()) {
    verb->description(about + "\n" + std::string(kExamplesHead) + examples + "\n");
  }
  add_global_options(*verb, globals);
  return verb;
}

// A verb without options of its own.
inline void add_plain(CLI::App& parent, Globals& globals, Action& action, const char* name,
                      const char* about, const char* examples, ExitCode (*run)(const Globals&)) {
  CLI::App* verb = add_verb(parent, globals, name, about, examples);
  verb->callback([&action, &globals, run] { action = [&globals, run] { return run(globals); }; });
}

// A word that only groups verbs.
inline CLI::App* add_group(CLI::App& parent, Globals& globals, const std::string& name,
                           const std::string& about) {
  CLI::App* group = parent.add_subcommand(name, about);
  group->require_subcommand(0, 1);  // one at most: words after it are never taken for a verb
  add_global_options(*group, globals);
  return group;
}

}  // namespace stint::cli
