#include <map>

#include <stint/client.hpp>

#include "client/look.h"
#include "client/session.h"
#include "client/steer.h"
#include "client/submitter.h"
#include "client/translate.h"
#include "client/wait.h"

namespace stint::client {

struct Client::Impl {
  QueueSession session;

  stint::Result<void> watch(const std::vector<std::string>& ids, std::optional<milliseconds> limit,
                            const OnEnd& on_end) {
    return wait_for(session, ids, false, limit, on_end);
  }
};

namespace {

Error nothing_done(const stint::Error& error) {
  return error_of(error, NoReply::kNothingDone);
}

Submission not_sent(const std::string& id, const Error& error) {
  Submission said;
  said.id = id;
  said.error = error;
  return said;
}

}  // namespace

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<Client> Client::connect(const Options& options) {
  auto session = QueueSession::open(flags_of(options), options.program, Purpose::kLook);
  if (!session) {
    return nothing_done(session.error());
  }
  return Client(std::make_unique<Impl>(Impl{std::move(*session)}));
}

const std::string& Client::queue() const {
  return impl_->session.keys().queue();
}

Submission Client::submit(const Job& job, Known known) {
  return submit(std::vector<Job>{job}, known).front();
}

std::vector<Submission> Client::submit(const std::vector<Job>& jobs, Known known) {
  std::vector<Submission> all(jobs.size());
  Submitter submitter(impl_->session, known == Known::kRunAgain,
                      [&all](int64_t at, const auto& answer) {
                        auto& said = all[static_cast<size_t>(at)];
                        said = submission_of(said.id, answer);
                      });
  stint::Result<void> done;
  for (size_t i = 0; i < jobs.size(); ++i) {
    auto spec = spec_of(fields_of(jobs[i]));
    if (!spec) {
      all[i] = not_sent(jobs[i].id, nothing_done(spec.error()));
      continue;
    }
    all[i].id = spec->id;
    if (done) {
      done = submitter.add(static_cast<int64_t>(i), *spec);
    }
  }
  if (done) {
    done = submitter.flush();
  }
  for (auto& said : all) {
    bool was_sent = said.error || !said.state.empty();
    if (!done && !was_sent) {
      said.error = nothing_done(done.error());
    }
  }
  return all;
}

Result<Status> Client::status(const std::string& id) {
  auto views = look_at(impl_->session, std::vector<std::string>{id});
  if (!views) {
    return nothing_done(views.error());
  }
  if (!views->front()) {
    return nothing_done(no_such_job(impl_->session.keys().queue(), id));
  }
  return status_of(*views->front());
}

Result<Ending> Client::wait(const std::string& id, std::optional<milliseconds> limit) {
  return wait(std::vector<std::string>{id}, limit).front();
}

std::vector<Result<Ending>> Client::wait(const std::vector<std::string>& ids,
                                         std::optional<milliseconds> limit) {
  std::map<std::string, std::optional<Result<Ending>>> endings;
  for (const auto& id : ids) {
    endings[id];
  }
  std::vector<std::string> once;
  once.reserve(endings.size());
  for (const auto& [id, ending] : endings) {
    once.push_back(id);
  }
  auto waited = impl_->watch(once, limit, [&](const auto& id, const Waited& how) {
    endings[id] = ending_of(impl_->session.keys().queue(), id, how);
  });
  std::vector<Result<Ending>> all;
  all.reserve(ids.size());
  for (const auto& id : ids) {
    const auto& ending = endings[id];
    all.push_back(ending ? *ending : Result<Ending>(nothing_done(waited.error())));
  }
  return all;
}

Result<std::string> Client::result(const std::string& id) {
  std::optional<Result<std::string>> found;
  auto looked = impl_->watch({id}, milliseconds{0}, [&](const auto& job, const Waited& how) {
    found = result_of(impl_->session.keys().queue(), job, how);
  });
  return found ? *found : Result<std::string>(nothing_done(looked.error()));
}

Result<Cancelled> Client::cancel(const std::string& id) {
  if (auto alive = impl_->session.refresh(); !alive) {
    return nothing_done(alive.error());
  }
  const std::vector<std::string> ids{id};
  auto answers = steer_batch(impl_->session, {Verb::kCancel}, std::nullopt, ids);
  if (!answers) {
    return error_of(answers.error(), NoReply::kUnknown);
  }
  return cancelled_of(impl_->session.keys().queue(), id, answers->front());
}

}  // namespace stint::client
