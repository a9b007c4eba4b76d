-- promote.lua   scheduled -> pending, for those whose time has come. Sent by any daemon, at the time the last one told.
-- KEYS[1] prefix
-- ARGV limit
-- Returns {moved, ms until the next is due, or -1}.
-- Why the head: a job that waited for its time goes to the end of the line, behind those submitted meanwhile.
-- Uses: base, sound, clock
-- Flags: allow-oom
local limit = math.min(tonumber(ARGV[1]) or 100, 1000)
local due = call('ZRANGEBYSCORE', P .. 'scheduled', '-inf', text(now), 'LIMIT', 0, limit)
if #due > 0 then
  sound('pending')
  call('ZREM', P .. 'scheduled', unpack(due))
  call('LPUSH', P .. 'pending', unpack(due))
end
return {#due, until_first('scheduled')}
