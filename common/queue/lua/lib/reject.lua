-- Inbox entries that could not be accepted: kept with the reason, and said as an outcome to whoever polls their id. Needs refusal.
local refused, refused_outcomes, refused_bytes = {}, {}, 0

-- header: {"at":"...","from":"...","reason":"..."}
local function will_reject(id, header, raw, is_a_job)
  refused[#refused + 1] = id .. '\n' .. header .. '\n' .. raw
  refused_bytes = refused_bytes + #refused[#refused]
  if id ~= '' and not is_a_job then
    local reason, at = match(header, '"reason":(".*")}$') or 'null', refused_at(header)
    refused_outcomes[#refused_outcomes + 1] = id
    refused_outcomes[#refused_outcomes + 1] = '{"state":"rejected","attempt":0,"result":null,"reason":' .. reason ..
      ',"started_at":null,"finished_at":' .. at .. ',"errors":[]}'
  end
end

-- Only the last `most` stay, and what is dropped loses its outcome too. A MiB more goes than came, so that a list gets there that may be
-- shorter now; not all at once, since what goes is read.
local kBytesMore, kEntries = 1048576, 200

local function write_rejected(most)
  if #refused == 0 then
    return
  end
  call('LPUSH', P .. 'rejected', unpack(refused))
  if #refused_outcomes > 0 then
    call('HSET', P .. 'outcomes', unpack(refused_outcomes))
  end
  local over, n, bytes = call('LLEN', P .. 'rejected') - most, 0, 0
  while n < over and n < kEntries and bytes < refused_bytes + kBytesMore do
    local dropped = call('RPOP', P .. 'rejected')
    n, bytes = n + 1, bytes + #dropped
    drop_refusal(dropped)
  end
end
