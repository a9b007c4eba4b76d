#include "daemon/cli/args/app.h"

#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "common/text/text.h"
#include "daemon/cli/args/words.h"
#include "daemon/cli/output.h"

namespace stint::cli {
namespace {

constexpr const char* kAbout = R"(The command line of the job queue stint.

Examples:
  stint submit resize -p '{"file":"a.png"}' -r video:7   one job; prints its id
  stint submit --bulk jobs.jsonl                         many, one JSON object a line
  stint job show ID                                      all about a job, and why it does not run
  stint job count --state failed --by task,kind,error    what failed
  stint job retry --state failed --task resize           put them back
  stint stats --watch                                    how it goes
  stint doctor                                           is everything where it should be?
)";

constexpr const char* kFooter = R"(
Exit codes: 0 done, 1 failed, 2 usage, 3 no such job, 5 an awaited job failed, 6 the wait timed out,
7 Redis cannot be reached, 78 configuration, plugin, record format or Redis version is wrong, 130 interrupted.
Environment: STINT_CONFIG, STINT_REDIS_URL, STINT_NAMESPACE, STINT_QUEUE, STINT_STATE_DIR, NO_COLOR.)";

void text_flag(CLI::App& app, const std::string& names, std::optional<std::string>& to,
               const std::string& help, const std::string& type) {
  text_option(app, names, to, help, type)->group("Global options");
}

// The chosen verb, or as deep as the words led.
CLI::App* deepest(CLI::App* app) {
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
  }
  return app;
}

std::string path_of(const CLI::App* app) {
  return app->get_parent() == nullptr ? "stint"
                                      : path_of(app->get_parent()) + " " + app->get_name();
}

std::vector<std::string> option_names(const CLI::App* app) {
  std::vector<std::string> names;
  for (const auto* option : app->get_options()) {
    for (const auto& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

std::vector<std::string> verb_names(CLI::App* app) {
  std::vector<std::string> names;
  for (const auto* verb : app->get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(verb->get_name());
  }
  return names;
}

std::string with_nearest(const std::string& text, const std::string& word,
                         const std::vector<std::string>& known) {
  auto name = nearest(word, known);
  return text + (name ? "; did you mean " + *name + "?" : "");
}

std::string judge_word(CLI::App* app, const std::string& word) {
  if (word.size() > 1 && word[0] == '-') {
    std::string name = word.substr(0, word.find('='));
    return with_nearest("unknown option " + name + " of " + path_of(app), name, option_names(app));
  }
  auto verbs = verb_names(app);
  if (verbs.empty()) {
    return path_of(app) + ": unexpected word " + word;
  }
  return with_nearest("unknown verb: " + path_of(app) + " " + word, word, verbs);
}

// What is wrong with the words that were left over, or that are missing; empty if nothing is.
std::string judge_words(CLI::App& root) {
  for (CLI::App* app = &root;; app = app->get_subcommands().front()) {
    auto extra = app->remaining(false);
    std::erase(extra, "--");  // what follows it is no option, that is all it says
    if (!extra.empty()) {
      return judge_word(app, extra.front());
    }
    if (app->get_subcommands().empty()) {
      auto verbs = verb_names(app);
      return verbs.empty() ? "" : path_of(app) + " what? One of " + joined(verbs);
    }
  }
}

ExitCode usage(const Output& out, CLI::App& root, const std::string& what) {
  out.complain(what + " (" + path_of(deepest(&root)) + " --help)");
  return ExitCode::kUsage;
}

// What CLI11 would misread, see unmarked(); and --wait alone means for ever. In reverse order, as
// CLI11 wants it.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words;
  for (int i = argc - 1; i > 0; --i) {
    std::string word = argv[i];
    if (word.size() > 1 && word.front() == '[' && word.back() == ']') {
      word.insert(word.begin(), kBracketMark);
    }
    words.push_back(word == "--wait" ? "--wait=forever" : word);
  }
  return words;
}

// The list of verbs has a line for each, and a word that only groups verbs has their examples.
class ShortList : public CLI::Formatter {
 public:
  std::string make_subcommand(const CLI::App* verb) const override {
    std::stringstream out;
    CLI::detail::format_help(out, verb->get_name(),
                             std::string(first_line(verb->get_description())), column_width_);
    return out.str();
  }
  std::string make_description(const CLI::App* app) const override {
    std::string text = app->get_description();
    if (text.find(kExamplesHead) == std::string::npos) {
      text += "\n" + std::string(kExamplesHead);
      for (const auto* verb : app->get_subcommands([](const CLI::App*) { return true; })) {
        const std::string about = verb->get_description();
        const size_t at = about.find(kExamplesHead);
        text += at == std::string::npos ? "" : about.substr(at + kExamplesHead.size());
      }
    }
    return text + "\n";
  }
};

void add_everything(CLI::App& app, Globals& globals, Action& action) {
  app.formatter(std::make_shared<ShortList>());
  app.footer(kFooter);
  app.set_version_flag("--version", "stint " STINT_VERSION);
  app.allow_extras();  // inherited: what is unknown is judged by judge_words(), with the nearest
                       // known
  app.require_subcommand(0, 1);
  add_global_options(app, globals);
  add_submit(app, globals, action);
  add_job(app, globals, action);
  add_queue(app, globals, action);
  add_doctor(app, globals, action);
  add_rejected(app, globals, action);
  add_tools(app, globals, action);
  add_completion(app, globals, action);
}

}  // namespace

void add_global_options(CLI::App& app, Globals& globals) {
  ConfigFlags& flags = globals.flags;
  text_flag(app, "--config", flags.config_file, "configuration file", "FILE");
  text_flag(app, "--redis", flags.redis, "where Redis is: redis://host:port/db, unix:///path",
            "URL");
  text_flag(app, "--namespace", flags.ns, "prefix of all keys (stint)", "NS");
  app.add_option_function<std::string>(
         "-q,--queue",
         [&flags](const std::string& name) { flags.queues = {text_of("--queue", name)}; },
         "queue (default)")
      ->type_name("NAME")
      ->group("Global options");
  text_flag(app, "--state-dir", flags.state_dir, "where the embedded Redis lives", "DIR");
  app.add_flag("--json", globals.json, "print JSON, stable for programs")->group("Global options");
  app.add_flag("--no-color", globals.no_color, "no colour, no bars")->group("Global options");
  app.add_flag("--quiet", globals.quiet, "errors only on stderr")->group("Global options");
}

ExitCode run_app(int argc, char** argv) {
  CLI::App app{kAbout, "stint"};
  Globals globals;
  Action action;
  add_everything(app, globals, action);
  if (argc > 1 && std::string_view(argv[1]) == "--complete") {
    return complete(app, {argv + 2, argv + argc});
  }
  try {
    app.parse(words_of(argc, argv));
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return ExitCode::kOk;
  } catch (const CLI::CallForVersion& version) {
    std::cout << version.what() << "\n";
    return ExitCode::kOk;
  } catch (const CLI::ParseError& error) {
    return usage(Output(globals), app, words_for(error));
  }
  if (std::string wrong = judge_words(app); !wrong.empty()) {
    return usage(Output(globals), app, wrong);
  }
  return action();
}

}  // namespace stint::cli
