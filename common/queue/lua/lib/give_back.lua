-- An attempt that does not count: the job goes back to the tail of pending and keeps its lock as next holder, or the next in
-- line would overtake it. A loss is counted where nobody knows why it came back: a job that kills its host comes to an end.
local kMaxLosses = 10
local back = {}

-- job as in settle.lua, without what only a counted attempt has. Returns its new place.
local function give_back(job, is_loss, delay)
  job.times, job.keep, job.attempt = ended_now(), job.keep or 3600000, 0
  if job.flag then
    job.kind = 'cancelled'
    return settle(job, 0)
  end
  if is_loss or not job.record then
    local r = job.record and cut_record(job.record)
    job.kind = r and 'lost' or 'corrupt'
    local attempts = r and r.attempts or 0
    if not r or r.losses + 1 >= kMaxLosses then
      local why = r and 'given back 10 times without an end' or 'corrupt record'
      if not job.record then
        will('HSET', 'jobs', job.id, lost_record(job.resource))
      end
      return will_fail(job, attempts, add_error(job.errors, error_now(attempts, job.kind, why, job.worker)))
    end
    r.losses = r.losses + 1
    will('HSET', 'jobs', job.id, join_record(r))
  end
  if delay > 0 then
    will_free(job.resource, job.id)
    will('ZADD', 'scheduled', text(now + delay), job.id)
    return 'scheduled'
  end
  back[#back + 1] = job.id
  wanted.pending = true
  return 'pending'
end

-- The first given back is the next taken.
local function write_back()
  local reversed = {}
  for i = #back, 1, -1 do
    reversed[#reversed + 1] = back[i]
  end
  if #reversed > 0 then
    call('RPUSH', P .. 'pending', unpack(reversed))
  end
end
