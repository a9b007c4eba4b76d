-- epoch.lua   Redis is another than before: tokens jump. Sent before the first claim on every new connection.
-- KEYS[1] prefix
-- ARGV run id, largest token that the caller has seen (absent: none)
-- Returns 'same' or 'bumped'.
-- Why 60 s: a Redis that restarted or failed over may have lost the last tokens it gave; the next must still be larger. One
-- that lost them all has only its clock, what runs and the callers' memories to tell how far they were.
-- Uses: base, clock, token
-- Flags: allow-oom
local last, seen = last_token() or largest_running(), token_of(ARGV[2] or '') or 0
if call('GET', P .. 'run') == ARGV[1] and seen <= last then
  return 'same'
end
call('SET', P .. 'fence', text(math.max(now_us, last, seen) + 60000000))
call('SET', P .. 'run', ARGV[1])
return 'bumped'
