#include "common/redis/reply.h"

#include <charconv>

#include <hiredis/hiredis.h>

#include "common/error.h"

namespace stint::redis {

bool ReplyView::is_nil() const {
  return reply_->type == REDIS_REPLY_NIL;
}
bool ReplyView::is_error() const {
  return reply_->type == REDIS_REPLY_ERROR;
}
bool ReplyView::is_integer() const {
  return reply_->type == REDIS_REPLY_INTEGER;
}
bool ReplyView::is_array() const {
  return reply_->type == REDIS_REPLY_ARRAY;
}
bool ReplyView::is_string() const {
  return reply_->type == REDIS_REPLY_STRING || reply_->type == REDIS_REPLY_STATUS;
}

std::string_view ReplyView::str() const {
  if (is_string() || is_error()) {
    return {reply_->str, reply_->len};
  }
  return {};
}

int64_t ReplyView::integer() const {
  if (is_integer()) {
    return reply_->integer;
  }
  int64_t value = 0;
  std::string_view text = is_string() ? str() : std::string_view();
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

size_t ReplyView::size() const {
  return is_array() ? reply_->elements : 0;
}

ReplyView ReplyView::operator[](size_t i) const {
  STINT_CHECK(i < size());
  return ReplyView(reply_->element[i]);
}

void FreeReply::operator()(redisReply* reply) const {
  freeReplyObject(reply);
}

}  // namespace stint::redis
