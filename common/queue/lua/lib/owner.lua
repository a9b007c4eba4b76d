-- Who runs with a resource, asked of `active` itself: for locks that say nothing, before they are handed on. Rare, and the whole
-- hash, so at most kMostSearched attempts.
local kMostSearched = 20000
local runners

-- `active` has been written.
local function forget_runners()
  runners = nil
end

-- id and token, by resource, of the latest attempt that names it; where its value cannot be read its record speaks for it.
-- hidden: there may be others, with nobody knows which resource.
local function find_runners()
  runners = {id = {}, token = {}, hidden = call('HLEN', P .. 'active') > kMostSearched}
  local cursor = runners.hidden and '' or '0'
  while cursor ~= '' do
    local page = call('HSCAN', P .. 'active', cursor, 'COUNT', 1000)
    cursor = page[1] ~= '0' and page[1] or ''
    for i = 1, #page[2], 2 do
      local id, value = page[2][i], page[2][i + 1]
      local token, resource = match(value, '^(%d+) %S+ [01]@?%d* %S+ %S+ %S+ %S+ (.*)$')
      if not token then
        local record = call('HGET', P .. 'jobs', id) or ''
        token, resource = '0', resource_of(record)
        runners.hidden = runners.hidden or not find(record, '\n', 1, true)
      end
      if resource ~= '' and is_later(token, id, runners.token[resource], runners.id[resource]) then
        runners.id[resource], runners.token[resource] = id, token
      end
    end
  end
  return runners
end

local function runner_of(resource)
  return (runners or find_runners()).id[resource]
end

-- A resource that is held by nobody, or by one that cannot hold it, goes to who runs with it, else to the first in line, else it
-- is open. Returns who holds it now; false where that cannot be known, and nothing has changed.
local function hand_over(resource)
  local runner = runner_of(resource)
  if runner then
    call('HSET', P .. 'locks', resource, runner)
    return runner
  elseif runners.hidden then
    return false
  end
  return pass_on({resource}, true)[1]
end
