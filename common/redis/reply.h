// What Redis answered: a view of hiredis' reply, valid as long as its owner (the callback, or an
// OwnedReply).
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

struct redisReply;

namespace stint::redis {

class ReplyView {
 public:
  explicit ReplyView(const redisReply* reply) : reply_(reply) {}
  bool is_nil() const;
  bool is_error() const;
  bool is_string() const;  // bulk or status
  bool is_integer() const;
  bool is_array() const;
  int64_t integer() const;               // 0 if it is none; a numeric string is parsed
  std::string_view str() const;          // also an error's text; empty if it is none
  size_t size() const;                   // of an array, else 0
  ReplyView operator[](size_t i) const;  // Requires: i < size()

 private:
  const redisReply* reply_;
};

struct FreeReply {
  void operator()(redisReply* reply) const;
};

class OwnedReply {
 public:
  explicit OwnedReply(redisReply* reply) : reply_(reply) {}
  ReplyView view() const { return ReplyView(reply_.get()); }

 private:
  std::unique_ptr<redisReply, FreeReply> reply_;
};

}  // namespace stint::redis
