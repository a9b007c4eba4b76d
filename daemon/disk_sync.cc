#include "daemon/disk_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "common/log/outage.h"
#include "common/unique_fd.h"

namespace stint {

namespace {

constexpr milliseconds kEvery{1000};

}  // namespace

// The loop's thread has it while not busy, a thread of libuv's while busy.
struct DiskSync::State {
  std::string folder;
  std::map<std::string, off_t> synced;  // file -> its size when it was last brought to the disk
  int error = 0;                        // errno of this round
  bool busy = false;
  log::Outage trouble{log::Level::kError, "jobs cannot be brought to the disk, trying again",
                      "jobs are brought to the disk again"};

  void sync_all() {
    error = 0;
    std::error_code none_yet;
    std::map<std::string, off_t> now;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none_yet)) {
      if (entry.path().extension() == ".aof") {
        now[entry.path()] = sync_one(entry.path());
      }
    }
    synced = std::move(now);
  }

  off_t sync_one(const std::string& file) {
    UniqueFd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!fd || fstat(fd.get(), &status) != 0) {
      return -1;  // removed by a rewrite in between
    }
    auto before = synced.find(file);
    if (before != synced.end() && before->second == status.st_size) {
      return status.st_size;
    }
    if (fdatasync(fd.get()) != 0) {
      error = errno;
      return -1;
    }
    return status.st_size;
  }

  void say() {
    if (error != 0) {
      trouble.goes_on({{"folder", folder}, {"why", std::system_category().message(error)}});
    } else {
      trouble.over({{"folder", folder}});
    }
  }
};

DiskSync::DiskSync(uv_loop_s* loop, std::string folder)
    : loop_(loop), state_(std::make_shared<State>()), timer_(loop, [this] { sync(); }) {
  state_->folder = std::move(folder);
  timer_.start(kEvery, kEvery);
}

DiskSync::~DiskSync() = default;

void DiskSync::sync() {
  if (state_->busy) {
    return;  // a slow disk: one round at a time
  }
  struct Round {
    uv_work_t request{};
    std::shared_ptr<State> state;
  };
  auto* round = new Round{{}, state_};
  round->request.data = round;
  state_->busy = true;
  int failed = uv_queue_work(
      loop_, &round->request,
      [](uv_work_t* request) { static_cast<Round*>(request->data)->state->sync_all(); },
      [](uv_work_t* request, int) {
        std::unique_ptr<Round> ended(static_cast<Round*>(request->data));
        ended->state->busy = false;
        ended->state->say();
      });
  if (failed != 0) {
    delete round;
    state_->busy = false;
  }
}

}  // namespace stint
