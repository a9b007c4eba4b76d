-- Who has a resource next.

-- A line of another type is an empty one.
local function first_in_line(resource)
  while true do
    local popped = redis.pcall('ZPOPMIN', P .. 'blocked:' .. resource)
    if not popped[1] or call('ZREM', P .. 'blocked', popped[1]) == 1 then
      return popped[1]
    end
  end
end

-- Whoever held them: each goes to the first in its line, who goes to the tail of pending as its next holder, so that no stream of new jobs
-- can overtake it. With nobody in line it is open. Returns the heirs.
local function pass_on(resources, someone_waits)
  local open, taken, heirs = {}, {}, {}
  for i = 1, #resources do
    local resource = resources[i]
    local heir = someone_waits and first_in_line(resource)
    if heir then
      taken[#taken + 1], taken[#taken + 2] = resource, heir
      heirs[#heirs + 1] = heir
    else
      open[#open + 1] = resource
    end
  end
  if #open > 0 then
    call('HDEL', P .. 'locks', unpack(open))
  end
  if #heirs > 0 then
    call('HSET', P .. 'locks', unpack(taken))
    call('RPUSH', P .. 'pending', unpack(heirs))
  end
  return heirs
end
