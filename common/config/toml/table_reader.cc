#include "common/config/toml/table_reader.h"

#include <algorithm>

#include "common/job/limits.h"
#include "common/text/text.h"

namespace stint {

void Reading::fail(const toml::node& at, const std::string& what) {
  if (error) {
    return;
  }
  const toml::source_region& where = at.source();
  error = Error{ErrorCode::kConfig, file + ":" + std::to_string(where.begin.line) + ":" +
                                        std::to_string(where.begin.column) + ": " +
                                        escape(what, kMaxErrorText)};
}

std::string Reading::place(const toml::node& node) const {
  return file + ":" + std::to_string(node.source().begin.line);
}

TableReader::TableReader(Reading& reading, const toml::table& table, std::string path,
                         Absent absent)
    : reading_(reading), table_(table), path_(std::move(path)), absent_(absent) {}

std::string TableReader::dotted(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const toml::node* TableReader::find(std::string_view key) {
  known_.emplace_back(key);
  return reading_.error ? nullptr : table_.get(key);
}

void TableReader::found(std::string_view key, const toml::node& node) {
  if (reading_.origins != nullptr) {
    (*reading_.origins)[dotted(key)] = reading_.place(node);
  }
}

const toml::node* TableReader::typed(std::string_view key, toml::node_type type,
                                     std::string_view wanted) {
  const toml::node* node = find(key);
  if (node == nullptr) {
    if (absent_ == Absent::kDefault && reading_.origins != nullptr) {
      reading_.origins->try_emplace(dotted(key), "default");
    }
    return nullptr;
  }
  if (node->type() != type) {
    reading_.fail(*node, dotted(key) + " must be " + std::string(wanted));
    return nullptr;
  }
  found(key, *node);
  return node;
}

void TableReader::text(std::string_view key, std::string& out) {
  if (const toml::node* node = typed(key, toml::node_type::string, "a string")) {
    out = node->as_string()->get();
  }
}

void TableReader::text_list(std::string_view key, std::vector<std::string>& out) {
  const toml::node* node = typed(key, toml::node_type::array, "a list of strings");
  if (node == nullptr) {
    return;
  }
  out.clear();
  for (const toml::node& element : *node->as_array()) {
    if (!element.is_string()) {
      reading_.fail(element, dotted(key) + " must be a list of strings");
      return;
    }
    out.push_back(element.as_string()->get());
  }
}

void TableReader::choice(std::string_view key, std::string& out,
                         const std::vector<std::string>& allowed) {
  const toml::node* node = typed(key, toml::node_type::string, "a string");
  if (node == nullptr) {
    return;
  }
  out = node->as_string()->get();
  if (std::find(allowed.begin(), allowed.end(), out) == allowed.end()) {
    std::string list;
    for (const std::string& word : allowed) {
      list += (list.empty() ? "" : ", ") + word;
    }
    reading_.fail(*node, dotted(key) + " must be one of " + list);
  }
}

void TableReader::integer(std::string_view key, int64_t least, int64_t most,
                          const std::function<void(int64_t)>& set) {
  const toml::node* node = typed(key, toml::node_type::integer, "a whole number");
  if (node == nullptr) {
    return;
  }
  int64_t value = node->as_integer()->get();
  if (value < least || value > most) {
    reading_.fail(*node, dotted(key) + " must be from " + std::to_string(least) + " to " +
                             std::to_string(most));
    return;
  }
  set(value);
}

void TableReader::duration(std::string_view key, milliseconds least, milliseconds most,
                           const std::function<void(milliseconds)>& set) {
  const toml::node* node =
      typed(key, toml::node_type::string, "a duration in quotes, such as \"30s\"");
  if (node == nullptr) {
    return;
  }
  auto value = parse_duration(node->as_string()->get());
  if (!value.ok()) {
    reading_.fail(*node, dotted(key) + ": " + value.error().message);
  } else if (*value < least || *value > most) {
    reading_.fail(*node, dotted(key) + " must be from " + format_duration(least) + " to " +
                             format_duration(most));
  } else {
    set(*value);
  }
}

void TableReader::size(std::string_view key, int64_t percent_of, int64_t least, int64_t& out) {
  const toml::node* node =
      typed(key, toml::node_type::string, "a size in quotes, such as \"512MiB\"");
  if (node == nullptr) {
    return;
  }
  std::string value = node->as_string()->get();
  bool percent = percent_of > 0 && value.ends_with('%');
  auto bytes = parse_size(percent ? value.substr(0, value.size() - 1) : value);
  if (!bytes.ok() || (percent && (*bytes < 1 || *bytes > 100))) {
    reading_.fail(*node, dotted(key) + ": \"" + escape(value, 40) +
                             "\" is no size such as \"512MiB\"" +
                             (percent_of > 0 ? ", and no share such as \"25%\"" : ""));
    return;
  }
  const int64_t value_bytes = percent ? percent_of / 100 * *bytes : *bytes;
  if (value_bytes != 0 && value_bytes < least) {
    reading_.fail(*node, dotted(key) + " must be at least " + format_size(least));
    return;
  }
  out = value_bytes;
}

void TableReader::parsed(std::string_view key,
                         const std::function<Result<void>(const std::string&)>& parse) {
  const toml::node* node = typed(key, toml::node_type::string, "a string");
  if (node == nullptr) {
    return;
  }
  if (auto result = parse(node->as_string()->get()); !result.ok()) {
    reading_.fail(*node, dotted(key) + ": " + result.error().message);
  }
}

void TableReader::table(std::string_view key, const std::function<void(TableReader&)>& read) {
  static const toml::table empty;
  const toml::node* node = find(key);
  if (node != nullptr && !node->is_table()) {
    reading_.fail(*node, dotted(key) + " must be a table: [" + dotted(key) + "]");
    return;
  }
  TableReader inner(reading_, node == nullptr ? empty : *node->as_table(), dotted(key), absent_);
  read(inner);
}

void TableReader::each_table(
    std::string_view key, const std::function<void(const std::string&, const toml::table&)>& read) {
  table(key, [&](TableReader& outer) {
    for (const auto& [name, node] : outer.table_) {
      if (reading_.error) {
        return;
      }
      if (!node.is_table()) {
        reading_.fail(node, outer.dotted(name.str()) + " must be a table: [" +
                                outer.dotted(name.str()) + "]");
        return;
      }
      read(std::string(name.str()), *node.as_table());
    }
  });
}

void TableReader::done() {
  for (const auto& [key, node] : table_) {
    if (reading_.error) {
      return;
    }
    if (std::find(known_.begin(), known_.end(), key.str()) != known_.end()) {
      continue;
    }
    std::optional<std::string> near = nearest(key.str(), known_);
    toml::source_region where = key.source();
    reading_.error =
        Error{ErrorCode::kConfig, reading_.file + ":" + std::to_string(where.begin.line) + ":" +
                                      std::to_string(where.begin.column) + ": unknown key '" +
                                      escape(dotted(key.str()), 200) + "'" +
                                      (near ? ": did you mean '" + dotted(*near) + "'?" : "")};
  }
}

}  // namespace stint
