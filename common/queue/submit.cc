#include "common/queue/submit.h"

#include <algorithm>
#include <optional>
#include <random>

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

redis::Command submit(const Keys& keys, std::string_view nonce, bool again,
                      std::span<const JobSpec> specs) {
  int64_t created_ms = now_wall_ms();
  std::vector<std::string> args;
  const auto other = std::find_if_not(specs.begin(), specs.end(), is_plain);
  const auto plain = specs.first(static_cast<size_t>(other - specs.begin()));
  const auto rest = specs.subspan(plain.size());
  args.reserve(3 + plain.size() * 2 + rest.size() * 4);
  args.emplace_back(nonce);
  args.emplace_back(again ? "1" : "0");
  args.push_back(std::to_string(plain.size()));
  for (const JobSpec& spec : plain) {
    args.push_back(spec.id);
    args.push_back(make_record(spec, nonce, created_ms));
  }
  for (const JobSpec& spec : rest) {
    args.push_back(spec.id);
    args.push_back(due_argument(spec));
    args.push_back(make_record(spec, nonce, created_ms));
    args.push_back(params_apart(spec) ? spec.params : std::string());
  }
  return redis::call(lua::k_submit, keys.prefix(), std::move(args));
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
