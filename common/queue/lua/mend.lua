-- mend.lua   ids -> the one place where each belongs, and beside it only what belongs there. Sent by the doctor, a few ids at a time.
-- KEYS[1] prefix
-- ARGV longest, lost ghosts, then groups of 3: id, copies ('' not counted), its record if that cannot be read ('' otherwise)
-- Returns a list a repair: check, key, id, what it was and is now; see docs/doctor.md.
-- Copies in pending and reserved are counted here if both hold at most `longest` entries; else the number is believed as far as the
-- totals allow. lost ghosts: so many dead copies are missing in `ghosts`, a copy without a record is one of them.
-- Why one script that decides everything: what is wrong is judged at the moment of the repair. It finds nothing in a healthy queue.
-- Uses: base, sound, clock, token, plan, attempt, record, outcome, heirs, lock, lost, later, owner, mend_log, mend_place, mend_beside
-- Flags: allow-oom
for name in pairs(kCount) do
  need(name)
end
sound()
local longest, lost_ghosts = tonumber(ARGV[1]) or 0, tonumber(ARGV[2]) or 0
for i = 3, #ARGV - 2, 3 do
  local job = see(ARGV[i], ARGV[i + 1], ARGV[i + 2], longest)
  local weight = job.done and weight_of(job.id) or 0
  lost_ghosts = lost_ghosts - mend_record(job, lost_ghosts)
  if job.record then
    mend_place(job)
    mend_there(job)
  end
  mend_beside(job)
  count('kept_bytes', (job.place == 'done' and weight_of(job.id) or 0) - weight)
  planned = {}
end
write_counters()
return repairs
