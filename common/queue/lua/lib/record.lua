-- The record, see docs/protocol.md. Scripts read its resource and some of its numbers, and change only the counters.
local kCounters = {'attempts', 'crashes', 'losses', 'since'}
local kNumbers = {attempts = '^%d+$', crashes = '^%d+$', losses = '^%d+$', since = '^%d+$', retries = '^%d+$', crash_limit = '^%d+$',
  backoff = '^%-?%d+$'}

local function resource_of(record)
  local stop = find(record, '\n', 1, true)
  return stop and stop > 1 and sub(record, 1, stop - 1) or ''
end

-- Empty if it is corrupt. words: all that are no counters; params: with the line break before them, '' if they are in `params`.
local function cut_record(record)
  local head, words, params = match(record, '^([^\n]*\n[^ \n]+ [^ \n]+ [^ \n]+)([^\n]*)(.*)$')
  if not head then
    return nil
  end
  local r = {head = head, words = words, params = params}
  for word in string.gmatch(words, ' ([^ ]*)') do
    local name, value = match(word, '^([%l_]+)=(.+)$')
    local number = kNumbers[name or '']
    if not name or number and (r[name] or #value > (name == 'backoff' and 16 or 9) or not match(value, number)) then
      return nil
    elseif number then
      r[name] = tonumber(value)
    end
  end
  for _, name in ipairs(kCounters) do
    if r[name] then
      r.words = string.gsub(r.words, ' ' .. name .. '=%d+', '')
    end
    r[name] = r[name] or 0
  end
  return r
end

-- For how long it wants to be kept, in ms; nothing if it does not say.
local function own_keep(record)
  local r = cut_record(record)
  return r and tonumber(match(r.words, ' keep=(%d+)'))
end

local function join_record(r)
  local counters = ''
  for _, name in ipairs(kCounters) do
    if r[name] > 0 then
      counters = counters .. ' ' .. name .. '=' .. text(r[name])
    end
  end
  return r.head .. counters .. r.words .. r.params
end

-- In place of one that is gone. It cannot be cut ('lost' says nothing): whoever gets it ends the job as corrupt.
local function lost_record(resource)
  return resource .. '\nthe record was lost'
end
