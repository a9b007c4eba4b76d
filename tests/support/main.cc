// Catch's main, in a file of its own: it takes ten seconds to compile.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
