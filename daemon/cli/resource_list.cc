#include "daemon/cli/resource_list.h"

#include <set>

#include "client/json_object.h"
#include "common/queue/steer.h"
#include "daemon/cli/session.h"
#include "daemon/cli/table.h"

namespace stint::cli {
namespace {

constexpr size_t kRows = 50;  // of one table: long lists are printed as they are read

struct Held {
  std::string resource, holder, state, next;
  int64_t waiting = 0;
};

class ResourceList {
 public:
  explicit ResourceList(Session& session) : session_(session) {}

  ExitCode run() {
    std::string cursor = "0";
    do {
      auto page = session_.ask(redis::plain(
          {"HSCAN", session_.keys()("locks"), cursor, "COUNT", std::to_string(kRows)}));
      if (!page || page->view().size() != 2) {
        return session_.out().fail(page ? Error{ErrorCode::kInternal, "HSCAN: unexpected answer"}
                                        : page.error());
      }
      cursor = std::string(page->view()[0].str());
      auto held = read(page->view()[1]);
      if (!held) {
        return session_.out().fail(held.error());
      }
      print(*held);
    } while (cursor != "0");
    return ExitCode::kOk;
  }

 private:
  // flat: resource, holder, ...
  Result<std::vector<Held>> read(redis::ReplyView flat) {
    std::vector<Held> all;
    for (size_t i = 0; i + 1 < flat.size(); i += 2) {
      // HSCAN may bring one twice.
      if (seen_.insert(std::string(flat[i].str())).second) {
        all.push_back({std::string(flat[i].str()), std::string(flat[i + 1].str()), "", "", 0});
      }
    }
    for (size_t from = 0; from < all.size(); from += kBatchJobs) {
      size_t size = std::min(kBatchJobs, all.size() - from);
      if (auto filled = fill(std::span(all).subspan(from, size)); !filled) {
        return filled.error();
      }
    }
    return all;
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
      if (!reply) {
        return reply.error();
      }
    }
    auto places = parse_locate(replies[0]->view(), some.size());
    if (!places) {
      return places.error();
    }
    for (size_t i = 0; i < some.size(); ++i) {
      some[i].state = (*places)[i] ? std::string(to_string(*(*places)[i])) : "gone";
      some[i].waiting = replies[1 + 2 * i]->view().integer();
      auto first = replies[2 + 2 * i]->view();
      some[i].next = first.size() > 0 ? std::string(first[0].str()) : "";
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
        table.add({held.resource, held.holder, held.state, grouped(held.waiting), held.next});
      }
    }
    table.print(out);
  }

  Session& session_;
  std::set<std::string> seen_;
};

}  // namespace

ExitCode run_resource_list(const Globals& globals) {
  auto session = Session::open(globals);
  return session ? ResourceList(*session).run() : Output(globals).fail(session.error());
}

}  // namespace stint::cli
