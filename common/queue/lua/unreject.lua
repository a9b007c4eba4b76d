-- unreject.lua   an entry of rejected -> the head of the inbox, behind all that wait there; or gone. Sent by the command line.
-- KEYS[1] prefix
-- ARGV retry (0 or 1), then entries exactly as they stand in the list: id, header and raw bytes, a line each
-- Returns how many were there, each for itself where equal ones stand beside each other.
-- Why from the tail: the caller goes from the oldest, which stand there.
-- Uses: base, sound, refusal
-- Flags: allow-oom
local retry, moved, n = ARGV[1] == '1', {}, 0
if retry then
  need('inbox')
end
sound('rejected', 'outcomes')
for i = 2, #ARGV do
  local raw = match(ARGV[i], '^[^\n]*\n[^\n]*\n(.*)$')
  if raw and call('LREM', P .. 'rejected', -1, ARGV[i]) == 1 then
    n = n + 1
    moved[n] = raw
    drop_refusal(ARGV[i])
  end
end
if retry and n > 0 then
  call('LPUSH', P .. 'inbox', unpack(moved))
end
return n
