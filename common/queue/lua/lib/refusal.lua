-- A refused entry's outcome goes when the entry goes, but not that of another: its id may have been refused again since, or be a job's.
local kLongRefusal = 65536  -- no refusal is longer, and Lua looks at each byte that it is given

-- As JSON text; header as in reject.lua.
local function refused_at(header)
  return match(header, '^{"at":("[^"]*")') or 'null'
end

-- entry: as it stands in `rejected`.
local function drop_refusal(entry)
  local id, header = match(entry, '^([^\n]+)\n([^\n]*)\n')
  if not id or call('HSTRLEN', P .. 'outcomes', id) > kLongRefusal then
    return
  end
  local said, its_end = call('HGET', P .. 'outcomes', id) or '', ',"finished_at":' .. refused_at(header) .. ',"errors":[]}'
  if match(said, '^{"state":"rejected"') and sub(said, -#its_end) == its_end then
    call('HDEL', P .. 'outcomes', id)
  end
end
