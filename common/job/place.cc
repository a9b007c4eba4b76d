#include "common/job/place.h"

#include <array>
#include <utility>

namespace stint {
namespace {

using PlaceName = std::pair<Place, std::string_view>;
constexpr std::array<PlaceName, 7> kPlaceNames = {PlaceName{Place::kPending, "pending"},
                                                  PlaceName{Place::kActive, "active"},
                                                  PlaceName{Place::kScheduled, "scheduled"},
                                                  PlaceName{Place::kBlocked, "blocked"},
                                                  PlaceName{Place::kFailed, "failed"},
                                                  PlaceName{Place::kDone, "done"},
                                                  PlaceName{Place::kGone, "gone"}};

}  // namespace

std::string_view to_string(Place place) {
  for (const auto& [value, name] : kPlaceNames) {
    if (value == place) {
      return name;
    }
  }
  return "gone";
}

std::optional<Place> parse_place(std::string_view text) {
  for (const auto& [value, name] : kPlaceNames) {
    if (name == text) {
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace stint
