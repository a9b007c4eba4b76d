-- Most looks for what is due find nothing, and there is one a second.
if call('EXISTS', P .. 'scheduled', P .. 'reserved') == 0 then
  return {0, -1}
end
