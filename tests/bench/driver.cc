// A producer for the benchmark, through the same faces as the command line.
//   bench-driver URL enq N            one job at a time, each reply awaited
//   bench-driver URL bulk N           batches of 100, eight in flight
//   bench-driver URL lat N MS         one `mark` job every MS milliseconds
//   bench-driver URL res N RESOURCES  as bulk, over so many resources
//   bench-driver URL steady N RATE    as bulk, but so many a second
//   bench-driver URL push N           LPUSH of JSON into the inbox, 100 a command
//   bench-driver URL ceiling SECONDS, ping N   see machine.h
// Prints "RESULT n seconds". Parameters are 100 bytes of JSON.
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/queue/submit.h"
#include "common/redis/client.h"
#include "tests/bench/machine.h"

namespace stint {
namespace {

int64_t bench_now_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

JobSpec bench_job(const std::string& task, const std::string& resource) {
  JobSpec spec;
  spec.task = task;
  spec.id = new_job_id();
  spec.resource = resource;
  std::string stamp = std::to_string(bench_now_ns());
  stamp.insert(0, stamp.size() < 16 ? 16 - stamp.size() : 0, '0');
  spec.params = "{\"t\":\"" + stamp + "\",\"pad\":\"" + std::string(67, 'x') + "\"}";
  return spec;
}

void send_batches(redis::Client& client, const Keys& keys,
                  const std::vector<std::vector<JobSpec>>& batches) {
  std::vector<redis::Command> commands;
  commands.reserve(batches.size());
  for (const auto& batch : batches) {
    commands.push_back(submit(keys, new_nonce(), false, batch));
  }
  for (auto& reply : client.run_all(commands)) {
    STINT_CHECK(reply.ok());
  }
}

void bulk(redis::Client& client, const Keys& keys, int count, int resources) {
  std::vector<std::vector<JobSpec>> batches;
  for (int done = 0; done < count;) {
    auto& batch = batches.emplace_back();
    for (; done < count && batch.size() < kBatchJobs; ++done) {
      batch.push_back(bench_job("noop", resources ? "r" + std::to_string(done % resources) : ""));
    }
    if (batches.size() == 8 || done == count) {
      send_batches(client, keys, batches);
      batches.clear();
    }
  }
}

void steady(redis::Client& client, const Keys& keys, int count, int rate) {
  const int64_t begin = bench_now_ns();
  for (int64_t done = 0; done < count; done += 100) {
    const int64_t wait = begin + done * 1'000'000'000 / rate - bench_now_ns();
    if (wait > 0) {
      timespec pause{wait / 1'000'000'000, wait % 1'000'000'000};
      nanosleep(&pause, nullptr);
    }
    bulk(client, keys, 100, 0);
  }
}

void push(redis::Client& client, const Keys& keys, int count) {
  for (int done = 0; done < count;) {
    std::vector<std::string> words{"LPUSH", keys("inbox")};
    for (int i = 0; i < 100 && done < count; ++i, ++done) {
      words.push_back("{\"task\":\"noop\",\"params\":" + bench_job("noop", "").params + "}");
    }
    STINT_CHECK(client.run(redis::plain(std::move(words))).ok());
  }
}

int run_driver(int argc, char** argv) {
  if (argc < 4) {
    (void)std::fprintf(stderr,
                       "usage: bench-driver URL enq|bulk|lat|res|steady|push|ceiling|ping N "
                       "[MS|RESOURCES|RATE]\n");
    return 2;
  }
  auto url = redis::parse_url(argv[1]);
  auto client = redis::Client::connect(*url, milliseconds(5000), "bench-driver");
  STINT_CHECK(client.ok());
  Keys keys("stint", "default");
  std::string mode = argv[2];
  int count = std::atoi(argv[3]);
  int extra = argc > 4 ? std::atoi(argv[4]) : 0;
  if (mode == "ceiling" || mode == "ping") {
    mode == "ping" ? measure_ping(*client, count) : measure_ceiling(*url, count);
    return 0;
  }
  int64_t start = bench_now_ns();
  if (mode == "bulk" || mode == "res") {
    bulk(*client, keys, count, mode == "res" ? extra : 0);
  } else if (mode == "steady") {
    steady(*client, keys, count, extra);
  } else if (mode == "push") {
    push(*client, keys, count);
  } else {
    for (int i = 0; i < count; ++i) {
      send_batches(*client, keys, {{bench_job(mode == "lat" ? "mark" : "noop", "")}});
      if (mode == "lat") {
        timespec pause{extra / 1000, (extra % 1000) * 1'000'000L};
        nanosleep(&pause, nullptr);
      }
    }
  }
  std::printf("RESULT %d %.6f\n", count, static_cast<double>(bench_now_ns() - start) / 1e9);
  return 0;
}

}  // namespace
}  // namespace stint

int main(int argc, char** argv) {
  return stint::run_driver(argc, argv);
}
