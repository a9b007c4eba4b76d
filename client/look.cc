#include "client/look.h"

#include <algorithm>

namespace stint {
namespace {

constexpr size_t kAtOnce = 10;  // inspect.lua takes 16

}  // namespace

Result<std::vector<std::optional<JobView>>> look_at(QueueSession& session,
                                                    std::span<const std::string> ids) {
  std::vector<std::optional<JobView>> views;
  for (size_t from = 0; from < ids.size(); from += kAtOnce) {
    auto some = ids.subspan(from, std::min(kAtOnce, ids.size() - from));
    auto reply = session.ask(inspect(session.keys(), some));
    if (!reply) {
      return reply.error();
    }
    auto jobs = parse_inspect(reply->view(), some.size());
    if (!jobs) {
      return jobs.error();
    }
    for (size_t i = 0; i < some.size(); ++i) {
      const Inspected& job = (*jobs)[i];
      views.push_back(job.known ? std::optional(make_view(some[i], job, session.config(),
                                                          session.keys().queue(), now_wall_ms()))
                                : std::nullopt);
    }
  }
  return views;
}

Result<std::vector<std::optional<Place>>> places_of(QueueSession& session,
                                                    std::span<const std::string> ids) {
  auto reply = session.ask(locate(session.keys(), ids));
  return reply ? parse_locate(reply->view(), ids.size())
               : Result<std::vector<std::optional<Place>>>(reply.error());
}

Error no_such_job(const std::string& queue, const std::string& id) {
  return {ErrorCode::kNotFound, "no such job in queue " + queue + ": " + id};
}

}  // namespace stint
