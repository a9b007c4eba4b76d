-- Jobs that leave, and what stands beside them: params, errors, outcomes, logs. Each side table costs one EXISTS while
-- nobody uses it.
local kBeside = {'params', 'errors', 'outcomes'}

-- Before anything is written.
local function need_drop()
  need('jobs', 'logs', unpack(kBeside))
end

local function drop_beside(ids)
  for _, side in ipairs(kBeside) do
    if has(side) then
      call('HDEL', P .. side, unpack(ids))
    end
  end
  if not has('logs') then
    return
  end
  local logs, lists, named = call('HMGET', P .. 'logs', unpack(ids)), {}, {}
  for i = 1, #ids do
    if logs[i] then
      lists[#lists + 1], named[#named + 1] = P .. 'log:' .. ids[i], ids[i]
    end
  end
  if #named > 0 then
    call('DEL', unpack(lists))
    call('HDEL', P .. 'logs', unpack(named))
  end
end

local function drop(ids)
  if #ids > 0 then
    call('HDEL', P .. 'jobs', unpack(ids))
    drop_beside(ids)
  end
end
