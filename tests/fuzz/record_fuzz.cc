// Any bytes as the record of a job and as the value of an attempt in `active`: what Redis may hold
// after damage. A record that is taken for whole has limits in bounds, and says the same when it is
// written again.
#include "common/job/record.h"
#include "common/queue/upkeep.h"
#include "common/text/text.h"
#include "tests/fuzz/fuzz.h"

namespace stint {
namespace {

void check_same(const Record& a, const Record& b) {
  STINT_CHECK(a.resource == b.resource && a.task == b.task && a.nonce == b.nonce);
  STINT_CHECK(a.created_ms == b.created_ms && fuzz::same(a.limits, b.limits));
  STINT_CHECK(a.params == b.params);
}

void check_written_again(const Record& record) {
  JobSpec spec;
  spec.task = record.task;
  spec.resource = record.resource;
  spec.limits = record.limits;
  spec.params = record.params ? std::string(*record.params) : std::string(kInlineParams + 1, ' ');
  std::string text = make_record(spec, record.nonce, record.created_ms);
  auto again = parse_record(text);
  STINT_CHECK(again.ok());
  if (params_apart(spec)) {
    STINT_CHECK(!again->params);
    again->params = record.params;
  }
  check_same(record, *again);
}

void check_record(std::string_view text) {
  auto record = parse_record(text);
  if (!record) {
    STINT_CHECK(record.error().code == ErrorCode::kInvalid);
    STINT_CHECK(record.error().message.starts_with("corrupt record: "));
    fuzz::check_error(record.error());
    return;
  }
  STINT_CHECK(record->attempts >= 0 && record->crashes >= 0);
  STINT_CHECK(record->losses >= 0 && record->since >= 0);
  STINT_CHECK(fuzz::in_bounds(record->limits));
  STINT_CHECK(check_task_id(record->task).ok());
  check_written_again(*record);
}

void check_active(std::string_view value) {
  auto entry = parse_active(value);
  if (entry) {
    STINT_CHECK(!entry->worker.empty() && entry->lease.count() >= 0);
    STINT_CHECK(value.ends_with(entry->resource));
    STINT_CHECK(value.starts_with(std::to_string(entry->token)) || value.starts_with('0'));
  }
}

}  // namespace
}  // namespace stint

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text = stint::fuzz::Input(data, size).rest();
  stint::check_record(text);
  stint::check_active(text);
  return 0;
}
