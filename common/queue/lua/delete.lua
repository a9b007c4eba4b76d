-- delete.lua   any place -> gone; an active one only with force: it is told to stop and goes when its attempt has ended.
-- KEYS[1] prefix
-- ARGV force (0 or 1), expected place ('' any), then ids
-- Returns where each was; 'active': told, or without force refused; 'none'; 'skipped': not where expected.
-- Why an id of pending is not removed from the list: LREM takes 10 ms at a million entries. See withdraw.lua.
-- Uses: base, sound, clock, plan, place, heirs, lock, attempt, record, outcome, drop, kept, settle, withdraw
-- Flags: allow-oom
local force, expected, kept_ids = ARGV[1] == '1', ARGV[2] or '', {}
local answers = for_known(3, expected, function(id, place, record, value)
  if place ~= 'active' then
    kept_ids[#kept_ids + 1] = place == 'done' and id or nil
    gone[#gone + 1] = id
    will_withdraw(id, place, record)
  elseif force then
    will_flag(id, value, 'delete')
  end
  return place
end)
need_drop()
sound()
unweigh(kept_ids)
write_withdrawn()
write_settled()
write_counters()
hint_cancels()
return answers
