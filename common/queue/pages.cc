#include "common/queue/pages.h"

#include "common/queue/answer.h"
#include "lua/page.lua.h"
#include "lua/page_pending.lua.h"

namespace stint {
namespace {

std::vector<std::string> texts_in(redis::ReplyView list) {
  std::vector<std::string> texts;
  texts.reserve(list.size());
  for (size_t i = 0; i < list.size(); ++i) {
    texts.emplace_back(list[i].str());
  }
  return texts;
}

}  // namespace

redis::Command page(const Keys& keys, Place place, size_t n, const PlaceMark& after) {
  return redis::call(
      lua::k_page, keys.prefix(),
      {std::string(to_string(place)), std::to_string(n), std::to_string(after.score), after.id});
}

redis::Command page_pending(const Keys& keys, size_t n, const PlaceMark& after) {
  return redis::call(
      lua::k_page_pending, keys.prefix(),
      {std::to_string(n), after.id, std::to_string(after.score), std::to_string(after.plus)});
}

Result<PendingPage> parse_page_pending(redis::ReplyView reply) {
  if (!reply.is_array() || reply.size() != 4 || reply[1].size() != reply[2].size()) {
    return unexpected_answer("page_pending");
  }
  PendingPage page;
  page.from = reply[0].integer();
  if (page.from < 0) {
    return Error{ErrorCode::kConflict,
                 "the queue has moved on too far to go on there: list it from the beginning"};
  }
  page.ids = texts_in(reply[1]);
  for (size_t i = 0; i < page.ids.size(); ++i) {
    page.has_dead_copies.push_back(reply[2][i].integer() == 1);
  }
  page.reserved = texts_in(reply[3]);
  return page;
}

}  // namespace stint
