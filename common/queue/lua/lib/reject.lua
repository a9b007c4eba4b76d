-- Inbox entries that could not be accepted: kept with the reason, and said as an outcome to whoever polls their id. Needs refusal.
local refused, refused_outcomes = {}, {}

-- header: {"at":"...","from":"...","reason":"..."}
local function will_reject(id, header, raw, is_a_job)
  refused[#refused + 1] = id .. '\n' .. header .. '\n' .. raw
  if id ~= '' and not is_a_job then
    local reason, at = match(header, '"reason":(".*")}$') or 'null', refused_at(header)
    refused_outcomes[#refused_outcomes + 1] = id
    refused_outcomes[#refused_outcomes + 1] = '{"state":"rejected","attempt":0,"result":null,"reason":' .. reason ..
      ',"started_at":null,"finished_at":' .. at .. ',"errors":[]}'
  end
end

-- Only the last `most` stay, and what is dropped loses its outcome too.
local function write_rejected(most)
  if #refused == 0 then
    return
  end
  call('LPUSH', P .. 'rejected', unpack(refused))
  if #refused_outcomes > 0 then
    call('HSET', P .. 'outcomes', unpack(refused_outcomes))
  end
  local over = call('LLEN', P .. 'rejected') - most
  local dropped = over > 0 and call('RPOP', P .. 'rejected', math.min(over, 200)) or {}
  for i = 1, #dropped do
    drop_refusal(dropped[i])
  end
end
