-- Resources: each is held by at most one job, `locks` says by which; the others wait in `blocked:<resource>`. Needs heirs.
local freed, freed_by = {}, {}

-- The job lets go of its resource when hand_on() is called.
local function will_free(resource, id)
  if resource ~= '' then
    freed[#freed + 1] = resource
    freed_by[#freed_by + 1] = id
    wanted.locks, wanted.blocked, wanted.pending = true, true, true
  end
end

-- What they held is passed on. A lock that the job did not hold stays.
local function hand_on()
  if #freed == 0 then
    return
  end
  local holders, theirs = call('HMGET', P .. 'locks', unpack(freed)), {}
  for i = 1, #freed do
    if holders[i] == freed_by[i] then
      theirs[#theirs + 1] = freed[i]
    end
  end
  pass_on(theirs, has('blocked'))
end
