#include "common/redis/url.h"

#include <catch2/catch.hpp>

using stint::redis::parse_url;

TEST_CASE("url: every part of redis:// is taken") {
  auto url = parse_url("redis://app:p%40ss%2Fword@db.example:7000/3");
  REQUIRE(url);
  CHECK(url->user == "app");
  CHECK(url->password == "p@ss/word");
  CHECK(url->host == "db.example");
  CHECK(url->port == 7000);
  CHECK(url->db == 3);
  CHECK(url->display() == "redis://app@db.example:7000/3");
}

TEST_CASE("url: what is left out has its default") {
  auto url = parse_url("redis://localhost");
  REQUIRE(url);
  CHECK(url->port == 6379);
  CHECK(url->db == 0);
  CHECK(url->user.empty());
  CHECK(parse_url("redis://:secret@h")->password == "secret");
  CHECK(parse_url("redis://[::1]:7/1")->host == "::1");
  CHECK(parse_url("redis://[::1]:7/1")->display() == "redis://[::1]:7/1");
}

TEST_CASE("url: unix:// takes a path and a database") {
  auto url = parse_url("unix:///run/redis%20x/redis.sock?db=2");
  REQUIRE(url);
  CHECK(url->socket == "/run/redis x/redis.sock");
  CHECK(url->db == 2);
  CHECK(parse_url("unix://u:p@/s")->user == "u");
}

TEST_CASE("url: what is wrong is refused without the password in the message") {
  for (auto text : {"", "localhost:6379", "http://h", "redis://", "redis://:secret@", "redis://h:0",
                    "redis://h:65536", "redis://h:x", "redis://h/x", "redis://:se%zzcret@h",
                    "unix://", "unix://host/secret", "unix:///secret?dv=1", "redis://[::1",
                    "redis://[::1]x", "redis://h/-1", "redis://h:secret@"}) {
    INFO(text);
    auto url = parse_url(text);
    REQUIRE_FALSE(url);
    CHECK(url.error().code == stint::ErrorCode::kInvalid);
    CHECK(url.error().message.find("secret") == std::string::npos);
  }
  CHECK_FALSE(parse_url("unix:///" + std::string(120, 'x')));
  CHECK(parse_url("rediss://h").error().message.find("stunnel") != std::string::npos);
}

// Found by tests/fuzz/text_fuzz: an escape may be any byte, and a log line is no place for it.
TEST_CASE("url: what is shown of it holds no control character") {
  auto url = parse_url("redis://us%1ber%ff:secret@h:1");
  REQUIRE(url.ok());
  CHECK(url->user ==
        "us\x1b"
        "er\xff");
  CHECK(url->display() == "redis://us\\x1ber\\xff@h:1");
  CHECK(parse_url("unix:///a%0ab")->display() == "unix:///a\\x0ab");
}

// Found by tests/fuzz/text_fuzz: what follows a NUL was not part of the path that was connected to.
TEST_CASE("url: a control character is refused") {
  CHECK_FALSE(parse_url(std::string_view("unix:///a\0b", 11)).ok());
  CHECK_FALSE(parse_url(std::string_view("redis://a\0b:1", 13)).ok());
  CHECK_FALSE(parse_url("redis://a\n:1").ok());
}

// Found by tests/fuzz/text_fuzz: what was shown of such a host could not be read again.
TEST_CASE("url: an IPv6 address without brackets is refused, not taken apart at its last colon") {
  for (const char* wrong : {"redis://::1:6379", "redis://::1", "redis://a[::1]:1",
                            "redis://[[::1]:1", "redis://a]:1", "redis://a:1:2"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_url(wrong).ok());
  }
}
