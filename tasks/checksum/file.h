// A regular file that is read once from its beginning to its end, piece by piece. Used on a slot
// thread. Every failure is a std::system_error or std::runtime_error that names the operation and
// the path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

class RegularFile {
 public:
  // Follows links. Refuses what is not a regular file without waiting for it, as a FIFO would make
  // it.
  explicit RegularFile(std::string path);
  ~RegularFile();
  RegularFile(const RegularFile&) = delete;
  RegularFile& operator=(const RegularFile&) = delete;

  uint64_t size() const { return size_; }  // when it was opened; it may change while it is read
  size_t read(unsigned char* buffer, size_t space);  // 0 at the end

 private:
  std::string path_;
  int fd_ = -1;
  uint64_t size_ = 0;
};
