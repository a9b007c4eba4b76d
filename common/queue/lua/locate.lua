-- locate.lua   where jobs are. Sent by whoever waits for them.
-- KEYS[1] prefix
-- ARGV ids
-- Returns a place each, or 'none'.
-- Why not the outcomes: a job that is deleted, or whose keep is over, has none.
-- Uses: base, place
-- Flags: no-writes,allow-oom
local ids, found = {unpack(ARGV)}, nil
found = places(ids)
for i, id in ipairs(ids) do
  if call('HEXISTS', P .. 'jobs', id) == 0 then
    found[i] = 'none'
  end
end
return found
