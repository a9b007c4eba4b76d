-- Which of two attempts of one resource was claimed later. What the later one writes elsewhere is fenced by its larger token, so
-- it is the one that goes on. Tokens have no leading zeros.
local function is_later(token, id, than_token, than_id)
  if not than_token then
    return true
  elseif #token ~= #than_token then
    return #token > #than_token
  end
  return token > than_token or token == than_token and id > than_id
end
