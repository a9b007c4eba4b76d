#include "common/plugin_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <elf.h>

#include "common/unique_fd.h"

namespace stint {

namespace {

namespace fs = std::filesystem;

Error refused(const std::string& path, std::string_view why) {
  return {ErrorCode::kConfig, "plugin " + path + ": " + std::string(why)};
}

Error refused_by_system(const std::string& path) {
  return refused(path, std::error_code(errno, std::generic_category()).message());
}

Result<void> check_owner(const std::string& path, const struct stat& status, uid_t user) {
  if (status.st_uid != 0 && status.st_uid != user) {
    return refused(path, "is owned by user " + std::to_string(status.st_uid) +
                             ", it must be root or the daemon's own user " + std::to_string(user));
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return refused(path, "may be written by group or others; chmod go-w it");
  }
  return {};
}

Result<void> check_folder(const fs::path& file, uid_t user) {
  std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) {
    return refused_by_system(folder);
  }
  return check_owner(folder, status, user);
}

// A file that is cut short (half copied) would end the process with SIGBUS when it is mapped.
Result<void> check_whole(const std::string& path, int fd, const Elf64_Ehdr& header) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    return refused_by_system(path);
  }
  auto size = static_cast<uint64_t>(status.st_size);
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    auto at = static_cast<off_t>(header.e_phoff + i * sizeof segment);
    bool read = ::pread(fd, &segment, sizeof segment, at) == static_cast<ssize_t>(sizeof segment);
    if (!read || segment.p_offset > size || segment.p_filesz > size - segment.p_offset) {
      return refused(path, "is cut short: copy it again");
    }
  }
  return {};
}

Result<void> check_elf(const std::string& path, int fd) {
  Elf64_Ehdr header{};
  ssize_t got = ::pread(fd, &header, sizeof header, 0);
  bool elf = got == static_cast<ssize_t>(sizeof header) &&
             std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
  if (!elf) {
    return refused(path, "is no ELF file");
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_type != ET_DYN) {
    return refused(path, "is ELF, but no 64-bit shared library");
  }
  return check_whole(path, fd, header);
}

Result<void> add_folder(const fs::path& folder, std::vector<std::string>& files) {
  std::error_code failed;
  std::vector<std::string> found;
  fs::directory_iterator entry(folder, failed);
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    if (entry->path().extension() == ".so") {
      found.push_back(entry->path().string());
    }
  }
  if (failed) {
    return refused(folder.string(), failed.message());
  }
  std::sort(found.begin(), found.end());
  files.insert(files.end(), found.begin(), found.end());
  return {};
}

}  // namespace

Result<std::vector<std::string>> find_plugin_files(std::span<const std::string> paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code failed;
    auto status = fs::status(path, failed);
    if (!fs::exists(status)) {
      return refused(path, failed ? failed.message() : "no such file or directory");
    }
    if (!fs::is_directory(status)) {
      files.push_back(path);
    } else if (auto added = add_folder(path, files); !added) {
      return added.error();
    }
  }
  std::vector<std::string> once;
  std::vector<std::string> real;
  for (std::string& file : files) {
    std::error_code ignored;
    std::string canonical = fs::weakly_canonical(file, ignored).string();
    if (std::find(real.begin(), real.end(), canonical) == real.end()) {
      real.push_back(canonical);
      once.push_back(std::move(file));
    }
  }
  return once;
}

Result<void> check_plugin_file(const std::string& path) {
  return check_plugin_file(path, ::geteuid());
}

Result<void> check_plugin_file(const std::string& path, uid_t user) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    return refused_by_system(path);
  }
  if (!S_ISREG(status.st_mode)) {
    return refused(path, "is no regular file");
  }
  if (auto owner = check_owner(path, status, user); !owner) {
    return owner;
  }
  // The folder as it is named and, behind a symbolic link, the folder where the file really lies.
  if (auto folder = check_folder(fs::path(path), user); !folder) {
    return folder;
  }
  std::error_code failed;
  fs::path real = fs::canonical(path, failed);
  if (failed) {
    return refused(path, failed.message());
  }
  if (auto folder = check_folder(real, user); !folder) {
    return folder;
  }
  return check_elf(path, fd.get());
}

}  // namespace stint
