-- epoch.lua   Redis is another than before: tokens jump. Sent before the first claim on every new connection.
-- KEYS[1] prefix
-- ARGV run id
-- Returns 'same' or 'bumped'.
-- Why 60 s: a Redis that restarted or failed over may have lost the last tokens it gave; the next must still be larger.
-- Uses: base, clock
-- Flags: allow-oom
if call('GET', P .. 'run') == ARGV[1] then
  return 'same'
end
local last = last_token() or 0
call('SET', P .. 'fence', text(math.max(now_us, last) + 60000000))
call('SET', P .. 'run', ARGV[1])
return 'bumped'
