#include "tests/fuzz/replies.h"

#include <functional>

#include "common/queue/audit.h"
#include "common/queue/claim.h"
#include "common/queue/finish.h"
#include "common/queue/steer.h"
#include "common/queue/submit.h"
#include "common/queue/upkeep.h"

namespace stint::fuzz {

namespace {

template <typename T>
std::string verdict(const Result<T>& result) {
  return result ? "understood " : "not understood ";
}

struct Reader {
  redis::Command command;
  std::function<std::string(redis::ReplyView)> read;
};

std::vector<Reader> make_readers() {
  using View = redis::ReplyView;
  const Keys keys("stint", "q");
  const redis::Command script = close_worker(keys, "w.1");
  return {
      {claim(keys, "w.1", 1, 2, milliseconds(30'000)),
       [](View v) { return verdict(parse_claim(v)); }},
      {script, [](View v) { return verdict(parse_heartbeat(v)); }},
      {script, [](View v) { return verdict(parse_settled(v, 2)); }},
      {script, [](View v) { return verdict(parse_finished(v, 2)); }},
      {script, [](View v) { return verdict(parse_audit(v, 2)); }},
      {script, [](View v) { return verdict(parse_cancel(v, 2)); }},
      {script, [](View v) { return verdict(parse_delete(v, true, 2)); }},
      {script, [](View v) { return verdict(parse_retry(v, 2)); }},
      {script, [](View v) { return verdict(parse_locate(v, 2)); }},
      {script, [](View v) { return verdict(parse_inspect(v, 1)); }},
      {script, [](View v) { return verdict(parse_totals(v)); }},
      {script, [](View v) { return verdict(parse_submit(v, 2)); }},
      {promote(keys), [](View v) { return verdict(parse_moved(v)); }},
      {script, [](View v) { return verdict(parse_intake(v)); }},
      {script, [](View v) { return verdict(parse_sweep(v)); }},
      {redis::plain({"HGET", "stint:{q}:params", "id"}), [](View) { return std::string(); }},
  };
}

const Reader& reader_of(Asked what) {
  static const std::vector<Reader> readers = make_readers();
  return readers[static_cast<size_t>(what) % readers.size()];
}

void append(std::string& out, redis::ReplyView reply) {
  out += reply.is_nil() ? '_' : reply.is_error() ? '-' : reply.is_integer() ? ':' : '$';
  out += std::to_string(reply.integer()) + "/";
  out += reply.str();
  for (size_t i = 0; i < reply.size(); ++i) {
    out += i == 0 ? '[' : ',';
    append(out, reply[i]);
  }
}

}  // namespace

redis::Command command_of(Asked what) {
  return reader_of(what).command;
}

std::string read_answer(Asked what, redis::ReplyView reply) {
  std::string text = reader_of(what).read(reply);
  append(text, reply);
  return text;
}

}  // namespace stint::fuzz
