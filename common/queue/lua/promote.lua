-- promote.lua   scheduled -> pending, for those whose time has come; reserved -> pending. Sent by any daemon, at the time the last
-- one told, and once a second.
-- KEYS[1] prefix
-- ARGV limit
-- Returns {moved, ms until it is to be sent again, or -1: nothing is due}.
-- Why the head: a job that waited for its time goes to the end of the line, behind those submitted meanwhile.
-- Why reserved: who was served may be dead, stopped or cut off; the others would sleep until their own waits are over. Whoever is
-- about to claim finds it in pending just as well.
-- Why soon again after that: Redis serves first who has waited longest, and that may be another who is dead.
-- Why it asks first whether there is anything: mostly there is not, and it comes once a second.
-- Uses: base, nothing_due, sound, clock, reserved
-- Flags: allow-oom
local kAgain = 50
local limit = math.min(tonumber(ARGV[1]) or 100, 1000)
local gave = call('EXISTS', P .. 'reserved') == 1
if gave then
  give_back_reserved()
end
local due = call('ZRANGEBYSCORE', P .. 'scheduled', '-inf', text(now), 'LIMIT', 0, limit)
if #due > 0 then
  sound('pending')
  call('ZREM', P .. 'scheduled', unpack(due))
  call('LPUSH', P .. 'pending', unpack(due))
end
local wait = until_first('scheduled')
return {#due, gave and (wait < 0 or wait > kAgain) and kAgain or wait}
