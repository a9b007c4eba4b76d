-- Resources: each is held by at most one job, `locks` says by which; the others wait in `blocked:<resource>`.
local freed, freed_by = {}, {}

-- The job lets go of its resource when hand_on() is called.
local function will_free(resource, id)
  if resource ~= '' then
    freed[#freed + 1] = resource
    freed_by[#freed_by + 1] = id
    wanted.locks, wanted.blocked, wanted.pending = true, true, true
  end
end

-- A line of another type is an empty one.
local function first_in_line(resource)
  while true do
    local popped = redis.pcall('ZPOPMIN', P .. 'blocked:' .. resource)
    if not popped[1] or call('ZREM', P .. 'blocked', popped[1]) == 1 then
      return popped[1]
    end
  end
end

-- Whoever held it: the resource goes to the first in line, or is open. Returns the heir, if there is one. See hand_over().
local function pass(resource)
  local heir = first_in_line(resource)
  if heir then
    call('HSET', P .. 'locks', resource, heir)
    call('RPUSH', P .. 'pending', heir)
  else
    call('HDEL', P .. 'locks', resource)
  end
  return heir
end

-- Each lock freed goes to the first in line, who goes to the tail of pending as its next holder: so no stream of new jobs
-- can overtake it. With nobody in line it is open. A lock that the job did not hold stays.
local function hand_on()
  if #freed == 0 then
    return
  end
  local holders = call('HMGET', P .. 'locks', unpack(freed))
  local someone_waits = has('blocked')
  local open, taken, heirs = {}, {}, {}
  for i = 1, #freed do
    if holders[i] == freed_by[i] then
      local heir = someone_waits and first_in_line(freed[i])
      if heir then
        taken[#taken + 1], taken[#taken + 2] = freed[i], heir
        heirs[#heirs + 1] = heir
      else
        open[#open + 1] = freed[i]
      end
    end
  end
  if #open > 0 then
    call('HDEL', P .. 'locks', unpack(open))
  end
  if #heirs > 0 then
    call('HSET', P .. 'locks', unpack(taken))
    call('RPUSH', P .. 'pending', unpack(heirs))
  end
end
