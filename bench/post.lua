-- For wrk: every request is an entry of its own. What was answered goes to a file, one line each: the ticket on the
-- receipt, or the status of anything else.
local number = tonumber(os.getenv("BENCH_FIRST") or 0)
local told = io.open(os.getenv("BENCH_TICKETS"), "w")
-- A form takes one entry: each has a token of its own.
local tokens = {}
for token in io.lines(os.getenv("BENCH_TOKENS")) do
  tokens[#tokens + 1] = token
end
local sent = 0
local fields = "&answer=2030&municipality=1441&adult=ja&rules=ja&email=person"

function request()
  number = number + 1
  local headers = {["Content-Type"] = "application/x-www-form-urlencoded"}
  sent = sent + 1
  local body = "token=" .. tokens[(sent - 1) % #tokens + 1] .. fields .. number .. "%40example.org"
  return wrk.format("POST", "/2026/lucka/10/tavla", headers, body)
end

function response(status, _, body)
  told:write(status == 200 and body:match(string.rep("%x", 64)) or status, "\n")
  told:flush()
end
