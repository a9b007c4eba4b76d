-- Redis' time, read once a script, and the fencing tokens made from it. No host's clock comes in here.
local clock = redis.call('TIME')
local now_us = clock[1] * 1000000 + clock[2]
local now = math.floor(now_us / 1000)

-- The next token: larger than every one before, whatever the clock does.
local function next_token()
  local last = tonumber(call('GET', P .. 'fence') or '0') or 0
  local token = text(math.max(now_us, last + 1))
  call('SET', P .. 'fence', token)
  return token
end

-- Milliseconds until the first of a sorted set by time is due, or -1: nothing waits there.
local function until_first(key)
  local first = call('ZRANGE', P .. key, 0, 0, 'WITHSCORES')
  return first[2] and math.max(0, math.ceil(tonumber(first[2]) - now)) or -1
end
