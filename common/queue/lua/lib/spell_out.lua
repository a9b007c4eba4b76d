-- What finish.lua is told in ARGV, in groups of 5: id, token, terms, body, times. Returns them, and where they begin.
local function spell_out(plain, kept_runs, keep)
  local ends, next_word = {}, 9
  local function add(runs, width, terms)
    local said = ''
    for token, in_a_row in string.gmatch(runs or '', '(%d+) (%d+)') do
      for _ = 1, in_a_row do
        local own = width == 2 and ARGV[next_word + 1] or ''
        said = own ~= '' and own or said
        for _, word in ipairs({ARGV[next_word] or '', token, terms, said, ''}) do
          ends[#ends + 1] = word
        end
        next_word = next_word + width
      end
    end
  end
  add(plain, 1, 'ok 1 0 3 1000 0')
  add(kept_runs, 2, 'ok 1 0 3 1000 ' .. (match(keep or '', '^%d+$') or '0'))
  if next_word == 9 then
    return ARGV, 9
  end
  for i = next_word, #ARGV do
    ends[#ends + 1] = ARGV[i]
  end
  return ends, 1
end
