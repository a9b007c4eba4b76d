-- Which attempts of a batch are still the caller's: those whose token is the current one. The batch is groups of `step`
-- words of `args` from the first on, id and token first.
local mine, held, at, slots, answers = {}, {}, {}, {}, {}

-- Fills mine (ids), held (attempts), at (where the group begins in args), slots (its number); answers says 'lost_lease' for
-- every group.
local function find_ours(args, first, step)
  local ids, seen, n, k = {}, {}, 0, 0
  for i = first, #args - step + 1, step do
    n = n + 1
    ids[n], answers[n] = args[i], 'lost_lease'
  end
  local values = n > 0 and call('HMGET', P .. 'active', unpack(ids)) or {}
  for slot = 1, n do
    local id, value, i = ids[slot], values[slot], first + (slot - 1) * step
    local a = value and (cut[value] or attempt_of(value))
    if a and a.token == args[i + 1] and not seen[id] then
      k = k + 1
      seen[id], mine[k], held[k], at[k], slots[k] = true, id, a, i, slot
    end
  end
end

-- What a side table says of each of `mine`; nothing is asked while it does not exist.
local function beside(side)
  if #mine == 0 or call('EXISTS', P .. side) == 0 then
    return {}
  end
  return call('HMGET', P .. side, unpack(mine))
end
