// Small helps to register words and options with CLI11, for this folder alone: CLI11 takes seconds
// to compile. An empty value is refused: it is a script's variable that was never set, and would
// mean everything (--error ""), or another queue or Redis than the one that was meant.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/args/groups.h"
#include "daemon/cli/globals.h"
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

// names: as CLI11 wants them, "-q,--queue". Throws CLI::ValidationError, "--queue: is empty".
inline std::string text_of(const std::string& names, const std::string& word) {
  if (word.empty()) {
    throw CLI::ValidationError(names.substr(names.find(',') + 1),
                               "is empty; leave it out if nothing is meant");
  }
  return unmarked(word);
}

inline CLI::Option* text_option(CLI::App& app, const std::string& names,
                                std::optional<std::string>& to, const std::string& help,
                                const std::string& type = "TEXT") {
  return app
      .add_option_function<std::string>(
          names, [&to, names](const std::string& word) { to = text_of(names, word); }, help)
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

// A word without a dash: "NAME".
inline CLI::Option* text_argument(CLI::App& app, const std::string& name, std::string& to,
                                  const std::string& help) {
  return app
      .add_option_function<std::string>(
          name, [&to, name](const std::string& word) { to = text_of(name, word); }, help)
      ->type_name("");
}

inline CLI::Option* ids_argument(CLI::App& app, std::vector<std::string>& to,
                                 const std::string& help = "ids of jobs") {
  return app
      .add_option_function<std::vector<std::string>>(
          "ID",
          [&to](const std::vector<std::string>& ids) {
            to.clear();
            for (const auto& id : ids) {
              to.push_back(text_of("ID", id));
            }
          },
          help)
      ->type_name("");
}

// Adds what a word of the command line has below it: options, or verbs.
using Fill = std::function<void(CLI::App& word, Globals& globals, Action& action)>;

// It is filled once it has been typed: with everything of all verbs the start took 3.5 ms longer.
inline CLI::App& add_word(CLI::App& parent, Globals& globals, Action& action,
                          const std::string& name, const std::string& about, Fill fill) {
  CLI::App* word = parent.add_subcommand(name, about);
  word->preparse_callback([word, &globals, &action, fill = std::move(fill)](size_t) {
    add_global_options(*word, globals);
    fill(*word, globals, action);
  });
  return *word;
}

// A leaf of the tree of verbs: its help begins with the examples.
inline void add_verb(CLI::App& parent, Globals& globals, Action& action, const std::string& name,
                     const std::string& about, const std::string& examples, Fill fill) {
  add_word(parent, globals, action, name,
           about + "\n" + std::string(kExamplesHead) + examples + "\n", std::move(fill));
}

// For the Fill of a verb: what the verb does, and the options that it does it with. Only the verb
// that was typed is filled, so this is the choice.
template <class Options>
Options& chosen(const Globals& globals, Action& action,
                ExitCode (*run)(const Globals&, const Options&)) {
  auto options = std::make_shared<Options>();
  action = [&globals, options, run] { return run(globals, *options); };
  return *options;
}

// A verb without options of its own.
inline void add_plain(CLI::App& parent, Globals& globals, Action& action, const char* name,
                      const char* about, const char* examples, ExitCode (*run)(const Globals&)) {
  add_verb(
      parent, globals, action, name, about, examples,
      [run](CLI::App&, const Globals& all, Action& to) { to = [&all, run] { return run(all); }; });
}

// A word that only groups verbs.
inline void add_group(CLI::App& parent, Globals& globals, Action& action, const std::string& name,
                      const std::string& about, Fill fill) {
  add_word(parent, globals, action, name, about, std::move(fill))
      .require_subcommand(0, 1);  // one at most: words after it are never taken for a verb
}

}  // namespace stint::cli
