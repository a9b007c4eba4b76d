#include "daemon/cli/doctor_pages.h"

#include <algorithm>

#include "daemon/cli/session.h"

namespace stint::cli {
namespace {

constexpr const char* kKeysCount = "1000";

constexpr size_t kPipeline = 32;
constexpr int64_t kListPage = 1000;
constexpr size_t kAnchor = 3;

// Where in `page` the entries begin that come after `anchor`; its size if the anchor is not there.
size_t after_anchor(const std::vector<std::string>& page, const std::vector<std::string>& anchor) {
  auto found = std::search(page.begin(), page.end(), anchor.begin(), anchor.end());
  return found == page.end() ? page.size()
                             : static_cast<size_t>(found - page.begin()) + anchor.size();
}

}  // namespace

Result<std::vector<redis::OwnedReply>> ask_for(const Ask& ask,
                                               const std::vector<redis::Command>& commands) {
  std::vector<redis::OwnedReply> replies;
  for (size_t from = 0; from < commands.size(); from += kPipeline) {
    auto first = commands.begin() + static_cast<std::ptrdiff_t>(from);
    auto last = first + static_cast<std::ptrdiff_t>(std::min(kPipeline, commands.size() - from));
    for (auto& reply : ask({first, last})) {
      if (!reply) {
        return reply.error();
      }
      replies.push_back(std::move(*reply));
    }
  }
  return replies;
}

ScanPages::ScanPages(const Ask& ask, std::string command, std::string key, bool pairs)
    : ask_(ask), head_{std::move(command), std::move(key)}, pairs_(pairs) {}

ScanPages ScanPages::of_keys(const Ask& ask, const std::string& prefix) {
  ScanPages pages(ask, "SCAN", "", false);
  pages.head_.resize(1);
  pages.tail_ = {"MATCH", prefix + "*"};
  return pages;
}

Result<std::vector<std::pair<std::string, std::string>>> ScanPages::next() {
  std::vector<std::string> command = head_;
  command.push_back(cursor_);
  command.insert(command.end(), tail_.begin(), tail_.end());
  command.insert(command.end(), {"COUNT", pairs_ ? count_.text() : kKeysCount});
  auto replies = ask_for(ask_, {redis::plain(std::move(command))});
  if (!replies) {
    return replies.error();
  }
  auto reply = replies->front().view();
  if (reply.size() != 2 || !reply[1].is_array()) {
    return Error{ErrorCode::kInternal, "Redis gave a page that this release does not understand"};
  }
  cursor_ = reply[0].str();
  at_end_ = cursor_ == "0";
  std::vector<std::pair<std::string, std::string>> page;
  size_t bytes = 0;
  size_t step = pairs_ ? 2 : 1;
  for (size_t i = 0; i + step <= reply[1].size(); i += step) {
    page.emplace_back(reply[1][i].str(), pairs_ ? reply[1][i + 1].str() : "");
    bytes += page.back().first.size() + page.back().second.size();
  }
  count_.saw(bytes);
  return page;
}

Result<void> walk_list(const Ask& ask, const std::string& key,
                       const std::function<Result<void>(const std::vector<std::string>&)>& visit) {
  std::vector<std::string> anchor;
  for (int64_t next = 0;;) {
    int64_t from = next - static_cast<int64_t>(anchor.size());
    auto replies = ask_for(ask, {redis::plain({"LRANGE", key, std::to_string(from),
                                               std::to_string(from + kListPage - 1)})});
    if (!replies) {
      return replies.error();
    }
    auto page = texts_of(replies->front().view());
    size_t fresh = after_anchor(page, anchor);
    if (fresh < page.size()) {
      auto visited = visit({page.begin() + static_cast<std::ptrdiff_t>(fresh), page.end()});
      if (!visited) {
        return visited;
      }
      anchor.assign(page.end() - static_cast<std::ptrdiff_t>(std::min(kAnchor, page.size())),
                    page.end());
    }
    if (static_cast<int64_t>(page.size()) < kListPage) {
      return {};
    }
    next = from + kListPage;
  }
}

}  // namespace stint::cli
