-- wrk script: POST one line of a file after another, each once; or GET / when no file is given.
-- Prints one line of JSON at the end. Runs with one wrk thread.

local bodies
local head = "POST /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\n"
  .. "Content-Type: application/json\r\nContent-Length: "

function setup(thread)
  thread:set("ran_out", false)
  only_thread = thread
end

function init(args)
  if args[1] then
    bodies = io.lines(args[1])
  end
end

function request()
  if not bodies then
    return "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
  end
  local body = not ran_out and bodies() or nil
  if not body then
    ran_out = true
    body = "{}"
  end
  return head .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d, "refused": %d, "broken": %d, "ran_out": %s}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    tostring(only_thread:get("ran_out"))))
end
