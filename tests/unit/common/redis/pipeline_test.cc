#include "common/redis/pipeline.h"

#include <catch2/catch.hpp>

using namespace stint;
using redis::Pipeline;
using redis::plain;
using redis::ReplyView;

namespace {

constexpr redis::Script kScript{"s", "0123456789012345678901234567890123456789", "return 1"};

struct Heard {
  std::vector<std::string> words;
  Pipeline::Done as(const std::string& name) {
    return [this, name](const Result<ReplyView>& reply) {
      words.push_back(name + "=" +
                      (reply ? reply->is_integer() ? std::to_string(reply->integer())
                                                   : std::string(reply->str())
                             : "!" + reply.error().message));
    };
  }
};

Result<void> feed(Pipeline& pipeline, const std::string& bytes) {
  return pipeline.feed(bytes.data(), bytes.size());
}

}  // namespace

TEST_CASE("pipeline: commands are written as arrays of byte strings") {
  Pipeline pipeline;
  pipeline.push(plain({"SET", "k", std::string("\0\r\n", 3)}), [](const Result<ReplyView>&) {}, {});
  CHECK(pipeline.out() == std::string("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\n\0\r\n\r\n", 29));
}

TEST_CASE("pipeline: replies go to their commands in order, however the bytes are cut") {
  std::string bytes = "+OK\r\n:7\r\n$5\r\nhello\r\n-ERR no\r\n$-1\r\n";
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    Pipeline pipeline;
    Heard heard;
    for (auto name : {"a", "b", "c", "d", "e"}) {
      pipeline.push(plain({"X"}), heard.as(name), {});
    }
    REQUIRE(feed(pipeline, bytes.substr(0, cut)));
    REQUIRE(feed(pipeline, bytes.substr(cut)));
    CHECK(heard.words == std::vector<std::string>{"a=OK", "b=7", "c=hello", "d=!ERR no", "e="});
    CHECK_FALSE(pipeline.earliest_deadline());
  }
}

TEST_CASE("pipeline: NOSCRIPT is answered by EVAL with the same arguments, once") {
  Pipeline pipeline;
  Heard heard;
  pipeline.push(redis::call(kScript, "key", {"1", "2"}), heard.as("s"), {});
  CHECK(pipeline.out().find(
            "EVALSHA\r\n$40\r\n0123456789012345678901234567890123456789\r\n$1\r\n1\r\n$3\r\nkey") !=
        std::string::npos);
  pipeline.out().clear();
  REQUIRE(feed(pipeline, "-NOSCRIPT No matching script.\r\n"));
  CHECK(heard.words.empty());
  CHECK(pipeline.out() ==
        "*6\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n1\r\n$3\r\nkey\r\n$1\r\n1\r\n$1\r\n2\r\n");
  pipeline.out().clear();
  REQUIRE(feed(pipeline, "-NOSCRIPT again\r\n"));
  CHECK(heard.words == std::vector<std::string>{"s=!NOSCRIPT again"});
  CHECK(pipeline.out().empty());
}

TEST_CASE("pipeline: abort gives back what is in flight, and what comes later is dropped") {
  Pipeline pipeline;
  Heard heard;
  std::vector<Pipeline::Done> left;
  pipeline.push(plain({"A"}), [&](const Result<ReplyView>&) { left = pipeline.abort(); }, {});
  pipeline.push(plain({"B"}), heard.as("b"), {});
  pipeline.push(plain({"C"}), heard.as("c"), {});
  REQUIRE(feed(pipeline, "+1\r\n+2\r\n+3\r\n"));
  CHECK(left.size() == 2);
  CHECK(heard.words.empty());
}

TEST_CASE("pipeline: what nobody asked, and what is not RESP, ends the stream") {
  Pipeline pipeline;
  CHECK_FALSE(feed(pipeline, "+OK\r\n"));
  Pipeline other;
  other.push(plain({"A"}), [](const Result<ReplyView>&) {}, {});
  CHECK_FALSE(feed(other, "HTTP/1.1 400 Bad Request\r\n"));
}

// Found by tests/fuzz/replies_fuzz: hiredis makes room for all that is announced.
TEST_CASE("pipeline: an answer that announces too many elements ends the stream at once") {
  for (const char* head : {"*1048577\r\n", "*2147483647\r\n", "*2\r\n:1\r\n*255555555\r\n"}) {
    Pipeline pipeline;
    Heard heard;
    pipeline.push(plain({"X"}), heard.as("a"), {});
    auto fed = feed(pipeline, head);
    REQUIRE_FALSE(fed);
    CHECK(fed.error().code == ErrorCode::kUnavailable);
  }
  Pipeline pipeline;
  CHECK(feed(pipeline, "*1048576\r\n"));
}

TEST_CASE("pipeline: the earliest deadline counts, whoever stands before it") {
  Pipeline pipeline;
  auto ignore = [](const Result<ReplyView>&) {};
  pipeline.push(plain({"BLMOVE"}), ignore, MonoTime{300});
  pipeline.push(plain({"PING"}), ignore, MonoTime{100});
  CHECK(pipeline.earliest_deadline() == MonoTime{100});
}
