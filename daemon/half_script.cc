#include "daemon/half_script.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "common/log/log.h"

namespace stint {

namespace {

constexpr size_t kBuffer = size_t{1} << 18;
constexpr size_t kLongestName = 5;  // MULTI; what is longer is neither that nor EXEC

Error file_error(const std::string& what, int error) {
  return {ErrorCode::kInternal,
          "embedded Redis: " + what + ": " + std::system_category().message(error)};
}

// A file of commands, from its begin on: "*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n".
class CommandFile {
 public:
  CommandFile(int fd, off_t size, const std::weak_ptr<int>& wanted)
      : fd_(fd), size_(size), wanted_(wanted), buffer_(kBuffer) {}

  off_t at() const { return begin_ + static_cast<off_t>(next_); }
  int error() const { return error_; }  // errno of reading
  bool torn() const { return torn_; }   // it ends within a command, or where one would begin

  // The name of the next one, empty if it is longer than those looked for; nullopt: no whole
  // command follows.
  std::optional<std::string> command() {
    std::string name;
    auto parts = number('*');
    for (off_t i = 0; parts && i < *parts; ++i) {
      auto length = number('$');
      if (!length ||
          !(i == 0 && *length <= off_t{kLongestName} ? text(*length, name) : skip(*length)) ||
          byte() != '\r' || byte() != '\n') {
        return std::nullopt;
      }
    }
    return parts ? std::optional(name) : std::nullopt;
  }

 private:
  int byte() {
    if (next_ == filled_ && !fill()) {
      torn_ = true;
      return -1;
    }
    return static_cast<unsigned char>(buffer_[next_++]);
  }

  bool fill() {
    begin_ += static_cast<off_t>(std::exchange(next_, 0));
    ssize_t got = -1;
    do {
      got = pread(fd_, buffer_.data(), buffer_.size(), begin_);
    } while (got < 0 && errno == EINTR);
    error_ = got < 0 ? errno : error_;
    if (wanted_.expired()) {
      error_ = ECANCELED;
      got = -1;
    }
    filled_ = got < 0 ? 0 : static_cast<size_t>(got);
    return got > 0;
  }

  std::optional<off_t> number(char sign) {
    if (byte() != sign) {
      return std::nullopt;
    }
    off_t value = 0;
    int c = byte();
    for (; c >= '0' && c <= '9' && value < std::numeric_limits<off_t>::max() / 16; c = byte()) {
      value = value * 10 + (c - '0');
    }
    return c == '\r' && byte() == '\n' ? std::optional(value) : std::nullopt;
  }

  bool text(off_t length, std::string& into) {
    for (off_t i = 0; i < length && !torn_; ++i) {
      into.push_back(static_cast<char>(byte()));
    }
    return !torn_;
  }

  bool skip(off_t length) {
    if (length > size_ - at()) {
      torn_ = true;
      return false;
    }
    if (static_cast<size_t>(length) <= filled_ - next_) {
      next_ += static_cast<size_t>(length);
    } else {
      begin_ = at() + length;
      next_ = filled_ = 0;
    }
    return true;
  }

  int fd_;
  off_t size_;
  const std::weak_ptr<int>& wanted_;
  std::vector<char> buffer_;  // [next_, filled_) is read and not taken; buffer_[0] is at begin_
  off_t begin_ = 0;
  size_t next_ = 0;
  size_t filled_ = 0;
  int error_ = 0;
  bool torn_ = false;
};

// Empty: none. The manifest names files in the order in which they are read, a line of pairs each,
// "file appendonly.aof.2.incr.aof seq 2 type i"; only the last is ever torn.
std::string last_command_file(const std::string& folder) {
  std::ifstream manifest(folder + "/appendonly.aof.manifest");
  std::string line;
  std::string last;
  while (std::getline(manifest, line)) {
    std::istringstream words(line);
    std::map<std::string, std::string> pairs;
    for (std::string key, value; words >> key >> value;) {
      pairs[key] = value;
    }
    if (pairs["type"] == "i") {
      last = pairs["file"];
    }
  }
  return last.empty() ? last : folder + "/" + last;
}

// Where the MULTI begins that has no EXEC; nullopt: all are whole, or the file is damaged.
Result<std::optional<off_t>> open_transaction(int fd, const std::weak_ptr<int>& wanted) {
  struct stat status {};
  if (fstat(fd, &status) != 0) {
    return file_error("fstat", errno);
  }
  CommandFile file(fd, status.st_size, wanted);
  std::optional<off_t> open;
  while (true) {
    off_t begin = file.at();
    auto name = file.command();
    if (!name) {
      break;
    }
    if (*name == "MULTI") {
      open = begin;
    } else if (*name == "EXEC") {
      open.reset();
    }
  }
  if (file.error() != 0) {
    return file_error("read", file.error());
  }
  return file.torn() ? open : std::nullopt;
}

struct Cutting {
  uv_work_t request{};
  std::string folder;
  UniqueFd lock;
  std::weak_ptr<int> alive;
  std::function<void(UniqueFd)> done;
  Result<off_t> cut = 0;

  void end() {
    if (alive.expired()) {
      return;
    }
    if (!cut) {
      log::warning("cannot see whether Redis' file ends in half a script, starting it all the same",
                   {{"error", cut.error().message}});
    } else if (*cut > 0) {
      log::info("undone what redis-server had half written when it was killed", {{"bytes", *cut}});
    }
    done(std::move(lock));
  }
};

}  // namespace

Result<off_t> cut_half_script(const std::string& folder, const std::weak_ptr<int>& wanted) {
  std::string path = last_command_file(folder);
  if (path.empty()) {
    return 0;
  }
  UniqueFd fd(open(path.c_str(), O_RDWR | O_CLOEXEC));
  struct stat status {};
  if (!fd || fstat(fd.get(), &status) != 0) {
    return errno == ENOENT ? Result<off_t>(0) : file_error(path, errno);
  }
  auto begin = open_transaction(fd.get(), wanted);
  if (!begin) {
    return Error{begin.error().code, begin.error().message + " (" + path + ")"};
  }
  if (!*begin) {
    return 0;
  }
  if (ftruncate(fd.get(), **begin) != 0 || fdatasync(fd.get()) != 0) {
    return file_error("cannot shorten " + path, errno);
  }
  return status.st_size - **begin;
}

void cut_half_script(uv_loop_s* loop, std::string folder, UniqueFd lock, std::weak_ptr<int> alive,
                     std::function<void(UniqueFd)> done) {
  auto cutting = std::make_unique<Cutting>(
      Cutting{{}, std::move(folder), std::move(lock), std::move(alive), std::move(done)});
  cutting->request.data = cutting.get();
  int failed = uv_queue_work(
      loop, &cutting->request,
      [](uv_work_t* request) {
        auto* self = static_cast<Cutting*>(request->data);
        self->cut = cut_half_script(self->folder, self->alive);
      },
      [](uv_work_t* request, int) {
        std::unique_ptr<Cutting>(static_cast<Cutting*>(request->data))->end();
      });
  if (failed == 0) {
    (void)cutting.release();
  } else {
    cutting->cut = cut_half_script(cutting->folder, cutting->alive);
    cutting->end();
  }
}

}  // namespace stint
