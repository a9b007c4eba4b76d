#include <algorithm>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "common/config_warnings.h"
#include "tests/unit/common/config/config_scope.h"

using namespace stint;
using stint::test::ConfigScope;

namespace {

// "key by", of each in order, places in the file left out.
std::vector<std::string> shadowed_in(ConfigScope& scope) {
  std::vector<std::string> all;
  const LoadedConfig loaded = scope.load().value();
  for (const auto& key : loaded.shadowed) {
    CHECK(key.at.starts_with(scope.dir / "stint.toml:"));
    all.push_back(key.key + " " + key.by.substr(0, key.by.find(':')));
  }
  return all;
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("config: what option and environment override is said to be shadowed") {
  ConfigScope scope;
  scope.file(R"(
namespace = "shop"
state_dir = "/srv/stint"
log_level = "debug"
[redis]
url = "redis://a.example"
[workers]
processes = 3
slots = 4
[plugins]
paths = ["/a"]
)");
  scope.set("STINT_STATE_DIR", std::nullopt);
  CHECK(shadowed_in(scope).empty());
  scope.set("STINT_STATE_DIR", "/var/tmp/s");
  scope.set("STINT_NAMESPACE", "other");
  scope.set("STINT_REDIS_URL", "redis://b.example");
  CHECK(shadowed_in(scope) == Keys{"namespace STINT_NAMESPACE", "redis.url STINT_REDIS_URL",
                                   "state_dir STINT_STATE_DIR"});
  scope.flags.redis = "redis://c.example";
  scope.flags.processes = 2;
  scope.flags.slots = 2;
  scope.flags.log_level = "info";
  scope.flags.plugins = {"/b"};
  CHECK(shadowed_in(scope) == Keys{"log_level --log-level", "namespace STINT_NAMESPACE",
                                   "plugins.paths --plugins", "redis.url --redis",
                                   "state_dir STINT_STATE_DIR", "workers.processes --processes",
                                   "workers.slots --slots"});
}

TEST_CASE("config: tables of queues that are not served are shadowed as a whole") {
  ConfigScope scope;
  scope.file("[queues.a-b]\nweight = 2\nretries = 1\n[queues.mail]\nweight = 1\n");
  scope.set("STINT_QUEUE", "mail");
  CHECK(shadowed_in(scope) == Keys{"[queues.a-b] STINT_QUEUE"});
  scope.flags.queues = {"other"};
  CHECK(shadowed_in(scope) == Keys{"[queues.a-b] --queue", "[queues.mail] --queue"});
}

TEST_CASE("config: what another value makes moot is shadowed") {
  ConfigScope scope;
  scope.file("[embedded]\ndurability = \"always\"\n[redis]\nurl = \"redis://a.example\"\n");
  CHECK(shadowed_in(scope) == Keys{"embedded.durability redis.url"});
  scope.set("STINT_REDIS_URL", "redis://b.example");
  CHECK(shadowed_in(scope) ==
        Keys{"embedded.durability STINT_REDIS_URL", "redis.url STINT_REDIS_URL"});
  scope.set("STINT_REDIS_URL", std::nullopt);
  scope.file("[workers]\nprocesses = 2\n[queues.a]\nprocesses = 1\nweight = 3\n");
  CHECK(shadowed_in(scope) ==
        Keys{"queues.a.weight queues.a.processes", "workers.processes queues.*.processes"});
  scope.file("[workers]\nprocesses = 2\n[queues.a]\nprocesses = 1\n[queues.b]\nweight = 3\n");
  CHECK(shadowed_in(scope).empty());
}

TEST_CASE("config: a password_file that is not read is shadowed") {
  ConfigScope scope;
  test::write_file(scope.dir / "pw", "secret\n");
  const std::string file = "password_file = \"" + (scope.dir / "pw") + "\"\n";
  scope.file("[redis]\nurl = \"redis://a.example\"\n" + file);
  CHECK(shadowed_in(scope).empty());
  scope.file("[redis]\nurl = \"redis://:x@a.example\"\n" + file);
  CHECK(shadowed_in(scope).size() == 1);
  scope.file("[redis]\n" + file);
  CHECK(shadowed_in(scope) ==
        Keys{"redis.password_file the embedded Redis, which has no password"});
  scope.set("STINT_REDIS_URL", "redis://b.example");
  CHECK(shadowed_in(scope).empty());
  scope.file("[redis]\nurl = \"redis://a.example\"\n" + file);
  CHECK(shadowed_in(scope).size() == 2);
}

TEST_CASE("config: an empty text says nothing that could be shadowed") {
  ConfigScope scope;
  scope.file("state_dir = \"\"\n[redis]\nurl = \"\"\npassword_file = \"\"\n");
  scope.set("STINT_REDIS_URL", "redis://b.example");
  CHECK(shadowed_in(scope).empty());
}

TEST_CASE("config: shadowed keys are in the JSON, and each is a line of warning") {
  ConfigScope scope;
  scope.file("namespace = \"shop\"\n");
  scope.flags.ns = "other";
  const LoadedConfig loaded = scope.load().value();
  const auto json = nlohmann::json::parse(config_to_json(loaded));
  const std::string at = scope.dir / "stint.toml:1";
  CHECK(json["shadowed"] ==
        nlohmann::json::parse(R"([{"key":"namespace","at":")" + at + R"(","by":"--namespace"}])"));
  CHECK(shadowed_warnings(loaded) ==
        Keys{at + ": namespace has no effect: what holds is --namespace"});
}

TEST_CASE("config: tables for tasks and plugins that are not there are named, with the nearest") {
  Config config;
  config.tasks["resise"];
  config.tasks["echo"];
  config.plugin_config["thumbs"] = "{}";
  const std::vector<CheckedPlugin> plugins{{"/p/echo.so", "echo", "1", {"echo", "resize"}, ""}};
  CHECK(unused_table_warnings(config, plugins) ==
        Keys{"[plugins.thumbs.config]: no plugin of plugins.paths has this name",
             "[tasks.resise]: no plugin of plugins.paths has this task; did you mean resize?"});
}
