// A TOML table as JSON text: what a plugin gets as its configuration. Dates and times become
// strings. Why not toml++'s own formatter: it writes NaN, Infinity and \UXXXXXXXX, which no JSON
// parser takes (3.3.0). Used while a configuration is read; one thread.
#pragma once

#include <string>

#include "common/config/toml/table_reader.h"
#include "common/config/toml/tomlplusplus.h"

namespace stint {

// `where` is the table's dotted name, for messages. On failure: reading.error, for what JSON does
// not have.
std::string table_to_json(Reading& reading, const toml::table& table, const std::string& where);

}  // namespace stint
