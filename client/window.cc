#include "client/window.h"

#include <utility>

namespace stint {

void Window::send(redis::Command command) {
  calls_.push_back({std::move(command), std::nullopt});
  session_.begin(calls_.back().command);
}

Result<redis::OwnedReply> Window::receive() {
  Call& oldest = calls_.front();
  if (!oldest.reply) {
    take(oldest);
  }
  if (!oldest.reply) {
    send_again();
  }
  auto reply = std::move(*calls_.front().reply);
  calls_.pop_front();
  return reply;
}

// Leaves it without a reply if it was not heard, or perhaps was, or Redis does not know the script.
void Window::take(Call& call) {
  auto reply = session_.end(redis::name_of(call.command));
  if (reply && *reply) {
    call.reply.emplace(std::move(**reply));
  } else if (!reply && reply.error().code != ErrorCode::kUnavailable) {
    call.reply.emplace(reply.error());
  }
}

// All that have no reply, in their order: one that was sent alone would come behind those that
// were sent after it.
void Window::send_again() {
  std::vector<Call*> open{&calls_.front()};
  std::vector<redis::Command> commands{std::move(calls_.front().command)};
  for (auto call = calls_.begin() + 1; call != calls_.end(); ++call) {
    take(*call);
    if (!call->reply) {
      open.push_back(&*call);
      commands.push_back(std::move(call->command));
    }
  }
  auto replies = session_.ask_all(commands);
  for (size_t i = 0; i < open.size(); ++i) {
    open[i]->reply.emplace(std::move(replies[i]));
  }
}

}  // namespace stint
