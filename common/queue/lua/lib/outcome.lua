-- What a job came to, as public JSON text. Errors stand last, so that a retry takes them back without parsing; they are
-- joined by ',\n', which no error object holds inside. Only the first and the last nine are kept.
local kNoTimes = '"started_at":null,"finished_at":null'
local kError = '^{"attempt":%d+,"kind":"[%l-]+","message":".*","at":"[^"]*"}$'

-- What stands in `errors` may be anybody's: what is no JSON object is left out, or nobody could read the outcome. Our own are
-- known by their looks, which is cheap.
local function readable(errors)
  local good = {}
  for one in string.gmatch(errors .. ',\n', '(.-),\n') do
    local known = find(one, kError) or (#one <= 65536 and find(one, '^{.*}$') and pcall(cjson.decode, one))
    good[#good + 1] = known and one or nil
  end
  return table.concat(good, ',\n')
end

local function outcome(state, attempt, result, reason, times, errors)
  errors = errors == '' and errors or readable(errors)
  return '{"state":"' .. state .. '","attempt":' .. attempt .. ',"result":' .. result .. ',"reason":' .. reason .. ',' ..
    (times == '' and kNoTimes or times) .. ',"errors":[' .. errors .. ']}'
end

local function errors_in(outcome_text)
  return outcome_text and match(outcome_text, '^.*,"errors":%[(.*)%]}$') or ''
end

local function add_error(errors, new)
  if find(new, '\n', 1, true) then
    new = string.gsub(new, '%s*\n%s*', ' ')
  end
  if not errors or errors == '' then
    return new
  end
  local starts, at = {1}, 1
  while true do
    local _, stop = find(errors, ',\n', at, true)
    if not stop then
      break
    end
    at = stop + 1
    starts[#starts + 1] = at
  end
  if #starts >= 10 then
    errors = sub(errors, 1, starts[2] - 1) .. sub(errors, starts[#starts - 7])
  end
  return errors .. ',\n' .. new
end

-- RFC 3339, UTC, of milliseconds since 1970 (days to a date as in Hinnant's civil_from_days).
local function rfc3339(ms)
  local floor = math.floor
  local days = floor(ms / 86400000)
  local era = floor((days + 719468) / 146097)
  local doe = days + 719468 - era * 146097
  local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
  local mp = floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local s = floor(ms / 1000) - days * 86400
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', yoe + era * 400 + (month <= 2 and 1 or 0), month,
    doy - floor((153 * mp + 2) / 5) + 1, floor(s / 3600), floor(s / 60) % 60, s % 60, ms % 1000)
end

-- The error of an attempt that could not say its own, and the times of an end that only Redis saw.
local function error_now(attempt, kind, message, worker)
  return '{"attempt":' .. text(attempt) .. ',"kind":"' .. kind .. '","message":"' .. message .. '","signal":null,"worker":"' ..
    string.gsub(worker, '[%c"\\]', '') .. '","at":"' .. rfc3339(now) .. '"}'
end
local function ended_now()
  return '"started_at":null,"finished_at":"' .. rfc3339(now) .. '"'
end
