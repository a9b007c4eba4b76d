-- finish.lua   active -> done or gone, scheduled, pending, failed. Sent by a worker for attempts that have ended, and by a
-- supervisor (seq 0: not remembered) for the one that a dead worker was running.
-- KEYS[1] prefix
-- ARGV worker, seq, jitter, keep_max, keep_bytes, then groups of 7: id, token, kind, limits, keep ms, body, times
-- Returns a place a job, or 'lost_lease': the attempt is another's or has been settled, and nothing changed.
-- Why seq: after a lost reply the identical batch comes again, and the worker must learn what it did, not 'lost_lease'.
-- Uses: base, clock, plan, lock, attempt, record, outcome, drop, kept, settle, ours, leave, memory
-- Flags: allow-oom
local worker, seq, jitter, keep_max, keep_bytes = unpack(ARGV, 1, 5)
local before = remembered(worker, seq, math.floor((#ARGV - 5) / 7))
if before then
  return before
end
find_ours(ARGV, 6, 7)
local flags, errors, pressed = beside('cancels'), beside('errors'), call('EXISTS', P .. 'pressure') == 1
local failing, failing_ids = {}, {}
for k = 1, #mine do
  local id, i, resource = mine[k], at[k], held[k].resource
  local keep = tonumber(ARGV[i + 4]) or 0
  if ARGV[i + 2] ~= 'ok' then
    failing[#failing + 1], failing_ids[#failing + 1] = k, id
  elseif keep <= 0 or pressed or flags[k] == 'delete' then
    gone[#gone + 1], answers[slots[k]] = id, 'gone'
  else
    will_be_done(id, keep, ARGV[i + 3], ARGV[i + 5], ARGV[i + 6], errors[k])
    answers[slots[k]] = 'done'
  end
  if resource ~= '' and ARGV[i + 2] == 'ok' then
    will_free(resource, id)
  end
end
count('attempts', #mine - #failing)
count('succeeded', #mine - #failing)
local records = #failing > 0 and call('HMGET', P .. 'jobs', unpack(failing_ids)) or {}
for f, k in ipairs(failing) do
  local i = at[k]
  local attempt, retries, crash_limit, backoff = match(ARGV[i + 3], '^(%d+) (%d+) (%d+) (%-?%d+)$')
  local job = {id = mine[k], record = records[f], resource = held[k].resource, worker = worker, kind = ARGV[i + 2],
    body = ARGV[i + 5], times = ARGV[i + 6], keep = tonumber(ARGV[i + 4]) or 0, attempt = tonumber(attempt) or 1,
    retries = tonumber(retries) or 0, crash_limit = tonumber(crash_limit) or 3, backoff = tonumber(backoff) or 1000,
    flag = flags[k], errors = errors[k]}
  answers[slots[k]] = settle(job, (jitter + f * 0.618034) % 1)
end
leave_active(mine, flags)
write_kept()
write_settled()
keep_within(tonumber(keep_max) or 0, tonumber(keep_bytes) or 0)
write_counters()
remember(worker, seq, answers)
return answers
