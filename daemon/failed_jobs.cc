#include "daemon/failed_jobs.h"

#include "common/interrupt.h"
#include "common/queue/steer.h"

namespace stint {
namespace {

// The time of the newest failure, as a bound of ZRANGEBYSCORE; "-inf" if nothing has failed.
Result<std::string> last_failure(const AskOne& ask, const Keys& keys) {
  auto newest = ask(redis::plain({"ZRANGE", keys("failed"), "-1", "-1", "WITHSCORES"}));
  if (!newest) {
    return newest.error();
  }
  return newest->view().size() == 2 ? std::string(newest->view()[1].str()) : std::string("-inf");
}

// Failed jobs in pages, oldest first. What a page leaves behind (it moved meanwhile) is stepped
// over.
template <typename Make, typename Parse>
Result<void> each_failed(const AskOne& ask, const Keys& keys, const Make& make, const Parse& parse,
                         std::vector<std::string>& done) {
  size_t stay = 0;
  auto last = last_failure(ask, keys);
  if (!last) {
    return last.error();
  }
  while (!interrupted()) {
    auto page = ask(redis::plain({"ZRANGEBYSCORE", keys("failed"), "-inf", *last, "LIMIT",
                                  std::to_string(stay), std::to_string(kBatchJobs)}));
    if (!page) {
      return page.error();
    }
    std::vector<std::string> ids;
    for (size_t i = 0; i < page->view().size(); ++i) {
      ids.emplace_back(page->view()[i].str());
    }
    if (ids.empty()) {
      return {};
    }
    auto reply = ask(make(ids));
    if (!reply) {
      return reply.error();
    }
    auto steered = parse(reply->view(), ids.size());
    if (!steered) {
      return steered.error();
    }
    for (size_t i = 0; i < ids.size(); ++i) {
      if ((*steered)[i].status == Steered::Status::kDone) {
        done.push_back(ids[i]);
      } else {
        ++stay;
      }
    }
  }
  return {};
}

}  // namespace

Result<void> retry_failed(const AskOne& ask, const Keys& keys, std::vector<std::string>& done) {
  return each_failed(
      ask, keys, [&](const auto& ids) { return retry_jobs(keys, milliseconds{0}, false, ids); },
      [](redis::ReplyView reply, size_t count) { return parse_retry(reply, count); }, done);
}

Result<void> delete_failed(const AskOne& ask, const Keys& keys, std::vector<std::string>& done) {
  return each_failed(
      ask, keys, [&](const auto& ids) { return delete_jobs(keys, false, Place::kFailed, ids); },
      [](redis::ReplyView reply, size_t count) { return parse_delete(reply, false, count); }, done);
}

}  // namespace stint
