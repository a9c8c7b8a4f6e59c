-- For wrk: every request answers the question of hatch 9, each option in turn; any other status than 303 is told.
local number = 0

function request()
  number = number + 1
  local headers = {["Content-Type"] = "application/x-www-form-urlencoded"}
  return wrk.format("POST", "/2026/lucka/9/svar", headers, "svar=" .. number % 3 + 1)
end

function response(status)
  if status ~= 303 then
    io.stderr:write("answered with ", status, "\n")
  end
end
