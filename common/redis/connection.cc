#include "common/redis/connection.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "common/kill_point.h"
#include "common/loop/next_turn.h"
#include "common/loop/timer.h"
#include "common/redis/backoff.h"
#include "common/redis/handshake.h"
#include "common/redis/info.h"
#include "common/redis/link.h"
#include "common/redis/pipeline.h"

namespace stint::redis {

namespace {

constexpr milliseconds kFirstBackoff{50};
// A lookup asks the second name server after 5 s; given up before that, it would never get there.
constexpr milliseconds kNameWithin{20'000};
constexpr milliseconds kWellAfter{1000};  // a connection that lived so long resets the backoff
// A deadline that is noticed so late was missed by us, not by Redis: its reply may be waiting in
// the socket.
constexpr milliseconds kWeSlept{200};
constexpr milliseconds kSecondChance{100};

}  // namespace

class Connection::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(uv_loop_s* loop, Options options, Listener listener);

  void open();
  void close();
  void destroy();
  bool ready() const { return state_ == State::kReady; }
  void run(Command command, Done done, milliseconds timeout);
  void subscribe(std::vector<std::string> channels,
                 std::function<void(std::string_view, std::string_view)> on_message);

 private:
  // kClosed -open-> kWaiting -backoff-> kConnecting -on_open-> kGreeting -last reply-> kReady -any
  // failure-> kWaiting
  enum class State { kClosed, kWaiting, kConnecting, kGreeting, kReady };

  void connect();
  void greet();
  void on_greeting(Greeting what, bool last, const Result<ReplyView>& reply);
  void on_data(const char* bytes, size_t size);
  void on_time();
  void on_turn();
  void become_ready();
  void check_deadlines();
  void arm(MonoTime deadline);
  void start_subscribing();
  void on_push(ReplyView message);
  void ping_or_fail();
  void fail(const Error& cause);
  void give_up(const std::vector<Done>& dones, const Error& cause);
  Error unavailable(std::string_view cause) const {
    return {ErrorCode::kUnavailable, where_ + ": " + std::string(cause)};
  }

  uv_loop_s* loop_;
  Options options_;
  Listener listener_;
  std::string where_;  // for messages
  Timer timer_;        // one at a time: backoff, time to connect, or the earliest deadline
  NextTurn turn_;
  Backoff backoff_;

  State state_ = State::kClosed;
  bool destroyed_ =
      false;  // set by ~Connection, perhaps inside a callback: nothing is called any more
  bool down_said_ = false;  // in this outage
  MonoTime ready_since_;
  std::unique_ptr<Link> link_;
  std::shared_ptr<Pipeline> pipeline_;  // shared with feed(), whose callbacks may replace it
  std::optional<MonoTime> armed_;       // what timer_ is set to while kReady
  bool second_chance_given_ = false;
  ServerInfo server_;
  std::vector<Done> turned_away_;  // asked while not ready

  std::vector<std::string> channels_;  // not empty: a subscriber
  std::function<void(std::string_view, std::string_view)> on_message_;
  size_t confirmed_ = 0;
  bool heard_ = false;  // anything, since the last PING
};

Connection::Impl::Impl(uv_loop_s* loop, Options options, Listener listener)
    : loop_(loop),
      options_(std::move(options)),
      listener_(std::move(listener)),
      where_(options_.url.display()),
      timer_(loop, [this] { on_time(); }),
      turn_(loop, [this] { on_turn(); }),
      backoff_(kFirstBackoff, options_.max_backoff) {}

void Connection::Impl::open() {
  if (state_ != State::kClosed) {
    return;
  }
  state_ = State::kWaiting;
  down_said_ = false;
  backoff_.reset();
  timer_.start(milliseconds{0});
}

void Connection::Impl::connect() {
  state_ = State::kConnecting;
  pipeline_ = std::make_shared<Pipeline>();
  timer_.start(kNameWithin);
  link_ = std::make_unique<Link>(
      loop_, options_.url,
      Link::Listener{[this] { timer_.start(options_.connect_timeout); }, [this] { greet(); },
                     [this](const char* bytes, size_t size) { on_data(bytes, size); },
                     [this](const std::string& cause) { fail(unavailable(cause)); }});
  link_->start();
}

void Connection::Impl::greet() {
  state_ = State::kGreeting;
  auto steps = greeting(options_.url, options_.name, true);
  MonoTime deadline = now_mono() + options_.connect_timeout;
  for (size_t i = 0; i < steps.size(); ++i) {
    auto done = [this, what = steps[i].what, last = i + 1 == steps.size()](
                    const Result<ReplyView>& reply) { on_greeting(what, last, reply); };
    pipeline_->push(std::move(steps[i].command), std::move(done), deadline);
  }
  link_->send(std::exchange(pipeline_->out(), {}));
}

void Connection::Impl::on_greeting(Greeting what, bool last, const Result<ReplyView>& reply) {
  if (state_ != State::kGreeting) {
    return;  // an earlier answer was bad
  }
  if (auto wrong = judge_greeting(what, reply)) {
    fail(with_context(where_, *wrong));
    return;
  }
  if (what == Greeting::kInfoServer && reply) {
    server_ = {std::string(info_field(reply->str(), "run_id")),
               std::string(info_field(reply->str(), "redis_version"))};
  }
  if (last && channels_.empty()) {
    become_ready();
  } else if (last) {
    start_subscribing();
  }
}

void Connection::Impl::become_ready() {
  state_ = State::kReady;
  down_said_ = false;
  ready_since_ = now_mono();
  armed_.reset();
  timer_.stop();
  if (!channels_.empty()) {
    timer_.start(options_.command_timeout);
  }
  if (listener_.on_ready) {
    listener_.on_ready(server_);
  }
}

void Connection::Impl::on_data(const char* bytes, size_t size) {
  auto keep = shared_from_this();
  auto pipeline = pipeline_;
  heard_ = true;
  second_chance_given_ = false;
  auto fed = pipeline->feed(bytes, size);
  if (destroyed_ || pipeline != pipeline_) {
    return;  // a callback ended this connection
  }
  if (!fed) {
    fail(with_context(where_, fed.error()));
  } else if (pipeline->met_replica()) {
    fail(unavailable("it has become a read-only replica"));
  } else if (!pipeline->out().empty()) {
    turn_.wake();
  }
}

void Connection::Impl::run(Command command, Done done, milliseconds timeout) {
  STINT_CHECK(channels_.empty());
  turn_.wake();
  if (state_ != State::kReady) {
    turned_away_.push_back(std::move(done));
    return;
  }
  MonoTime deadline = now_mono() + (timeout.count() > 0 ? timeout : options_.command_timeout);
  if constexpr (kKillPoints) {
    kill_point("before", name_of(command));
    done = [done = std::move(done), name = std::string(name_of(command))](Result<ReplyView> reply) {
      kill_point("after", name);
      done(std::move(reply));
    };
  }
  pipeline_->push(std::move(command), std::move(done), deadline);
  if (!armed_ || deadline < *armed_) {
    arm(deadline);
  }
}

void Connection::Impl::on_turn() {
  auto keep = shared_from_this();
  if ((state_ == State::kReady || state_ == State::kGreeting) && !pipeline_->out().empty()) {
    link_->send(std::exchange(pipeline_->out(), {}));
  }
  if (!destroyed_ && !turned_away_.empty()) {
    give_up(std::exchange(turned_away_, {}), unavailable("not connected"));
  }
}

void Connection::Impl::on_time() {
  auto keep = shared_from_this();
  switch (state_) {
    case State::kClosed:
      return;
    case State::kWaiting:
      connect();
      return;
    case State::kConnecting:
    case State::kGreeting:
      fail(unavailable("it does not answer"));
      return;
    case State::kReady:
      armed_.reset();
      if (channels_.empty()) {
        check_deadlines();
      } else {
        ping_or_fail();
      }
      return;
  }
}

// The timer is set to the earliest deadline when that was set, and not touched by replies: under
// load it fires once a command_timeout and finds younger commands.
void Connection::Impl::check_deadlines() {
  auto earliest = pipeline_->earliest_deadline();
  MonoTime now = now_mono();
  if (!earliest) {
    return;
  }
  if (*earliest > now) {
    arm(*earliest);
  } else if (now - *earliest > kWeSlept && !second_chance_given_) {
    second_chance_given_ = true;
    arm(now + kSecondChance);
  } else {
    fail(unavailable("it does not answer"));
  }
}

void Connection::Impl::arm(MonoTime deadline) {
  armed_ = deadline;
  timer_.start(std::max(deadline - now_mono(), milliseconds{0}) + milliseconds{1});
}

// Every failure of the current try or connection ends here.
void Connection::Impl::fail(const Error& cause) {
  if (state_ == State::kClosed || state_ == State::kWaiting) {
    return;
  }
  auto keep = shared_from_this();
  if (state_ == State::kReady && now_mono() - ready_since_ > kWellAfter) {
    backoff_.reset();
  }
  state_ = State::kWaiting;
  link_.reset();
  auto in_flight = pipeline_->abort();
  pipeline_.reset();
  timer_.start(backoff_.next());
  if (!std::exchange(down_said_, true) && listener_.on_down) {
    listener_.on_down(cause);
  }
  give_up(in_flight, {ErrorCode::kUnavailable, cause.message});
}

void Connection::Impl::give_up(const std::vector<Done>& dones, const Error& cause) {
  for (const auto& done : dones) {
    if (destroyed_) {
      return;
    }
    done(cause);
  }
}

void Connection::Impl::close() {
  if (state_ == State::kClosed) {
    return;
  }
  state_ = State::kClosed;
  timer_.stop();
  link_.reset();
  if (pipeline_) {
    auto in_flight = pipeline_->abort();
    std::move(in_flight.begin(), in_flight.end(), std::back_inserter(turned_away_));
    pipeline_.reset();
    turn_.wake();
  }
}

void Connection::Impl::destroy() {
  destroyed_ = true;
  state_ = State::kClosed;
  timer_.stop();
  link_.reset();
  if (pipeline_) {
    (void)pipeline_->abort();
    pipeline_.reset();
  }
  turned_away_.clear();
}

void Connection::Impl::subscribe(
    std::vector<std::string> channels,
    std::function<void(std::string_view, std::string_view)> on_message) {
  STINT_CHECK(state_ == State::kClosed && !channels.empty());
  channels_ = std::move(channels);
  on_message_ = std::move(on_message);
}

void Connection::Impl::start_subscribing() {
  confirmed_ = 0;
  std::vector<std::string> words = {"SUBSCRIBE"};
  words.insert(words.end(), channels_.begin(), channels_.end());
  pipeline_->on_message([this](ReplyView message) { on_push(message); });
  pipeline_->push_unanswered(plain(std::move(words)));
  turn_.wake();
}

void Connection::Impl::on_push(ReplyView message) {
  if (message.is_error()) {
    fail(with_context(where_, refused(message)));
    return;
  }
  std::string_view kind = message.size() == 3 ? message[0].str() : std::string_view();
  if (kind == "message") {
    on_message_(message[1].str(), message[2].str());
  } else if (kind == "subscribe" && ++confirmed_ == channels_.size()) {
    become_ready();
  }
}

// A subscriber has no deadlines of its own: without this it would not notice a peer that is gone.
void Connection::Impl::ping_or_fail() {
  if (!std::exchange(heard_, false)) {
    fail(unavailable("it does not answer"));
    return;
  }
  pipeline_->push_unanswered(plain({"PING"}));
  turn_.wake();
  timer_.start(options_.command_timeout);
}

Connection::Connection(uv_loop_s* loop, Options options, Listener listener)
    : impl_(std::make_shared<Impl>(loop, std::move(options), std::move(listener))) {}
Connection::~Connection() {
  impl_->destroy();
}
void Connection::open() {
  impl_->open();
}
void Connection::close() {
  impl_->close();
}
bool Connection::ready() const {
  return impl_->ready();
}
void Connection::run(Command command, Done done, milliseconds timeout) {
  impl_->run(std::move(command), std::move(done), timeout);
}
void Connection::subscribe(std::vector<std::string> channels,
                           std::function<void(std::string_view, std::string_view)> on_message) {
  impl_->subscribe(std::move(channels), std::move(on_message));
}

}  // namespace stint::redis
