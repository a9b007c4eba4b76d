// A producer for the benchmark, through the same faces as the command line.
//   bench-driver URL enq N            one job at a time, each reply awaited
//   bench-driver URL bulk N           by the client library, 1,000 a call
//   bench-driver URL lat N MS         one `mark` job every MS milliseconds
//   bench-driver URL res N RESOURCES  the same, over so many resources
//   bench-driver URL steady N RATE    so many a second, 100 a call
//   bench-driver URL mixed SECONDS    10 `nap` jobs of 1 ms every 50 ms, one of 2 s every second
//   bench-driver URL push N           LPUSH of JSON into the inbox, 100 a command
//   bench-driver URL ceiling SECONDS, ping N MS   see machine.h
// Prints "RESULT n seconds". Parameters are 100 bytes of JSON.
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <stint/client.hpp>

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

std::string stamp() {
  std::string digits = std::to_string(bench_now_ns());
  digits.insert(0, digits.size() < 16 ? 16 - digits.size() : 0, '0');
  return digits;
}

std::string bench_params() {
  return "{\"t\":\"" + stamp() + "\",\"pad\":\"" + std::string(67, 'x') + "\"}";
}

JobSpec bench_job(const std::string& task) {
  JobSpec spec;
  spec.task = task;
  spec.id = new_job_id();
  spec.params = bench_params();
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

// Through the library's face, as a program of others does it.
void bulk(client::Client& client, int count, int resources, int a_call) {
  std::vector<client::Job> jobs;
  for (int done = 0; done < count;) {
    jobs.clear();
    for (int i = 0; i < a_call && done < count; ++i, ++done) {
      auto& job = jobs.emplace_back();
      job.task = "noop";
      job.params = bench_params();
      job.resource = resources ? "r" + std::to_string(done % resources) : "";
    }
    for (const auto& sent : client.submit(jobs)) {
      STINT_CHECK(sent.ok());
    }
  }
}

void pause_until(int64_t ns) {
  const int64_t wait = ns - bench_now_ns();
  if (wait > 0) {
    timespec pause{wait / 1'000'000'000, wait % 1'000'000'000};
    nanosleep(&pause, nullptr);
  }
}

void steady(client::Client& client, int count, int rate) {
  const int64_t begin = bench_now_ns();
  for (int64_t done = 0; done < count; done += 100) {
    pause_until(begin + done * 1'000'000'000 / rate);
    bulk(client, 100, 0, 100);
  }
}

void mixed(redis::Client& client, const Keys& keys, int seconds) {
  const int64_t begin = bench_now_ns();
  for (int batch = 0; batch < seconds * 20; ++batch) {
    pause_until(begin + int64_t{batch} * 50'000'000);
    std::vector<JobSpec> jobs;
    for (int i = 0; i < 10; ++i) {
      const bool is_long = batch % 20 == 10 && i == 5;
      auto& job = jobs.emplace_back(bench_job("nap"));
      job.params = "{\"t\":\"" + stamp() + "\",\"tag\":\"" + (is_long ? "long" : "short") +
                   "\",\"us\":\"" + (is_long ? "2000000" : "1000") + "\"}";
    }
    send_batches(client, keys, {std::move(jobs)});
  }
}

void push(redis::Client& client, const Keys& keys, int count) {
  for (int done = 0; done < count;) {
    std::vector<std::string> words{"LPUSH", keys("inbox")};
    for (int i = 0; i < 100 && done < count; ++i, ++done) {
      words.push_back("{\"task\":\"noop\",\"params\":" + bench_params() + "}");
    }
    STINT_CHECK(client.run(redis::plain(std::move(words))).ok());
  }
}

int run_driver(int argc, char** argv) {
  if (argc < 4) {
    (void)std::fprintf(stderr,
                       "usage: bench-driver URL enq|bulk|lat|res|steady|mixed|push|"
                       "ceiling|ping N [MS|RESOURCES|RATE]\n");
    return 2;
  }
  auto url = redis::parse_url(argv[1]);
  auto client = redis::Client::connect(*url, milliseconds(5000), "bench-driver");
  STINT_CHECK(client.ok());
  client::Options options;
  options.redis_url = argv[1];
  options.queue = "default";
  auto library = client::Client::connect(options);
  STINT_CHECK(library.ok());
  Keys keys("stint", "default");
  std::string mode = argv[2];
  int count = std::atoi(argv[3]);
  int extra = argc > 4 ? std::atoi(argv[4]) : 0;
  if (mode == "ceiling" || mode == "ping") {
    mode == "ping" ? measure_ping(*client, count, extra) : measure_ceiling(*url, count);
    return 0;
  }
  int64_t start = bench_now_ns();
  if (mode == "bulk" || mode == "res") {
    bulk(*library, count, mode == "res" ? extra : 0, 1'000);
  } else if (mode == "steady") {
    steady(*library, count, extra);
  } else if (mode == "mixed") {
    mixed(*client, keys, count);
  } else if (mode == "push") {
    push(*client, keys, count);
  } else {
    for (int i = 0; i < count; ++i) {
      send_batches(*client, keys, {{bench_job(mode == "lat" ? "mark" : "noop")}});
      if (mode == "lat") {
        pause_until(bench_now_ns() + int64_t{extra} * 1'000'000);
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
