// config/stint.toml: what it documents is what there is.
#include <algorithm>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/paths.h"
#include "tests/unit/common/config/config_scope.h"

using namespace stint;
using stint::test::ConfigScope;

namespace {

std::string example_text() {
  const std::string text = test::read_file(test::source_dir() + "/config/stint.toml");
  REQUIRE_FALSE(text.empty());
  return text;
}

// Settings are commented out as `#key = value`, explanations as `# text`.
std::string uncommented(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line); out += line + "\n") {
    if (line.size() > 1 && line[0] == '#' && line[1] != ' ') {
      line.erase(0, 1);
    }
  }
  return out;
}

// The values in force, without file and origins.
nlohmann::json values_of(const LoadedConfig& loaded) {
  nlohmann::json json = nlohmann::json::parse(config_to_json(loaded));
  json.erase("file");
  json.erase("origins");
  return json;
}

}  // namespace

TEST_CASE("example configuration: as it is shipped it changes nothing") {
  ConfigScope scope;
  const nlohmann::json defaults = values_of(scope.load().value());
  scope.file(example_text());
  const Result<LoadedConfig> loaded = scope.load();
  INFO((loaded.ok() ? "" : loaded.error().message));
  REQUIRE(loaded.ok());
  CHECK(values_of(*loaded) == defaults);
}

TEST_CASE(
    "example configuration: uncommented it is valid, and every key that there is stands in it") {
  ConfigScope scope;
  scope.set("STINT_STATE_DIR", std::nullopt);
  scope.file(uncommented(example_text()));
  const Result<LoadedConfig> loaded = scope.load();
  INFO((loaded.ok() ? "" : loaded.error().message));
  REQUIRE(loaded.ok());
  for (const auto& [key, origin] : loaded->origins) {
    CAPTURE(key, origin);
    CHECK(origin.starts_with(scope.dir / "stint.toml:"));
  }
  const LimitsSaid& task = loaded->config.tasks.at("resize");
  CHECK((task.lease && task.timeout && task.grace && task.keep && task.retries &&
         task.crash_limit && task.backoff));
}

TEST_CASE("example configuration: the values it shows are the defaults") {
  ConfigScope scope;
  nlohmann::json defaults = values_of(scope.load().value());
  scope.file(uncommented(example_text()));
  const LoadedConfig shown = scope.load().value();
  nlohmann::json values = values_of(shown);
  values["workers"]["processes"] = defaults["workers"]["processes"];  // the CPUs of this machine
  values["plugins"].erase("thumbnails");
  values["plugins"]["paths"] = defaults["plugins"]["paths"];  // follows the installation
  CHECK(values["shadowed"].size() == 1);  // state_dir, by the environment of this test
  values["shadowed"] = defaults["shadowed"];
  const Limits built_in;
  const Limits task = apply(Limits{}, shown.config.tasks.at("resize"));
  CHECK(task.lease == built_in.lease);
  CHECK(task.timeout == built_in.timeout);
  CHECK(task.grace == built_in.grace);
  CHECK(task.keep == built_in.keep);
  CHECK(task.retries == built_in.retries);
  CHECK(task.crash_limit == built_in.crash_limit);
  CHECK(task.backoff == built_in.backoff);
  values["tasks"] = defaults["tasks"];
  values["shadowed"] =
      defaults["shadowed"];  // it says all keys, also those that do not go together
  CHECK(values == defaults);
}
