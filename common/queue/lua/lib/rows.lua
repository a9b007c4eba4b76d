-- An answer a job, most of them alike: flat, each answer and how many have it in a row.
local function in_rows(answers)
  local rows, n = {}, 0
  for i = 1, #answers do
    if rows[n - 1] == answers[i] then
      rows[n] = rows[n] + 1
    else
      rows[n + 1], rows[n + 2] = answers[i], 1
      n = n + 2
    end
  end
  return rows
end
