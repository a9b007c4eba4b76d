#include "daemon/cli/doctor_finding.h"

#include "client/json_object.h"
#include "daemon/cli/output.h"

namespace stint::cli {

std::string finding_json(const Finding& finding, bool repaired) {
  return JsonObject()
      .text("check", std::string_view(finding.check))
      .text("key", std::string_view(finding.key))
      .text("id", std::string_view(finding.id))
      .text("detail", std::string_view(finding.detail))
      .boolean("repaired", repaired)
      .str();
}

std::string finding_line(const Finding& finding, bool repaired) {
  std::string id = finding.id.empty() ? "" : " " + shown(finding.id);
  return std::string(repaired ? "repaired " : "") + finding.check + id + ": " +
         shown(finding.detail) + " (" + shown(finding.key) + ")";
}

}  // namespace stint::cli
