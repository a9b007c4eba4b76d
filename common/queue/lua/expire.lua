-- expire.lua   done -> gone, for those whose keep is over; while Redis is under pressure, for the first to expire at all.
-- KEYS[1] prefix
-- ARGV limit
-- Returns {removed, ms until the next is due, or -1}.
-- Why under pressure: a Redis near its memory limit that still keeps results is fuller after draining than before.
-- Uses: base, sound, clock, plan, outcome, drop, kept
-- Flags: allow-oom
local limit = math.min(tonumber(ARGV[1]) or 100, 1000)
local removed
if call('EXISTS', P .. 'pressure') == 1 then
  removed = trim(limit)
else
  local over = call('ZRANGEBYSCORE', P .. 'done', '-inf', text(now), 'LIMIT', 0, limit)
  if #over > 0 then
    need_drop()
    sound()
    call('ZREM', P .. 'done', unpack(over))
  end
  unweigh(over)
  drop(over)
  removed = #over
end
write_counters()
return {removed, until_first('done')}
