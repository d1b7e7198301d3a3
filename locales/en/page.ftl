# The result as a page for browsers.

page-skip = Skip to the result
page-footer = Written by medidor. This page contains everything that it shows; it loads nothing from the network. Times count from the first message.
page-lost-where = Where they were lost:
page-begun = Started: { $time }
page-more-flows = { $shown } of { $all } conversations are shown here; --json contains all of them.
page-no-warnings = No warnings

page-point = Point
page-witness = seen by
page-messages = messages

page-ladder = Path of each message
page-ladder-how = One row for each message, from the client application to the server application and back. Rows are evenly spaced, however much time lies between them.
page-ladder-about = One row for each message: its line goes from the client to the server and back, and ends at a cross where the message was lost. The table below says the same in words.
page-ladder-part = { $shown } of { $all } messages are drawn: those that had a problem.
page-legend-seen = seen there (a frame of a capture, or a line of a journal)
page-legend-lost = lost in this segment
page-legend-somewhere = somewhere in the dashed segment: the files do not show where
page-lane-client-app = client app
page-lane-client-wire = client wire
page-lane-server-wire = server wire
page-lane-server-app = server app
page-lane-one-wire = wire (one computer)
page-lane-network = network
page-somewhere = somewhere here
page-rung = Message { $n }: { $what }
page-lost-at = lost: { $place }
page-lost-between = lost: somewhere between { $first } and { $last }
page-lost-of = lost, in one of { $count } places
page-lost-somewhere = lost, in one of these places: { $places }
page-zoom = Size of the drawing
page-zoom-in = larger
page-zoom-out = smaller
page-zoom-all = all at once
page-zoom-own = normal size

page-table = All messages
page-table-part = This table contains { $shown } of { $all } messages, those that had a problem first; --csv writes all of them.
page-search = Search (a number, or any text)
page-outcome = Outcome
page-outcome-all = all
page-shown = { $shown } of { $all } rows
page-number = No.
page-left = Sent at
page-rtt = RTT
page-evidence = Evidence
page-conversation = The whole conversation in Wireshark:
page-copy = copy
page-copied = copied
page-copy-label =
    { $n ->
        [none] Copy the display filter for { $file }
       *[other] Copy the display filter for message { $n } in { $file }
    }

page-frame = { $file }, frame { $frame }
page-by-others = shown by later packets
page-last-seen = Last seen: { $point } ({ $where }).
page-missing =
    Missing from here on: { $point }{ $file ->
        [none] .
       *[other] {" "}({ $file }: { $sure }).
    }
page-whole = complete
page-gaps = it has gaps, but none around that time
page-assumed = assumed to be active at that time, without proof
page-gap = In { $file } it would be between frame { $low_frame } (message { $low }) and frame { $high_frame } (message { $high }).
page-sure-whole = How sure: certain, if the files are genuine. It was seen before this segment, and the files after it are complete.
page-sure-gaps = How sure: certain for that moment, if the files are genuine. The file where it is missing has gaps, but none around that time.
page-sure-assumed = How sure: probable. It is assumed that the file where it is missing covers that moment; nothing proves it.
page-sure-told = How sure: as sure as the report of the loss.
page-sure-stretch =
    How sure: it is certain that it was lost, but not where. { $count ->
        [one] { $count } place is
       *[other] { $count } places are
    } possible, because nothing was recorded in between.
page-sure-nowhere = How sure: the place is unknown. No file shows the message on its way.
page-sure-late-wire = How sure: only the capture saw the reply arrive, and there it arrived late.
page-sure-inconclusive = How sure: unknown. No file proves that the reply came, and none proves that it did not.
page-duplicates =
    { $count ->
        [one] { $count } extra copy of it or of its reply was seen.
       *[other] { $count } extra copies of it or of its reply were seen.
    }
page-altered = Its text, or that of its reply, was altered on the way.

page-loss = Loss over time
page-loss-how = Each bar covers { $width }: messages that arrived are above the line, the others below it. Each half has its own scale.
page-legend-came = arrived (above the line)
page-legend-lost-late = lost or late (below the line)
page-legend-open = not sent, or unknown (below the line)
page-loss-bin = From { $from } s: { $came } arrived, { $lost } lost or late, { $open } not sent or unknown
page-chart-about = Drawn from timeline and distribution in the result document (--json); the tables of this page summarize them.
page-seconds = seconds since the first message

page-rtts = Round-trip time over time
page-rtts-how = Points are means; lines go from the shortest to the longest in the same time span; ▲ marks values above the scale. The four charts are measured at four places and have the same scale.
page-rtt-bin =
    { $count ->
        [one] { $count } sample: { $mean }
       *[other] { $count } samples: { $min } to { $max }, mean { $mean }
    }
page-spread = Distribution of the round-trip time
page-spread-how = Each bar counts the messages with this round-trip time, in steps of { $width }; the last bar also contains all longer ones.
page-spread-sums = median { $median }, p95 { $p95 }, maximum { $max }
page-spread-bin = { $from } to { $to }: { $count }
page-spread-last = { $from } and longer: { $count }

# What stands on the packets of a capture.

comment-frame = Message { $n }: { $fate }
comment-copy = Message { $n } (extra copy): { $fate }

# Transfers.

page-comparison = Transfers side by side
page-transfer =
    { $whole } of { $count ->
        [one] { $count } receiver
       *[other] { $count } receivers
    } with the complete file ({ $mode }){ $unknown ->
        [0] {""}
       *[other] ; { $unknown } unknown
    }
page-transfer-file =
    File: { $name ->
        [none] —
       *[other] { $name }
    }, { $size ->
        [none] size unknown
        [one] { $size } byte
       *[other] { $size } bytes
    }
page-transfer-part = { $shown } of { $all } receivers are shown one by one; the table contains all of them.
page-receiver = Receiver { $number }
page-blocks = blocks
page-blocks-sent = sent by the application
page-blocks-out = on the sender's wire
page-blocks-in = on the receiver's wire
page-blocks-read = read by the application
page-blocks-lost =
    { $count ->
        [one] { $count } block lost
       *[other] { $count } blocks lost
    }: { $place }
page-blocks-somewhere =
    { $count ->
        [one] { $count } block lost
       *[other] { $count } blocks lost
    } in one of these places: { $places }
page-map = Losses along the file
page-map-how =
    { $blocks ->
        [one] Each bar is a block of the file that was lost.
       *[other] Each bar covers { $blocks } blocks of the file, the last one perhaps fewer; its height shows how many of them were lost.
    }
page-map-cell =
    From block { $first }, { $blocks ->
        [one] { $blocks } block
       *[other] { $blocks } blocks
    }: { $lost } lost
page-course = Rate over time
page-course-received = What arrived at the receiver, in steps of { $width }.
page-course-sent = What left the sender, in steps of { $width }.
page-course-cell = After { $from }: { $rate }
page-witness-sender =
    { $kind ->
        [capture] Sender's capture
       *[journal] Sender's journal
    }: { $file } ({ $whole })
page-witness-receiver =
    { $kind ->
        [capture] Capture
       *[journal] Journal
    } of receiver{ $number ->
        [none] {""}
       *[other] {" "}{ $number }
    }: { $file } ({ $whole })

# Chats.

page-chat-connection = Connection
page-chat-bytes-client = bytes from the client
page-chat-bytes-server = bytes from the server
page-chat-again-client = retransmitted by the client
page-chat-again-server = retransmitted by the server
page-chat-copy = Copy the display filter for: { $what }
page-chat-kind = Kind
page-chat-message = message
page-chat-control = to the server
page-chat-notice = notice
page-chat-from = From
page-chat-text = Text
page-chat-way-in = To the server
page-chat-taken = acknowledged
page-chat-capture = capture
page-chat-journal = journal
