// The one file that holds the code of toml++: it takes seconds to compile.
#define TOML_IMPLEMENTATION
#include "common/config/toml/tomlplusplus.h"
