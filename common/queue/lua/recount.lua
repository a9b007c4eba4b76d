-- recount.lua   a sum in `stats` that is off by so much is put right. Sent by the doctor, which has counted.
-- KEYS[1] prefix
-- ARGV groups of 3: field, value that it had while it was counted ('' none), what it should have been
-- Returns how many were changed: one that has moved since is left alone, or the count would be old.
-- Why nothing else is compared: a sum that did not move while all was counted was wrong by that much.
-- Uses: base, sound
-- Flags: allow-oom
sound('stats')
local changed = 0
for i = 1, #ARGV - 2, 3 do
  if (call('HGET', P .. 'stats', ARGV[i]) or '') == ARGV[i + 1] then
    call('HSET', P .. 'stats', ARGV[i], ARGV[i + 2])
    changed = changed + 1
  end
end
return changed
