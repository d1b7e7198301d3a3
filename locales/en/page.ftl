# The result as a page for browsers.

page-skip = Skip to the result
page-footer = Written by medidor. This page holds everything it shows; it asks the network for nothing. Times are counted from the first message on.
page-lost-where = Where they were lost:
page-begun = Begun: { $time }
page-more-flows = { $shown } of { $all } conversations are shown here; --json tells of all.
page-no-warnings = No warnings

page-point = Point
page-witness = seen by
page-messages = messages

page-ladder = Each message's way
page-ladder-how = A row for each message, from the client's application to the server's and back. Rows are evenly spaced, whatever time lay between them.
page-ladder-about = One row for each message: its line goes from the client to the server and back, and ends at a cross where the message was lost. The table below says the same in words.
page-ladder-part = { $shown } of { $all } messages are drawn: those that did not simply get through.
page-legend-seen = seen there (a frame of a capture, or a line of a journal)
page-legend-lost = lost on this stretch
page-legend-somewhere = somewhere on the dashed stretch: the files do not tell where
page-lane-client-app = client app
page-lane-client-wire = client wire
page-lane-server-wire = server wire
page-lane-server-app = server app
page-lane-one-wire = wire (one computer)
page-lane-network = network
page-somewhere = somewhere here
page-rung = Message { $n }: { $what }
page-lost-at = lost: { $place }
page-lost-between = lost: somewhere from { $first } to { $last }
page-lost-of = lost, in one of { $count } places
page-lost-somewhere = lost, in one of these: { $places }
page-zoom = Size of the drawing
page-zoom-in = larger
page-zoom-out = smaller
page-zoom-all = all at once
page-zoom-own = usual size

page-table = The messages one by one
page-table-part = { $shown } of { $all } messages are in this table, those that did not simply get through first; --csv writes them all.
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
page-by-others = shown by what came later
page-last-seen = Last seen: { $point } ({ $where }).
page-missing =
    Missing from there on: { $point }{ $file ->
        [none] .
       *[other] {" "}({ $file }: { $sure }).
    }
page-whole = it missed nothing
page-gaps = it has gaps, but none around that time
page-assumed = assumed to have been awake then, without proof
page-gap = In { $file } it would stand between frame { $low_frame } (message { $low }) and frame { $high_frame } (message { $high }).
page-sure-whole = How sure: certain, if the files are honest. It was seen before this stretch, and those who watched behind it missed nothing.
page-sure-gaps = How sure: certain for that moment, if the files are honest. The one who did not see it has gaps, but none around that time.
page-sure-assumed = How sure: probable. That the one who did not see it was watching then is assumed; nothing proves it.
page-sure-told = How sure: as sure as the one who reported it.
page-sure-stretch =
    How sure: that it was lost is certain; where is not. { $count ->
        [one] One place is
       *[other] { $count } places are
    } left, because nobody watched in between.
page-sure-nowhere = How sure: nobody saw where. No file shows any sign of it on its way.
page-sure-late-wire = How sure: only the capture saw the reply come, and it was late there.
page-sure-inconclusive = How sure: not at all. No file proves that the reply came, and none proves that it did not.
page-duplicates =
    { $count ->
        [one] { $count } surplus copy of it or of its reply was seen.
       *[other] { $count } surplus copies of it or of its reply were seen.
    }
page-altered = Its text, or its reply's, was changed on the way.

page-loss = Loss over time
page-loss-how = Each bar is a stretch of { $width }: what came through stands above the line, what did not below it. Each half has a scale of its own.
page-legend-came = came through (above the line)
page-legend-lost-late = lost or late (below the line)
page-legend-open = not sent, or it cannot be told (below the line)
page-loss-bin = From { $from } s on: { $came } came through, { $lost } lost or late, { $open } not sent or not known
page-chart-about = Drawn from the numbers under timeline and distribution in the result document (--json); the tables of this page sum them up.
page-seconds = seconds since the first message

page-rtts = Round-trip time over time
page-rtts-how = Dots are means, lines reach from the shortest to the longest of the same stretch of time; ▲ stands for more than the scale shows. The four are measured at four places, and all have the same scale.
page-rtt-bin =
    { $count ->
        [one] { $count } sample: { $mean }
       *[other] { $count } samples: { $min } to { $max }, mean { $mean }
    }
page-spread = Distribution of the round-trip time
page-spread-how = Each bar counts the messages whose round trip took so long, in steps of { $width }; the last bar holds all longer ones, too.
page-spread-sums = median { $median }, p95 { $p95 }, maximum { $max }
page-spread-bin = { $from } to { $to }: { $count }
page-spread-last = { $from } and longer: { $count }

# What stands on the packets of a capture.

comment-frame = Message { $n }: { $fate }
comment-copy = Message { $n } (a further copy): { $fate }

# Transfers.

page-comparison = Transfers side by side
page-transfer =
    { $whole } of { $count ->
        [one] { $count } receiver has
       *[other] { $count } receivers have
    } the whole file ({ $mode }){ $unknown ->
        [0] {""}
       *[other] ; of { $unknown } it cannot be told
    }
page-transfer-file =
    File: { $name ->
        [none] —
       *[other] { $name }
    }, { $size ->
        [none] size not known
        [one] { $size } byte
       *[other] { $size } bytes
    }
page-transfer-part = { $shown } of { $all } receivers are told of one by one; the table holds them all.
page-receiver = Receiver { $number }
page-blocks = blocks
page-blocks-sent = sent by the program
page-blocks-out = on the sender's wire
page-blocks-in = on the receiver's wire
page-blocks-read = read by the program
page-blocks-lost =
    { $count ->
        [one] { $count } block lost
       *[other] { $count } blocks lost
    } in { $place }
page-blocks-somewhere =
    { $count ->
        [one] { $count } block lost
       *[other] { $count } blocks lost
    } in one of these, which one cannot be told: { $places }
page-map = Losses over the file
page-map-how =
    { $blocks ->
        [one] Each bar stands for one block of the file; it is there where the block was lost.
       *[other] Each bar stands for { $blocks } blocks of the file, the last one perhaps for fewer; its height tells how many of them were lost.
    }
page-map-cell =
    From block { $first } on, { $blocks ->
        [one] { $blocks } block
       *[other] { $blocks } blocks
    }: { $lost } lost
page-course = Rate over time
page-course-received = What came at the receiver, in steps of { $width }.
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
page-chat-again-client = sent again by the client
page-chat-again-server = sent again by the server
page-chat-copy = Copy the display filter for: { $what }
page-chat-kind = Kind
page-chat-message = message
page-chat-control = for the server
page-chat-notice = notice
page-chat-from = From
page-chat-text = Text
page-chat-way-in = To the server
page-chat-taken = acknowledged
page-chat-capture = capture
page-chat-journal = journal
