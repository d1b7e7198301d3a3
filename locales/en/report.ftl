# The result of a measurement, for people.

figures-more = { $numbers } and { $more } more

## The verdict

verdict-loss =
    Loss rate: { $ratio } ({ $lost } of { $of ->
        [one] { $of } message
       *[other] { $of } messages
    }; 95% interval: { $low } to { $high })
verdict-loss-range =
    Loss rate: from { $ratio } to { $most } ({ $lost } to { $worst } of { $of ->
        [one] { $of } message
       *[other] { $of } messages
    }; 95% interval: { $low } to { $high })
verdict-loss-at-least =
    Loss rate: at least { $ratio } ({ $lost } or more of { $of ->
        [one] { $of } message
       *[other] { $of } messages
    }; 95% interval: { $low } to { $high })
verdict-nothing-to-count = Loss rate: — (no sent message has a known outcome)
verdict-sent =
    { $sent ->
        [0] No message sent.
        [one] { $sent } message sent
       *[other] { $sent } messages sent
    }{ $sent ->
        [0] { "" }
       *[other] , { $delivered ->
            [0] none answered in time.
            [one] { $delivered } answered in time.
           *[other] { $delivered } answered in time.
        }
    }
verdict-seen =
    { $requests ->
        [one] { $requests } message seen
       *[other] { $requests } messages seen
    }, { $delivered ->
        [0] none with a reply.
        [one] { $delivered } with a reply.
       *[other] { $delivered } with a reply.
    }
verdict-by-capture =
    Counted from the capture: there is no client journal. Without it the timeout is unknown, and a late reply counts as
    delivered.
verdict-late =
    Not answered { $patience ->
        [none] in time
       *[other] within { $patience }
    }: { $late ->
        [one] { $late } reply came late
       *[other] { $late } replies came late
    }, { $lost ->
        [0] none is missing.
        [one] { $lost } never came.
       *[other] { $lost } never came.
    }
verdict-never-came =
    { $lost ->
        [one] { $lost } reply never came; none came late.
       *[other] { $lost } replies never came; none came late.
    }
verdict-not-seen =
    { $lost ->
        [one] { $lost } reply was not seen.
       *[other] { $lost } replies were not seen.
    }
verdict-not-sent =
    { $count ->
        [one] { $count } message was not sent because the system refused it; it does not count in the loss rate.
       *[other] { $count } messages were not sent because the system refused them; they do not count in the loss rate.
    }
verdict-inconclusive =
    { $count ->
        [one] For { $count } message it is unknown whether a reply came.
       *[other] For { $count } messages it is unknown whether a reply came.
    }
verdict-same-host = Client and server are on the same host: no message crossed a network.
verdict-answered =
    Answered: { $answered } of { $received ->
        [one] { $received } message that reached
       *[other] { $received } messages that reached
    } the server
verdict-lost-at-server =
    { $lost ->
        [one] { $lost } message was lost in the server's host or application.
       *[other] { $lost } messages were lost in the server's host or application.
    }
verdict-no-gaps = There are no gaps in the numbering between the first and the last message.
verdict-gaps =
    { $count ->
        [one] { $count } number is missing: { $numbers }. The message was lost on the way, or the client did not send it.
       *[other] { $count } numbers are missing: { $numbers }. These messages were lost on the way, or the client did not send
        them.
    }
verdict-server-alone =
    The server's files alone do not show whether the replies arrived: for the loss rate, add the client's journal or
    capture.

## Who spoke with whom

flow-heading = Conversation { $id } of { $of }
flow-ends = Who spoke with whom
flow-client = Client: { $client }
flow-client-behind-nat = Client: { $client }, seen by the server as { $seen }
flow-client-seen = Client, as the server sees it: { $client }
flow-server = Server: { $server }
flow-patience = Timeout for each reply: { $patience }
flow-epoch = The numbering started again: this is run { $epoch } of this client.

## The path

path-heading = Path of the messages
path-point = different messages at each point
path-application = application
path-wire = capture
path-arrows = →: from client to server; ←: the reply, on its way back.
path-dash = —: this point was not observed, or what was seen there has no number.
path-same-host = On the same host, one frame counts for both points of the capture in each direction.
path-loss-forward = Network loss, forward: { $ratio } ({ $lost } of { $of }; 95% interval: { $low } to { $high })
path-loss-forward-range =
    Network loss, forward: from { $ratio } to { $most } ({ $lost } to { $worst } of { $of }; 95% interval: { $low } to
    { $high })
path-loss-return = Network loss, return: { $ratio } ({ $lost } of { $of }; 95% interval: { $low } to { $high })
path-loss-return-range =
    Network loss, return: from { $ratio } to { $most } ({ $lost } to { $worst } of { $of }; 95% interval: { $low } to
    { $high })

point-client-sent = sent by the client application
point-client-wire-out = on the client's wire
point-server-wire-in = on the server's wire
point-server-received = received by the server application
point-server-sent = answered by the server application
point-server-wire-out = replies on the server's wire
point-client-wire-in = replies on the client's wire
point-client-received = replies received by the client application

## Where they were lost

losses-heading =
    { $count ->
        [one] Where the message was lost
       *[other] Where the { $count } messages were lost
    }
losses-by-party =
    In the network: { $network }; in hosts or applications: { $hosts }; undetermined: { $either }.
losses-one =
    { $place }: { $count ->
        [one] message { $numbers }
       *[other] { $count } messages ({ $numbers })
    }
losses-several =
    { $count ->
        [one] Message { $numbers }
       *[other] { $count } messages ({ $numbers })
    } in one of these places: { $place }
losses-nowhere =
    { $count ->
        [one] Message { $numbers }
       *[other] { $count } messages ({ $numbers })
    }: place unknown
losses-reason = Reason: { $reason }.
losses-reason-of = Reason, for messages { $numbers }: { $reason }.
losses-in-a-row = Longest run of losses: { $length } messages in a row, starting with message { $first }.

segment-client-host-out = the client's host (outbound)
segment-network-forward = the network (forward)
segment-server-host-in = the server's host (inbound)
segment-server-app = the server application
segment-server-host-out = the server's host (outbound)
segment-network-return = the network (return)
segment-client-host-in = the client's host (inbound)

meaning-client-host-out = The application sent it, but it did not appear on the client's wire.
meaning-network-forward = It left on the client's wire and did not reach the server's.
meaning-server-host-in = It reached the server's wire, but the application did not read it.
meaning-server-app = The server application read it, but sent no reply.
meaning-server-host-out = The server replied, but the reply did not appear on its wire.
meaning-network-return = The reply left on the server's wire and did not reach the client's.
meaning-client-host-in = The reply reached the client's wire, but the application did not read it.

advice-client-host-out = send more slowly; check egress filters, and whether the router answers (ARP).
advice-network-forward = suspect Wi-Fi or congestion: repeat by cable, at another time.
advice-network-forward-all = check the port forwarding on the server's router, the public address, and CGNAT.
advice-server-host-in = check the server's firewall, and that it listens on this port; if its buffer was full, send more slowly.
advice-server-app = read the reason; without one, look into the server program.
advice-server-host-out = send more slowly; check egress filters on the server's computer.
advice-network-return = suspect Wi-Fi or congestion: repeat by cable, at another time.
advice-network-return-all = with replies to a fixed address, check the rule on the client's router; otherwise its firewall.
advice-client-host-in = check the client's firewall; if its buffer was full, send more slowly.

evidence-heading = Evidence for each lost message
evidence-message = Message { $n }
evidence-more = And { $count } more, in the page and the CSV file.

reason-error-forbidden = the system did not allow it to be sent ({ $error }: usually an egress firewall)
reason-error-dropped = the system accepted the message and then dropped it, in a full queue or an egress filter ({ $error })
reason-error-full = the system's send queue was full ({ $error })
reason-error-no-route = the system had no route to the destination ({ $error })
reason-error-refused = the destination refused it ({ $error })
reason-error-too-large = the message is too large for the path ({ $error })
reason-error-other = system error: { $error }
reason-port-unreachable = port unreachable, reported by { $from }: nothing listens there, or a firewall rejects it
reason-icmp = ICMP error sent by { $from } (type { $type }, code { $code })
reason-from-self = this host
reason-simulated-drop = simulated loss: the server dropped it on purpose
reason-rate-limit = the server limits its replies to each client
reason-closing = the server was shutting down
reason-bad-checksum = wrong checksum on arrival
reason-socket-overflow = the server's socket buffer was full
reason-capture-ends = the capture ends { $time } later: too soon to know
reason-unknown = unknown reason
reason-many = other reasons

unsent-heading =
    { $count ->
        [one] Not sent
       *[other] Not sent ({ $count })
    }
unsent-reason =
    { $reason }: { $count ->
        [one] message { $numbers }
       *[other] { $count } messages ({ $numbers })
    }
late-heading = Late
late-numbers =
    { $count ->
        [one] { $count } reply came after the timeout: { $numbers }
       *[other] { $count } replies came after the timeout: { $numbers }
    }
unclear-heading = Inconclusive
unclear-numbers =
    { $count ->
        [one] For { $count } message it is unknown whether a reply came: { $numbers }
       *[other] For { $count } messages it is unknown whether a reply came: { $numbers }
    }
unclear-too-soon =
    { $count ->
        [one] The capture ends { $time } after message { $numbers }: too soon to know.
       *[other] The capture ends { $time } or less after messages { $numbers }: too soon to know.
    }

odd-heading = Other observations
odd-duplicates =
    { $count ->
        [one] Duplicates: { $count } extra copy (message { $numbers })
       *[other] Duplicates: { $count } extra copies (messages { $numbers })
    }
odd-altered =
    { $count ->
        [one] Text altered on the way: { $count } message ({ $numbers })
       *[other] Text altered on the way: { $count } messages ({ $numbers })
    }
odd-reordered =
    { $count ->
        [one] Out of order on arrival: { $count } message
       *[other] Out of order on arrival: { $count } messages
    }
odd-reordered-forward = Out of order, forward: { $count } of { $of }, maximum extent { $extent }
odd-reordered-return = Out of order, return: { $count } of { $of }, maximum extent { $extent }
odd-malformed =
    { $count ->
        [one] Without a number: { $count } message received
       *[other] Without a number: { $count } messages received
    }
odd-never-sent =
    { $count ->
        [one] Reply to a number that was never sent: { $count }
       *[other] Replies to numbers that were never sent: { $count }
    }
odd-other-source =
    { $count ->
        [one] Reply from an address other than the server's: { $count }
       *[other] Replies from an address other than the server's: { $count }
    }

## Delays

delay-heading = Round-trip time (RTT), in { $unit }
delay-heading-server = Time at the server, in { $unit }
delay-samples = samples
delay-min = min
delay-mean = mean
delay-median = median
delay-p95 = p95
delay-max = max
delay-stddev = stddev
delay-application = application
delay-kernel = kernel
delay-wire = wire
delay-network = network alone
delay-residence = at the server
delay-legend =
    application: from send() to recv(); kernel: between the kernel's timestamps; wire: between the frames on the client's
    wire; network alone: wire minus the time at the server.
delay-dash = —: not measured.
delay-jitter = Jitter (RFC 3550) of the round trip: { $jitter }
delay-heading-one-way = One-way delay, in { $unit }
delay-forward = forward
delay-return = return
delay-legend-one-way = ±: uncertainty, because the clocks of the two hosts do not show the same time.
delay-variation-forward = Delay variation forward (RFC 3393): median { $median }, p95 { $p95 }, maximum { $max }
delay-variation-return = Delay variation return (RFC 3393): median { $median }, p95 { $p95 }, maximum { $max }
delay-clock-offset = Server clock minus client clock: between { $low } and { $high }

conduct-heading = medidor's own timing
conduct-behind = Late sends: median { $median }, maximum { $max }
conduct-in-send = Time inside send(): median { $median }, maximum { $max }

## The witnesses

witness-heading = Evidence
witness-line = { $name }: { $file } ({ $whole })
witness-client-journal = client journal
witness-client-capture = client capture
witness-server-capture = server capture
witness-server-journal = server journal
witness-whole = complete
witness-not-whole = incomplete
witness-assumed = assumed complete, without proof
witness-packets =
    { $packets ->
        [0] No packet captured
        [one] { $packets } packet captured
       *[other] { $packets } packets captured
    }, { $dropped ->
        [0] none dropped.
       *[other] { $dropped } dropped.
    }
witness-packets-dropped-unknown =
    { $packets ->
        [0] No packet captured
        [one] { $packets } packet captured
       *[other] { $packets } packets captured
    }; dropped: unknown (only the end of a journal shows this).
witness-interface-dropped =
    { $count ->
        [one] { $count } packet lost by the network interface itself.
       *[other] { $count } packets lost by the network interface itself.
    }
witness-damaged = File damaged from byte { $count } on.
witness-failure = The capture stopped before the run ended: { $reason }
witness-ended-done = Ended normally.
witness-ended-duration = Ended after the requested duration.
witness-ended-interrupted = Ended on request (Ctrl-C or SIGTERM).
witness-ended-nowhere = It has no end: the program was killed or the file was cut off.
witness-records-lost =
    { $count ->
        [one] { $count } record lost.
       *[other] { $count } records lost.
    }
witness-socket-drops =
    { $count ->
        [0] No message dropped at the socket.
        [one] { $count } message dropped at the socket.
       *[other] { $count } messages dropped at the socket.
    }
witness-no-capture =
    There was no capture, so nothing shows what happened between the applications. With --capture on both sides, medidor
    can say where each message was lost.

outcome-delivered = answered
outcome-late = late
outcome-not-sent = not sent
outcome-lost = lost
outcome-answered = answered by the server
outcome-inconclusive = inconclusive

## Warnings

warnings-heading =
    { $count ->
        [one] Warning
       *[other] Warnings ({ $count })
    }
warnings-advice = What to do: { $advice }

warning-capture-dropped =
    { $count ->
        [one] The capture { $file } dropped { $count } packet (buffer full).
       *[other] The capture { $file } dropped { $count } packets (buffer full).
    } Around that time, a message that is missing from it proves nothing.
advice-capture-dropped = repeat at a lower rate, keep less of each packet (--snaplen 128), or give the capture a larger buffer (tcpdump and dumpcap: -B).
warning-interface-dropped =
    { $count ->
        [one] The network interface lost { $count } packet before the capture { $file } could see it.
       *[other] The network interface lost { $count } packets before the capture { $file } could see them.
    }
advice-interface-dropped = repeat at a lower rate and with less load on the computer.
warning-capture-failed = The capture { $file } stopped before the run ended: { $reason }
advice-capture-failed = check that the disk has space and that the interface stayed up, then repeat.
warning-capture-damaged =
    The file { $file } is damaged ({ $flaw ->
        [breaks_off] it breaks off: { $found_bytes } of the { $wanted_bytes } bytes of its last record
        [malformed] malformed record
       *[other] { $reason }
    }); { $offset_bytes ->
        [none] what comes before was used.
       *[other] what comes before byte { $offset_bytes } was used.
    }
advice-capture-damaged = copy the original file again, or repeat the capture and end it with Ctrl-C.
warning-capture-assumed =
    No journal belongs to the capture { $file }: it is assumed to have been active from the first to the last frame of
    this conversation.
advice-capture-assumed = analyze it with the journal of the same run, or capture with --capture.
warning-filter-blind =
    The filter of the { $role ->
        [client] client's
       *[other] server's
    } capture excludes { $direction ->
        [forward] the messages from client to server
       *[other] the replies from server to client
    }: not seeing them proves nothing.
advice-filter-blind = use the default filter, or one that accepts both directions.
warning-snaplen-blind =
    The { $role ->
        [client] client's
       *[other] server's
    } capture keeps so little of each packet that the numbers of { $direction ->
        [forward] the messages
       *[other] the replies
    } are cut off.
advice-snaplen-blind = capture with a larger snaplen.
warning-super-packets =
    { $count ->
        [one] The capture { $file } contains { $count } packet that combines several messages (GRO or GSO).
       *[other] The capture { $file } contains { $count } packets that combine several messages (GRO or GSO).
    } Around them, a message that is missing from the capture proves nothing.
advice-super-packets = turn this off before capturing: ethtool -K INTERFACE gro off gso off rx-gro-list off rx-udp-gro-forwarding off; and do not send with UDP_SEGMENT.
warning-illegible-packets =
    { $count ->
        [one] The capture { $file } cut off { $count } packet before its number.
       *[other] The capture { $file } cut off { $count } packets before their numbers.
    } Around them, a message that is missing from the capture proves nothing.
advice-illegible-packets = capture with a larger snaplen (tcpdump -s 0).
warning-unread-packets =
    { $count ->
        [one] The capture { $file } contains { $count } packet of a link type that medidor does not read.
       *[other] The capture { $file } contains { $count } packets of link types that medidor does not read.
    } Around them, a message that is missing from the capture proves nothing.
advice-unread-packets = capture only on the interface of the measurement, on Ethernet or on "any".
warning-incomplete-fragments =
    { $count ->
        [one] The capture { $file } contains only part of the fragments of { $count } datagram.
       *[other] The capture { $file } contains only part of the fragments of { $count } datagrams.
    } It is unknown whether they arrived complete, and around them a message that is missing from the capture proves
    nothing.
advice-incomplete-fragments = let the capture filter accept the other fragments too: only the first one has the ports, so "udp port 5005" excludes the others.
warning-unidentified-texts =
    { $count ->
        [one] The capture { $file } contains { $count } text that its number does not identify.
       *[other] The capture { $file } contains { $count } texts that their numbers do not identify.
    } This capture is not used for that conversation.
advice-unidentified-texts = number the messages in decimal digits and in ascending order: 1, 2, 3.
warning-unused-file = { $file } was not used: { $reason ->
        [given_twice] the same file or the same packets are among the others.
        [empty] it is empty.
        [compressed] its compression is not supported.
        [other_run] it belongs to none of the captures.
        [other_protocol] it is a journal of another kind of run.
        [unreadable] it cannot be read.
       *[other] it is neither a capture nor a journal.
    }
advice-unused-file = check whether it belongs to this run; if not, ignore this warning.
warning-copies-folded =
    { $count ->
        [one] The capture { $file } contains { $count } copy of a packet, seen on another interface or on both sides of a router or VLAN. It was not counted.
       *[other] The capture { $file } contains { $count } copies of packets, seen on another interface or on both sides of a router or VLAN. They were not counted.
    }
advice-copies-folded = no action needed. To avoid copies, capture on one interface, or mirror a single switch port.
warning-journal-broken =
    The journal { $file } has no end{ $line ->
        [none] { "" }
       *[other] {" "}and cannot be read from line { $line } on
    }: what came after is unknown.
advice-journal-broken = end the program with Ctrl-C instead of killing it, and copy the whole file.
warning-journal-gap =
    { $count ->
        [one] The journal { $file } lost { $count } record (disk too slow).
       *[other] The journal { $file } lost { $count } records (disk too slow).
    }
advice-journal-gap = write to a faster disk, or send at a lower rate.
warning-contradiction =
    The { $role ->
        [client] client's
       *[other] server's
    } { $wire ->
        [true] capture
       *[other] journal
    } missed { $count ->
        [one] { $count } message that certainly passed there
       *[other] { $count } messages that certainly passed there
    }, so a message that is missing there no longer proves anything.
advice-contradiction = check that the files are from the same run and that the capture was on the right interface.
warning-clock-step =
    { $seconds ->
        [none] One of the clocks was set during the run: the timestamps of the two sides do not match.
       *[other] The clock of the host that wrote { $file } was set by { $seconds } s during the run.
    }
advice-clock-step = synchronize the clocks before measuring; the one-way delays are not reliable.
warning-clocks-apart =
    The server clock minus the client clock is { $seconds } s: the files may be from different runs.
advice-clocks-apart = check that the files are from the same run, and set the clocks.
warning-flow-tie =
    Several of the server's flows may be from this client: { $flows }. The verdict says only what is true for all of them.
advice-flow-tie = more evidence distinguishes them: both journals, or captures with the IP headers; or choose one with
    --flow and its number.
warning-other-run =
    None of the server's flows is from this client: { $fact }. The verdict uses only the client's files.
advice-other-run = give the server's files from the same run.
warning-member-tie =
    It is unknown which member the files of { $member } belong to: { $members }. They are left out, and the verdict uses
    only the server's files.
advice-member-tie = the journals of both sides, or captures of the whole chat, show which member it is.
warning-member-missing =
    None of the members in the server's files matches { $member }: its texts are analyzed without the server's files.
advice-member-missing = check that the files are from the same chat.
warning-perhaps-other-run =
    The server's flow { $flows } may be from this client, but nothing proves it. The verdict uses only the client's files.
advice-perhaps-other-run = if you know that it is, choose it with --flow and its number; the journals of both sides would
    prove it.
candidates-other-run = The server's files are not from this run: { $fact }.
candidates-heading = Which of the server's flows is from this client
candidates-possible = Flow { $number } ({ $client }) is possible.
candidates-possible-losses = Flow { $number } ({ $client }) is possible. The losses would be: { $losses }.
candidates-missing = It may be missing from these files.
candidates-agreed = The verdict says only what is true in every case.
candidates-undetermined = { $count } in one of several places
refuted-by =
    { $fact ->
        [nothing_shared] they have no message in common
        [other_texts] their texts are different
        [other_numbers] the server received numbers that the client never sent
        [slower_than_the_wait] the server took longer to reply than the client waited
        [other_time] replies would have arrived before their requests
        [other_port] on the same host, the ports are different
        [clock_step] the times match only if a clock was set, and both journals prove that none was
        [clock_steps] the times match only if a clock was set at least twice during the run
        [same_wire] both captures are from the same point of the network
        [taken] it is proven to be from another client
        [other_proven] another flow is proven to be from this client
        [no_assignment] each of the other clients needs a flow, and none is left for this one
        [not_chosen] another one was chosen
       *[other] it does not match
    }
warning-other-flows =
    { $count ->
        [one] The server's files contain { $count } more conversation, from another client or another run.
       *[other] The server's files contain { $count } more conversations, from other clients or other runs.
    }
advice-other-flows = nothing, if others used the server too; to choose another conversation, use --flow.
warning-side-assumed =
    { $file } shows no router between the two hosts, and nothing in it shows which of them captured it. It is read as the
    client's capture.
advice-side-assumed = if it is the server's, run analyze with --server { $file }.
warning-application-only =
    There is no capture, and the applications alone cannot know in which host, or whether in the network, a message was
    lost.
advice-application-only = run with --capture FILE.
warning-same-host =
    Client and server are on the same host: there is no network between them, and no loss is attributed to a network.
advice-same-host = to measure a network, run the server on another computer.
warning-nobody-listening =
    { $server ->
        [none] Nothing listens on the server's port, or a firewall rejects the messages
       *[other] Nothing listens on { $server }, or a firewall rejects the messages
    }: { $count ->
        [one] { $count } message was refused.
       *[other] { $count } messages were refused.
    }
advice-nobody-listening =
    start the server before the client, and check the port, the port forwarding on the router and the firewall.
warning-nothing-passed =
    { $direction ->
        [forward] None of the { $count } messages that left the client reached the server's wire.
        [return] None of the { $count } replies that left the server reached the client's wire.
        [unseen] These files show no reply to any of the { $count } messages: none came back, or the capture did not let the replies in.
       *[other] None of the { $count } messages was answered, and these files do not show how far they came.
    }
advice-nothing-passed =
    { $direction ->
        [return] check that the client's router lets the replies in: if the server replies to a fixed address (--reply-to), the router needs a port forwarding rule for that UDP port.
        [unseen] check that the capture filter accepts both directions (udp port 5005, not udp dst port 5005). If it does, check, in this order: that the server is running; the address typed at the client; the forwarding of the UDP port on the server's router; the server's firewall.
       *[other] check, in this order: that the server is running; the address typed at the client; the forwarding of the UDP port on the server's router, to the right internal address; a second NAT before it (CGNAT); the server's firewall. The server's capture would show where they stop.
    }
warning-one-network =
    { $way ->
        [unchanged] The server sees the client at the client's own local address, { $address }: there is no NAT between the two, so they are on one network, or a tunnel joins their networks.
       *[returned] The server sees the client at { $address }, the address that the client sends to: both are behind the same router, or there is a relay between them.
    }
advice-one-network = to measure between two homes, connect one of the computers to the Internet through another line.
warning-socket-drops =
    { $count ->
        [one] The system dropped { $count } message at the application's socket (journal { $file }).
       *[other] The system dropped { $count } messages at the application's socket (journal { $file }).
    }
advice-socket-drops = the application did not read in time, its buffer was too small for a burst, or packets arrived corrupted: send at a lower rate, or allow larger buffers (as root: sysctl -w net.core.rmem_max=8388608).
warning-other-source =
    { $count ->
        [one] { $count } reply came from an address other than the server's: { $sources }.
       *[other] { $count } replies came from an address other than the server's: { $sources }.
    }
advice-other-source = check the server's address; a server with several addresses may reply from another one.
warning-unnumbered-replies =
    { $count ->
        [one] { $count } text without a number came back from the server: it is unknown which message it answers.
       *[other] { $count } texts without a number came back from the server: it is unknown which messages they answer.
    }
advice-unnumbered-replies = make the server reply with the number of the message (medidor's server does with --reply ack).
warning-replies-at-server =
    { $count ->
        [one] { $count } reply (ACK) reached a server; a server does not answer replies.
       *[other] { $count } replies (ACK) reached a server; a server does not answer replies.
    }
advice-replies-at-server = check that no two servers send to each other.
warning-simulated-drop =
    { $count ->
        [one] The server dropped { $count } message on purpose, as requested.
       *[other] The server dropped { $count } messages on purpose, as requested.
    }
advice-simulated-drop = run the server without simulated loss to measure the real network.
warning-rate-limited =
    { $count ->
        [one] The server left { $count } message unanswered because of its limit per client.
       *[other] The server left { $count } messages unanswered because of its limit per client.
    }
advice-rate-limited = send at a lower rate.
warning-fragments =
    { $count ->
        [one] The capture { $file } contains { $count } fragment: some messages are larger than the path allows.
       *[other] The capture { $file } contains { $count } fragments: some messages are larger than the path allows.
    }
advice-fragments = use smaller messages: if one fragment is lost, the whole message is lost.
warning-foreign-packets =
    { $count ->
        [one] The capture { $file } contains { $count } packet that is not part of this measurement.
       *[other] The capture { $file } contains { $count } packets that are not part of this measurement.
    }
advice-foreign-packets = capture with a filter that accepts only the port of the measurement.

score-heading =
    Compared with what the relay did: { $right } of { $judged ->
        [one] { $judged } verdict
       *[other] { $judged } verdicts
    } right; { $exact ->
        [one] { $exact } names
       *[other] { $exact } name
    } exactly one place
score-wrong = { $wrong } wrong, { $undecided } without a verdict.
score-mistake = Message { $n }: in truth: { $truth }; verdict: { $found }
score-passed = not lost in the network
witness-not-kept = not kept in a file
ping-counts = { $sent } sent, { $received } received
ping-loss = Loss: { $ratio } ({ $lost } of { $of } not answered; 95% interval: { $low } to { $high })
ping-loss-range = Loss: { $ratio } to { $most } ({ $lost } to { $worst } of { $of } not answered; 95% interval: { $low } to { $high })
ping-loss-at-least = Loss: at least { $ratio } ({ $lost } or more of { $of } not answered; 95% interval: { $low } to { $high })
ping-late-count =
    { $count ->
        [one] { $count } reply came after the timeout of { $timeout }{"\u00A0"}s: late, not lost.
       *[other] { $count } replies came after the timeout of { $timeout }{"\u00A0"}s: late, not lost.
    }
ping-ambiguous-count =
    { $count ->
        [one] { $count } reply has no number and came while more than one probe was waiting: it is unknown which one it answers and how long it took.
       *[other] { $count } replies have no number and came while more than one probe was waiting: it is unknown which ones they answer and how long they took.
    }
ping-rtt = RTT minimum/mean/maximum/standard deviation: { $min }/{ $mean }/{ $max }/{ $stddev }{"\u00A0"}s
ping-no-rtt = RTT: — (no reply that belongs to a known probe)
ping-rtt-error = The application adds { $application } to the RTT on the wire (median){ $kernel ->
        [none] {""}
       *[other] ; the kernel adds { $kernel }
    }
ping-wire-heading = What the capture shows about the probes that timed out
ping-wire-nothing = { $numbers }: no reply on the wire
ping-wire-unknown = { $numbers }: the capture does not show whether a reply came
ping-wire-late = { $n }: the reply was on the wire at { $wire }{"\u00A0"}s, the application had given up at { $timeout }{"\u00A0"}s
ping-wire-slow = { $n }: the reply was on the wire at { $wire }{"\u00A0"}s, { $read ->
        [none] but the application read it too late
       *[other] but the application read it at { $read }{"\u00A0"}s
    }, after the timeout of { $timeout }{"\u00A0"}s
ping-wire-unread = { $n }: the reply was on the wire at { $wire }{"\u00A0"}s, but the application never read it (it had given up at { $timeout }{"\u00A0"}s)
ping-wire-more =
    { $count ->
        [one] { $count } more reply was on the wire: { $numbers }
       *[other] { $count } more replies were on the wire: { $numbers }
    }
plot-title = Round-trip time: • in time, ○ late, × no reply
transfer-column-number = no.
transfer-column-success = complete
transfer-column-client-port = cl. port
transfer-column-server-port = sv. port
transfer-column-received = received
transfer-column-sent = sent
transfer-column-time = time
transfer-column-rate = rate
transfer-yes = yes
transfer-no = no
transfer-log-begun = started
transfer-log-file = file
transfer-log-size = size
transfer-log-mode = mode
transfer-log-clients = receivers
transfer-log-peer = other end
transfer-ended = Receiver { $number }: ended early: { $why }
transfer-unsent = Receiver { $number }: blocks that the system refused to send: { $count }
transfer-lost = Receiver { $number }: { $count } of { $sent } blocks did not arrive ({ $ratio })
transfer-wires = Receiver { $number }: different blocks on the sender's wire: { $out }; of these on the receiver's wire: { $came }
transfer-lost-range = Receiver { $number }: { $least } to { $most } of { $sent } blocks did not arrive: blocks with the same content look like copies made by the network
transfer-lost-replaced = Receiver { $number }: nothing is missing, the file is complete. Of the { $sent } blocks up to { $most } have the same content as others: it is unknown whether the network lost some of them and copied as many
transfer-shares = { "    " }Lost in the network: { $network }; in the receiver's host: { $receiver }, of these in the socket buffer (drop counter): { $socket }; in the sender's host: { $sender }; place unknown: { $unknown }
transfer-unknown = { "    " }Place unknown: { $count } in one of these: { $parts }
transfer-part-sender-host = the sender's host
transfer-part-network = the network
transfer-part-receiver-host = the receiver's host
transfer-points = { "    " }Blocks sent by the application: { $sent }, on the sender's wire: { $out }, on the receiver's wire: { $in }, read by the application: { $read }
transfer-do-buffer = { "    " }On the receiver: sudo sysctl -w net.core.rmem_max={ $bytes }, then medidor receive --buffer { $bytes }
transfer-do-rate = { "    " }On the sender: --rate { $rate }
transfer-do-reliable = { "    " }If every block matters: --mode quic or --mode tcp, which retransmit what the network loses
transfer-do-sender-host = { "    " }On the sender: check the firewall's OUTPUT rules and look for full queues (tc -s qdisc)
transfer-do-receiver-host = { "    " }On the receiver: check the firewall's INPUT rules and look for bad checksums (nstat UdpInCsumErrors)
transfer-do-capture-sender = { "    " }To find out more: --capture on the sender, then medidor analyze with the files of both sides
transfer-do-capture-receiver = { "    " }To find out more: --capture on the receiver, then medidor analyze with the files of both sides
transfer-map = { "    " }Losses along the file (blocks per bar: { $blocks }, tallest bar: { $most } lost):
    { "    " }{ $map }
transfer-course = Receiver { $number }: rate over time (each bar { $time }, tallest { $most } MB/s):
    { "    " }{ $course }
transfer-transport = Receiver { $number }: QUIC datagrams sent: { $sent }, received: { $received }; packets retransmitted: { $lost }; rate reductions: { $slowed }; round-trip time: { $rtt }
transfer-wire-sender = Receiver { $number }: on the sender's wire, packets with data: { $packets }, bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , retransmitted: { $repeated }
    }
transfer-wire-receiver = Receiver { $number }: on the receiver's wire, packets with data: { $packets }, bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , received again: { $repeated }
    }
transfer-socket-drops = Dropped by this receiver's socket (buffer full or bad checksum): { $count }
    { "    " }use a larger buffer (--buffer, sysctl net.core.rmem_max)
transfer-missing = { "    " }ranges of missing blocks: { $count } ({ $ranges })
transfer-saved = File: { $file }
transfer-partial = Incomplete: { $file }
transfer-trouble-disk-full = disk full
transfer-trouble-file = the file could not be read or written
transfer-trouble-too-large = the file is larger than --max-size
transfer-trouble-bad-name = the file name is not valid
transfer-trouble-other-mode = the receiver does not accept this mode
transfer-trouble-interrupted = interrupted
transfer-trouble-refused = no program listens on the receiver's port
transfer-trouble-connection = the connection broke
transfer-trouble-silence = nothing arrived for too long
transfer-trouble-dialect = the other side sent something unexpected
transfer-trouble-absent = did not connect
transfer-run = { $mode }, { $size } bytes, { $clients ->
    [one] { $clients } receiver
   *[other] { $clients } receivers
    }
chat-report-title = Chat over { $transport }: { $members ->
    [one] { $members } member
   *[other] { $members } members
 }, { $messages ->
    [one] { $messages } message
   *[other] { $messages } messages
 }
chat-report-killed = The server's journal breaks off: the program was killed, or the computer stopped.
chat-report-connections = Connections in { $file }
chat-report-connection = Connection { $id }: { $client } with { $server }, { $time }
chat-report-handshake = Three-way handshake in { $time }: SYN (frame { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-half-handshake = The three-way handshake is incomplete: SYN (frame { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-no-handshake = The three-way handshake is not in the capture, which started later.
chat-report-from-client = From the client: { $messages ->
    [one] { $messages } message
   *[other] { $messages } messages
 }, { $bytes ->
    [one] { $bytes } byte
   *[other] { $bytes } bytes
 } in { $segments ->
    [one] { $segments } segment
   *[other] { $segments } segments
 }, { $retransmissions ->
    [0] none retransmitted.
    [one] { $retransmissions } retransmitted.
   *[other] { $retransmissions } retransmitted.
 }
chat-report-from-server = From the server: { $bytes ->
    [one] { $bytes } byte
   *[other] { $bytes } bytes
 } in { $segments ->
    [one] { $segments } segment
   *[other] { $segments } segments
 }, { $retransmissions ->
    [0] none retransmitted.
    [one] { $retransmissions } retransmitted.
   *[other] { $retransmissions } retransmitted.
 }
chat-report-late = { $count ->
    [one] { $count } arrived after a later one: retransmitted or reordered.
   *[other] { $count } arrived after later ones: retransmitted or reordered.
 }
chat-report-missing = { $count ->
    [one] { $count } byte is missing from the capture.
   *[other] { $count } bytes are missing from the capture.
 }
chat-report-close-fin = Closed normally: first { $by } (FIN, frame { $fin }), then { $other } (FIN, frame { $otherfin }).
chat-report-close-half = Closed in one direction only: { $by } (FIN, frame { $fin }); nothing from the other side until the end of the capture.
chat-report-close-rst = Reset: { $by } sent RST (frame { $rst }).
chat-report-close-rst-after = Reset: after the FIN of { $after } (frame { $afterfin }), { $by } sent RST (frame { $rst }).
chat-report-close-refused = Refused: nothing was listening on the port (RST, frame { $rst }).
chat-report-close-unanswered = Never opened: the SYN was not answered.
chat-report-close-one-sided = The capture shows only one direction, so it does not show how the connection ended.
chat-report-close-silence = The capture shows nothing more from { $by }; the other side retransmitted without success until the end.
chat-report-close-open = Still open at the end of the capture.
chat-report-the-client = the client
chat-report-the-server = the server
chat-report-datagrams = Datagrams
chat-report-inward = To the server: { $datagrams } sent, { $delivered } arrived, { $lost } lost, { $notsent } refused by the system, { $left } seen leaving only, { $inconclusive } uncertain, { $duplicates ->
    [one] { $duplicates } duplicate
   *[other] { $duplicates } duplicates
 }
chat-report-outward = To the members: { $datagrams } sent, { $delivered } arrived, { $lost } lost, { $notsent } refused by the system, { $left } seen leaving only, { $inconclusive } uncertain, { $duplicates ->
    [one] { $duplicates } duplicate
   *[other] { $duplicates } duplicates
 }
chat-report-lost-at = { $place }: { $count }
chat-report-members = Members
chat-report-column-member = Member
chat-report-column-datagrams = datagrams
chat-report-column-sent-to = copies and notices
chat-report-column-arrived = arrived
chat-report-column-copies = copies
chat-report-column-lost = lost
chat-report-messages = Messages
chat-report-message = { $who }: { $text }
chat-report-message-frames = { $who }: { $text } (frame { $frames })
chat-report-withheld = Not forwarded: too many messages at once.
chat-report-way-in = On the way to the server: { $outcome }{ $place }
chat-report-copies = Copies: { $to }; { $delivered } arrived, { $left } seen leaving only, { $lost } lost, { $notsent } not sent, { $inconclusive } uncertain
chat-report-copies-tcp = Copies: { $to }; { $delivered } acknowledged by the other host, { $left } sent without a visible acknowledgment, { $notsent } not sent
chat-report-copy = Copy for { $who }: { $outcome }{ $place }
chat-report-alike = (others have the same text: how many were lost is certain, which ones is not)
chat-report-no-problem = { $count ->
    [one] One more, with no problem seen; --details lists it.
   *[other] { $count } more, with no problem seen; --details lists them.
 }
chat-report-more = And { $count } more.
chat-outcome-delivered = arrived
chat-outcome-lost = lost
chat-outcome-not-sent = not sent
chat-outcome-left = seen leaving only
chat-outcome-inconclusive = uncertain
chat-segment-member-host-out = the member's host (outbound)
chat-segment-network-in = the network (to the server)
chat-segment-server-host-in = the server's host (inbound)
chat-segment-server-app = the server application
chat-segment-server-host-out = the server's host (outbound)
chat-segment-network-out = the network (to the member)
chat-segment-member-host-in = the member's host (inbound)
chat-segment-undetermined = one of several segments
evidence-until = These packets go up to { $until }; a later reply is not among them.
evidence-lost-here = { $count ->
    [one] The reply to probe { $numbers } was on the wire in time: this host lost it or still holds it.
   *[other] The replies to probes { $numbers } were on the wire in time: this host lost them or still holds them.
 }
evidence-held-here = { $count ->
    [one] The reply to probe { $numbers } was on the wire in time: this host delivered it too late.
   *[other] The replies to probes { $numbers } were on the wire in time: this host delivered them too late.
 }
evidence-kept-here = { $count ->
    [one] Probe { $numbers } had not reached the wire by { $until }: this host held it back.
   *[other] Probes { $numbers } had not reached the wire by { $until }: this host held them back.
 }
evidence-late-on-wire = { $count ->
    [one] The reply to probe { $numbers } reached the wire too late: the delay was in the network or on the other side.
   *[other] The replies to probes { $numbers } reached the wire too late: the delay was in the network or on the other side.
 }
evidence-late-on-host = { $count ->
    [one] The reply to probe { $numbers } came too late: the delay was in this host, which is also the server's.
   *[other] The replies to probes { $numbers } came too late: the delay was in this host, which is also the server's.
 }
evidence-other-source = { $count ->
    [one] Probe { $numbers } left, and no reply from { $peer } came by { $until }; but a datagram came to its port from { $reason }.
   *[other] Probes { $numbers } left, and no reply from { $peer } came by { $until }; but datagrams came to their ports from { $reason }.
 }
evidence-lost-beyond = { $count ->
    [one] Probe { $numbers } left on the wire, and no reply from { $peer } came by { $until }: the loss or the delay was in the network or on the other side.
   *[other] Probes { $numbers } left on the wire, and no reply from { $peer } came by { $until }: the loss or the delay was in the network or on the other side.
 }
evidence-lost-on-host = { $count ->
    [one] Probe { $numbers } left, and no reply from { $peer } came by { $until }: the loss or the delay was in this host, which is also the server's.
   *[other] Probes { $numbers } left, and no reply from { $peer } came by { $until }: the loss or the delay was in this host, which is also the server's.
 }
evidence-refused = { $count ->
    [one] Probe { $numbers } was refused with an ICMP error: { $reason }.
   *[other] Probes { $numbers } were refused with ICMP errors: { $reason }.
 }
evidence-icmp = { $count ->
    [one] Probe { $numbers } received an ICMP error: { $reason }.
   *[other] Probes { $numbers } received ICMP errors: { $reason }.
 }
evidence-unknown = { $count ->
    [one] The capture does not show what happened to probe { $numbers }.
   *[other] The capture does not show what happened to probes { $numbers }.
 }
evidence-rtt = Probe { $n } took { $wire } on the wire; the application measured { $application }.
