// The pages of `P rejected`, and the cursor between them.
#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "common/queue/upkeep.h"
#include "common/text/text.h"
#include "daemon/cli/base64.h"
#include "daemon/cli/rejected_pages.h"

namespace stint::cli {
namespace {

constexpr size_t kPage = 100;
constexpr size_t kMostCursorBytes = 1'024;
constexpr size_t kMostTimeBytes = 64;

std::string time_of(const std::string& stored) {
  auto entry = parse_rejected(stored);
  return entry ? parse_rejected_header(entry->header).at : "";
}

// Every entry, newest first, until visit says no.
Result<void> each_entry(Session& session, const std::function<bool(std::string&)>& visit) {
  std::optional<std::string> last;
  for (size_t from = 0;; from += kPage - 1) {  // pages overlap by one
    auto page = session.ask(redis::plain({"LRANGE", session.keys()("rejected"),
                                          std::to_string(from), std::to_string(from + kPage - 1)}));
    if (!page) {
      return page.error();
    }
    auto texts = texts_of(page->view());
    size_t first = last ? count_seen(texts, *last) : 0;
    bool is_last = texts.size() < kPage;
    if (first < texts.size()) {
      last = texts.back();
    }
    for (size_t i = first; i < texts.size(); ++i) {
      if (!visit(texts[i])) {
        return {};
      }
    }
    if (is_last) {
      return {};
    }
  }
}

// How many of the newest were read before: all up to the marked one.
Result<size_t> count_read(Session& session, const RejectedMark& mark) {
  size_t index = 0;
  size_t behind = 0;                // the marked one, or the last of its like
  std::optional<size_t> not_newer;  // the first that is not newer than the marked one was
  int64_t alike = 0;
  auto looked = each_entry(session, [&](const std::string& stored) {
    if (!not_newer && time_of(stored) <= mark.at) {
      not_newer = index;
    }
    ++index;
    if (std::hash<std::string>{}(stored) == mark.digest) {
      behind = index;
      ++alike;
    }
    return alike < mark.nth;
  });
  if (!looked) {
    return looked.error();
  }
  return alike > 0 ? behind : not_newer.value_or(index);
}

}  // namespace

size_t count_seen(const std::vector<std::string>& page, const std::string& last) {
  auto same = std::find(page.begin(), page.end(), last);
  if (same != page.end()) {
    return static_cast<size_t>(same - page.begin()) + 1;
  }
  std::string at = time_of(last);
  auto older = std::find_if(page.begin(), page.end(),
                            [&at](const std::string& text) { return time_of(text) <= at; });
  return static_cast<size_t>(older - page.begin());
}

std::string mark_text(const RejectedMark& mark) {
  auto json = nlohmann::json::array({mark.at, mark.digest, mark.nth});
  return to_base64(json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
}

Result<RejectedMark> parse_rejected_mark(const std::string& text) {
  const Error wrong{ErrorCode::kInvalid,
                    "--after: not a cursor of rejected list: give the word that it ended with"};
  auto bytes = text.size() <= kMostCursorBytes ? from_base64(text) : std::nullopt;
  if (!bytes) {
    return wrong;
  }
  auto json = nlohmann::json::parse(*bytes, nullptr, false);
  bool fits = json.is_array() && json.size() == 3 && json[0].is_string() &&
              json[1].is_number_unsigned() && json[2].is_number_integer();
  if (!fits) {
    return wrong;
  }
  RejectedMark mark{json[0].get<std::string>(), json[1].get<uint64_t>(), json[2].get<int64_t>()};
  return mark.nth > 0 ? Result<RejectedMark>(std::move(mark)) : wrong;
}

Result<RejectedPage> page_of_rejected(Session& session, const RejectedOptions& options,
                                      size_t limit, const std::optional<RejectedMark>& from) {
  Result<size_t> read = from ? count_read(session, *from) : Result<size_t>(0);
  if (!read) {
    return read.error();
  }
  RejectedPage page;
  RejectedMark last;
  std::map<uint64_t, int64_t> alike;
  size_t index = 0;
  auto looked = each_entry(session, [&](std::string& stored) {
    uint64_t digest = std::hash<std::string>{}(stored);
    int64_t nth = ++alike[digest];
    if (index++ < *read) {
      return true;
    }
    auto entry = parse_rejected(stored);
    if (!entry || !matches(options, *entry)) {
      return true;
    }
    if (page.entries.size() == limit) {
      page.after = last;
      return false;
    }
    last = {to_utf8(time_of(stored), kMostTimeBytes), digest, nth};
    page.entries.push_back(std::move(stored));
    return true;
  });
  return looked ? Result<RejectedPage>(std::move(page)) : looked.error();
}

}  // namespace stint::cli
