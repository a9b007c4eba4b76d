-- totals.lua   how many jobs are where, and the counters. O(1).
-- KEYS[1] prefix
-- ARGV none
-- Returns flat: name, number.
-- Why one script: known + ghosts = pending + reserved + active + scheduled + blocked + failed + done holds at every moment.
-- Uses: base
-- Flags: no-writes,allow-oom
local reply = {'paused', call('EXISTS', P .. 'paused'), 'known', call('HLEN', P .. 'jobs'), 'active', call('HLEN', P .. 'active')}
for _, list in ipairs({'pending', 'reserved', 'inbox', 'rejected'}) do
  reply[#reply + 1], reply[#reply + 2] = list, call('LLEN', P .. list)
end
for _, set in ipairs({'scheduled', 'blocked', 'failed', 'done'}) do
  reply[#reply + 1], reply[#reply + 2] = set, call('ZCARD', P .. set)
end
local stats, counted = call('HGETALL', P .. 'stats'), {}
for i = 1, #reply, 2 do
  counted[reply[i]] = true
end
for i = 1, #stats, 2 do
  if not counted[stats[i]] then  -- no field that somebody added speaks for a place
    reply[#reply + 1], reply[#reply + 2] = stats[i], tonumber(stats[i + 1]) or 0
  end
end
return reply
