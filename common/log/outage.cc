#include "common/log/outage.h"

#include <utility>

namespace stint::log {

void Outage::goes_on(std::initializer_list<Field> fields) {
  if (!std::exchange(lasts_, true)) {
    event(level_, begins_, fields);
  }
}

void Outage::over(std::initializer_list<Field> fields) {
  if (std::exchange(lasts_, false)) {
    event(Level::kInfo, is_over_, fields);
  }
}

}  // namespace stint::log
