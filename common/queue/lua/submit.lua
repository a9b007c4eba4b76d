-- submit.lua   -> pending or scheduled. Sent by any program that has jobs.
-- KEYS[1] prefix
-- ARGV nonce, again (0 or 1), then groups of 4: id, due, record, params ('' if they are in the record)
-- Returns a text a job: 'created PLACE', 'known PLACE' (same content: nothing changed), 'conflict PLACE' (other content: nothing
-- changed). With again a known job of the same content that is done or failed runs once more, as a new one.
-- Why the nonce: it stands in the record, so the same call sent again (no reply came) answers the same and queues nothing.
-- Uses: base, sound, clock, plan, place, drop, kept, enqueue
local nonce, again, n = ARGV[1], ARGV[2] == '1', math.floor((#ARGV - 2) / 4)
local ids, known, slot_of, answers, first, rerun, rerun_done = {}, {}, {}, {}, {}, {}, {}
if n <= 0 then
  return answers
end
for i = 1, n do
  ids[i] = ARGV[4 * i - 1]
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
    local same = is_same(ARGV[4 * twin + 1], record, function() return ARGV[4 * twin + 2] == params end)
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
  local id, a = ids[i], 4 * i
  if records[i] or first[id] then
    answers[i] = judge(i, id, ARGV[a], ARGV[a + 1], ARGV[a + 2])
  else
    first[id] = i
    answers[i] = kCreated[will_enqueue(id, ARGV[a], ARGV[a + 1], ARGV[a + 2])]
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
return answers
