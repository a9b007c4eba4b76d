#include "common/queue/hand_sweep.h"

#include <algorithm>
#include <iterator>

#include "common/interrupt.h"
#include "common/text/text.h"

namespace stint {
namespace {

constexpr size_t kPage = 500;
constexpr int kBeginnings = 3;
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{1'000};
// A look at very many that took 1 ms is followed by a pause of 20 ms, up to a limit, unless a lease
// is over before; by one of 1 ms always.
constexpr int kIdleShare = 20;
constexpr milliseconds kLongestIdle{10'000};
constexpr milliseconds kFar{milliseconds(std::chrono::hours(24 * 365))};
constexpr milliseconds kRedraw{100};

Error unexpected(const char* command) {
  return {ErrorCode::kInternal, std::string("sweep: unexpected answer to ") + command};
}

std::string waiting_text(size_t watched, milliseconds left) {
  int64_t seconds = std::max<int64_t>(0, (left.count() + 999) / 1000);
  return "watching " + std::to_string(watched) +
         (watched == 1 ? " active attempt" : " active attempts") +
         " for a sign of life, for up to " + format_duration(milliseconds(seconds * 1000)) +
         " more";
}

}  // namespace

HandSweep::HandSweep(std::vector<Queue> queues, AskOne ask, OnSettled on_settled, StatusLine& line,
                     size_t most)
    : queues_(std::move(queues)),
      ask_(std::move(ask)),
      on_settled_(std::move(on_settled)),
      line_(line),
      most_(most) {}

Result<void> HandSweep::run() {
  while (place_.queue < queues_.size() && !interrupted()) {
    if (auto done = round(); !done) {
      return done;
    }
  }
  line_.wipe();
  return {};
}

// As many as may be remembered, from where the last round ended.
Result<void> HandSweep::round() {
  const Place from = place_;
  const int64_t seen = seen_;
  for (int beginning = 0; beginning < kBeginnings; ++beginning) {
    late_ = false;
    memory_.forget();
    watched_.clear();
    place_ = from;
    seen_ = seen;
    if (auto filled = fill(); !filled) {
      return filled;
    }
    if (auto watched = watch(); !watched) {
      return watched;
    }
    if (!late_) {
      return {};
    }
  }
  return Error{ErrorCode::kUnavailable,
               "sweep: Redis answered too late, or this program was held up, " +
                   std::to_string(kBeginnings) +
                   " times: who lives could not be seen, try again when it is calmer"};
}

bool HandSweep::stopped() const {
  return late_ || interrupted();
}

Result<void> HandSweep::fill() {
  memory_.begin_pass();
  MonoTime start = now_mono();
  next_due_ = start + kFar;
  last_due_ = start;
  while (place_.queue < queues_.size() && watched_.size() < most_ && !stopped()) {
    if (auto scanned = scan_page(); !scanned) {
      return scanned;
    }
  }
  look_took_ = now_mono() - start;
  next_pause_ = kFirstPause;
  return {};
}

Result<void> HandSweep::scan_page() {
  const Keys& keys = queues_[place_.queue].keys;
  auto reply =
      ask(redis::plain({"HSCAN", keys("active"), place_.cursor, "COUNT", std::to_string(kPage)}));
  if (!reply) {
    return reply.error();
  }
  auto scanned = reply->view();
  if (scanned.size() != 2) {
    return unexpected("HSCAN");
  }
  auto pairs = scanned[1];
  Page page{place_.queue, {}};
  for (size_t i = 0; i + 1 < pairs.size(); i += 2) {
    page.entries.push_back({std::string(pairs[i].str()), std::string(pairs[i + 1].str()), ""});
  }
  place_.cursor = scanned[0].str();
  if (place_.cursor == "0") {
    ++place_.queue;
  }
  if (auto marked = add_marks(page); !marked) {
    return marked;
  }
  for (auto& entry : page.entries) {
    if (auto seen = observe(page, entry); seen.changed) {  // else HSCAN told it twice
      ++seen_;
      expect(seen.left);
      watched_.push_back({page.queue, std::move(entry.id)});
    }
  }
  return {};
}

Result<void> HandSweep::watch() {
  while (!watched_.empty() && !stopped()) {
    pause();
    if (interrupted()) {
      break;
    }
    if (auto looked = look(); !looked) {
      return looked;
    }
  }
  return {};
}

// Until the next lease is over, but with looks in between that drop who lives, so that it ends
// early if all do.
void HandSweep::pause() {
  MonoTime start = now_mono();
  milliseconds due = std::max(next_due_ - start, milliseconds{0}) + milliseconds{1};
  milliseconds idle = std::min(look_took_ * kIdleShare, kLongestIdle);
  milliseconds planned = std::max(std::min(due, std::max(next_pause_, idle)), look_took_);
  next_pause_ = std::min(next_pause_ * 2, kLongestPause);
  MonoTime end = start + planned;
  for (MonoTime now = start; now < end && !interrupted(); now = now_mono()) {
    line_.show(waiting_text(watched_.size(), last_due_ - now));
    pause_for(std::min(end - now + milliseconds{1}, kRedraw));
  }
  late_ = !memory_.look(now_mono(), planned);
}

Result<void> HandSweep::look() {
  MonoTime start = now_mono();
  memory_.begin_pass();
  std::vector<Watched> still;
  next_due_ = start + kFar;
  last_due_ = start;
  size_t from = 0;
  while (from < watched_.size() && !stopped()) {
    std::span<const Watched> rest = std::span(watched_).subspan(from);
    auto other_queue = std::find_if(rest.begin(), rest.end(), [&rest](const Watched& one) {
      return one.queue != rest.front().queue;
    });
    auto some = rest.first(std::min(kPage, static_cast<size_t>(other_queue - rest.begin())));
    from += some.size();
    auto page = read_page(some);
    if (!page) {
      return page.error();
    }
    std::vector<Suspect> suspects;
    for (auto& entry : page->entries) {
      auto seen = observe(*page, entry);
      if (seen.suspect()) {
        suspects.push_back(std::move(entry));
      } else if (!seen.changed) {
        expect(seen.left);
        still.push_back({page->queue, std::move(entry.id)});
      }
    }
    if (late_) {
      return {};
    }
    if (auto settled = settle(page->queue, suspects); !settled) {
      return settled;
    }
  }
  memory_.end_pass();
  look_took_ = now_mono() - start;
  // What it did not come to, when it was interrupted, is as undecided as before.
  std::move(watched_.begin() + static_cast<std::ptrdiff_t>(from), watched_.end(),
            std::back_inserter(still));
  watched_ = std::move(still);
  return {};
}

Result<HandSweep::Page> HandSweep::read_page(std::span<const Watched> some) {
  Page page{some.front().queue, {}};
  redis::Command values = redis::plain({"HMGET", queues_[page.queue].keys("active")});
  for (const auto& one : some) {
    values.args.push_back(one.id);
  }
  auto reply = ask(values);
  if (!reply) {
    return reply.error();
  }
  if (reply->view().size() != some.size()) {
    return unexpected("HMGET");
  }
  for (size_t i = 0; i < some.size(); ++i) {
    auto value = reply->view()[i];
    if (!value.is_nil()) {  // else it has ended
      page.entries.push_back({some[i].id, std::string(value.str()), ""});
    }
  }
  if (auto marked = add_marks(page); !marked) {
    return marked.error();
  }
  return page;
}

Result<void> HandSweep::add_marks(Page& page) {
  if (page.entries.empty()) {
    return {};
  }
  redis::Command marks = redis::plain({"ZMSCORE", queues_[page.queue].keys("leases")});
  for (const auto& entry : page.entries) {
    marks.args.push_back(entry.id);
  }
  auto reply = ask(marks);
  if (!reply) {
    return reply.error();
  }
  if (reply->view().size() != page.entries.size()) {
    return unexpected("ZMSCORE");
  }
  for (size_t i = 0; i < page.entries.size(); ++i) {
    page.entries[i].mark = reply->view()[i].str();
  }
  return {};
}

SweepMemory::Seen HandSweep::observe(const Page& page, const Suspect& entry) {
  return memory_.observe(queues_[page.queue].keys.prefix() + entry.id, entry.active_value,
                         entry.mark, now_mono());
}

void HandSweep::expect(milliseconds left) {
  MonoTime due = now_mono() + std::min(left, kFar);
  next_due_ = std::min(next_due_, due);
  last_due_ = std::max(last_due_, due);
}

Result<void> HandSweep::settle(size_t queue, std::span<const Suspect> suspects) {
  for (size_t from = 0; from < suspects.size(); from += kBatchJobs) {
    auto batch = suspects.subspan(from, std::min(kBatchJobs, suspects.size() - from));
    // Sent again after a lost reply it settles nothing twice: the script compares what was seen.
    auto reply = ask(sweep(queues_[queue].keys, queues_[queue].keep_cancelled, batch));
    if (!reply) {
      return reply.error();
    }
    auto swept = parse_sweep(reply->view());
    if (!swept) {
      return swept.error();
    }
    line_.wipe();
    for (const auto& job : *swept) {
      on_settled_(queue, job);
    }
  }
  return {};
}

Result<redis::OwnedReply> HandSweep::ask(const redis::Command& command) {
  auto reply = ask_(command);
  if (!memory_.look(now_mono(), milliseconds{0})) {
    late_ = true;
  }
  return reply;
}

}  // namespace stint
