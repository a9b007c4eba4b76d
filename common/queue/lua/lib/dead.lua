-- Dead copies at the tail of the lists, which cancel and delete have left, are taken beside the n that a claim asks for: whoever has room
-- for one job would need a claim for each of them. In steps, the first a short one, since mostly there are none; and bounded.
local kStep, kMost = 200, 1001

-- How many of the last of a list are dead, up to the first that is not. left: id -> its dead copies that were not met yet.
local function dead_run(list, most, left)
  local ids, n = call('LRANGE', P .. list, -most, -1), 0
  local counts = #ids > 0 and call('HMGET', P .. 'ghosts', unpack(ids)) or {}
  for i = #ids, 1, -1 do
    local dead = left[ids[i]] or tonumber(counts[i] or 0) or 0
    if dead <= 0 then
      break
    end
    left[ids[i]], n = dead - 1, n + 1
  end
  return n
end

-- Adds them to ids, as take does. Returns how many, and whether there may be more.
local function take_dead(ids)
  local left, before, room = {}, #ids, kMost
  for _, list in ipairs(call('EXISTS', P .. 'ghosts') == 1 and {'reserved', 'pending'} or {}) do
    local full, step = true, 1
    while full and room > 0 do
      local n = dead_run(list, step, left)
      for _, id in ipairs(n > 0 and call('RPOP', P .. list, n) or {}) do
        ids[#ids + 1] = id
      end
      room = room - n
      full, step = n == step, math.min(kStep, room)
    end
    if full or call('EXISTS', P .. list) == 1 then
      return #ids - before, full
    end
  end
  return #ids - before, false
end
