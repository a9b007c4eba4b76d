-- The terms of an end: kind attempt retries crash_limit backoff keep. Cut once a text: most of a batch share theirs.
local cut_terms = {}

local function terms_of(words)
  local t = cut_terms[words]
  if not t then
    local kind, attempt, retries, crash_limit, backoff, keep =
      match(words, '^(%S+) (%d+) (%d+) (%d+) (%-?%d+) (%-?%d+)$')
    t = {kind = kind or 'error', attempt = tonumber(attempt) or 1, retries = tonumber(retries) or 0,
      crash_limit = tonumber(crash_limit) or 3, backoff = tonumber(backoff) or 1000, keep = tonumber(keep) or 0}
    t.due, t.attempt_text = text(now + t.keep), text(t.attempt)
    cut_terms[words] = t
  end
  return t
end
