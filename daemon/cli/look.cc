#include "daemon/cli/look.h"

#include <span>

#include "client/look.h"
#include "daemon/cli/no_such_job.h"
#include "daemon/cli/show_text.h"

namespace stint::cli {

ExitCode show_jobs(Session& session, const std::vector<std::string>& ids) {
  ExitCode worst = ExitCode::kOk;
  for (size_t i = 0; i < ids.size(); ++i) {
    auto view = look_at(session, std::span(ids).subspan(i, 1));
    if (!view) {
      return session.out().fail(view.error());
    }
    if (!view->front()) {
      worst = worse(worst, say_no_such_job(session, ids[i]));
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
