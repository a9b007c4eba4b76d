#include "tests/bench/machine.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "common/clock.h"

namespace stint {
namespace {

constexpr int kDepth = 100;
constexpr int kConnections = 4;

constexpr const char* kClaim = R"(
local l = redis.call('RPOP', KEYS[1], ARGV[1])
local h, z = {}, {}
for i = 1, #l do
  local id = string.sub(l[i], 1, 16)
  h[2 * i - 1], h[2 * i], z[2 * i - 1], z[2 * i] = id, l[i], ARGV[2], id
end
redis.call('HSET', KEYS[2], unpack(h))
redis.call('ZADD', KEYS[3], unpack(z))
return l)";
constexpr const char* kAcknowledge =
    "redis.call('ZREM', KEYS[2], unpack(ARGV)) return redis.call('HDEL', KEYS[1], unpack(ARGV))";

redis::OwnedReply must(redis::Client& client, std::vector<std::string> words) {
  auto reply = client.run(redis::plain(std::move(words)));
  STINT_CHECK(reply.ok());
  return std::move(reply).value();
}

void cycle(const redis::Url& url, int number, MonoTime until, std::atomic<long>& cycles) {
  auto client = redis::Client::connect(url, milliseconds(5000), "bench-ceiling");
  STINT_CHECK(client.ok());
  const std::string claim(must(*client, {"SCRIPT", "LOAD", kClaim}).view().str());
  const std::string acknowledge(must(*client, {"SCRIPT", "LOAD", kAcknowledge}).view().str());
  const std::string name = "ceiling" + std::to_string(number);
  for (long next = 0; now_mono() < until; next += kDepth) {
    std::vector<std::string> push{"LPUSH", name};
    std::vector<std::string> done{"EVALSHA", acknowledge, "2", name + "h", name + "z"};
    for (long i = next; i < next + kDepth; ++i) {
      std::string id = std::to_string(1'000'000'000'000'000L + i);
      push.push_back(id + std::string(84, 'x'));
      done.push_back(std::move(id));
    }
    must(*client, push);
    must(*client, {"EVALSHA", claim, "3", name, name + "h", name + "z", std::to_string(kDepth),
                   "1234567890123"});
    must(*client, done);
    cycles += kDepth;
  }
}

}  // namespace

void measure_ceiling(const redis::Url& url, double seconds) {
  std::atomic<long> cycles = 0;
  const MonoTime begin = now_mono();
  const MonoTime until = begin + milliseconds(static_cast<int64_t>(seconds * 1000));
  std::vector<std::thread> threads;
  for (int i = 0; i < kConnections; ++i) {
    threads.emplace_back([&url, i, until, &cycles] { cycle(url, i, until, cycles); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  std::printf("CEILING %ld %.6f\n", cycles.load(),
              static_cast<double>(now_mono().ns - begin.ns) / 1e9);
}

void measure_ping(redis::Client& client, int count, int pause_ms) {
  std::vector<int64_t> took;
  for (int i = 0; i < count; ++i) {
    timespec pause{0, long{pause_ms} * 1'000'000};
    nanosleep(&pause, nullptr);
    const MonoTime begin = now_mono();
    must(client, {"PING"});
    took.push_back((now_mono().ns - begin.ns) / 1000);
  }
  std::sort(took.begin(), took.end());
  std::printf("PING %ld %ld\n", static_cast<long>(took[took.size() / 2]),
              static_cast<long>(took[took.size() * 99 / 100]));
}

}  // namespace stint
