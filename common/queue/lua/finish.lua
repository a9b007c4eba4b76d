-- finish.lua   active -> done or gone, scheduled, pending, failed. Sent by a worker for attempts that have ended, and by a
-- supervisor (seq 0: not remembered) for the one that a dead worker was running.
-- KEYS[1] prefix
-- ARGV worker, seq, jitter, keep_max, keep_bytes, plain, kept (both `token count token count...`), keep, then so many ids of attempts that
-- succeeded and of which nothing is kept, so many pairs id, outcome ('': as the one before) of those that succeeded and are kept for
-- `keep` ms, then groups of 5: id, token, terms, body, times. A success has its outcome as body, without errors.
-- Returns flat: place, how many in a row; in the order of the jobs. 'lost_lease': the attempt is another's or has been settled,
-- and nothing changed.
-- Why seq: after a lost reply the identical batch comes again, and the worker must learn what it did, not 'lost_lease'.
-- Why terms are one word list (kind attempt retries crash_limit backoff keep): most of a batch share theirs, and it is cut once.
-- Uses: base, plain_lines, heirs, plain_finish, plain_kept, spell_out, sound, clock, plan, lock, attempt, record, outcome, drop, terms, kept, settle, ours, leave, memory, rows
-- Flags: allow-oom
local worker, seq, jitter, keep_max, keep_bytes, plain, kept_runs, keep = unpack(ARGV, 1, 8)
local ends, first = spell_out(plain, kept_runs, keep)
local before = remembered(worker, seq, math.floor((#ends - first + 1) / 5))
if before then
  return before
end
find_ours(ends, first, 5)
local flags, errors, pressed = beside('cancels'), beside('errors'), call('EXISTS', P .. 'pressure') == 1
local failing, failing_ids, t, words = {}, {}, nil, nil
for k = 1, #mine do
  local id, i, resource = mine[k], at[k], held[k].resource
  if ends[i + 2] ~= words then
    words = ends[i + 2]
    t = terms_of(words)
  end
  if t.kind ~= 'ok' then
    failing[#failing + 1], failing_ids[#failing + 1] = k, id
  elseif t.keep <= 0 or pressed or flags[k] == 'delete' then
    gone[#gone + 1], answers[slots[k]] = id, 'gone'
  else
    will_be_done(id, t, ends[i + 3], errors[k])
    answers[slots[k]] = 'done'
  end
  if resource ~= '' and t.kind == 'ok' then
    will_free(resource, id)
  end
end
count('attempts', #mine - #failing)
count('succeeded', #mine - #failing)
local records = #failing > 0 and call('HMGET', P .. 'jobs', unpack(failing_ids)) or {}
for f, k in ipairs(failing) do
  local i, t = at[k], terms_of(ends[at[k] + 2])
  local job = {id = mine[k], record = records[f], resource = held[k].resource, worker = worker, kind = t.kind,
    body = ends[i + 3], times = ends[i + 4], keep = t.keep, attempt = t.attempt, retries = t.retries,
    crash_limit = t.crash_limit, backoff = t.backoff, flag = flags[k], errors = errors[k]}
  answers[slots[k]] = settle(job, (jitter + f * 0.618034) % 1)
end
if #gone > 0 then
  need_drop()
end
sound('leases')
leave_active(mine, flags)
write_kept()
write_settled()
keep_within(tonumber(keep_max) or 0, tonumber(keep_bytes) or 0)
write_counters()
local rows = in_rows(answers)
remember(worker, seq, rows)
return rows
