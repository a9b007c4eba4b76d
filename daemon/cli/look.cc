#include "daemon/cli/look.h"

#include <algorithm>

#include "daemon/cli/show_text.h"

namespace stint::cli {
namespace {

constexpr size_t kAtOnce = 10;  // inspect.lua takes 16

}  // namespace

Result<std::vector<std::optional<JobView>>> look_at(Session& session,
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

ExitCode show_jobs(Session& session, const std::vector<std::string>& ids) {
  ExitCode worst = ExitCode::kOk;
  for (size_t i = 0; i < ids.size(); ++i) {
    auto view = look_at(session, std::span(ids).subspan(i, 1));
    if (!view) {
      return session.out().fail(view.error());
    }
    if (!view->front()) {
      session.out().complain("no such job in queue " + session.keys().queue() + ": " + ids[i]);
      worst = worse(worst, ExitCode::kNoSuchJob);
      continue;
    }
    if (session.out().json()) {
      std::string text = show_json(*view->front());
      session.out().line(ids.size() > 1 ? on_one_line(text) : text);
    } else {
      show_text(session, *view->front(), i > 0);
    }
  }
  return worst;
}

}  // namespace stint::cli
