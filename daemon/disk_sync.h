// Brings the embedded Redis' append-only files to the disk once a second: what `appendfsync
// everysec` would do, without what is wrong with it. There Redis keeps writes that it has already
// acknowledged in its own memory while an fsync runs, up to 2 s, so that a kill -9 of it loses them
// (2 of 30 kills, on ext4). With `appendfsync no` it hands every write to the kernel before it
// answers, and this class does the fsync. See docs/architecture.md, "Durability". In the
// supervisor, on its loop; the fsync itself runs in libuv's threads, one at a time, and only if a
// file has grown.
#pragma once

#include <memory>
#include <string>

#include "common/loop/timer.h"

namespace stint {

class DiskSync {
 public:
  // folder: where Redis keeps its append-only files. Begins at once; a folder that is not there yet
  // is no error.
  DiskSync(uv_loop_s* loop, std::string folder);
  ~DiskSync();
  DiskSync(const DiskSync&) = delete;
  DiskSync& operator=(const DiskSync&) = delete;

 private:
  struct State;
  void sync();

  uv_loop_s* loop_;
  std::shared_ptr<State> state_;  // shared with the thread while that works
  Timer timer_;
};

}  // namespace stint
