-- The requests that wrk sends for src/test/node/http-benchmark.mjs, by these variables: TOOL that is called, SESSIONS whose
-- ids take turns (none: revision 2026-07-28), MEMORIES that retrieve reads, RUN that makes the keys of store new.
local tool = os.getenv("TOOL")
local memories = tonumber(os.getenv("MEMORIES"))
local run = os.getenv("RUN")
local sessions = {}
for id in os.getenv("SESSIONS"):gmatch("[^,]+") do
  sessions[#sessions + 1] = id
end

local headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/json, text/event-stream" }
local meta = ""
if #sessions > 0 then
  headers["MCP-Protocol-Version"] = "2025-11-25"
else
  headers["MCP-Protocol-Version"] = "2026-07-28"
  headers["Mcp-Method"] = "tools/call"
  headers["Mcp-Name"] = tool
  meta = ',"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",'
    .. '"io.modelcontextprotocol/clientInfo":{"name":"wrk","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}'
end

local arguments = {
  noop = function(n)
    return "{}"
  end,
  retrieve = function(n)
    return '{"user_id":"benchmark","key":"key ' .. n * 7919 % memories .. '"}'
  end,
  store = function(n)
    return '{"user_id":"benchmark","key":"' .. run .. " " .. n .. '","value":"Memory ' .. n .. ': the tea is green, the coffee black."}'
  end,
}

local n = 0

function request()
  n = n + 1
  if #sessions > 0 then
    headers["Mcp-Session-Id"] = sessions[n % #sessions + 1]
  end
  local params = '{"name":"' .. tool .. '","arguments":' .. arguments[tool](n) .. meta .. "}"
  return wrk.format("POST", nil, headers, '{"jsonrpc":"2.0","id":' .. n .. ',"method":"tools/call","params":' .. params .. "}")
end
