-- Redis' time, read once a script. No host's clock comes in here.
local clock = redis.call('TIME')
local now_us = clock[1] * 1000000 + clock[2]
local now = math.floor(now_us / 1000)
-- ms: no job may be due or kept so far ahead, ten years are the limit.
local kFar = 320000000000

-- Milliseconds until the first of a sorted set by time is due, or -1: nothing waits there.
local function until_first(key)
  local first = call('ZRANGE', P .. key, 0, 0, 'WITHSCORES')
  return first[2] and math.max(0, math.ceil(tonumber(first[2]) - now)) or -1
end
