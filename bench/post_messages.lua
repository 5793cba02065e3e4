-- wrk script: POST /api/messages into the conversations of a file (argument): a token and a
-- conversation a line, taken in turn.
local requests, number = {}, 0

function init(arguments)
  local text = string.rep("Well met by moonlight. ", 5)
  for line in io.lines(arguments[1]) do
    local token, conversation = line:match("(%S+) (%S+)")
    local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. token }
    local body = string.format('{"message":"%s","message_group_uuid":"%s"}', text, conversation)
    requests[#requests + 1] = wrk.format("POST", "/api/messages", headers, body)
  end
end

function request()
  number = number + 1
  return requests[number % #requests + 1]
end

function done(summary)
  local errors = summary.errors
  io.write(string.format("failed %d\n", errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
