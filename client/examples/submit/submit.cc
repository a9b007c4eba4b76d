// Submits one job, waits for it and prints its result; with a count, as many jobs at once.
//   g++ -std=c++17 submit.cc $(pkg-config --cflags --libs stint-client) -o submit
//   ./submit TASK [PARAMS [COUNT]]
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <stint/client.hpp>

using namespace stint::client;

namespace {

int fail(const Error& error) {
  std::cerr << error.message << "\n";
  return 1;
}

// One whose fate is not known is submitted again under its id: it is never queued twice.
Submission submit_surely(Client& client, Job job) {
  Submission sent = client.submit(job);
  job.id = sent.id;
  for (int tries = 1; !sent.ok() && sent.error->code == Code::kUnknown && tries < 10; ++tries) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    sent = client.submit(job);
  }
  return sent;
}

int run_one(Client& client, const Job& job) {
  Submission sent = submit_surely(client, job);
  if (!sent.ok()) {
    return fail(*sent.error);
  }
  auto ended = client.wait(sent.id, std::chrono::minutes(1));
  if (!ended) {
    return fail(ended.error());
  }
  if (!ended->succeeded()) {
    std::cerr << sent.id << " " << ended->outcome << "\n";
    return 1;
  }
  std::cout << ended->result << "\n";
  return 0;
}

int run_many(Client& client, const Job& job, size_t count) {
  std::vector<std::string> ids;
  for (const Submission& sent : client.submit(std::vector<Job>(count, job))) {
    if (!sent.ok()) {
      return fail(*sent.error);
    }
    ids.push_back(sent.id);
  }
  size_t succeeded = 0;
  for (const auto& ended : client.wait(ids, std::chrono::minutes(1))) {
    if (!ended) {
      return fail(ended.error());
    }
    succeeded += ended->succeeded() ? 1 : 0;
  }
  std::cout << succeeded << " of " << count << " succeeded\n";
  return succeeded == count ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  auto client = Client::connect();
  if (!client) {
    return fail(client.error());
  }
  Job job;
  job.task = argc > 1 ? argv[1] : "echo";
  job.params = argc > 2 ? argv[2] : "null";
  return argc > 3 ? run_many(*client, job, std::strtoul(argv[3], nullptr, 10))
                  : run_one(*client, job);
}
