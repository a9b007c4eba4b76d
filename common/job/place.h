// Where a job is, is its state: no state field exists. Names are stored and public: DO NOT CHANGE.
#pragma once

#include <optional>
#include <string_view>

namespace stint {

enum class Place { kPending, kActive, kScheduled, kBlocked, kFailed, kDone, kGone };

std::string_view to_string(Place place);  // "pending", "active", ...
std::optional<Place> parse_place(std::string_view text);

}  // namespace stint
