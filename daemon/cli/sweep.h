// `stint sweep`: settles now what is past its lease by Redis' clock. Daemons wait until they have
// themselves seen an attempt unchanged for a whole lease; a person who asks for it takes the
// deadline's word.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/cli/globals.h"

namespace stint::cli {

ExitCode run_sweep(const Globals& globals);

// Whether an attempt is past its lease: its value in `active`, its mark in `leases` (empty: it
// never outlived a heartbeat, its token is the time of its claim). A value that cannot be read is:
// nobody can renew it. Pure.
bool is_past_lease(const std::string& active, const std::string& mark, int64_t now_ms);

}  // namespace stint::cli
