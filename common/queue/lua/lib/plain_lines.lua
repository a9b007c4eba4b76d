-- Whether there are lines at any of these resources.
local function plain_lines(resources)
  if #resources == 0 or call('EXISTS', P .. 'blocked') == 0 then
    return false
  end
  local lines = {}
  for i = 1, #resources do
    lines[i] = P .. 'blocked:' .. resources[i]
  end
  return call('EXISTS', unpack(lines)) > 0
end
