-- Which attempts of a batch are still the caller's: those whose token is the current one. The batch is groups of `step`
-- words of `args` from the first on, id and token first.
local mine, held, at, answers = {}, {}, {}, {}
local slots = {}

-- Fills mine (ids), held (attempts), at (where the group begins in args); answers says 'lost_lease' for every group.
local function find_ours(args, first, step)
  local ids, seen = {}, {}
  for i = first, #args - step + 1, step do
    ids[#ids + 1], answers[#ids + 1] = args[i], 'lost_lease'
  end
  local values = #ids > 0 and call('HMGET', P .. 'active', unpack(ids)) or {}
  for slot, id in ipairs(ids) do
    local a, i = values[slot] and attempt_of(values[slot]), first + (slot - 1) * step
    if a and a.token == args[i + 1] and not seen[id] then
      seen[id] = true
      local k = #mine + 1
      mine[k], held[k], at[k], slots[k] = id, a, i, slot
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
