-- quarantine.lua   keys of another type than docs/protocol.md says are moved aside. Sent by whoever is refused because of one.
-- KEYS[1] prefix
-- ARGV names of keys that are not of fixed names, without the prefix: blocked:<resource>, log:<id>, worker:<id>; with the
-- prefix of a namespace: queues alone, and nothing else is looked at: other keys there may be another program's
-- Returns flat: name, its type, the key that it is now.
-- Why moved and not deleted: nobody here can know what it was. Why it is not left to a person: until then no job of the queue moves.
-- Uses: base, sound, clock
-- Flags: allow-oom
local kFamilies = {blocked = 'zset', log = 'list', worker = 'hash', queues = 'set'}
local moved = {}
local function move_if_not(name, wanted_type)
  local found = call('TYPE', P .. name).ok
  if found == 'none' or found == wanted_type then
    return
  end
  local at, aside = now, nil
  repeat
    aside = P .. 'damaged:' .. name .. ':' .. text(at)
    at = at + 1
  until call('RENAMENX', P .. name, aside) == 1
  moved[#moved + 1], moved[#moved + 2], moved[#moved + 3] = name, found, aside
end
for name, command in pairs(ARGV[1] ~= 'queues' and kCount or {}) do
  move_if_not(name, kTypes[command])
end
for _, name in ipairs(ARGV) do
  local family = kFamilies[match(name, '^(%a+):?') or '']
  if family then
    move_if_not(name, family)
  end
end
return moved
