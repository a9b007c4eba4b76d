-- intake.lua   the tail of an inbox -> pending, scheduled or rejected. Sent by a daemon, which has read and judged the entries.
-- KEYS[1] prefix   KEYS[2] the list
-- ARGV nonce, rejected_max, n, then the entries, tail first: of the first n, which are accepted, due now and have their parameters in the
-- record, the n raw ones and then n pairs id, record; of the others groups of 6: raw, verdict ('accept', 'refuse' or 'cut'), id, due,
-- record or {"at","from","reason"}, params. 'cut' refuses an entry that is larger than a job may be: raw is its beginning
-- Returns {taken, status}: 'ok'; 'moved', another daemon took some or this call was done before: read the list again;
-- 'conflict', the entry after those taken has a known id with other content: send it again as refused.
-- Why the raw bytes are compared with the list: take and enqueue are one step, so nothing is lost or doubled by a crash between.
-- Uses: base, plain_new, plain_intake, sound, clock, plan, drop, kept, enqueue, refusal, reject
local nonce, most, plain, entries = ARGV[1], tonumber(ARGV[2]) or 0, tonumber(ARGV[3]) or 0, {}
for i = 1, plain do
  for _, word in ipairs({ARGV[3 + i], 'accept', ARGV[2 + plain + 2 * i], '0', ARGV[3 + plain + 2 * i], ''}) do
    entries[#entries + 1] = word
  end
end
for i = 4 + 3 * plain, #ARGV do
  entries[#entries + 1] = ARGV[i]
end
local n = math.floor(#entries / 6)
if n <= 0 then
  return {0, 'ok'}
end
-- Where another daemon was faster the tail is not what was judged, nor known to be small enough to be read at once.
if n > 1 and call('LINDEX', KEYS[2], -1) ~= entries[1] then
  return {0, 'moved'}
end
local list, ids, taken, status, first = call('LRANGE', KEYS[2], -n, -1), {}, 0, 'ok', {}
for i = 1, n do
  ids[i] = entries[6 * i - 3]
end
local records = call('HMGET', P .. 'jobs', unpack(ids))
for i = 1, n do
  local _, its_nonce = content_of(records[i] or '')
  if its_nonce == nonce then
    return {0, 'moved'}
  end
end
local function take_entry(i, raw, verdict, id, due, content, params)
  local stands = list[#list - i + 1]
  stands = verdict ~= 'cut' and stands or stands and #stands > #raw and sub(stands, 1, #raw)
  if stands ~= raw then
    return 'moved'
  end
  local twin = first[id]
  if verdict ~= 'accept' then
    will_reject(id, content, raw, records[i] or twin)
  elseif twin or records[i] then
    local function stored()
      return twin and entries[6 * twin] == params or not twin and has_params(id, params)
    end
    if not is_same(twin and entries[6 * twin - 1] or records[i], content, stored) then
      return 'conflict'
    end
  else
    first[id] = i
    will_enqueue(id, due, content, params)
  end
  taken = i
  return 'ok'
end
for i = 1, n do
  status = take_entry(i, unpack(entries, 6 * i - 5, 6 * i))
  if status ~= 'ok' then
    break
  end
end
need_enqueued()
if #refused > 0 then
  need('rejected', 'outcomes')
end
sound()
if taken > 0 then
  call('LTRIM', KEYS[2], 0, -taken - 1)
end
write_rejected(most)
write_enqueued()
write_counters()
hint_due()
return {taken, status}
