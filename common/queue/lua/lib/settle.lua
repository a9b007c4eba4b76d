-- How an attempt ends that did not succeed. A job here is {id, record (text), resource, worker, kind, body, times, keep, attempt,
-- retries, crash_limit, backoff, flag, errors}; what is not known is empty. Nothing is written before write_plan().
local kNotStarted = {['unknown-task'] = true, corrupt = true, cancelled = true}
local kFinal = {['unknown-task'] = true, corrupt = true}
local kLonger = 3600000
local gone = {}

local function will_go(job)
  will_free(job.resource, job.id)
  gone[#gone + 1] = job.id
  need_drop()
  return 'gone'
end

-- They have moved into the outcome.
local function will_forget_errors(job)
  if job.errors then
    will('HDEL', 'errors', job.id)
  end
end

-- Its end is not a failure, and not a success. What the job itself says goes over the caller's keep.
local function will_be_cancelled(job, attempts)
  local keep = job.record and own_keep(job.record) or job.keep
  if job.flag == 'delete' or keep <= 0 or call('EXISTS', P .. 'pressure') == 1 then
    return will_go(job)
  end
  will_free(job.resource, job.id)
  local said = outcome('cancelled', text(attempts), 'null', 'null', job.times, job.errors or '')
  will('HSET', 'outcomes', job.id, said)
  will('ZADD', 'done', text(now + keep), job.id)
  count('kept_bytes', #said + bytes_in('params', {job.id}))
  will_forget_errors(job)
  return 'done'
end

local function will_fail(job, attempts, errors)
  will_free(job.resource, job.id)
  will_forget_errors(job)
  will('HSET', 'outcomes', job.id, outcome('failed', text(attempts), 'null', '"' .. job.kind .. '"', job.times, errors))
  will('ZADD', 'failed', text(now), job.id)
  count('failures')
  return 'failed'
end

-- ms to wait before the attempt after the nth failed one; u in [0, 1) spreads them. See common/job/limits.h, Backoff.
local function backoff_ms(backoff, n, u)
  if backoff <= 0 then
    return -backoff
  end
  return math.min(kLonger, math.ceil(math.min(kLonger, backoff * 2 ^ (n - 1)) * (0.85 + 0.3 * u)))
end

local function will_retry(job, r, u)
  local wait = backoff_ms(job.backoff, r.attempts - r.since, u)
  will_free(job.resource, job.id)
  count('retried')
  if wait == 0 then
    will('LPUSH', 'pending', job.id)
    return 'pending'
  end
  will('ZADD', 'scheduled', text(now + wait), job.id)
  return 'scheduled'
end

-- An attempt that counts. Returns the job's new place.
local function settle(job, u)
  if not job.record then
    job.record = lost_record(job.resource)
    will('HSET', 'jobs', job.id, job.record)
  end
  local r = cut_record(job.record)
  local started = not kNotStarted[job.kind] or job.kind == 'cancelled' and find(job.times, '"started_at":"', 1, true)
  count('attempts', started and 1 or 0)
  if r and started then
    r.attempts = r.attempts + 1
  end
  local attempts = r and r.attempts or job.attempt
  if job.flag or job.kind == 'cancelled' then
    if r and started then
      will('HSET', 'jobs', job.id, join_record(r))
    end
    return will_be_cancelled(job, attempts)
  end
  local errors = add_error(job.errors, job.body)
  if job.kind == 'crash' or job.kind == 'lost' then
    count(job.kind == 'crash' and 'crashed' or 'lost')
    if r then
      r.crashes = r.crashes + 1
    end
  end
  if r and started then
    will('HSET', 'jobs', job.id, join_record(r))
  end
  if not r or kFinal[job.kind] or r.attempts - r.since > job.retries or r.crashes >= job.crash_limit then
    return will_fail(job, attempts, errors)
  end
  will('HSET', 'errors', job.id, errors)
  return will_retry(job, r, u)
end

-- The plan first: a job that is gone may have a record in it.
local function write_settled()
  write_plan()
  drop(gone)
  hand_on()
end
