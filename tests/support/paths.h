// Where the tests find what was built. Functions, not macros on every command line: with those no
// two checkouts could share a compiler cache.
#pragma once

#include <string>

namespace stint::test {

std::string bin_dir();           // stintd, stint, stint-worker
std::string tasks_dir();         // the shipped plugins
std::string test_plugins_dir();  // those of tests/plugins
std::string source_dir();
std::string build_dir();

}  // namespace stint::test
