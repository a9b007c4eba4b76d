-- `fins`: what a worker's last finish was answered, so that a lost reply can be asked for again.

-- The answer for n jobs to a seq that is not new; nothing, if it is new. An older one than the last is a request that was delayed
-- on a dead connection: it may not be remembered in place of the last.
local function remembered(worker, seq, n)
  local last_seq, last = match(seq ~= '0' and call('HGET', P .. 'fins', worker) or '', '^(%d+) (.*)$')
  if not last_seq or tonumber(seq) > tonumber(last_seq) then
    return nil
  end
  local rows = {}
  for place, in_a_row in string.gmatch(last_seq == seq and last or 'lost_lease ' .. n, '(%S+) (%d+)') do
    rows[#rows + 1], rows[#rows + 2] = place, tonumber(in_a_row)
  end
  return rows
end

local function remember(worker, seq, rows)
  if seq ~= '0' then
    call('HSET', P .. 'fins', worker, seq .. ' ' .. table.concat(rows, ' '))
  end
end
