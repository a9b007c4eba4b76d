#include "client/job_fields.h"

#include <vector>

#include <catch2/catch.hpp>

#include "client/json_object.h"

using namespace stint;

namespace {

using Text = std::optional<std::string>;

JobFields fields_of(const std::string& task, const Text& id, const Text& resource) {
  JobFields fields;
  fields.task = task;
  fields.id = id;
  fields.resource = resource;
  return fields;
}

// The same job as an inbox entry.
Result<JobSpec> by_entry(const JobFields& fields) {
  JsonObject entry;
  entry.text("task", std::string_view(fields.task));
  if (fields.id) {
    entry.text("id", std::string_view(*fields.id));
  }
  if (fields.resource) {
    entry.text("resource", std::string_view(*fields.resource));
  }
  return parse_spec(entry.str());
}

}  // namespace

TEST_CASE("job fields: task, id and resource are judged as in an inbox entry, in the same words") {
  const std::vector<std::string> tasks{
      "t", "", "no good", std::string(129, 't'), "a:b.c_d-e", std::string(2'000'000, 't')};
  const std::vector<Text> ids{std::nullopt, "", "id", "a\nb", "ä\"\\", std::string(257, 'i')};
  const std::vector<Text> resources{std::nullopt,           "", "r", "a\tb", std::string(4097, 'r'),
                                    std::string(9'000, 'r')};
  for (const auto& task : tasks) {
    for (const auto& id : ids) {
      for (const auto& resource : resources) {
        if (task.size() > 1'000'000 && (id || resource)) {
          continue;  // once is enough of what takes so long
        }
        const auto fields = fields_of(task, id, resource);
        const auto expected = by_entry(fields);
        const auto spec = spec_of(fields);
        REQUIRE(spec.ok() == expected.ok());
        if (!spec) {
          CHECK(spec.error().code == expected.error().code);
          CHECK(spec.error().message == expected.error().message);
          continue;
        }
        CHECK(spec->task == expected->task);
        CHECK(spec->resource == expected->resource);
        CHECK(spec->id.empty() == expected->id.empty());
        CHECK((!id || spec->id == *id));
        CHECK(spec->params == "null");
        CHECK_FALSE(spec->delay);
        CHECK_FALSE(spec->limits.retries);
      }
    }
  }
}

TEST_CASE("job fields: params keep their bytes but for the space around them") {
  for (const std::string& around : {std::string(), std::string(" \r\n\t")}) {
    auto fields = fields_of("t", "a", std::nullopt);
    fields.params = around + "{ \"a\" : 1.0 }" + around;
    CHECK(spec_of(fields)->params == "{ \"a\" : 1.0 }");
    fields.retries = 3;
    CHECK(spec_of(fields)->params == "{ \"a\" : 1.0 }");
    CHECK(spec_of(fields)->limits.retries == 3);
  }
}
