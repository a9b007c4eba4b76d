-- relock.lua   a lock whose holder cannot hold it, or that nobody holds though jobs wait, goes to the attempt that runs with the
-- resource, else to the first in line (blocked -> pending, as next holder); who stands in a line and does not wait there leaves it.
-- Sent by the doctor, and by daemons.
-- KEYS[1] prefix
-- ARGV groups of 2: resource, id in its line ('' only the lock); 50 at most
-- Returns flat: resource, id (holder or stranger), what it is now, for those that were wrong.
-- Why it is safe at any time: whether it is wrong is judged here, at the moment of the repair.
-- Why an active job holds what its attempt or its record names: one of them may be damaged, and two attempts of one resource are
-- worse than a resource that is free later.
-- Uses: base, sound, attempt, record, heirs, lock, later, owner
-- Flags: allow-oom
need('jobs', 'active', 'scheduled', 'failed', 'done')
sound('locks', 'blocked', 'pending')
local reply = {}
local function report(resource, id, now_is)
  reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = resource, id, now_is
end
local function may_hold(id, resource)
  local record, value = call('HGET', P .. 'jobs', id), call('HGET', P .. 'active', id)
  local a = value and attempt_of(value)
  if value and (not a or a.resource == resource) then
    return true
  end
  if not record or resource_of(record) ~= resource then
    return false
  end
  if value then
    return true
  end
  for _, place in ipairs({'scheduled', 'blocked', 'failed', 'done'}) do
    if call('ZSCORE', P .. place, id) then
      return false
    end
  end
  return true
end
local function check_lock(resource)
  local holder = call('HGET', P .. 'locks', resource)
  local someone_waits = redis.pcall('ZCARD', P .. 'blocked:' .. resource)
  if holder and not may_hold(holder, resource) or not holder and type(someone_waits) == 'number' and someone_waits > 0 then
    local now_holds = hand_over(resource)
    if now_holds or holder and now_holds ~= false then
      report(resource, holder or now_holds, now_holds and 'held by ' .. now_holds or 'free')
    end
  end
end
for i = 1, #ARGV - 1, 2 do
  local resource, id = ARGV[i], ARGV[i + 1]
  local record = id ~= '' and call('HGET', P .. 'jobs', id)
  local waits = record and resource_of(record) == resource and call('ZSCORE', P .. 'blocked', id)
  if id ~= '' and not waits and redis.pcall('ZREM', P .. 'blocked:' .. resource, id) == 1 then
    report(resource, id, 'not in line')
  end
  check_lock(resource)
end
return reply
