-- sweep.lua   active -> pending, scheduled, failed: attempts whose holder is gone. Sent by any daemon for what it has itself seen
-- unchanged for a whole lease on its own monotonic clock.
-- KEYS[1] prefix
-- ARGV jitter, keep ms of cancelled jobs, then groups of 3: id, value in active, mark in leases ('' none), as they were seen
-- Returns flat: id and its new place, for those that were settled.
-- Why value and mark are compared again: a renewal or an end since then means that somebody lives. No clock decides a death.
-- Uses: base, sound, clock, plan, heirs, lock, attempt, record, outcome, drop, kept, settle, leave, give_back
-- Flags: allow-oom
local jitter, keep, ids, seen = tonumber(ARGV[1]) or 0, tonumber(ARGV[2]) or 0, {}, {}
for i = 3, #ARGV - 2, 3 do
  ids[#ids + 1] = ARGV[i]
end
if #ids == 0 then
  return {}
end
local function ask(command, side)
  return call('EXISTS', P .. side) == 1 and call(command, P .. side, unpack(ids)) or {}
end
local values, marks, records = ask('HMGET', 'active'), ask('ZMSCORE', 'leases'), ask('HMGET', 'jobs')
local cancels, errors, reply, swept, flags = ask('HMGET', 'cancels'), ask('HMGET', 'errors'), {}, {}, {}
local function job_of(i)
  local record, a = records[i], attempt_of(values[i])
  local r = record and cut_record(record)
  a = a or {worker = '', started = true, resource = record and resource_of(record) or ''}
  local function limit(name, built_in)
    return tonumber(a[name]) or r and r[name] or built_in
  end
  local attempts = r and r.attempts or 0
  return {id = ids[i], record = record, resource = a.resource, worker = a.worker, kind = 'lost', keep = keep,
    body = error_now(attempts + 1, 'lost', 'no heartbeat for a whole lease', a.worker), times = ended_now(),
    attempt = attempts + 1, retries = limit('retries', 0), crash_limit = limit('crash_limit', 3),
    backoff = limit('backoff', 1000), flag = cancels[i], errors = errors[i]}, a.started
end
local function same_mark(mark, was)
  return tonumber(mark or -1) == (tonumber(was) or -1)
end
for i, id in ipairs(ids) do
  if values[i] and values[i] == ARGV[3 * i + 1] and same_mark(marks[i], ARGV[3 * i + 2]) and not seen[id] then
    seen[id] = true
    local job, started = job_of(i)
    local u = (jitter + i * 0.618034) % 1
    swept[#swept + 1], flags[#swept + 1] = id, cancels[i]
    reply[#reply + 1], reply[#reply + 2] = id, started and settle(job, u) or give_back(job, true, 0)
  end
end
sound('active', 'leases')
leave_active(swept, flags)
write_settled()
write_back()
write_counters()
return reply
