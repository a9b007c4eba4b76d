-- cancel.lua   pending, scheduled, blocked -> done (as cancelled); an active one is told to stop.
-- KEYS[1] prefix
-- ARGV keep ms, expected place ('' any), then ids
-- Returns where each was; 'active': told; 'failed', 'done': has ended, nothing changed; 'none'; 'skipped': not where expected.
-- Why an active one only gets a flag: it must really have ended before its id and its resource are free.
-- Uses: base, sound, clock, plan, place, heirs, lock, attempt, record, outcome, drop, kept, settle, withdraw
-- Flags: allow-oom
local keep, expected, errors = tonumber(ARGV[1]) or 0, ARGV[2] or '', call('EXISTS', P .. 'errors') == 1
local answers = for_known(3, expected, function(id, place, record, value)
  if place == 'active' then
    will_flag(id, value, 'cancel')
  elseif place ~= 'failed' and place ~= 'done' then
    local r = cut_record(record)
    will_withdraw(id, place, record)
    will_be_cancelled({id = id, record = record, resource = '', times = ended_now(), keep = keep,
      errors = errors and call('HGET', P .. 'errors', id) or nil}, r and r.attempts or 0)
  end
  return place
end)
sound()
write_withdrawn()
write_settled()
write_counters()
hint_cancels()
return answers
