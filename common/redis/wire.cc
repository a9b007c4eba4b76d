#include "common/redis/wire.h"

#include <charconv>

#include <hiredis/hiredis.h>

namespace stint::redis {

namespace {

constexpr size_t kLongestError = 500;

void append_head(std::string& out, char kind, size_t number) {
  char text[24];
  char* end = std::to_chars(text, text + sizeof text, number).ptr;
  out += kind;
  out.append(text, end);
  out += "\r\n";
}

void append_bulk(std::string& out, std::string_view bytes) {
  append_head(out, '$', bytes.size());
  out += bytes;
  out += "\r\n";
}

size_t wire_size(const Command& command) {
  constexpr size_t kPerArgument = 16;  // $, length, two line ends
  size_t size = 128 + command.packed.bytes().size();
  for (const auto& key : command.keys) {
    size += key.size() + kPerArgument;
  }
  for (const auto& arg : command.args) {
    size += arg.size() + kPerArgument;
  }
  return size;
}

// More than any answer to us has. hiredis makes room for what a head announces, up to 16 GiB,
// before one element has come.
constexpr int kMostElements = 1 << 20;
void* (*create_any_array)(const redisReadTask*, int) = nullptr;

redisReplyObjectFunctions bounded_functions(const redisReplyObjectFunctions& from) {
  redisReplyObjectFunctions out = from;
  create_any_array = from.createArray;
  out.createArray = [](const redisReadTask* task, int elements) -> void* {
    return elements > kMostElements ? nullptr : create_any_array(task, elements);
  };
  return out;
}

}  // namespace

void append_command(std::string& out, const Command& command, bool by_text) {
  size_t needed = out.size() + wire_size(command);
  if (needed > out.capacity()) {
    // At least doubled: an exact reserve a command would copy the whole buffer each time.
    out.reserve(std::max(needed, 2 * out.capacity()));
  }
  if (command.script == nullptr) {
    append_head(out, '*', command.args.size() + command.packed.count());
  } else {
    append_head(out, '*', 3 + command.keys.size() + command.args.size() + command.packed.count());
    bool whole = by_text || command.by_text;
    append_bulk(out, whole ? "EVAL" : "EVALSHA");
    append_bulk(out, whole ? command.script->text : command.script->sha);
    append_bulk(out, std::to_string(command.keys.size()));
    for (const auto& key : command.keys) {
      append_bulk(out, key);
    }
  }
  for (const auto& arg : command.args) {
    append_bulk(out, arg);
  }
  out += command.packed.bytes();
}

void PackedArgs::add(std::string_view arg) {
  append_bulk(bytes_, arg);
  ++count_;
}

bool is_noscript(ReplyView reply) {
  return reply.is_error() && reply.str().starts_with("NOSCRIPT");
}

Error refused(ReplyView reply) {
  std::string text(reply.str().substr(0, kLongestError));
  for (char& c : text) {
    c = c == '\n' || c == '\r' ? ' ' : c;
  }
  return {ErrorCode::kRefused, std::move(text)};
}

Reader::Reader() : reader_(redisReaderCreate()) {
  STINT_CHECK(reader_ != nullptr);
  static redisReplyObjectFunctions bounded = bounded_functions(*reader_->fn);
  reader_->fn = &bounded;
  // hiredis drops a buffer of more than 16 KiB whenever it is empty; ours is filled again at once.
  reader_->maxbuf = 1 << 20;
}

Reader::~Reader() {
  redisReaderFree(reader_);
}

void Reader::feed(const char* bytes, size_t size) {
  // An error stays in the reader and is returned by next().
  (void)redisReaderFeed(reader_, bytes, size);
}

Result<std::unique_ptr<redisReply, FreeReply>> Reader::next() {
  void* reply = nullptr;
  if (redisReaderGetReply(reader_, &reply) != REDIS_OK) {
    return Error{ErrorCode::kUnavailable, std::string("what it answers is not Redis' protocol: ") +
                                              static_cast<const char*>(reader_->errstr)};
  }
  return std::unique_ptr<redisReply, FreeReply>(static_cast<redisReply*>(reply));
}

}  // namespace stint::redis
