#include "common/queue/submit.h"

#include <array>
#include <random>

#include "common/clock.h"
#include "common/job/record.h"
#include "common/queue/answer.h"
#include "lua/submit.lua.h"

namespace stint {

std::string new_nonce() {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  thread_local std::mt19937_64 engine{(uint64_t{std::random_device{}()} << 32) ^
                                      std::random_device{}()};
  std::uniform_int_distribution<size_t> letter(0, kLetters.size() - 1);
  std::string nonce(8, '0');
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

redis::Command submit(const Keys& keys, std::string_view nonce, bool again,
                      std::span<const JobSpec> specs) {
  int64_t created_ms = now_wall_ms();
  std::vector<std::string> args;
  args.reserve(2 + specs.size() * 4);
  args.emplace_back(nonce);
  args.emplace_back(again ? "1" : "0");
  for (const JobSpec& spec : specs) {
    args.push_back(spec.id);
    args.push_back(due_argument(spec));
    args.push_back(make_record(spec, nonce, created_ms));
    args.push_back(params_apart(spec) ? spec.params : std::string());
  }
  return redis::call(lua::k_submit, keys.prefix(), std::move(args));
}

Result<std::vector<Submitted>> parse_submit(redis::ReplyView reply, size_t count) {
  if (!reply.is_array() || reply.size() != count) {
    return unexpected_answer("submit");
  }
  std::vector<Submitted> out;
  out.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    std::string_view text = reply[i].str();
    size_t space = text.find(' ');
    std::optional<Place> place = parse_place(space == text.npos ? "" : text.substr(space + 1));
    std::string_view status = text.substr(0, space);
    if (!place || (status != "created" && status != "known" && status != "conflict")) {
      return unexpected_answer("submit");
    }
    out.push_back({status == "created" ? Submitted::Status::kCreated
                   : status == "known" ? Submitted::Status::kKnown
                                       : Submitted::Status::kConflict,
                   *place});
  }
  return out;
}

}  // namespace stint
