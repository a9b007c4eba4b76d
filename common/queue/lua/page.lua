-- page.lua   the jobs of a sorted place behind one that was seen, newest first. Sent by `job list` and whoever lists jobs.
-- KEYS[1] prefix
-- ARGV place, n, score and id of the last one seen (id '': from the first)
-- Returns {id, score, id, score, ...}, n of them at most.
-- Why not a rank: jobs that come and go in front shift it. The one seen may be gone: what counts is where it would stand.
-- Uses: base
-- Flags: no-writes,allow-oom
local key, n, score, id, byte = P .. ARGV[1], math.min(tonumber(ARGV[2]) or 100, 1000), ARGV[3], ARGV[4], string.byte
-- As Redis orders ids of one score; Lua's own < follows the server's locale.
local function stands_before(a, b)
  for i = 1, math.min(#a, #b) do
    if byte(a, i) ~= byte(b, i) then
      return byte(a, i) < byte(b, i)
    end
  end
  return #a < #b
end
local low, high = 0, 0
if id ~= '' then
  low, high = call('ZCOUNT', key, '(' .. score, '+inf'), call('ZCOUNT', key, score, '+inf')
end
while low < high do
  local middle = math.floor((low + high) / 2)
  if stands_before(call('ZRANGE', key, middle, middle, 'REV')[1], id) then
    high = middle
  else
    low = middle + 1
  end
end
return call('ZRANGE', key, text(low), text(low + n - 1), 'REV', 'WITHSCORES')
