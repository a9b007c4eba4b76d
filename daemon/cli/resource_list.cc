#include "daemon/cli/resource_list.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "client/json_object.h"
#include "common/queue/repair.h"
#include "common/queue/steer.h"
#include "daemon/cli/session.h"
#include "daemon/cli/table.h"

namespace stint::cli {
namespace {

constexpr size_t kRows = 50;

struct Held {
  std::string resource, holder, state, next;
  std::optional<int64_t> waiting;  // none: its line is of another type
};

// Where a list goes on: a page of HSCAN, and how many of it were shown. A page may be longer than
// what was asked for: a small hash is one.
struct ListPlace {
  uint64_t page = 0;
  uint64_t shown = 0;
};

std::string text_of(const ListPlace& place) {
  return std::to_string(place.page) + "." + std::to_string(place.shown);
}

Result<ListPlace> parse_place_of_list(std::string_view text) {
  ListPlace place;
  const char* end = text.data() + text.size();
  auto page = std::from_chars(text.data(), end, place.page);
  if (page.ec == std::errc{} && page.ptr != end && *page.ptr == '.') {
    auto shown = std::from_chars(page.ptr + 1, end, place.shown);
    if (shown.ec == std::errc{} && shown.ptr == end) {
      return place;
    }
  }
  return Error{ErrorCode::kInvalid,
               "--after: not a cursor of resource list: give the word that it ended with"};
}

class ResourceList {
 public:
  ResourceList(Session& session, size_t limit, ListPlace from)
      : session_(session), limit_(limit), place_(from) {}

  ExitCode run() {
    std::vector<Held> held;
    bool more = true;
    while (more && held.size() < limit_) {
      auto read = read_page(held);
      if (!read) {
        return session_.out().fail(read.error());
      }
      more = *read;
    }
    for (size_t from = 0; from < held.size(); from += kBatchJobs) {
      size_t size = std::min(kBatchJobs, held.size() - from);
      if (auto filled = fill(std::span(held).subspan(from, size)); !filled) {
        return session_.out().fail(filled.error());
      }
    }
    print(held);
    if (more) {
      say_more();
    }
    return code_;
  }

 private:
  // Whether there is more behind what is in `held` then.
  Result<bool> read_page(std::vector<Held>& held) {
    auto page =
        session_.ask(redis::plain({"HSCAN", session_.keys()("locks"), std::to_string(place_.page),
                                   "COUNT", std::to_string(kRows)}));
    if (!page) {
      return page.error();
    }
    if (page->view().size() != 2) {
      return Error{ErrorCode::kInternal, "HSCAN: unexpected answer"};
    }
    redis::ReplyView flat = page->view()[1];  // resource, holder, ...
    for (; 2 * place_.shown + 1 < flat.size(); ++place_.shown) {
      if (held.size() == limit_) {
        return true;
      }
      std::string resource(flat[2 * place_.shown].str());
      if (seen_.insert(resource).second) {  // HSCAN may bring one twice
        held.push_back(
            {std::move(resource), std::string(flat[2 * place_.shown + 1].str()), "", "", {}});
      }
    }
    place_ = {static_cast<uint64_t>(page->view()[0].integer()), 0};
    return place_.page != 0;
  }

  void say_more() const {
    const Output& out = session_.out();
    if (out.json()) {
      out.line(JsonObject().text("after", std::string_view(text_of(place_))).str());
    } else {
      out.note("there are more: --after " + text_of(place_));
    }
  }

  Result<void> fill(std::span<Held> some) {
    std::vector<std::string> holders;
    for (const auto& held : some) {
      holders.push_back(held.holder);
    }
    std::vector<redis::Command> asked{locate(session_.keys(), holders)};
    for (const auto& held : some) {
      asked.push_back(redis::plain({"ZCARD", session_.keys().blocked(held.resource)}));
      asked.push_back(redis::plain({"ZRANGE", session_.keys().blocked(held.resource), "0", "0"}));
    }
    auto replies = session_.ask_all(asked);
    for (const auto& reply : replies) {
      if (!reply && (&reply == &replies.front() || !is_wrong_type(reply.error()))) {
        return reply.error();
      }
    }
    auto places = parse_locate(replies[0]->view(), some.size());
    if (!places) {
      return places.error();
    }
    for (size_t i = 0; i < some.size(); ++i) {
      some[i].state = (*places)[i] ? std::string(to_string(*(*places)[i])) : "gone";
      const auto& count = replies[1 + 2 * i];
      const auto& first = replies[2 + 2 * i];
      if (!count || !first) {
        session_.out().complain(some[i].resource + ": " + (count ? first : count).error().message);
        code_ = ExitCode::kFailed;
        continue;
      }
      some[i].waiting = count->view().integer();
      some[i].next = first->view().size() > 0 ? std::string(first->view()[0].str()) : "";
    }
    return {};
  }

  void print(const std::vector<Held>& all) const {
    const Output& out = session_.out();
    using Kind = Column::Kind;
    Table table(
        {{"RESOURCE", Kind::kText}, {"HOLDER"}, {"STATE"}, {"WAITING"}, {"NEXT", Kind::kWhole, 1}});
    for (const auto& held : all) {
      if (out.json()) {
        out.line(JsonObject()
                     .text("resource", std::string_view(held.resource))
                     .text("holder", std::string_view(held.holder))
                     .text("state", std::string_view(held.state))
                     .number("waiting", held.waiting)
                     .text("next", held.next.empty() ? std::nullopt : std::optional(held.next))
                     .str());
      } else {
        table.add({held.resource, held.holder, held.state,
                   held.waiting ? grouped(*held.waiting) : "?", held.next});
      }
    }
    table.print(out);
  }

  Session& session_;
  size_t limit_;
  ListPlace place_;
  std::set<std::string> seen_;
  ExitCode code_ = ExitCode::kOk;
};

}  // namespace

ExitCode run_resource_list(const Globals& globals, const ResourceOptions& options) {
  Output out(globals);
  if (options.limit && *options.limit < 1) {
    return out.fail({ErrorCode::kInvalid, "--limit: at least 1"});
  }
  auto from = options.after ? parse_place_of_list(*options.after) : Result<ListPlace>(ListPlace{});
  if (!from) {
    return out.fail(from.error());
  }
  auto session = Session::open(globals);
  if (!session) {
    return out.fail(session.error());
  }
  auto limit = static_cast<size_t>(options.limit.value_or(static_cast<int>(kRows)));
  return ResourceList(*session, limit, *from).run();
}

}  // namespace stint::cli
