#include <algorithm>
#include <iostream>
#include <memory>

#include "daemon/cli/args/words.h"
#include "daemon/cli/completion.h"

namespace stint::cli {
namespace {

// Where in the tree of verbs the words lead, and what they say on the way.
class Walk {
 public:
  explicit Walk(CLI::App& root) : app_(&root) {}

  void take(const std::string& word) {
    if (wants_value()) {
      remember(word);
      option_.clear();
      return;
    }
    if (word.starts_with('-')) {
      option_ = word.substr(0, word.find('='));
      if (word.size() > option_.size()) {
        remember(word.substr(option_.size() + 1));
        option_.clear();
      }
      return;
    }
    option_.clear();
    auto verbs =
        app_->get_subcommands([&word](const CLI::App* verb) { return verb->get_name() == word; });
    if (!verbs.empty()) {
      app_ = verbs.front();
      app_->parse(std::vector<std::string>{});  // fills it
      path_ += " " + word;
    }
  }

  std::vector<std::string> candidates(const std::string& begun) const {
    if (wants_value()) {
      return words_of_kind(globals_, kind_of_value(option_));
    }
    std::vector<std::string> words;
    if (begun.starts_with('-')) {
      for (const auto* option : app_->get_options()) {
        for (const auto& name : option->get_lnames()) {
          words.push_back("--" + name);
        }
      }
      return words;
    }
    for (const auto* verb : app_->get_subcommands([](const CLI::App*) { return true; })) {
      words.push_back(verb->get_name());
    }
    return words.empty() ? words_of_kind(globals_, kind_of_argument(path_)) : words;
  }

 private:
  bool wants_value() const {
    const auto* option = option_.empty() ? nullptr : app_->get_option_no_throw(option_);
    return option != nullptr && option->get_items_expected_max() > 0;
  }
  // The options that say which Redis and queue is meant.
  void remember(const std::string& value) {
    ConfigFlags& flags = globals_.flags;
    if (option_ == "--config") {
      flags.config_file = value;
    } else if (option_ == "--redis") {
      flags.redis = value;
    } else if (option_ == "--namespace") {
      flags.ns = value;
    } else if (option_ == "--state-dir") {
      flags.state_dir = value;
    } else if (option_ == "--queue" || option_ == "-q") {
      flags.queues = {value};
    }
  }

  CLI::App* app_;
  std::string path_ = "stint";
  std::string option_;
  Globals globals_;
};

void fill_completion(CLI::App& verb, Globals& globals, Action& action) {
  auto& shell = chosen(globals, action, print_completion);
  verb.add_option("SHELL", shell, "bash, zsh or fish")->type_name("");
}

}  // namespace

ExitCode complete(CLI::App& root, const std::vector<std::string>& words) {
  Walk walk(root);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    walk.take(words[i]);
  }
  std::string begun = words.empty() ? "" : words.back();
  std::string before;  // of --queue=vi what is not completed
  if (begun.starts_with("--") && begun.find('=') != std::string::npos) {
    before = begun.substr(0, begun.find('=') + 1);
    begun = begun.substr(before.size());
    walk.take(before.substr(0, before.size() - 1));
  }
  auto candidates = walk.candidates(begun);
  std::sort(candidates.begin(), candidates.end());
  for (const auto& word : candidates) {
    // A word with a line break in it would be two.
    if (word == ":files" ||
        (word.starts_with(begun) && word.find_first_of("\n\r") == std::string::npos)) {
      std::cout << (word == ":files" ? "" : before) << word << "\n";
    }
  }
  return ExitCode::kOk;
}

void add_completion(CLI::App& app, Globals& globals, Action& action) {
  add_verb(app, globals, action, "completion", "print a script that completes words",
           "  eval \"$(stint completion bash)\"\n"
           "  stint completion fish | source",
           fill_completion);
}

}  // namespace stint::cli
