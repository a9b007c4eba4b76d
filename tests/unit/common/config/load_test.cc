#include "common/config/toml/load.h"

#include <unistd.h>

#include <algorithm>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "common/job/spec.h"
#include "tests/unit/common/config/config_scope.h"

using namespace stint;
using stint::test::ConfigScope;

TEST_CASE("config: without a file all is default, and says so") {
  ConfigScope scope;
  scope.flags.config_file.reset();
  if (::access("/etc/stint/stint.toml", F_OK) == 0) {
    return;  // this machine has one of its own
  }
  const LoadedConfig loaded = scope.load().value();
  CHECK(loaded.file.empty());
  CHECK(loaded.config.ns == "stint");
  CHECK(loaded.config.embedded);
  CHECK(loaded.config.redis.socket == scope.dir / "state/redis.sock");
  CHECK(loaded.config.processes >= 1);
  CHECK(loaded.config.slots == 1);
  CHECK(loaded.config.maxmemory > 1'000'000);
  REQUIRE(loaded.config.queues.size() == 1);
  CHECK(loaded.config.queues[0].name == "default");
  CHECK(loaded.origins.at("workers.slots") == "default");
  CHECK(loaded.origins.at("namespace") == "default");
  CHECK(loaded.origins.at("queues.default.weight") == "default");
  CHECK(loaded.origins.at("state_dir") == "STINT_STATE_DIR");
}

TEST_CASE("config: every key of the file arrives") {
  ConfigScope scope;
  scope.set("STINT_STATE_DIR", std::nullopt);
  scope.file(R"(
namespace = "shop"
state_dir = "/srv/stint/"
log_level = "debug"
log_format = "json"
[redis]
url = "redis://redis.example:7000/3"
[embedded]
durability = "always"
maxmemory = "64MiB"
[workers]
processes = 3
slots = 4
shutdown_timeout = "1m"
drain_timeout = "2h"
max_jobs = 1000
max_rss = "1GiB"
[plugins]
paths = ["/a", "/b/c.so"]
[plugins.thumbs.config]
pool = 4
[sweep]
interval = "5s"
[queues.mail]
weight = 7
processes = 2
retries = 3
backoff = "fixed:10s"
crash_limit = 5
keep = "2h"
keep_max = 50
keep_bytes = "1MB"
rejected_max = 5
intake = ["jobs:thumb"]
[tasks.resize]
lease = "10s"
timeout = "0s"
grace = "1s"
retries = 1
backoff = "none"
crash_limit = 9
keep = "1d"
)");
  const Result<LoadedConfig> result = scope.load();
  INFO((result.ok() ? "" : result.error().message));
  REQUIRE(result.ok());
  const Config& config = result->config;
  CHECK(config.ns == "shop");
  CHECK(config.state_dir == "/srv/stint");
  CHECK(config.log_level == "debug");
  CHECK(config.log_format == "json");
  CHECK_FALSE(config.embedded);
  CHECK(config.redis.host == "redis.example");
  CHECK(config.redis.port == 7000);
  CHECK(config.redis.db == 3);
  CHECK(config.durability == "always");
  CHECK(config.maxmemory == int64_t{64} << 20);
  CHECK(config.processes == 3);
  CHECK(config.slots == 4);
  CHECK(config.shutdown_timeout == milliseconds(60'000));
  CHECK(config.drain_timeout == milliseconds(7'200'000));
  CHECK(config.max_jobs == 1000);
  CHECK(config.max_rss == int64_t{1} << 30);
  CHECK(config.plugin_paths == std::vector<std::string>{"/a", "/b/c.so"});
  CHECK(nlohmann::json::parse(config.plugin_config.at("thumbs")) == nlohmann::json{{"pool", 4}});
  CHECK(config.sweep_interval == milliseconds(5'000));
  REQUIRE(config.queues.size() == 1);
  const QueueConfig& queue = config.queues[0];
  CHECK(queue.name == "mail");
  CHECK(queue.weight == 7);
  CHECK(queue.processes == 2);
  CHECK(queue.limits.retries == 3);
  CHECK(queue.limits.backoff == Backoff{-10'000});
  CHECK(queue.limits.crash_limit == 5);
  CHECK(queue.limits.keep == milliseconds(7'200'000));
  CHECK(queue.keep_max == 50);
  CHECK(queue.keep_bytes == 1'000'000);
  CHECK(queue.rejected_max == 5);
  CHECK(queue.intake == std::vector<std::string>{"jobs:thumb"});
  const LimitsSaid& task = config.tasks.at("resize");
  CHECK(task.lease == milliseconds(10'000));
  CHECK(task.timeout == milliseconds(0));
  CHECK(task.grace == milliseconds(1'000));
  CHECK(task.retries == 1);
  CHECK(task.backoff == Backoff{0});
  CHECK(task.crash_limit == 9);
  CHECK(task.keep == milliseconds(86'400'000));
  CHECK(result->origins.at("workers.slots") == scope.dir / "stint.toml" + ":13");
  CHECK(result->origins.at("queues.mail.weight") == scope.dir / "stint.toml" + ":25");
}

TEST_CASE("config: flag over environment over file") {
  ConfigScope scope;
  scope.file(
      "namespace = \"file\"\nstate_dir = \"/file\"\n[workers]\nprocesses = 2\n[plugins]\npaths = "
      "[\"/file\"]\n");
  scope.set("STINT_STATE_DIR", std::nullopt);
  CHECK(scope.load().value().config.ns == "file");
  CHECK(scope.load().value().config.state_dir == "/file");
  scope.set("STINT_NAMESPACE", "environment");
  scope.set("STINT_STATE_DIR", "/environment");
  LoadedConfig loaded = scope.load().value();
  CHECK(loaded.config.ns == "environment");
  CHECK(loaded.config.state_dir == "/environment");
  CHECK(loaded.origins.at("namespace") == "STINT_NAMESPACE");
  scope.flags.ns = "flag";
  scope.flags.state_dir = "/flag";
  scope.flags.processes = 9;
  scope.flags.plugins = {"/flag"};
  scope.flags.log_level = "error";
  scope.flags.log_format = "json";
  loaded = scope.load().value();
  CHECK(loaded.config.ns == "flag");
  CHECK(loaded.config.state_dir == "/flag");
  CHECK(loaded.config.processes == 9);
  CHECK(loaded.config.plugin_paths == std::vector<std::string>{"/flag"});
  CHECK(loaded.config.log_level == "error");
  CHECK(loaded.config.log_format == "json");
  CHECK(loaded.origins.at("log_format") == "--log-format");
  CHECK(loaded.origins.at("namespace") == "--namespace");
  CHECK(loaded.origins.at("workers.processes") == "--processes");
}

TEST_CASE("config: queues that are named are served, with their tables where they have one") {
  ConfigScope scope;
  scope.file("[queues.a]\nweight = 2\n[queues.b]\nweight = 3\n");
  CHECK(scope.load().value().config.queues.size() == 2);
  scope.set("STINT_QUEUE", "c");
  LoadedConfig loaded = scope.load().value();
  REQUIRE(loaded.config.queues.size() == 1);
  CHECK(loaded.config.queues[0].name == "c");
  CHECK(loaded.origins.at("queues") == "STINT_QUEUE");
  CHECK(loaded.origins.count("queues.a.weight") == 0);
  scope.flags.queues = {"b", "d", "b"};
  loaded = scope.load().value();
  REQUIRE(loaded.config.queues.size() == 2);
  CHECK(loaded.config.queues[0].name == "b");
  CHECK(loaded.config.queues[0].weight == 3);
  CHECK(loaded.config.queues[1].name == "d");
  CHECK(loaded.config.queues[1].weight == 1);
  scope.flags.queues = {"no such name"};
  CHECK(scope.load().error().code == ErrorCode::kInvalid);
}

TEST_CASE("config: relative paths are taken from where the program was started") {
  ConfigScope scope;
  scope.set("STINT_STATE_DIR", std::nullopt);
  scope.flags.state_dir = "state/x/..";
  scope.flags.plugins = {"tasks"};
  const Config config = scope.load().value().config;
  CHECK(config.state_dir.starts_with("/"));
  CHECK(config.state_dir.ends_with("/state"));
  CHECK(config.plugin_paths[0].starts_with("/"));
}

TEST_CASE("config: a state directory too long for a socket is refused") {
  ConfigScope scope;
  scope.set("STINT_STATE_DIR", "/" + std::string(95, 'x'));
  CHECK(scope.load().ok());
  scope.set("STINT_STATE_DIR", "/" + std::string(96, 'x'));
  CHECK(scope.load().error().message.starts_with("STINT_STATE_DIR: state_dir is too long"));
}

TEST_CASE("config: a plugin's own table becomes JSON, whatever it holds") {
  ConfigScope scope;
  scope.file(R"([plugins.p.config]
text = "line\nbreak \u0001 \"quoted\" \\ é 😀"
day = 2026-11-20
at = 2026-11-20T18:51:43.5+01:00
hex = 0xff
big = 9223372036854775807
real = 1.5
whole = 3.0
yes = true
list = [1, "two", [], {}]
time = 07:32:00
small = 5e-324
"key with \"quotes\"" = 1
[plugins.p.config.deep.er]
x = 1
)");
  const LoadedConfig loaded = scope.load().value();
  const std::string& text = loaded.config.plugin_config.at("p");
  INFO(text);
  REQUIRE(check_json(text, text.size(), 64).ok());
  const nlohmann::json json = nlohmann::json::parse(text);
  CHECK(json["text"] == "line\nbreak \x01 \"quoted\" \\ é 😀");
  CHECK(json["day"] == "2026-11-20");
  CHECK(json["at"] == "2026-11-20T18:51:43.5+01:00");
  CHECK(json["hex"] == 255);
  CHECK(json["big"] == 9223372036854775807);
  CHECK(json["time"] == "07:32:00");
  CHECK(json["real"] == 1.5);
  CHECK(json["small"] == 5e-324);
  CHECK(json["whole"].is_number_float());
  CHECK(json["list"].dump() == "[1,\"two\",[],{}]");
  CHECK(json["deep"]["er"]["x"] == 1);
  CHECK(json["key with \"quotes\""] == 1);
}

TEST_CASE("config to JSON: one object, the password masked, an origin for every value") {
  ConfigScope scope;
  scope.set("STINT_REDIS_URL", "redis://u:sesame@localhost:7000/1");
  scope.file("[tasks.t]\nlease = \"5s\"\n[queues.q]\n[plugins.p.config]\na = 1\n");
  const LoadedConfig loaded = scope.load().value();
  CHECK(loaded.config.redis.password == "sesame");
  const std::string text = config_to_json(loaded);
  CHECK(text.find("sesame") == std::string::npos);
  CHECK(text.find('\n') == std::string::npos);
  const nlohmann::json json = nlohmann::json::parse(text);
  CHECK(json["origins"]["redis.url"] == "STINT_REDIS_URL");
  const nlohmann::json flat = json.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    std::string key = pointer.substr(1);
    std::replace(key.begin(), key.end(), '/', '.');
    if (key.starts_with("origins.") || key == "shadowed" || key == "file" ||
        key == "redis.embedded") {
      continue;
    }
    bool known = false;
    for (size_t end = key.size(); end != std::string::npos && !known;
         end = key.rfind('.', end - 1)) {
      known = loaded.origins.count(key.substr(0, end)) == 1;
    }
    CAPTURE(key);
    CHECK(known);
  }
}
