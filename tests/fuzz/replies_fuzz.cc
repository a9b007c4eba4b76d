// Any bytes as what a Redis answers, over a Unix socket to the real Connection on a libuv loop, cut
// anywhere. Every command ends exactly once, the ends do not depend on where the bytes were cut,
// and what reads the answers of scripts bears every one.
#include "common/redis/pipeline.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/redis_peer.h"
#include "tests/fuzz/replies.h"

namespace stint {
namespace {

using redis::Connection;
using redis::Pipeline;

// How each command ended, in order; empty: not yet.
using Ends = std::vector<std::string>;

Connection::Done record_end(Ends& ends, size_t i, fuzz::Asked what) {
  return [&ends, i, what](const Result<redis::ReplyView>& reply) {
    STINT_CHECK(ends[i].empty());
    if (reply) {
      ends[i] = "reply " + fuzz::read_answer(what, *reply);
    } else if (reply.error().code == ErrorCode::kRefused) {
      ends[i] = "refused " + reply.error().message;
    } else {
      STINT_CHECK(reply.error().code == ErrorCode::kUnavailable);
      ends[i] = "unavailable";
    }
  };
}

// What should happen: all bytes at once, no socket. Empty if a split may change it.
Ends expected(const std::vector<fuzz::Asked>& asked, std::string_view bytes) {
  Ends ends(asked.size());
  Pipeline pipeline;
  for (size_t i = 0; i < asked.size(); ++i) {
    pipeline.push(fuzz::command_of(asked[i]), record_end(ends, i, asked[i]), MonoTime{1});
  }
  (void)pipeline.feed(bytes.data(), bytes.size());
  for (const auto& done : pipeline.abort()) {
    done(Error{ErrorCode::kUnavailable, "the peer closed"});
  }
  return pipeline.met_replica() ? Ends() : ends;
}

void check_connection(const std::vector<fuzz::Asked>& asked, std::string_view bytes, size_t piece,
                      bool greeted) {
  Ends ends(asked.size());
  fuzz::RedisPeer& peer = fuzz::RedisPeer::one();
  {
    Connection connection(peer.loop(), peer.options(), {});
    connection.open();
    peer.accept();
    if (greeted) {
      peer.send(fuzz::kGreetingAnswers);
      STINT_CHECK(connection.ready());
    }
    for (size_t i = 0; i < asked.size(); ++i) {
      connection.run(fuzz::command_of(asked[i]), record_end(ends, i, asked[i]));
    }
    for (fuzz::Input rest(bytes); !rest.empty();) {
      peer.send(rest.take(piece));
    }
    peer.hang_up();
    STINT_CHECK(!connection.ready());
    for (const std::string& end : ends) {
      STINT_CHECK(!end.empty());
    }
  }
  peer.turn();
  if (Ends wanted = expected(asked, bytes); greeted && !wanted.empty()) {
    STINT_CHECK(ends == wanted);
  }
}

}  // namespace
}  // namespace stint

// Bytes 1 to 3: what is asked. 4: how long the pieces are, and whether the greeting is fuzzed too.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stint::fuzz::Input input(data, size);
  std::vector<stint::fuzz::Asked> asked;
  for (int i = 0; i < 3; ++i) {
    asked.push_back(stint::fuzz::Asked{input.byte()});
  }
  uint8_t how = input.byte();
  stint::check_connection(asked, input.rest(), size_t{1} + how % 64, (how & 0x80U) == 0);
  return 0;
}
