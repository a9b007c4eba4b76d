-- unreject.lua   an entry of rejected -> the head of the inbox, behind all that wait there; or gone. Sent by the command line.
-- KEYS[1] prefix
-- ARGV retry (0 or 1), then entries exactly as they stand in the list: id, header and raw bytes, a line each
-- Returns how many were there, each for itself where equal ones stand beside each other.
-- Why from the tail: the caller goes from the oldest, which stand there.
-- Why an outcome is compared: the id may have been refused once more since, or a job have taken it; what is said of that stays.
-- Uses: base, sound
-- Flags: allow-oom
local retry = ARGV[1] == '1'
local function is_refusal(outcome, header)
  local at = match(header, '^{"at":("[^"]*")') or 'null'  -- as lib/reject.lua wrote it
  local tail = ',"finished_at":' .. at .. ',"errors":[]}'
  return find(outcome, '^{"state":"rejected"') and sub(outcome, -#tail) == tail
end
if retry then
  need('inbox')
end
sound('rejected', 'outcomes', 'jobs')
local entries, moved, stale = {}, {}, {}
for i = 2, #ARGV do
  local id, header, raw = match(ARGV[i], '^([^\n]*)\n([^\n]*)\n(.*)$')
  if id then
    local outcome = id ~= '' and call('HEXISTS', P .. 'jobs', id) == 0 and call('HGET', P .. 'outcomes', id)
    entries[#entries + 1] = {stored = ARGV[i], raw = raw, stale = outcome and is_refusal(outcome, header) and id or nil}
  end
end
for _, entry in ipairs(entries) do
  if call('LREM', P .. 'rejected', -1, entry.stored) == 1 then
    moved[#moved + 1] = entry.raw
    stale[#stale + 1] = entry.stale
  end
end
if #stale > 0 then
  call('HDEL', P .. 'outcomes', unpack(stale))
end
if retry and #moved > 0 then
  call('LPUSH', P .. 'inbox', unpack(moved))
end
return #moved
