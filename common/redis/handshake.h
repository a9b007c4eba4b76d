// What is said first on every connection: who we are, which database, and whether Redis is fit to
// be used yet. Private to common/redis; pure: commands out, replies in. A Redis that is loading its
// data, or is a read-only replica, counts as not there: the callers try again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/error.h"
#include "common/redis/reply.h"
#include "common/redis/script.h"
#include "common/redis/url.h"

namespace stint::redis {

enum class Greeting { kAuth, kSelect, kPing, kSetName, kInfoServer, kInfoReplication };

struct GreetingStep {
  Greeting what;
  Command command;
};

// with_info: also ask which server it is and whether it takes writes.
std::vector<GreetingStep> greeting(const Url& url, const std::string& name, bool with_info);

// Why this answer makes the connection unusable, or nothing. kConfig: credentials, database;
// kUnavailable: try again.
std::optional<Error> judge_greeting(Greeting what, const Result<ReplyView>& reply);

}  // namespace stint::redis
