-- Wireshark dissector for the numbered texts that medidor, and other programs of the same assignment, exchange over UDP.
--
--   request   any text; its number is the first run of decimal digits      "7"  "Mensagem 7"  "7 - oi"
--   reply     "ACK" in any case, then spaces ':' '+' '-' '#', then digits  "ACK 7"  "ACK7"  "ack: 7"
--
-- Whatever else comes from the server's port answers too: servers that send the text back bear no ACK.
-- What is told of other frames (where the reply is, that there is none) is known once the whole file was read: Wireshark
-- does that by itself, tshark with -2.

local medidor = Proto("medidor", "medidor numbered message")

local REQUEST, REPLY, OTHER = 1, 2, 3
local KINDS = { [REQUEST] = "Request", [REPLY] = "Reply", [OTHER] = "Text without a number" }

local fields = {
    kind = ProtoField.uint8("medidor.kind", "Kind", base.DEC, KINDS),
    number = ProtoField.uint64("medidor.number", "Number", base.DEC),
    text = ProtoField.string("medidor.text", "Text"),
    request_in = ProtoField.framenum("medidor.request_in", "Request in", base.NONE, frametype.REQUEST),
    response_in = ProtoField.framenum("medidor.response_in", "Response in", base.NONE, frametype.RESPONSE),
    response_time = ProtoField.relative_time("medidor.response_time", "Response time"),
    copy_of = ProtoField.framenum("medidor.copy_of", "Copy of", base.NONE, frametype.RETRANS_PREV),
    refused_in = ProtoField.framenum("medidor.refused_in", "Refused by ICMP in", base.NONE),
    unanswered = ProtoField.bool("medidor.unanswered", "Unanswered in this capture"),
}
medidor.fields = fields

local no_reply = ProtoExpert.new("medidor.no_reply", "No reply in this capture", expert.group.SEQUENCE, expert.severity.WARN)
local no_request =
    ProtoExpert.new("medidor.no_request", "No request in this capture", expert.group.SEQUENCE, expert.severity.NOTE)
medidor.experts = { no_reply, no_request }

medidor.prefs.ports = Pref.range("Server's UDP ports", "5005", "Ports at which servers of this exchange listen", 65535)

-- A text that comes again so soon is a copy made on the way; later, its client counts anew. Seconds.
local COPY_WITHIN = 1
local LARGEST = "18446744073709551615"

-- By frame: what is known of a request { reply, refused, copy_of } and of a reply { request, time, copy_of }.
local requests, replies
-- By ends and number: the last request.
local asked

function medidor.init()
    requests, replies, asked = {}, {}, {}
end

-- The number that a text bears: its digits without leading zeros, where they stand, and whether the text reads as a
-- reply. Nil where there is none, it does not fit 64 bits, or it may go on behind the captured end.
local function read(text, is_cut)
    local first, last = text:find("%d+")
    if not first or (is_cut and last == #text) then
        return nil
    end
    local digits = text:sub(first, last):gsub("^0+(%d)", "%1")
    if #digits > #LARGEST or (#digits == #LARGEST and digits > LARGEST) then
        return nil
    end
    local is_reply = text:sub(1, first - 1):find("^[ \t\r\n\f]*[Aa][Cc][Kk][ \t:+#-]*$") ~= nil
    return { digits = digits, offset = first - 1, length = last - first + 1, is_reply = is_reply }
end

local function integer(digits)
    local value = UInt64.new(0)
    for digit in digits:gmatch("%d") do
        value = value * 10 + tonumber(digit)
    end
    return value
end

-- Between two stamps. Lua's numbers hold nanoseconds since the file's first frame exactly, and since 1970 to a quarter of
-- a microsecond; but the former begin anew where the user has set a time reference.
local function between(from, to)
    local since_first, since_1970 = to.since_first - from.since_first, to.since_1970 - from.since_1970
    local span = math.abs(since_first - since_1970) < 1e-5 and since_first or since_1970
    local nanoseconds = math.floor(span * 1e9 + 0.5)
    return NSTime.new(math.floor(nanoseconds / 1e9), nanoseconds % 1e9)
end

-- Under which names a request is found by its reply: between the same two ends; at the same end of the client, for servers
-- that answer from elsewhere; between the same two hosts, for those that answer a fixed port.
local function names(client, client_port, server, server_port, digits)
    client, server = tostring(client), tostring(server)
    local ends = client .. " " .. client_port .. " " .. server .. " " .. server_port .. " " .. digits
    return { ends, client .. " " .. client_port .. " " .. digits, client .. " " .. server .. " " .. digits }
end

local function note_request(frame, time, keys)
    local before = asked[keys[1]]
    if before and time.since_1970 - before.time.since_1970 < COPY_WITHIN then
        requests[frame] = { copy_of = before.frame }
        return
    end
    local request = { frame = frame, time = time }
    requests[frame] = request
    for _, key in ipairs(keys) do
        asked[key] = request
    end
end

local function note_reply(frame, time, keys)
    local request = asked[keys[1]] or asked[keys[2]] or asked[keys[3]]
    if not request then
        replies[frame] = {}
    elseif request.reply then
        replies[frame] = { request = request.frame, copy_of = request.reply }
    else
        request.reply = frame
        replies[frame] = { request = request.frame, time = between(request.time, time) }
    end
end

local function note(pinfo, kind, digits)
    local time = { since_first = pinfo.rel_ts, since_1970 = pinfo.abs_ts }
    local to_server = names(pinfo.src, pinfo.src_port, pinfo.dst, pinfo.dst_port, digits)
    if pinfo.in_error_pkt then
        -- An ICMP error quotes it.
        local request = asked[to_server[1]]
        if request and kind == REQUEST then
            request.refused = request.refused or pinfo.number
        end
    elseif kind == REQUEST then
        note_request(pinfo.number, time, to_server)
    else
        local from_server = names(pinfo.dst, pinfo.dst_port, pinfo.src, pinfo.src_port, digits)
        note_reply(pinfo.number, time, from_server)
    end
end

local function show(tree, field, value)
    if value then
        tree:add(field, value):set_generated()
    end
end

local function show_request(tree, request, is_read)
    show(tree, fields.copy_of, request.copy_of)
    show(tree, fields.response_in, request.reply)
    show(tree, fields.refused_in, request.refused)
    -- Only who has read the whole file knows that something is not in it.
    if is_read and not request.reply and not request.copy_of then
        show(tree, fields.unanswered, true)
        tree:add_proto_expert_info(no_reply)
    end
end

local function show_reply(tree, reply)
    show(tree, fields.request_in, reply.request)
    show(tree, fields.response_time, reply.time)
    show(tree, fields.copy_of, reply.copy_of)
    if not reply.request then
        tree:add_proto_expert_info(no_request)
    end
end

function medidor.dissector(tvb, pinfo, root)
    local read_as = read(tvb:raw(), tvb:len() < tvb:reported_len())
    local from_server = pinfo.src_port == pinfo.match_uint and pinfo.dst_port ~= pinfo.match_uint
    local kind = OTHER
    if read_as then
        kind = (read_as.is_reply or from_server) and REPLY or REQUEST
        if not pinfo.visited then
            note(pinfo, kind, read_as.digits)
        end
    end

    local text = tvb():string(ENC_UTF_8)
    local summary = KINDS[kind] .. (read_as and " " .. read_as.digits or "")
    local tree = root:add(medidor, tvb()):append_text(": " .. summary)
    tree:add(fields.kind, kind):set_generated()
    if read_as then
        tree:add(fields.number, tvb(read_as.offset, read_as.length), integer(read_as.digits))
    end
    tree:add(fields.text, tvb(), text)
    if pinfo.in_error_pkt then
        return
    end
    pinfo.cols.protocol = "medidor"
    pinfo.cols.info = summary .. ": " .. text
    if requests[pinfo.number] then
        show_request(tree, requests[pinfo.number], pinfo.visited)
    elseif replies[pinfo.number] then
        show_reply(tree, replies[pinfo.number])
    end
end

local udp = DissectorTable.get("udp.port")
local registered

local function register()
    if registered then
        udp:remove(registered, medidor)
    end
    registered = tostring(medidor.prefs.ports)
    if registered ~= "" then
        udp:add(registered, medidor)
    end
end

medidor.prefs_changed = register
register()
