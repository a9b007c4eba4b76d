#include "daemon/sweeper.h"

#include <algorithm>
#include <random>
#include <utility>

#include "common/log/log.h"
#include "common/queue/quarantine.h"
#include "common/text/text.h"

namespace stint {
namespace {

milliseconds with_jitter(milliseconds interval) {
  static std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<int64_t> spread(interval.count() * 3 / 4, interval.count() * 5 / 4);
  return milliseconds(std::max<int64_t>(1, spread(random)));
}

}  // namespace

Sweeper::Sweeper(uv_loop_s* loop, redis::Connection& redis, Keys keys, milliseconds interval,
                 milliseconds keep_cancelled)
    : redis_(redis),
      keys_(std::move(keys)),
      interval_(interval),
      keep_cancelled_(keep_cancelled),
      timer_(loop, [this] { begin(); }) {
  rest();
}

void Sweeper::rest() {
  timer_.start(with_jitter(interval_));
}

void Sweeper::begin() {
  memory_.look(now_mono(), interval_ * 5 / 4);
  if (!redis_.ready()) {
    memory_.forget();  // nobody can renew now
    rest();
    return;
  }
  memory_.begin_pass();
  unsettled_ = false;
  scan("0");
}

void Sweeper::ask(redis::Command command, void (Sweeper::*next)(redis::ReplyView)) {
  auto done = [this, next,
               alive = std::weak_ptr<int>(alive_)](const Result<redis::ReplyView>& reply) {
    if (alive.expired()) {
      return;
    }
    memory_.look(now_mono(), milliseconds{0});
    if (reply) {
      (this->*next)(*reply);
    } else {
      failed(reply.error());
    }
  };
  redis_.run(std::move(command), std::move(done));
}

void Sweeper::failed(const Error& error) {
  memory_.forget();
  suspects_.clear();
  move_aside(redis_, keys_, error);
  if (error.code != ErrorCode::kUnavailable) {
    refused_.goes_on({{"queue", keys_.queue()}, {"error", error.message}});
  }
  rest();
}

void Sweeper::scan(const std::string& cursor) {
  ask(redis::plain({"HSCAN", keys_("active"), cursor, "COUNT", "500"}), &Sweeper::scanned);
}

void Sweeper::scanned(redis::ReplyView page) {
  page_.clear();
  if (page.size() < 2) {
    failed({ErrorCode::kInternal, "HSCAN: not a page"});
    return;
  }
  cursor_ = page[0].str();
  auto pairs = page[1];
  std::vector<std::string> command{"ZMSCORE", keys_("leases")};
  for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
    page_.push_back({std::string(pairs[i].str()), std::string(pairs[i + 1].str())});
    command.push_back(page_.back().id);
  }
  if (page_.empty()) {
    after_page();
    return;
  }
  ask(redis::plain(std::move(command)), &Sweeper::marked);
}

void Sweeper::marked(redis::ReplyView marks) {
  MonoTime now = now_mono();
  for (size_t i = 0; i < page_.size() && i < marks.size(); ++i) {
    std::string_view mark = marks[i].str();
    unsettled_ = unsettled_ || was_asked(page_[i], mark);
    if (memory_.observe(page_[i].id, page_[i].value, mark, now).suspect()) {
      suspects_.push_back({page_[i].id, page_[i].value, std::string(mark)});
    }
  }
  sweep_suspects();
}

// A refusal makes the sweeper forget what it had seen; until the same attempt is a suspect again,
// or has moved on, nobody knows whether a sweep would still be refused.
bool Sweeper::was_asked(const Seen& seen, std::string_view mark) const {
  return std::any_of(asked_.begin(), asked_.end(), [&](const Suspect& suspect) {
    return suspect.id == seen.id && suspect.active_value == seen.value && suspect.mark == mark;
  });
}

void Sweeper::sweep_suspects() {
  if (suspects_.empty()) {
    after_page();
    return;
  }
  size_t size = std::min(suspects_.size(), kBatchJobs);
  asked_.assign(suspects_.end() - static_cast<std::ptrdiff_t>(size), suspects_.end());
  suspects_.resize(suspects_.size() - size);
  ask(sweep(keys_, keep_cancelled_, asked_), &Sweeper::swept);
}

void Sweeper::swept(redis::ReplyView reply) {
  auto settled = parse_sweep(reply);
  if (!settled) {
    failed(settled.error());
    return;
  }
  asked_.clear();
  if (!settled->empty()) {
    log::warning("settled attempts whose worker is gone",
                 {{"queue", keys_.queue()},
                  {"jobs", settled->size()},
                  {"first", escape(settled->front().id, kMaxIdBytes)},
                  {"now", to_string(settled->front().place)}});
  }
  sweep_suspects();
}

void Sweeper::after_page() {
  if (cursor_ != "0") {
    scan(cursor_);
    return;
  }
  memory_.end_pass();
  if (!unsettled_) {
    refused_.over({{"queue", keys_.queue()}});
  }
  rest();
}

}  // namespace stint
