-- Whether running attempts still hold their resources. They do, unless `locks` was damaged: then what nobody else runs with is
-- held again, and of two attempts of one resource the earlier must stop.

-- Who holds it, if that is a later attempt of the same resource.
local function later_holder(resource, holder, id, token)
  local value = holder and call('HGET', P .. 'active', holder)
  local a = value and attempt_of(value)
  return a and a.resource == resource and is_later(a.token, holder, token, id)
end

-- Of `mine`: number -> 'taken' (another has its resource) or 'locked' (it holds it again); nothing for those in order.
local function check_held()
  local resources, numbers, words, now_is = {}, {}, {}, {}
  for k = 1, #mine do
    if held[k].resource ~= '' then
      resources[#resources + 1], numbers[#numbers + 1] = held[k].resource, k
    end
  end
  local holders = #resources > 0 and call('HMGET', P .. 'locks', unpack(resources)) or {}
  for i, k in ipairs(numbers) do
    local resource, id = resources[i], mine[k]
    local before = now_is[resource]
    local holder = before and mine[before] or holders[i]
    if holder ~= id and later_holder(resource, holder, id, held[k].token) then
      words[k] = 'taken'
    else
      if holder ~= id then
        will('HSET', 'locks', resource, id)
        words[k] = 'locked'
        if before then
          words[before] = 'taken'
        end
      end
      now_is[resource] = k
    end
  end
  return words
end
