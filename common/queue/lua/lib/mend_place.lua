-- Where a damaged job belongs. A job here: id, record, r (cut; empty if it cannot be read), resource, active, the scores of its
-- places, copies and dead ones (copies empty: not counted), what stands beside it; place, once it is decided.
local kZsets = {'scheduled', 'blocked', 'failed', 'done'}
local kOfState = {failed = 'failed', done = 'done', cancelled = 'done'}

local function surplus()
  local n = call('HLEN', P .. 'jobs') + (tonumber(call('HGET', P .. 'stats', 'ghosts') or '') or 0) + (counters.ghosts or 0)
  for name, command in pairs({pending = 'LLEN', reserved = 'LLEN', active = 'HLEN', scheduled = 'ZCARD', blocked = 'ZCARD',
    failed = 'ZCARD', done = 'ZCARD'}) do
    n = n - call(command, P .. name)
  end
  return n
end

-- A number that was counted over a time is true if the totals are wrong in the same direction.
local function copies_of(job, counted, longest)
  if call('LLEN', P .. 'pending') + call('LLEN', P .. 'reserved') <= longest then
    return #call('LPOS', P .. 'pending', job.id, 'COUNT', 0) + #call('LPOS', P .. 'reserved', job.id, 'COUNT', 0)
  end
  local n, expected = tonumber(counted), job.dead + (job.record and #job.tables == 0 and 1 or 0)
  local off = n and n ~= expected and surplus() or 0
  return (n and n < expected and off > 0 or n and n > expected and off < 0) and n or nil
end

local function see(id, counted, unreadable, longest)
  local job = {id = id, record = call('HGET', P .. 'jobs', id), active = call('HGET', P .. 'active', id), tables = {}}
  job.r = job.record and job.record ~= unreadable and cut_record(job.record) or nil
  job.resource = job.record and resource_of(job.record) or ''
  if job.active then
    job.tables[1] = 'active'
  end
  for _, name in ipairs(kZsets) do
    job[name] = call('ZSCORE', P .. name, id)
    job.tables[#job.tables + 1] = job[name] and name or nil
  end
  for _, name in ipairs({'cancels', 'errors', 'outcomes', 'logs', 'ghosts'}) do
    job[name] = call('HGET', P .. name, id)
  end
  job.params = call('HEXISTS', P .. 'params', id) == 1
  job.dead = match(job.ghosts or '', '^[1-9]%d?%d?%d?%d?$') and tonumber(job.ghosts) or 0
  job.copies = copies_of(job, counted, longest)
  if job.ghosts and job.dead == 0 then
    call('HDEL', P .. 'ghosts', id)
    say('copies', 'ghosts', id, 'garbage in ghosts -> none')
  end
  return job
end

local function set_dead(job, n)
  count('ghosts', n - job.dead)
  job.dead = n
  if n > 0 then
    call('HSET', P .. 'ghosts', job.id, text(n))
  else
    call('HDEL', P .. 'ghosts', job.id)
  end
end

-- Copies that stand for a job; 0 where nobody has counted.
local function living(job)
  return job.copies and job.copies - job.dead or 0
end

-- An id without a record that is still somewhere gets one that says so. Returns how many of its copies were dead ones.
local function mend_record(job, lost_ghosts)
  if living(job) < 0 then
    set_dead(job, job.copies)
    say('copies', 'ghosts', job.id, 'more ghosts than copies -> ' .. text(job.dead))
  end
  if job.record or #job.tables == 0 and living(job) <= 0 then
    return 0
  end
  local dead = living(job)
  if #job.tables == 0 and dead <= lost_ghosts then
    set_dead(job, job.copies)
    say('copies', 'ghosts', job.id, 'a copy of a job that was deleted -> counted in ghosts')
    return dead
  end
  local a = job.active and attempt_of(job.active)
  job.resource = a and a.resource or ''
  job.record = lost_record(job.resource)
  call('HSET', P .. 'jobs', job.id, job.record)
  say('id-unknown', job.tables[1] or 'pending', job.id, 'no record -> one that says that it was lost')
  return 0
end

-- Where a job belongs that is in no place and has not ended. If it was active, its attempt runs until its next heartbeat is
-- refused: so it waits for a lease, and what it may hold is given to nobody meanwhile. What runs with its resource holds it.
local kLease = 30000
local function resting_place(job)
  local holder = job.resource ~= '' and call('HGET', P .. 'locks', job.resource)
  local may_hold = holder == job.id or job.resource ~= '' and not holder and call('ZSCORE', P .. 'leases', job.id)
  return may_hold and not runner_of(job.resource) and 'active' or 'scheduled'
end

-- An attempt of nobody holds the resource until the sweep gives it back.
local function enter(job, place)
  if place == 'active' then
    job.active = next_token() .. ' nobody 0@' .. text(now) .. ' ' .. text(kLease) .. ' - - - ' .. job.resource
    call('HSET', P .. 'active', job.id, job.active)
    forget_runners()
  else
    local after = {done = 3600000, failed = 0, scheduled = kLease}
    job[place] = text(now + after[place])
    call('ZADD', P .. place, job[place], job.id)
  end
end

local function leave(job, place)
  if place == 'pending' then
    set_dead(job, job.copies or job.dead)
  else
    call('ZREM', P .. place, job.id)
    if place == 'blocked' then
      redis.pcall('ZREM', P .. 'blocked:' .. job.resource, job.id)
    end
  end
end

local function choose(job, places)
  local ended = kOfState[match(job.outcomes or '', '^{"state":"(%a+)"') or '']
  if #places == 0 then
    return ended or resting_place(job)
  end
  for _, place in ipairs({'active', ended or 'pending', 'pending', 'blocked', 'scheduled', 'failed', 'done'}) do
    for _, one in ipairs(places) do
      if one == place then
        return place
      end
    end
  end
end

-- Requires: a record.
local function mend_place(job)
  local places = {unpack(job.tables)}
  if living(job) > 0 or not job.copies and #places == 0 then
    places[#places + 1] = 'pending'
  end
  job.place = choose(job, places)
  if #places == 0 then
    enter(job, job.place)
    say('id-nowhere', 'jobs', job.id, 'in no place -> ' .. job.place)
  end
  for _, place in ipairs(places) do
    if place ~= job.place then
      leave(job, place)
      say('id-twice', place, job.id, 'in ' .. place .. ' and in ' .. job.place .. ' -> only ' .. job.place)
    end
  end
  if job.place == 'pending' and living(job) > 1 then
    set_dead(job, job.copies - 1)
    say('copies', 'ghosts', job.id, 'copies that nobody expects -> counted in ghosts')
  end
end
