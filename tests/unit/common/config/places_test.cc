#include "common/config/toml/places.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "common/config_warnings.h"
#include "tests/unit/common/config/config_scope.h"

using namespace stint;
using stint::test::ConfigScope;

TEST_CASE("places: the configuration file is looked for in order") {
  ConfigScope scope;
  scope.flags.config_file.reset();
  ::mkdir((scope.dir / "home").c_str(), 0700);
  ::mkdir((scope.dir / "home/.config").c_str(), 0700);
  ::mkdir((scope.dir / "home/.config/stint").c_str(), 0700);
  test::write_file(scope.dir / "home/.config/stint/stint.toml", "namespace = \"home\"\n");
  CHECK(scope.load().value().config.ns == "home");
  ::mkdir((scope.dir / "xdg").c_str(), 0700);
  ::mkdir((scope.dir / "xdg/stint").c_str(), 0700);
  test::write_file(scope.dir / "xdg/stint/stint.toml", "namespace = \"xdg\"\n");
  scope.set("XDG_CONFIG_HOME", scope.dir / "xdg");
  CHECK(scope.load().value().config.ns == "xdg");
  scope.file("namespace = \"named\"\n");
  scope.set("STINT_CONFIG", scope.dir / "stint.toml");
  CHECK(scope.load().value().config.ns == "named");
  CHECK(scope.load().value().file == scope.dir / "stint.toml");
  test::write_file(scope.dir / "flag.toml", "namespace = \"flag\"\n");
  scope.flags.config_file = scope.dir / "flag.toml";
  CHECK(scope.load().value().config.ns == "flag");
}

TEST_CASE("places: the state directory is looked for in order") {
  ConfigScope scope;
  scope.set("STINT_STATE_DIR", std::nullopt);
  const Found fallback = find_state_dir(std::nullopt, "--state-dir", "");
  CHECK(fallback.origin == "default");
  if (::geteuid() == 0) {
    CHECK(fallback.path == "/var/lib/stint");
  }
  scope.set("STATE_DIRECTORY", "/systemd/one:/systemd/two");
  CHECK(find_state_dir(std::nullopt, "--state-dir", "").path == "/systemd/one");
  CHECK(find_state_dir(std::nullopt, "--state-dir", "/file").path == "/file");
  scope.set("STINT_STATE_DIR", "/environment");
  CHECK(find_state_dir(std::nullopt, "--state-dir", "/file").path == "/environment");
  CHECK(find_state_dir("/flag", "--state-dir", "/file").path == "/flag");
  CHECK(find_state_dir("/flag", "--state-dir", "/file").origin == "--state-dir");
}

TEST_CASE("places: the password of Redis comes from url, file or credential, never from --redis") {
  ConfigScope scope;
  scope.flags.redis = "redis://:sesame@localhost";
  CHECK(scope.load().error().code == ErrorCode::kInvalid);
  CHECK(scope.load().error().message.find("sesame") == std::string::npos);
  CHECK(scope.load().error().message.find("password_file") != std::string::npos);

  scope.flags.redis = "redis://localhost";
  CHECK(scope.load().value().config.redis.password.empty());
  test::write_file(scope.dir / "redis-password", "from credential\n");
  scope.set("CREDENTIALS_DIRECTORY", scope.dir.path());
  CHECK(scope.load().value().config.redis.password == "from credential");
  CHECK(scope.load().value().origins.at("redis.url") == "--redis");

  test::write_file(scope.dir / "secret", "from file\nsecond line\n");
  scope.file("[redis]\npassword_file = \"" + scope.dir / "secret" + "\"\n");
  CHECK(scope.load().value().config.redis.password == "from file");

  scope.flags.redis.reset();
  scope.set("CREDENTIALS_DIRECTORY", std::nullopt);
  scope.set("STINT_REDIS_URL", "redis://u:from-url@localhost");
  CHECK(scope.load().value().config.redis.password == "from-url");

  scope.set("STINT_REDIS_URL", "redis://localhost");
  test::write_file(scope.dir / "secret", "\n");
  CHECK(scope.load().error().code == ErrorCode::kConfig);
  ::unlink((scope.dir / "secret").c_str());
  CHECK(scope.load().error().message.find("No such file") != std::string::npos);
}

TEST_CASE("places: a password_file beside redis.url is for that server and user alone") {
  ConfigScope scope;
  test::write_file(scope.dir / "secret", "sesame\n");
  scope.file("[redis]\nurl = \"redis://jobs@db.example:6380/1\"\npassword_file = \"" +
             scope.dir / "secret" + "\"\n");
  auto password = [&scope] { return scope.load().value().config.redis.password; };
  CHECK(password() == "sesame");
  for (const char* same : {"redis://jobs@db.example:6380", "redis://jobs@db.example:6380/7"}) {
    scope.flags.redis = same;
    CHECK(password() == "sesame");
  }
  for (const char* other : {"redis://jobs@other.example:6380/1", "redis://jobs@db.example:6379/1",
                            "redis://db.example:6380/1", "unix:///run/redis.sock"}) {
    INFO(other);
    scope.flags.redis = other;
    CHECK(password().empty());
    scope.flags.redis.reset();
    scope.set("STINT_REDIS_URL", other);
    CHECK(password().empty());
    scope.set("STINT_REDIS_URL", std::nullopt);
  }
}

TEST_CASE("places: a password that everybody may read is noted, with the rights of its file") {
  ConfigScope scope;
  auto exposed = [&scope] {
    std::string said;
    for (const std::string& warning : file_warnings(scope.load().value())) {
      said += warning + "\n";
    }
    return said;
  };
  std::string secret = scope.dir / "secret";
  test::write_file(secret, "sesame\n");
  scope.file("[redis]\nurl = \"redis://db.example\"\npassword_file = \"" + secret + "\"\n");
  ::chmod((scope.dir / "stint.toml").c_str(), 0644);
  ::chmod(secret.c_str(), 0640);
  CHECK(exposed().empty());
  ::chmod(secret.c_str(), 0644);
  CHECK(exposed() == secret +
                         " holds the password of Redis and is open to every user of this host "
                         "(mode 0644): chmod 0640 " +
                         secret + "\n");
  CHECK(exposed().find("sesame") == std::string::npos);
  ::chmod(secret.c_str(), 0602);
  CHECK(exposed().find("(mode 0602)") != std::string::npos);
  scope.set("CREDENTIALS_DIRECTORY", scope.dir.path());
  CHECK(exposed().empty());

  scope.file("[redis]\nurl = \"redis://:sesame@db.example\"\n");
  ::chmod((scope.dir / "stint.toml").c_str(), 0644);
  scope.set("CREDENTIALS_DIRECTORY", std::nullopt);
  CHECK(exposed().starts_with(scope.dir / "stint.toml"));
  ::chmod((scope.dir / "stint.toml").c_str(), 0640);
  CHECK(exposed().empty());
}

TEST_CASE("places: where the password is read from is shown with its origin, never what it is") {
  ConfigScope scope;
  std::string secret = scope.dir / "secret";
  test::write_file(secret, "sesame\n");
  scope.file("[redis]\nurl = \"redis://db.example\"\npassword_file = \"" + secret + "\"\n");
  auto loaded = scope.load().value();
  CHECK(config_to_json(loaded).find("\"password_file\":\"" + secret + "\"") != std::string::npos);
  CHECK(loaded.origins.at("redis.password_file") == scope.dir / "stint.toml:3");
  CHECK(config_to_json(loaded).find("sesame") == std::string::npos);

  scope.file("[redis]\nurl = \"redis://db.example\"\n");
  test::write_file(scope.dir / "redis-password", "sesame\n");
  scope.set("CREDENTIALS_DIRECTORY", scope.dir.path());
  loaded = scope.load().value();
  CHECK(loaded.password_file == scope.dir / "redis-password");
  CHECK(loaded.origins.at("redis.password_file") == "CREDENTIALS_DIRECTORY");

  // One that cannot be looked at is not taken for none.
  scope.set("CREDENTIALS_DIRECTORY", secret);
  auto unseen = scope.load();
  REQUIRE_FALSE(unseen);
  CHECK(unseen.error().message.find(secret + "/redis-password") != std::string::npos);
}

TEST_CASE("places: the folder of plugins that nobody names is named as the default") {
  ConfigScope scope;
  auto loaded = scope.load().value();
  CHECK(loaded.config.plugin_paths == std::vector<std::string>{default_plugin_folder()});
  loaded.config.plugin_paths = {scope.dir / "none"};
  const Error missing{ErrorCode::kConfig, "missing"};
  CHECK(explain_plugins(missing, loaded).message.find("the default of plugins.paths") !=
        std::string::npos);
  loaded.origins["plugins.paths"] = "--plugins";
  CHECK(explain_plugins(missing, loaded).message == "missing");
  loaded.origins["plugins.paths"] = "default";
  loaded.config.plugin_paths = {scope.dir.path()};
  CHECK(explain_plugins(missing, loaded).message == "missing");
}
