-- retry.lua   failed (or done) -> pending or scheduled, with full budgets; attempt numbers go on and errors stay.
-- KEYS[1] prefix
-- ARGV spread ms (0: at once), jitter, states ('failed' or 'failed done'), then ids
-- Returns the new place of each, 'not PLACE' where it is elsewhere and nothing changed, or 'none'.
-- Why a spread: a thousand failures of one bad hour must not come back in the same second.
-- Uses: base, sound, clock, plan, place, heirs, lock, attempt, record, outcome, drop, kept, enqueue, withdraw
-- Flags: allow-oom
local spread, jitter, states = tonumber(ARGV[1]) or 0, tonumber(ARGV[2]) or 0, ' ' .. ARGV[3] .. ' '
local kept_ids, drawn, outcomes = {}, 0, call('EXISTS', P .. 'outcomes') == 1
local answers = for_known(4, '', function(id, place, record)
  if place ~= 'failed' and place ~= 'done' or not find(states, ' ' .. place .. ' ', 1, true) then
    return 'not ' .. place
  end
  local r, said = cut_record(record), outcomes and call('HGET', P .. 'outcomes', id)
  local errors = said and errors_in(said) or ''
  if r then
    r.since, r.crashes, r.losses = r.attempts, 0, 0
    will('HSET', 'jobs', id, join_record(r))
  end
  if errors ~= '' then
    will('HSET', 'errors', id, errors)
  end
  kept_ids[#kept_ids + 1] = place == 'done' and id or nil
  will('ZREM', place, id)
  will('HDEL', 'outcomes', id)
  drawn = drawn + 1
  local wait = math.floor(spread * ((jitter + drawn * 0.618034) % 1))
  if wait > 0 then
    due_later = true
    will('ZADD', 'scheduled', text(now + wait), id)
    return 'scheduled'
  end
  will('LPUSH', 'pending', id)
  return 'pending'
end)
need('params', 'outcomes')
sound()
unweigh(kept_ids)
write_plan()
write_counters()
hint_due()
return answers
