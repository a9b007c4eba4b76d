#include "common/queue/submit.h"

#include <optional>
#include <random>
#include <utility>

#include "common/clock.h"
#include "common/job/record.h"
#include "common/queue/answer.h"
#include "lua/submit.lua.h"

namespace stint {
namespace {

std::optional<Submitted> submitted_as(std::string_view text) {
  const size_t space = text.find(' ');
  std::optional<Place> place = parse_place(space == text.npos ? "" : text.substr(space + 1));
  const std::string_view status = text.substr(0, space);
  if (!place || (status != "created" && status != "known" && status != "conflict")) {
    return std::nullopt;
  }
  return Submitted{status == "created" ? Submitted::Status::kCreated
                   : status == "known" ? Submitted::Status::kKnown
                                       : Submitted::Status::kConflict,
                   *place};
}

}  // namespace

std::string new_nonce() {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  thread_local std::mt19937_64 engine{(uint64_t{std::random_device{}()} << 32) ^
                                      std::random_device{}()};
  std::uniform_int_distribution<size_t> letter(0, kLetters.size() - 1);
  std::string nonce(6, '0');
  for (char& c : nonce) {
    c = kLetters[letter(engine)];
  }
  return nonce;
}

std::string due_argument(const JobSpec& spec) {
  if (spec.delay) {
    return spec.delay->count() > 0 ? "+" + std::to_string(spec.delay->count()) : "0";
  }
  return spec.at_ms ? std::to_string(*spec.at_ms) : "0";
}

bool is_plain(const JobSpec& spec) {
  const bool due_now = spec.delay ? spec.delay->count() <= 0 : !spec.at_ms;
  return due_now && !params_apart(spec);
}

SubmitCall::SubmitCall(std::string nonce) : nonce_(std::move(nonce)), created_ms_(now_wall_ms()) {}

void SubmitCall::add(const JobSpec& spec) {
  const bool plain = plain_ == jobs_ && is_plain(spec);
  record_.clear();
  append_record(record_, spec, nonce_, created_ms_);
  words_.add(spec.id);
  if (!plain) {
    words_.add(due_argument(spec));
  }
  words_.add(record_);
  if (!plain) {
    words_.add(params_apart(spec) ? std::string_view(spec.params) : std::string_view());
  }
  ++jobs_;
  plain_ += plain ? 1 : 0;
}

redis::Command SubmitCall::command(const Keys& keys, bool again) && {
  auto call = redis::call(lua::k_submit, keys.prefix(),
                          {std::move(nonce_), again ? "1" : "0", std::to_string(plain_)});
  call.packed = std::move(words_);
  return call;
}

redis::Command submit(const Keys& keys, std::string_view nonce, bool again,
                      std::span<const JobSpec> specs) {
  SubmitCall call{std::string(nonce)};
  for (const JobSpec& spec : specs) {
    call.add(spec);
  }
  return std::move(call).command(keys, again);
}

Result<std::vector<Submitted>> parse_submit(redis::ReplyView reply, size_t count) {
  std::vector<Submitted> out;
  out.reserve(count);
  const bool read = read_rows(reply, count, [&out](std::string_view text) {
    auto one = submitted_as(text);
    if (one) {
      out.push_back(*one);
    }
    return one.has_value();
  });
  if (!read) {
    return unexpected_answer("submit");
  }
  return out;
}

}  // namespace stint
