-- What belongs beside a job in its place. Nothing here moves a job but one that cannot run, and one whose resource is free.

local function holds(job, resource)
  return resource ~= '' and call('HGET', P .. 'locks', resource) == job.id
end

-- Attempt and record name two resources. What runs was claimed with the one that the job holds; if that says nothing, the
-- attempt is believed: it must not lose its resource while it runs.
local function mend_resource(job, a)
  if holds(job, job.resource) and not holds(job, a.resource) then
    call('HSET', P .. 'active', job.id, sub(job.active, 1, #job.active - #a.resource) .. job.resource)
    forget_runners()
    say('active-corrupt', 'active', job.id, 'resource ' .. a.resource .. ' -> ' .. job.resource)
    return
  end
  local stop = find(job.record, '\n', 1, true)
  job.record = a.resource .. (stop and sub(job.record, stop) or '\n' .. job.record)
  call('HSET', P .. 'jobs', job.id, job.record)
  say('active-corrupt', 'jobs', job.id, 'resource of the record ' .. job.resource .. ' -> ' .. a.resource)
  job.resource = a.resource
end

-- An active job without its lock takes it, unless a later attempt has the resource, or an unreadable one holds it.
local function may_take(job)
  local holder, runner = call('HGET', P .. 'locks', job.resource), runner_of(job.resource)
  local value = holder and call('HGET', P .. 'active', holder)
  if runner and runner ~= job.id then
    return false
  end
  return not value or runner and attempt_of(value) ~= nil
end

local function mend_active(job)
  local a = attempt_of(job.active)
  if not a then
    return  -- the sweep settles it, as lost
  end
  if a.resource ~= job.resource then
    mend_resource(job, a)
  end
  if job.resource ~= '' and not holds(job, job.resource) and may_take(job) then
    call('HSET', P .. 'locks', job.resource, job.id)
    say('lock-missing', 'locks', job.id, 'resource not held -> held')
  end
end

local function mend_blocked(job)
  if job.resource == '' then
    call('ZREM', P .. 'blocked', job.id)
    call('LPUSH', P .. 'pending', job.id)
    job.place = 'pending'
    say('waiter-missing', 'blocked', job.id, 'blocked without a resource -> pending')
    return
  end
  local line = 'blocked:' .. job.resource
  local score = redis.pcall('ZSCORE', P .. line, job.id)
  if type(score) == 'table' then
    return  -- of another type: moved aside first
  end
  if not score then
    call('ZADD', P .. line, '0', job.id)
    say('waiter-missing', line, job.id, 'in no line -> first in line')
  end
  if not call('HGET', P .. 'locks', job.resource) then
    local holder = hand_over(job.resource)
    job.place = holder == job.id and 'pending' or job.place
    if holder then
      say('waiter-unlocked', 'locks', job.id, 'resource free while jobs wait -> held by ' .. holder)
    end
  end
end

local function mend_scheduled(job)
  local at = tonumber(job.scheduled)
  if not at or at > now + kFar then
    call('ZADD', P .. 'scheduled', text(now), job.id)
    say('due-garbage', 'scheduled', job.id, 'due at ' .. job.scheduled .. ' -> now')
  end
end

local function mend_ended(job)
  local at = tonumber(job.done or '0')
  if job.place == 'done' and job.done and (not at or at > now + kFar) then
    call('ZADD', P .. 'done', text(now + 3600000), job.id)
    say('due-garbage', 'done', job.id, 'kept until ' .. job.done .. ' -> for an hour')
  end
  if not job.outcomes then
    local attempts = job.r and job.r.attempts or 0
    local why = error_now(attempts, 'corrupt', 'the outcome was lost', '')
    local failed = job.place == 'failed'
    call('HSET', P .. 'outcomes', job.id, outcome(job.place, text(attempts), 'null', failed and '"corrupt"' or 'null', ended_now(),
      add_error(job.errors or '', why)))
    say('outcome-missing', 'outcomes', job.id, 'no outcome -> one that says that it was lost')
  end
  if job.errors then
    call('HDEL', P .. 'errors', job.id)
    say('errors-leak', 'errors', job.id, 'errors between attempts of a job that has ended -> taken out')
  end
end

-- Empty, or why it cannot run.
local function flaw_of(job)
  if not job.r then
    return 'record-corrupt', 'its record cannot be read'
  elseif not job.params and job.r.params == '' then
    return 'params-missing', 'its parameters were lost'
  end
end

local function end_corrupt(job, check, why)
  leave(job, job.place)
  will_end_corrupt(job.id, job.record, job.r and job.r.attempts or 0, job.errors, why)
  write_plan()
  call('HDEL', P .. 'errors', job.id)
  if job.resource ~= '' and call('HGET', P .. 'locks', job.resource) == job.id then
    hand_over(job.resource)
  end
  say(check, 'jobs', job.id, job.place .. ', but ' .. why .. ' -> failed as corrupt')
  job.place = 'failed'
end

-- Requires: mend_place() before.
local function mend_there(job)
  local check, why = flaw_of(job)
  if job.place == 'active' then
    mend_active(job)
  elseif job.place == 'failed' or job.place == 'done' then
    mend_ended(job)
    return
  elseif check then
    if job.place ~= 'pending' or job.copies then
      end_corrupt(job, check, why)
    end
    return
  elseif job.place == 'blocked' then
    mend_blocked(job)
  elseif job.place == 'scheduled' then
    mend_scheduled(job)
  end
  if job.outcomes and (job.place ~= 'pending' or job.copies) then
    call('HDEL', P .. 'outcomes', job.id)
    say('outcome-leak', 'outcomes', job.id, 'an outcome of a job that has not ended -> taken out')
  end
end

local function mend_beside(job)
  if job.place ~= 'active' and call('ZREM', P .. 'leases', job.id) == 1 then
    say('lease-leak', 'leases', job.id, 'a lease of a job that is not active -> taken out')
  end
  if job.place ~= 'active' and job.cancels then
    call('HDEL', P .. 'cancels', job.id)
    say('cancel-leak', 'cancels', job.id, 'a request to stop a job that is not active -> taken out')
  end
  if job.params and (not job.record or job.r and job.r.params ~= '') then
    call('HDEL', P .. 'params', job.id)
    say('params-leak', 'params', job.id, 'parameters that no record names -> taken out')
  end
  if not job.record and job.errors then
    call('HDEL', P .. 'errors', job.id)
    say('errors-leak', 'errors', job.id, 'errors of no job -> taken out')
  end
  if not job.record and job.outcomes and not match(job.outcomes, '^{"state":"rejected"') then
    call('HDEL', P .. 'outcomes', job.id)
    say('outcome-leak', 'outcomes', job.id, 'an outcome of no job -> taken out')
  end
  mend_log(job)
end
