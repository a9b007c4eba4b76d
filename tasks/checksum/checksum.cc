// checksum {"path": "/a/b"} -> {"sha256": "..", "bytes": 123}. Reads the file in pieces; heeds a
// stop between two pieces.
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <stint/task.hpp>

#include "file.h"
#include "sha256.h"

namespace {

constexpr size_t kPiece = size_t{256} << 10;
constexpr uint64_t kProgressStep = uint64_t{64} << 20;

std::string path_of(std::string_view params) {
  auto json = nlohmann::json::parse(params);
  if (!json.is_object() || !json.contains("path") || !json["path"].is_string()) {
    throw stint::FinalError(R"(checksum needs {"path": "/a/b"})");
  }
  auto path = json["path"].get<std::string>();
  if (path.empty() || path[0] != '/' || path.find('\0') != std::string::npos) {
    throw stint::FinalError("path must be absolute and hold no NUL: " + stint::quoted(path));
  }
  return path;
}

// Shutdown: once more, elsewhere or later. The other reasons end the attempt, and whoever asked
// knows why.
void stop(stint::Job& job, uint64_t bytes) {
  if (job.stop_reason() == stint::Stop::kShutdown) {
    job.release();
    return;
  }
  job.fail("stopped after " + std::to_string(bytes) +
           " bytes: " + stint::to_string(job.stop_reason()));
}

void checksum(stint::Job& job) {
  RegularFile file(path_of(job.params()));
  Sha256 sha;
  std::vector<unsigned char> piece(kPiece);
  uint64_t bytes = 0;
  uint64_t next_progress = kProgressStep;
  while (size_t got = file.read(piece.data(), piece.size())) {
    sha.update(piece.data(), got);
    bytes += got;
    if (bytes >= next_progress) {
      job.progress(nlohmann::json{{"bytes", bytes}, {"of", file.size()}}.dump());
      next_progress = bytes + kProgressStep;
    }
    if (job.stopping()) {
      return stop(job, bytes);
    }
  }
  job.succeed(nlohmann::json{{"sha256", sha.hex()}, {"bytes", bytes}}.dump());
}

}  // namespace

STINT_PLUGIN("checksum", STINT_PLUGIN_VERSION) {
  plugin.task("checksum", checksum);
}
