// What a task has printed, on its way from the supervisor, which reads the pipes, to the worker,
// which keeps the job's log: the payload of kPrinted. Text: "<entry> <token> <number> <ms>\n", then
// the lines, each with its newline, as they came out of the pipe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stint::control {

struct Printed {
  uint32_t entry = 0;   // index in the flight recorder
  uint64_t token = 0;   // of the attempt that had the entry
  uint64_t number = 0;  // of the frame, from 1
  int64_t wall_ms = 0;  // when they were read
  std::string_view lines;
};

std::string encode_printed(const Printed& printed);
// The lines stay in the payload. None: it is no such payload.
std::optional<Printed> parse_printed(std::string_view payload);

}  // namespace stint::control
