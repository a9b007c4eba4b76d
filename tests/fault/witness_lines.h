// What the task `witness` wrote (tests/plugins/faulty): lines "begin|end TOKEN RESOURCE PID
// NANOSECONDS", in the order of time.
#pragma once

#include <map>
#include <set>
#include <sstream>
#include <string>

namespace stint::test {

// How often an attempt began while another one of its resource ran. Only an attempt that was killed
// has no end; it is not counted.
inline int overlaps(const std::string& witness) {
  std::set<std::string> ended;
  std::istringstream first(witness);
  std::string what, token, resource, pid, ns;
  while (first >> what >> token >> resource >> pid >> ns) {
    if (what == "end") {
      ended.insert(token + resource + pid);
    }
  }
  int found = 0;
  std::map<std::string, std::string> running;  // resource -> token and process
  std::istringstream again(witness);
  while (again >> what >> token >> resource >> pid >> ns) {
    auto attempt = token + resource + pid;
    if (resource == "-") {
      continue;
    }
    if (what == "end") {
      found += running[resource] == attempt ? 0 : 1;
      running.erase(resource);
    } else {
      auto other = running.find(resource);
      found += other != running.end() && ended.contains(other->second) ? 1 : 0;
      running[resource] = attempt;
    }
  }
  return found;
}

}  // namespace stint::test
