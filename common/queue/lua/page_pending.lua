-- page_pending.lua   the entries of pending behind one that was seen, from the head on. Sent like page.lua.
-- KEYS[1] prefix
-- ARGV n, id of an entry seen that had no dead copy ('': none), where it stood, how many behind it were seen as well
-- Returns {where the page begins or -1, ids, for each whether it has dead copies (0 or 1), reserved}. reserved only with the last
-- page, whole. -1: the entry is so deep that it was not looked for.
-- Why it is found again: entries come at the head and are taken at the tail, so it only ever moves deeper, and if it is gone so
-- is all behind it. What is given back at the tail has moved.
-- Uses: base
-- Flags: no-writes,allow-oom
local kNear, kDeepest = 1000, 1000000
local n, id, index, plus = math.min(tonumber(ARGV[1]) or 100, 1000), ARGV[2], tonumber(ARGV[3]) or 0, tonumber(ARGV[4]) or 0
local key, length, from = P .. 'pending', call('LLEN', P .. 'pending'), plus
-- Where it stood, and near it, first: a reader of many pages must not search from the head for each. Copies that it has got
-- since stand nearer the head.
local function place_of_entry()
  local copied = call('HEXISTS', P .. 'ghosts', id) == 1
  if not copied and call('LINDEX', key, text(index)) == id then
    return index
  end
  local near = copied and {} or call('LRANGE', key, text(index), text(index + kNear - 1))
  for i = 1, #near do
    if near[i] == id then
      return index + i - 1
    end
  end
  local found = call('LPOS', key, id, 'COUNT', copied and 0 or 1, 'MAXLEN', kDeepest)
  return found[#found]
end
if id ~= '' then
  local at = place_of_entry()
  if not at and length > kDeepest then
    return {-1, {}, {}, {}}
  end
  from = at and at + 1 + plus or length
end
local ids = call('LRANGE', key, text(from), text(from + n - 1))
local ghosts = #ids > 0 and call('EXISTS', P .. 'ghosts') == 1 and call('HMGET', P .. 'ghosts', unpack(ids))
local dead = {}
for i = 1, #ids do
  dead[i] = ghosts and ghosts[i] and 1 or 0
end
return {from, ids, dead, #ids < n and call('LRANGE', P .. 'reserved', 0, -1) or {}}
