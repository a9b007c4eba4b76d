// A trouble that comes again with every try: said when it begins and once more when it is over, and
// never in between. Not thread-safe: of the thread that tries.
#pragma once

#include <initializer_list>
#include <string_view>

#include "common/log/log.h"

namespace stint::log {

class Outage {
 public:
  // Texts of lines; they must outlive this. level: of the first, the second is an info.
  constexpr Outage(Level level, std::string_view begins, std::string_view is_over)
      : level_(level), begins_(begins), is_over_(is_over) {}

  // Another try was in vain.
  void goes_on(std::initializer_list<Field> fields);
  // A try went well.
  void over(std::initializer_list<Field> fields);
  bool lasts() const { return lasts_; }

 private:
  Level level_;
  std::string_view begins_;
  std::string_view is_over_;
  bool lasts_ = false;
};

}  // namespace stint::log
