#include "tests/support/paths.h"

namespace stint::test {

std::string build_dir() {
  return STINT_BUILD_DIR;
}
std::string source_dir() {
  return STINT_SOURCE_DIR;
}
std::string bin_dir() {
  return build_dir() + "/bin";
}
std::string tasks_dir() {
  return build_dir() + "/tasks";
}
std::string test_plugins_dir() {
  return build_dir() + "/test_plugins";
}

}  // namespace stint::test
