-- Every key that a script writes is asked for its type before the first write: Redis does not roll back, and a key that somebody
-- has made another type would stop the script half way. Counting costs as much as EXISTS.
local kCount = {jobs = 'HLEN', params = 'HLEN', active = 'HLEN', locks = 'HLEN', ghosts = 'HLEN', cancels = 'HLEN', errors = 'HLEN',
  outcomes = 'HLEN', logs = 'HLEN', claims = 'HLEN', fins = 'HLEN', tasks = 'HLEN', stats = 'HLEN', pending = 'LLEN', reserved = 'LLEN',
  inbox = 'LLEN', rejected = 'LLEN', leases = 'ZCARD', scheduled = 'ZCARD', blocked = 'ZCARD', failed = 'ZCARD', done = 'ZCARD',
  workers = 'ZCARD', fence = 'STRLEN', run = 'STRLEN', blockseq = 'STRLEN'}
local kTypes = {HLEN = 'hash', LLEN = 'list', ZCARD = 'zset', STRLEN = 'string'}
local wanted, sizes = {}, {}

local function is_sound(name)
  sizes[name] = redis.pcall(kCount[name], P .. name)
  return type(sizes[name]) == 'number'
end

-- Whether there was such a key when it was last asked; asks if it never was.
local function has(name)
  return (sizes[name] or call('EXISTS', P .. name)) ~= 0
end

-- To be asked by sound(): those that a plan will write.
local function need(...)
  for _, name in ipairs({...}) do
    wanted[name] = true
  end
end

-- Ends the script if one of them, or of those that were needed, is of another type. Programs know this error by its first word.
local function sound(...)
  need(...)
  for name in pairs(wanted) do
    if kCount[name] and not is_sound(name) then
      error({err = 'WRONGTYPE ' .. P .. name .. ' must be a ' .. kTypes[kCount[name]] .. '; see stint doctor'})
    end
  end
end
