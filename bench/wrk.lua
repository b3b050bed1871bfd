-- Sends the requests of a file in turn: FILE FIRST COUNTER MUST
-- The file has a line with a number of octets before each request, which is sent as it stands; where eight @ are,
-- each request has another number if COUNTER is one. MUST, if there is any, is a text that each body has to have.

local requests, at, counter, must = {}, 0, nil, nil
wrong, example = 0, ""

local threads = {}

function setup(thread)
   table.insert(threads, thread)
end

function init(args)
   local file = assert(io.open(args[1], "rb"))
   local size = file:read("*n")
   while size do
      file:read(1)
      table.insert(requests, file:read(size))
      size = file:read("*n")
   end
   file:close()
   at = tonumber(args[2])
   counter = tonumber(args[3])
   must = args[4]
   if must and must ~= "" then
      response = function(status, headers, body)
         if not string.find(body, must, 1, true) then
            wrong = wrong + 1
            example = string.sub(body, 1, 300)
         end
      end
   end
end

function request()
   local octets = requests[at % #requests + 1]
   at = at + 1
   if counter then
      counter = counter + 1
      octets = string.gsub(octets, "@@@@@@@@", string.format("%08x", counter))
   end
   return octets
end

function done(summary, latency, _)
   local bad = 0
   local said = ""
   for _, thread in ipairs(threads) do
      bad = bad + thread:get("wrong")
      if thread:get("example") ~= "" then
         said = thread:get("example")
      end
   end
   io.write(string.format(
      'told {"requests":%d,"microseconds":%d,"octets":%d,"p50":%d,"p99":%d,"connect":%d,"read":%d,"write":%d,' ..
      '"status":%d,"timeout":%d,"wrong":%d}\n',
      summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
      summary.errors.connect, summary.errors.read, summary.errors.write, summary.errors.status,
      summary.errors.timeout, bad))
   if said ~= "" then
      io.write("said " .. said .. "\n")
   end
end
