-- The value in `active`: token worker started lease retries crash_limit backoff resource. Cut once a value: the jobs of one
-- claim that have no resource share theirs. `started` is 0 or 1; where the token is not the time of the claim in us (it must
-- grow when the clock does not), `@` and that time in ms come right after it.
local cut = {}

-- Empty if the value is malformed.
local function attempt_of(value)
  local a = cut[value]
  if a == nil then
    local token, worker, started, claimed, lease, retries, crash_limit, backoff, resource =
      match(value, '^(%d+) (%S+) ([01])(@?%d*) (%S+) (%S+) (%S+) (%S+) (.*)$')
    a = token and {token = token, worker = worker, started = started == '1', claimed = claimed, lease = lease, retries = retries,
      crash_limit = crash_limit, backoff = backoff, resource = resource}
    cut[value] = a or false
  end
  return a or nil
end
