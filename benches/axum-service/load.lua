-- The load of `run`: each request has an identity of its own, and an answer counts as wrong unless all its values belong
-- to one. Prints requests and failures for the script to read.

local threads = {}
local sent = 0
wrong = 0

function setup(thread)
    table.insert(threads, thread)
end

function request()
    sent = sent + 1
    local number = 1000 + sent % 1000
    return wrk.format("GET", "/orders", { ["x-user"] = "user-" .. number, ["x-request-id"] = number })
end

function response(status, _, body)
    local user, id, child_user, child_id = body:match("^user%-(%d+) (%d+)\nuser%-(%d+) (%d+)\n$")
    if status ~= 200 or not user or id ~= user or child_user ~= user or child_id ~= user then
        wrong = wrong + 1
    end
end

function done(summary)
    local failures = 0
    for _, thread in ipairs(threads) do
        failures = failures + thread:get("wrong")
    end
    local errors = summary.errors
    failures = failures + errors.connect + errors.read + errors.write + errors.status + errors.timeout
    print("counted " .. summary.requests .. " " .. failures)
end
