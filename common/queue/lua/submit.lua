-- submit.lua   -> pending or scheduled. Sent by any program that has jobs.
-- KEYS[1] prefix
-- ARGV nonce, again (0 or 1), n, then n pairs: id, record, of jobs that are due now and have their parameters in the record, then
-- groups of 4: id, due, record, params ('' if they are in the record)
-- Returns flat: answer, how many jobs in a row have it; in the order of the jobs. 'created PLACE', 'known PLACE' (same content: nothing
-- changed), 'conflict PLACE' (other content: nothing changed). With again a known job of the same content that is done or failed runs once more, as a new one.
-- Why the nonce: it stands in the record, so the same call sent again (no reply came) answers the same and queues nothing.
-- Uses: base, plain_new, plain_submit, sound, clock, plan, place, drop, kept, enqueue, rows
local nonce, again, pairs_given = ARGV[1], ARGV[2] == '1', tonumber(ARGV[3]) or 0
local jobs = {}
for i = 4, 2 + 2 * pairs_given, 2 do
  jobs[#jobs + 1], jobs[#jobs + 2], jobs[#jobs + 3], jobs[#jobs + 4] = ARGV[i], '0', ARGV[i + 1], ''
end
for i = 4 + 2 * pairs_given, #ARGV do
  jobs[#jobs + 1] = ARGV[i]
end
local n = math.floor(#jobs / 4)
local ids, known, slot_of, answers, first, rerun, rerun_done = {}, {}, {}, {}, {}, {}, {}
if n <= 0 then
  return answers
end
for i = 1, n do
  ids[i] = jobs[4 * i - 3]
end
local kCreated = {pending = 'created pending', scheduled = 'created scheduled'}
local records = call('HMGET', P .. 'jobs', unpack(ids))
for i = 1, n do
  if records[i] and not slot_of[ids[i]] then
    known[#known + 1] = ids[i]
    slot_of[ids[i]] = #known
  end
end
local where = places(known)
local function judge(i, id, due, record, params)
  local twin = first[id]
  if twin then
    local same = is_same(jobs[4 * twin - 1], record, function() return jobs[4 * twin] == params end)
    return (same and 'known ' or 'conflict ') .. match(answers[twin], '%S+$')
  end
  first[id] = i
  local place, _, its_nonce = where[slot_of[id]], content_of(records[i])
  if its_nonce == nonce then
    return 'created ' .. place
  elseif not is_same(records[i], record, function() return has_params(id, params) end) then
    return 'conflict ' .. place
  elseif again and (place == 'done' or place == 'failed') then
    rerun[#rerun + 1] = id
    rerun_done[#rerun_done + 1] = place == 'done' and id or nil
    will('ZREM', place, id)
    return kCreated[will_enqueue(id, due, record, params)]
  end
  return 'known ' .. place
end
for i = 1, n do
  local id, due, record, params = unpack(jobs, 4 * i - 3, 4 * i)
  if records[i] or first[id] then
    answers[i] = judge(i, id, due, record, params)
  else
    first[id] = i
    answers[i] = kCreated[will_enqueue(id, due, record, params)]
  end
end
need_enqueued()
if #rerun > 0 then
  need_drop()
end
sound()
unweigh(rerun_done)
drop(rerun)
write_enqueued()
write_counters()
hint_due()
return in_rows(answers)
