#include "daemon/event_listener.h"

#include <utility>

namespace stint {

EventListener::EventListener(uv_loop_s* loop, const redis::Url& url,
                             const std::vector<Keys>& queues, Listener listener)
    : listener_(std::move(listener)),
      redis_(loop,
             {url, "stintd-events", milliseconds{5'000}, milliseconds{10'000}, milliseconds{2'000}},
             {[](const redis::ServerInfo&) {}, [](const Error&) {}}) {
  std::vector<std::string> channels;
  channels.reserve(queues.size());
  for (const auto& keys : queues) {
    channels.push_back(keys("events"));
  }
  redis_.subscribe(std::move(channels), [this](std::string_view channel, std::string_view message) {
    heard(channel, message);
  });
  redis_.open();
}

void EventListener::heard(std::string_view channel, std::string_view message) {
  constexpr std::string_view kCancel = "cancel ";
  constexpr std::string_view kChannelEnd = "events";
  if (message == "due" && channel.ends_with(kChannelEnd)) {
    channel.remove_suffix(kChannelEnd.size());
    listener_.on_due(channel);
  } else if (message.starts_with(kCancel)) {
    message.remove_prefix(kCancel.size());
    listener_.on_cancel(message.substr(0, message.find(' ')));
  } else if (message == "resumed") {
    listener_.on_resumed();
  }
}

}  // namespace stint
