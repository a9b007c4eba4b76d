-- Redis' time, read once a script, and the fencing tokens made from it. No host's clock comes in here.
local clock = redis.call('TIME')
local now_us = clock[1] * 1000000 + clock[2]
local now = math.floor(now_us / 1000)
-- ms: no job may be due or kept so far ahead, ten years are the limit.
local kFar = 320000000000

-- A token as a number; empty if it is none, or so large that a double cannot tell it from the next (now is 1.8e15 us).
local function token_of(said)
  local n = #said < 18 and tonumber(match(said, '^%d+$') or '')
  return n and n < 9e15 and n or nil
end

-- Empty if it is gone or garbage.
local function last_token()
  return token_of(call('GET', P .. 'fence') or '')
end

-- The next token: larger than every one before, whatever the clock does. epoch sets `fence` before the first claim; if it is
-- gone since, an hour is more than tokens can be ahead of the clock.
local function next_token()
  local last = last_token() or now_us + 3600000000
  local token = text(math.max(now_us, last + 1))
  call('SET', P .. 'fence', token)
  return token
end

-- Milliseconds until the first of a sorted set by time is due, or -1: nothing waits there.
local function until_first(key)
  local first = call('ZRANGE', P .. key, 0, 0, 'WITHSCORES')
  return first[2] and math.max(0, math.ceil(tonumber(first[2]) - now)) or -1
end
