// Reads the keys of one TOML table into typed, bounded values, and refuses the keys that nobody
// asked for. Used by the files of this folder only: it includes toml++, which takes seconds to
// compile. One thread, short-lived. Invariant: the first problem stays in Reading::error with file,
// line and column; after it every call does nothing.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"
#include "common/config/toml/tomlplusplus.h"
#include "common/error.h"

namespace stint {

// One file being read.
struct Reading {
  std::string file;
  std::optional<Error> error;
  // Dotted key -> "file:line", or "default" where a key was asked for and is not there.
  std::map<std::string, std::string>* origins = nullptr;

  void fail(const toml::node& at, const std::string& what);
  std::string place(const toml::node& node) const;  // "file:line"
};

class TableReader {
 public:
  // Absent::kSilent: what the table does not say comes from elsewhere, not from our defaults.
  enum class Absent { kDefault, kSilent };
  TableReader(Reading& reading, const toml::table& table, std::string path,
              Absent absent = Absent::kDefault);

  void text(std::string_view key, std::string& out);
  void text_list(std::string_view key, std::vector<std::string>& out);
  void choice(std::string_view key, std::string& out, const std::vector<std::string>& allowed);
  void integer(std::string_view key, int64_t least, int64_t most,
               const std::function<void(int64_t)>& set);
  void duration(std::string_view key, milliseconds least, milliseconds most,
                const std::function<void(milliseconds)>& set);
  // "512MiB" or, with percent_of > 0, "25%" of it; at least so much, or 0.
  void size(std::string_view key, int64_t percent_of, int64_t least, int64_t& out);
  // A text that `parse` understands; its error is said with the place.
  void parsed(std::string_view key, const std::function<Result<void>(const std::string&)>& parse);
  // A table that is not there is read as an empty one, so that its keys are known as defaults.
  void table(std::string_view key, const std::function<void(TableReader&)>& read);
  // Every sub-table: [queues.NAME].
  void each_table(
      std::string_view key,
      const std::function<void(const std::string& name, const toml::table& table)>& read);
  // Refuses what is left, naming the nearest key that was asked for.
  void done();

  Reading& reading() { return reading_; }
  const toml::node* find(std::string_view key);  // also notes the key as known
  std::string dotted(std::string_view key) const;
  void found(std::string_view key, const toml::node& node);  // notes the origin

 private:
  const toml::node* typed(std::string_view key, toml::node_type type, std::string_view wanted);
  Reading& reading_;
  const toml::table& table_;
  std::string path_;
  Absent absent_;
  std::vector<std::string> known_;
};

}  // namespace stint
