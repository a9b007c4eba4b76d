#include "common/redis/pipeline.h"

#include <algorithm>

namespace stint::redis {

void Pipeline::push(Command command, Done done, MonoTime deadline) {
  append_command(out_, command, false);
  if (command.script == nullptr || command.by_text) {
    command.args.clear();  // never sent again
  }
  flights_.push_back({std::move(command), std::move(done), deadline});
}

Result<void> Pipeline::feed(const char* bytes, size_t size) {
  reader_.feed(bytes, size);
  while (!aborted_) {
    auto reply = reader_.next();
    if (!reply) {
      return reply.error();
    }
    if (!*reply) {
      return {};
    }
    if (auto taken = take(ReplyView(reply->get())); !taken) {
      return taken;
    }
  }
  return {};
}

Result<void> Pipeline::take(ReplyView reply) {
  if (flights_.empty()) {
    if (on_message_) {
      on_message_(reply);
      return {};
    }
    return Error{ErrorCode::kUnavailable,
                 reply.is_error() ? refused(reply).message : "it answers what was not asked"};
  }
  Flight flight = std::move(flights_.front());
  flights_.pop_front();
  if (!reply.is_error()) {
    flight.done(reply);
    return {};
  }
  if (flight.command.script != nullptr && !flight.by_text && is_noscript(reply)) {
    append_command(out_, flight.command, true);
    flight.by_text = true;
    flights_.push_back(std::move(flight));
    return {};
  }
  met_replica_ = met_replica_ || reply.str().starts_with("READONLY");
  flight.done(refused(reply));
  return {};
}

std::vector<Pipeline::Done> Pipeline::abort() {
  aborted_ = true;
  std::vector<Done> out;
  for (auto& flight : flights_) {
    out.push_back(std::move(flight.done));
  }
  flights_.clear();
  return out;
}

std::optional<MonoTime> Pipeline::earliest_deadline() const {
  if (flights_.empty()) {
    return std::nullopt;
  }
  return std::min_element(flights_.begin(), flights_.end(),
                          [](const Flight& a, const Flight& b) { return a.deadline < b.deadline; })
      ->deadline;
}

}  // namespace stint::redis
