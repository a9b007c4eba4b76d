-- release.lua   active -> pending or scheduled, uncounted. Sent by a worker for jobs that it will not start, or whose task asked
-- to be run later, and by a supervisor for the unstarted jobs of a dead worker.
-- KEYS[1] prefix
-- ARGV worker, then groups of 4: id, token, how (free, elsewhere, interrupted), delay ms; in the order of the claim
-- Returns a place a job, or 'lost_lease': the attempt is another's or has been settled, and nothing changed.
-- Why the lock stays with a job that goes back at once: the next in line would overtake it.
-- Uses: base, sound, clock, plan, heirs, lock, attempt, record, outcome, drop, kept, settle, ours, leave, give_back
-- Flags: allow-oom
local worker = ARGV[1]
find_ours(ARGV, 2, 4)
local flags, errors, records = beside('cancels'), beside('errors'), beside('jobs')
for k, id in ipairs(mine) do
  local job = {id = id, record = records[k], resource = held[k].resource, worker = worker, flag = flags[k], errors = errors[k]}
  answers[slots[k]] = give_back(job, ARGV[at[k] + 2] == 'interrupted', tonumber(ARGV[at[k] + 3]) or 0)
end
sound('leases')
leave_active(mine, flags)
write_settled()
write_back()
write_counters()
return answers
