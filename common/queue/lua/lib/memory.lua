-- `fins`: what a worker's last finish was answered, so that a lost reply can be asked for again.

-- The answer for n jobs to a seq that is not new; nothing, if it is new. An older one than the last is a request that was delayed
-- on a dead connection: it may not be remembered in place of the last.
local function remembered(worker, seq, n)
  local last_seq, last = match(seq ~= '0' and call('HGET', P .. 'fins', worker) or '', '^(%d+) (.*)$')
  if not last_seq or tonumber(seq) > tonumber(last_seq) then
    return nil
  end
  local places = {}
  for place in string.gmatch(last_seq == seq and last or string.rep('lost_lease ', n), '%S+') do
    places[#places + 1] = place
  end
  return places
end

local function remember(worker, seq, places)
  if seq ~= '0' then
    call('HSET', P .. 'fins', worker, seq .. ' ' .. table.concat(places, ' '))
  end
end
