-- What every script begins with: the queue's prefix and short names. A batch that unpack could not carry is refused here,
-- before the first write: Redis does not roll a script back that fails half way.
local P, call, match, find, sub = KEYS[1], redis.call, string.match, string.find, string.sub
if #ARGV > 4096 then
  return redis.error_reply('ERR a batch is at most 100 jobs')
end
-- Never `n .. ''`: Lua writes large numbers with 14 digits.
local function text(n)
  return string.format('%.0f', n)
end
