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
verdict-nothing-to-count = Loss rate: — (there is no sent message whose fate is known)
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
        [one] { $requests } message known
       *[other] { $requests } messages known
    }, { $delivered ->
        [0] none with a reply.
        [one] { $delivered } with a reply.
       *[other] { $delivered } with a reply.
    }
verdict-by-capture =
    Counted from the capture, for there is no client journal: without it the deadline is not known, and a late reply
    counts as delivered.
verdict-late =
    Of those not answered within { $patience ->
        [none] the deadline
       *[other] the deadline of { $patience }
    }, { $late ->
        [one] { $late } reply came late
       *[other] { $late } replies came late
    } and { $lost ->
        [0] none failed to come.
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
        [one] { $count } message was not sent, for the system refused it; it does not count in the rate.
       *[other] { $count } messages were not sent, for the system refused them; they do not count in the rate.
    }
verdict-inconclusive =
    { $count ->
        [one] Of { $count } message it cannot be told whether the reply came.
       *[other] Of { $count } messages it cannot be told whether the reply came.
    }
verdict-same-host = Client and server are on one computer: nothing here crossed a network.
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
        [one] { $count } number is missing from the numbering: { $numbers }. Either the message was lost on the way, or the client
        did not send it.
       *[other] { $count } numbers are missing from the numbering: { $numbers }. Either those messages were lost on the
        way, or the client did not send them.
    }
verdict-server-alone =
    From the server's side alone it cannot be known whether the replies arrived: the loss rate takes the client's
    journal or capture.

## Who spoke with whom

flow-heading = Conversation { $id } of { $of }
flow-ends = Who spoke with whom
flow-client = Client: { $client }
flow-client-behind-nat = Client: { $client }, seen by the server as { $seen }
flow-client-seen = Client, as the server sees it: { $client }
flow-server = Server: { $server }
flow-patience = Deadline for each reply: { $patience }
flow-epoch = The numbering began again: this is run { $epoch } of this client.

## The path

path-heading = The path of the messages
path-point = different messages at each point
path-application = application
path-wire = capture
path-arrows = →: from client to server; ←: the reply, on its way back.
path-dash = —: nobody watched this point, or what was seen there bears no number.
path-same-host = On one computer a single frame stands for both points of the capture in each direction.
path-loss-forward = Loss in the network, forward: { $ratio } ({ $lost } of { $of }; 95% interval: { $low } to { $high })
path-loss-forward-range =
    Loss in the network, forward: from { $ratio } to { $most } ({ $lost } to { $worst } of { $of }; 95% interval:
    { $low } to { $high })
path-loss-return = Loss in the network, return: { $ratio } ({ $lost } of { $of }; 95% interval: { $low } to { $high })
path-loss-return-range =
    Loss in the network, return: from { $ratio } to { $most } ({ $lost } to { $worst } of { $of }; 95% interval:
    { $low } to { $high })

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
    In the network: { $network }; in hosts or applications: { $hosts }; in the one or the other: { $either }.
losses-one =
    { $place }: { $count ->
        [one] message { $numbers }
       *[other] { $count } messages ({ $numbers })
    }
losses-several =
    { $count ->
        [one] Message { $numbers }
       *[other] { $count } messages ({ $numbers })
    } in one of these, which one cannot be told: { $place }
losses-nowhere =
    { $count ->
        [one] Message { $numbers }
       *[other] { $count } messages ({ $numbers })
    } without any sign of where
losses-reason = Reason: { $reason }.
losses-reason-of = Reason, for messages { $numbers }: { $reason }.
losses-in-a-row = Longest run of losses: { $length } messages in a row, from { $first } on.

segment-client-host-out = the client's host (outbound)
segment-network-forward = the network (forward)
segment-server-host-in = the server's host (inbound)
segment-server-app = the server application
segment-server-host-out = the server's host (outbound)
segment-network-return = the network (return)
segment-client-host-in = the client's host (inbound)

meaning-client-host-out =
    That is: the application sent the message, but it did not appear on the wire (common causes: full queue, egress
    filter, no ARP answer).
meaning-network-forward =
    That is: the message left on the client's wire and did not reach the server's (common causes: congestion, NAT, port
    forwarding, radio).
meaning-server-host-in =
    That is: the message reached the server's wire, but the application did not read it (common causes: firewall, full
    socket buffer, nobody on the port).
meaning-server-app = That is: the server application read the message, but sent no reply.
meaning-server-host-out =
    That is: the server replied, but the reply did not appear on its wire (common causes: full queue, egress filter).
meaning-network-return =
    That is: the reply left on the server's wire and did not reach the client's (common causes: congestion, NAT, radio).
meaning-client-host-in =
    That is: the reply reached the client's wire, but the application did not read it (common causes: firewall, full
    socket buffer).

reason-error-forbidden = the system forbade the sending ({ $error }: as a rule, an egress firewall)
reason-error-dropped = the system took the message and dropped it itself, in a full queue or an egress filter ({ $error })
reason-error-full = the system's send queue was full ({ $error })
reason-error-no-route = the system had no way to the destination ({ $error })
reason-error-refused = the destination refused ({ $error })
reason-error-too-large = the message is too large for the path ({ $error })
reason-error-other = system error: { $error }
reason-port-unreachable = port unreachable, says { $from }: nobody listens there, or a firewall refuses
reason-icmp = ICMP error sent by { $from } (type { $type }, code { $code })
reason-from-self = this host
reason-simulated-drop = simulated loss: the server dropped it on purpose
reason-rate-limit = the server limits its answers to one client
reason-closing = the server was closing
reason-bad-checksum = its checksum was wrong on arrival
reason-socket-overflow = the server's socket buffer was full
reason-capture-ends = the capture ends { $time } after it: too soon to know
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
        [one] { $count } reply came after its deadline: { $numbers }
       *[other] { $count } replies came after their deadline: { $numbers }
    }
unclear-heading = Inconclusive
unclear-numbers =
    { $count ->
        [one] Of { $count } message it cannot be told whether the reply came: { $numbers }
       *[other] Of { $count } messages it cannot be told whether the reply came: { $numbers }
    }
unclear-too-soon =
    { $count ->
        [one] The capture ends { $time } after message { $numbers }: too soon to know.
       *[other] The capture ends { $time } or less after messages { $numbers }: too soon to know.
    }

odd-heading = Neither lost nor delivered
odd-duplicates =
    { $count ->
        [one] Duplicates: { $count } surplus copy (message { $numbers })
       *[other] Duplicates: { $count } surplus copies (messages { $numbers })
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
odd-reordered-forward = Out of order, forward: { $count } of { $of }, largest extent { $extent }
odd-reordered-return = Out of order, return: { $count } of { $of }, largest extent { $extent }
odd-malformed =
    { $count ->
        [one] Without a number in its text: { $count } message received
       *[other] Without a number in their text: { $count } messages received
    }
odd-never-sent =
    { $count ->
        [one] Reply to a number that was never sent: { $count }
       *[other] Replies to numbers that were never sent: { $count }
    }
odd-other-source =
    { $count ->
        [one] Reply from another source than the server: { $count }
       *[other] Replies from another source than the server: { $count }
    }

## Delays

delay-heading = Round-trip time (RTT), in { $unit }
delay-heading-server = Residence at the server, in { $unit }
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
    application: from send() to recv(); kernel: between the kernel's own time stamps; wire: between the frames on the
    client's wire; network alone: wire without the residence at the server.
delay-dash = —: not measured.
delay-jitter = Jitter (RFC 3550) of the round trip: { $jitter }
delay-heading-one-way = One-way delay, in { $unit }
delay-forward = forward
delay-return = return
delay-legend-one-way = ±: what remains uncertain because the two computers' clocks do not show the same time.
delay-variation-forward = Delay variation forward (RFC 3393): median { $median }, p95 { $p95 }, maximum { $max }
delay-variation-return = Delay variation return (RFC 3393): median { $median }, p95 { $p95 }, maximum { $max }
delay-clock-offset = The server's clock minus the client's: between { $low } and { $high }

conduct-heading = Conduct of medidor itself
conduct-behind = Sends after their due time: median { $median }, maximum { $max }
conduct-in-send = Time inside send(): median { $median }, maximum { $max }

## The witnesses

witness-heading = What this rests on
witness-line = { $name }: { $file } ({ $whole })
witness-client-journal = client journal
witness-client-capture = client capture
witness-server-capture = server capture
witness-server-journal = server journal
witness-whole = it missed nothing
witness-not-whole = it missed something
witness-assumed = assumed to have missed nothing, without proof
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
    }; dropped: unknown (only the end of a journal would tell).
witness-interface-dropped =
    { $count ->
        [one] { $count } packet lost by the network interface itself.
       *[other] { $count } packets lost by the network interface itself.
    }
witness-damaged = File damaged from byte { $count } on.
witness-failure = The capture stopped before the run did: { $reason }
witness-ended-done = Ended in order.
witness-ended-duration = Ended with the duration asked for.
witness-ended-interrupted = Ended on request (Ctrl-C or SIGTERM).
witness-ended-nowhere = It has no end: the program was killed or the file was cut.
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
    There was no capture: nobody saw what happened between the applications. With --capture on both sides every loss
    gets a place.

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
        [one] The capture { $file } dropped { $count } packet for want of room.
       *[other] The capture { $file } dropped { $count } packets for want of room.
    } Around the drops, a message not seen proves nothing.
advice-capture-dropped = repeat at a lower rate, keep less of each packet (--snaplen 128), or give the capture a larger buffer (tcpdump and dumpcap: -B).
warning-interface-dropped =
    { $count ->
        [one] The network interface lost { $count } packet before the capture { $file } could see it.
       *[other] The network interface lost { $count } packets before the capture { $file } could see them.
    }
advice-interface-dropped = repeat at a lower rate, with less load on the computer.
warning-capture-failed = The capture { $file } stopped before the run did: { $reason }
advice-capture-failed = see whether the disk has room and the interface stayed up, and repeat.
warning-capture-damaged =
    The file { $file } is damaged ({ $flaw ->
        [breaks_off] it breaks off: { $found_bytes } of the { $wanted_bytes } bytes of its last record
        [malformed] a record that is not as its format has it
       *[other] { $reason }
    }); { $offset_bytes ->
        [none] what comes before was used.
       *[other] what comes before byte { $offset_bytes } was used.
    }
advice-capture-damaged = copy the original file again, or repeat the capture and end it with Ctrl-C.
warning-capture-assumed =
    No journal speaks for the capture { $file }: it is assumed to have been awake from the first to the last frame of
    this conversation.
advice-capture-assumed = analyze it with the journal of the same run, or capture with --capture.
warning-filter-blind =
    The filter of the { $role ->
        [client] client's
       *[other] server's
    } capture keeps out { $direction ->
        [forward] the messages from client to server
       *[other] the replies from server to client
    }: not seeing them proves nothing.
advice-filter-blind = use the default filter, or one that admits both directions.
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
        [one] The capture { $file } holds { $count } packet that joins several messages (GRO or GSO).
       *[other] The capture { $file } holds { $count } packets that join several messages (GRO or GSO).
    } Around them, what the capture does not show proves nothing.
advice-super-packets = switch the joining off before capturing: ethtool -K INTERFACE gro off gso off rx-gro-list off rx-udp-gro-forwarding off; and do not send with UDP_SEGMENT.
warning-illegible-packets =
    { $count ->
        [one] The capture { $file } cut { $count } packet off before its number.
       *[other] The capture { $file } cut { $count } packets off before their numbers.
    } Around them, what the capture does not show proves nothing.
advice-illegible-packets = capture with a larger snaplen (tcpdump -s 0).
warning-unread-packets =
    { $count ->
        [one] The capture { $file } holds { $count } packet of a link type that medidor does not read.
       *[other] The capture { $file } holds { $count } packets of link types that medidor does not read.
    } Around them, what the capture does not show proves nothing.
advice-unread-packets = capture on the interface of the measurement alone, on Ethernet or on "any".
warning-incomplete-fragments =
    { $count ->
        [one] The capture { $file } holds only part of the fragments of { $count } datagram.
       *[other] The capture { $file } holds only part of the fragments of { $count } datagrams.
    } Whether they arrived whole is unknown, and around them, what the capture does not show proves nothing.
advice-incomplete-fragments = let the capture filter admit later fragments too: they carry no ports, so "udp port 5005" keeps them out.
warning-unidentified-texts =
    { $count ->
        [one] The capture { $file } holds { $count } text whose number does not identify it.
       *[other] The capture { $file } holds { $count } texts whose numbers do not identify them.
    } That conversation is not judged by this capture.
advice-unidentified-texts = number the messages in decimal digits, counting up: 1, 2, 3.
warning-unused-file = { $file } was not used: { $reason ->
        [given_twice] the same file or the same packets are among the others.
        [empty] it is empty.
        [compressed] its compression is not supported.
        [other_run] it describes none of the captures.
        [other_protocol] it is a journal of another kind of run.
        [unreadable] it cannot be read.
       *[other] it is neither a capture nor a journal.
    }
advice-unused-file = check whether it belongs to this run; otherwise ignore this.
warning-copies-folded =
    { $count ->
        [one] The capture { $file } holds { $count } copy of a packet, seen on another interface or on both sides of a router or VLAN. It was not counted.
       *[other] The capture { $file } holds { $count } copies of packets, seen on another interface or on both sides of a router or VLAN. They were not counted.
    }
advice-copies-folded = no action needed. To avoid copies, capture on one interface, or mirror a single switch port.
warning-journal-broken =
    The journal { $file } has no end{ $line ->
        [none] { "" }
       *[other] {" "}and cannot be read from line { $line } on
    }: what came after is not known.
advice-journal-broken = end the program with Ctrl-C instead of killing it, and copy the whole file.
warning-journal-gap =
    { $count ->
        [one] The journal { $file } lost { $count } record for want of time to write.
       *[other] The journal { $file } lost { $count } records for want of time to write.
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
        [one] { $count } message that provably passed
       *[other] { $count } messages that provably passed
    } there; what else is missing there no longer counts as proof.
advice-contradiction = check that the files are of the same run and that the capture was on the right interface.
warning-clock-step =
    { $seconds ->
        [none] One of the clocks was set during the run: the time stamps of the two sides do not fit together.
       *[other] The clock of the computer of { $file } was set by { $seconds } s during the run.
    }
advice-clock-step = synchronize the clocks before measuring; the one-way delays cannot be relied on.
warning-clocks-apart =
    The server's clock minus the client's is { $seconds } s: the files may be of different runs.
advice-clocks-apart = check that the files are of the same run, and set the clocks.
warning-flow-tie =
    Several flows of the server's may be this client's: { $flows }. The verdict says only what is true of each of them.
advice-flow-tie = more evidence tells them apart: both journals, or captures with the IP headers; or choose one with
    --flow and its number.
warning-other-run =
    None of the server's flows is this client's: { $fact }. The verdict rests on the client's files alone.
advice-other-run = give the server's files of the same run.
warning-member-tie =
    Which member the files of { $member } are of cannot be told: { $members }. They are left out, and the verdict rests
    on the server's.
advice-member-tie = journals of both sides, or captures of the whole chat, show who it is.
warning-member-missing =
    None of the members in the server's files is the one of { $member }: its texts are judged without the server's files.
advice-member-missing = check that the files are of the same chat.
warning-perhaps-other-run =
    The server's flow { $flows } may be this client's, and nothing proves it. The verdict rests on the client's files
    alone.
advice-perhaps-other-run = if you know that it is, choose it with --flow and its number; journals of both sides prove
    it.
candidates-other-run = The server's files are not of this run: { $fact }.
candidates-heading = Which of the server's flows is this client's
candidates-possible = Flow { $number } ({ $client }) may be it.
candidates-possible-losses = Flow { $number } ({ $client }) may be it. The losses would be: { $losses }.
candidates-missing = It may not be in these files.
candidates-agreed = The verdict says only what is true in each case.
candidates-undetermined = { $count } in one of several places
refuted-by =
    { $fact ->
        [nothing_shared] they have no message in common
        [other_texts] their texts differ
        [other_numbers] the server received numbers that the client never sent
        [slower_than_the_wait] the server took longer over its replies than the client waited for them
        [other_time] replies would have come before their requests
        [other_port] on one host, they have different ports
        [clock_step] the times fit only if a clock was set, and both journals prove that none was
        [clock_steps] the times fit only if a clock was set at least twice in the run
        [same_wire] both captures were made on one wire
        [taken] it is proven to be another client's
        [other_proven] another flow is proven to be the client's
        [no_assignment] the other flows leave no place for it
        [not_chosen] another one was chosen
       *[other] it does not fit
    }
warning-other-flows =
    { $count ->
        [one] The server's files hold { $count } more conversation, of another client or another run.
       *[other] The server's files hold { $count } more conversations, of other clients or other runs.
    }
advice-other-flows = nothing, if others used the server too; to choose another one, --flow.
warning-side-assumed =
    { $file } shows no router between the two hosts, and nothing in it tells which of them captured it. It is read as
    the client's capture.
advice-side-assumed = if it is the server's, analyze it with --server { $file }.
warning-application-only =
    There is no capture: only the applications speak, and where in the hosts or in the network a message was lost, they
    cannot know.
advice-application-only = run with --capture FILE.
warning-same-host =
    Client and server are on one computer: there is no network between them, and no loss is blamed on one.
advice-same-host = to measure a network, run the server on another computer.
warning-nobody-listening =
    { $server ->
        [none] Nobody listens on the server's port, or a firewall refuses
       *[other] Nobody listens at { $server }, or a firewall refuses
    }: { $count ->
        [one] { $count } message was refused.
       *[other] { $count } messages were refused.
    }
advice-nobody-listening =
    start the server before the client, and check the port, its forwarding at the router and the firewall.
warning-nothing-passed =
    { $direction ->
        [forward] Not one of { $count } messages that left the client reached the server's network card.
        [return] Not one of { $count } replies that left the server reached the client's network card.
        [unseen] These files show no reply to any of { $count } messages: none came back, or what captured them let no reply in.
       *[other] Not one of { $count } messages was answered, and these files do not tell how far they came.
    }
advice-nothing-passed =
    { $direction ->
        [return] check that the client's router lets the replies in: where the server answers a fixed address (--reply-to), it needs a forwarding rule for that UDP port.
        [unseen] check that the capture's filter admits both directions (udp port 5005, not udp dst port 5005). If it did, check, in this order: that the server runs; the address typed at the client; the forwarding of the UDP port on the server's router; the server's firewall.
       *[other] check, in this order: that the server runs; the address typed at the client; the forwarding of the UDP port on the server's router, to the right internal address; a second NAT before it (CGNAT); the server's firewall. The server's capture would tell where they stop.
    }
warning-one-network =
    { $way ->
        [unchanged] The server sees the client at the client's own local address, { $address }: no NAT lies between the two, so they are in one network, or a tunnel joins theirs.
       *[returned] The server sees the client at { $address }, the address that the client wrote to: both are behind one router, or a relay stands between them.
    }
advice-one-network = to measure between two homes, connect one of the computers to the Internet by another line.
warning-socket-drops =
    { $count ->
        [one] The system dropped { $count } message at the application's socket (journal { $file }).
       *[other] The system dropped { $count } messages at the application's socket (journal { $file }).
    }
advice-socket-drops = the application did not read in time, its buffer was too small for a burst, or packets came corrupted: send at a lower rate, or allow larger buffers (as root: sysctl -w net.core.rmem_max=8388608).
warning-other-source =
    { $count ->
        [one] { $count } reply came from another source than the server: { $sources }.
       *[other] { $count } replies came from another source than the server: { $sources }.
    }
advice-other-source = check the server's address; a server with several addresses may reply from another one.
warning-unnumbered-replies =
    { $count ->
        [one] { $count } text without a number came back from the server: which message it answers, nobody can tell.
       *[other] { $count } texts without a number came back from the server: which messages they answer, nobody can tell.
    }
advice-unnumbered-replies = let the server reply with the number of the message (medidor's does with --reply ack).
warning-replies-at-server =
    { $count ->
        [one] { $count } reply (ACK) reached a server, which does not answer those.
       *[other] { $count } replies (ACK) reached a server, which does not answer those.
    }
advice-replies-at-server = check that no two servers point at each other.
warning-simulated-drop =
    { $count ->
        [one] The server dropped { $count } message on purpose, as it was told to.
       *[other] The server dropped { $count } messages on purpose, as it was told to.
    }
advice-simulated-drop = run the server without simulated loss to measure the real network.
warning-rate-limited =
    { $count ->
        [one] The server left { $count } message unanswered because of its limit for one client.
       *[other] The server left { $count } messages unanswered because of its limit for one client.
    }
advice-rate-limited = send at a lower rate.
warning-fragments =
    { $count ->
        [one] The capture { $file } holds { $count } fragment: some messages are larger than the path carries.
       *[other] The capture { $file } holds { $count } fragments: some messages are larger than the path carries.
    }
advice-fragments = use smaller messages: to lose one fragment is to lose the whole message.
warning-foreign-packets =
    { $count ->
        [one] The capture { $file } holds { $count } packet that is not of this measurement.
       *[other] The capture { $file } holds { $count } packets that are not of this measurement.
    }
advice-foreign-packets = capture with a filter that admits nothing but the port of the measurement.

score-heading = Against the known truth: { $right } of { $judged } verdicts right; { $exact } name the exact place
score-wrong = { $wrong } wrong, { $undecided } without a verdict.
score-mistake = Message { $n }: truth: { $truth }; verdict: { $found }
score-passed = not lost in the network
witness-not-kept = not kept in a file
ping-counts = { $sent } sent, { $received } received
ping-loss = Loss: { $ratio } ({ $lost } of { $of } not answered; 95% interval: { $low } to { $high })
ping-loss-range = Loss: { $ratio } to { $most } ({ $lost } to { $worst } of { $of } not answered; 95% interval: { $low } to { $high })
ping-loss-at-least = Loss: at least { $ratio } ({ $lost } or more of { $of } not answered; 95% interval: { $low } to { $high })
ping-late-count =
    { $count ->
        [one] { $count } reply came after its { $timeout }{"\u00A0"}s: late, not lost.
       *[other] { $count } replies came after their { $timeout }{"\u00A0"}s: late, not lost.
    }
ping-ambiguous-count =
    { $count ->
        [one] { $count } reply bears no number and came when more than one probe had none: which one it answers, and after what time, cannot be told.
       *[other] { $count } replies bear no number and came when more than one probe had none: which ones they answer, and after what time, cannot be told.
    }
ping-rtt = RTT minimum/mean/maximum/standard deviation: { $min }/{ $mean }/{ $max }/{ $stddev }{"\u00A0"}s
ping-no-rtt = RTT: — (no reply of which it is known what it answers)
ping-rtt-error = Beyond the RTT on the wire of the same packets, median: application { $application }{ $kernel ->
        [none] {""}
       *[other] , kernel { $kernel }
    }
ping-wire-heading = What the wire says of those whose time ran out
ping-wire-nothing = { $numbers }: no reply on the wire
ping-wire-unknown = { $numbers }: the capture cannot tell whether a reply came
ping-wire-late = { $n }: the reply was on the wire at { $wire }{"\u00A0"}s, the application had given up at { $timeout }{"\u00A0"}s
ping-wire-slow = { $n }: the reply was on the wire at { $wire }{"\u00A0"}s, { $read ->
        [none] and the application read it too late
       *[other] and the application read it at { $read }{"\u00A0"}s
    }: after { $timeout }{"\u00A0"}s
ping-wire-unread = { $n }: the reply was on the wire at { $wire }{"\u00A0"}s, and the application never read it (it had given up at { $timeout }{"\u00A0"}s)
ping-wire-more =
    { $count ->
        [one] { $count } more reply was on the wire: { $numbers }
       *[other] { $count } more replies were on the wire: { $numbers }
    }
plot-title = Round-trip time: • in time, ○ late, × no reply
transfer-column-number = no.
transfer-column-success = whole
transfer-column-client-port = cl. port
transfer-column-server-port = sv. port
transfer-column-received = received
transfer-column-sent = sent
transfer-column-time = time
transfer-column-rate = rate
transfer-yes = yes
transfer-no = no
transfer-log-begun = begun
transfer-log-file = file
transfer-log-size = size
transfer-log-mode = mode
transfer-log-clients = receivers
transfer-log-peer = other end
transfer-ended = Receiver { $number }: ended early: { $why }
transfer-unsent = Receiver { $number }: blocks that this system refused to send: { $count }
transfer-lost = Receiver { $number }: { $count } of { $sent } blocks did not arrive ({ $ratio })
transfer-wires = Receiver { $number }: of { $out } different blocks on the sender's wire, on the receiver's wire: { $came }
transfer-lost-range = Receiver { $number }: { $least } to { $most } of { $sent } blocks did not arrive: blocks with the same content cannot be told from copies that the network made
transfer-lost-replaced = Receiver { $number }: nothing is missing, the file is whole. Of the { $sent } blocks up to { $most } have the same content as others: whether the network lost some and made as many copies, nothing shows
transfer-shares = { "    " }Lost by the network: { $network }; by the receiver's computer: { $receiver }, of these in its socket's buffer, by its drop counter: { $socket }; by the sender's computer: { $sender }; not known where: { $unknown }
transfer-unknown = { "    " }Not known where, { $count } in one of these: { $parts }
transfer-part-sender-host = the sender's computer
transfer-part-network = the network
transfer-part-receiver-host = the receiver's computer
transfer-points = { "    " }Blocks sent by the program: { $sent }, on the sender's wire: { $out }, on the receiver's wire: { $in }, read by the program: { $read }
transfer-do-buffer = { "    " }To do, at the receiver: sudo sysctl -w net.core.rmem_max={ $bytes }, then medidor receber --buffer { $bytes }
transfer-do-rate = { "    " }To do, at the sender: --rate { $rate }
transfer-do-reliable = { "    " }To do, where every block is needed: --mode quic or --mode tcp, which send again what the network loses
transfer-do-sender-host = { "    " }To do, at the sender: look at the firewall's OUTPUT rules, and at full queues (tc -s qdisc)
transfer-do-receiver-host = { "    " }To do, at the receiver: look at the firewall's INPUT rules, and at bad checksums (nstat UdpInCsumErrors)
transfer-do-capture-sender = { "    " }To know more: --capture at the sender, then medidor analisar with the files of both ends
transfer-do-capture-receiver = { "    " }To know more: --capture at the receiver, then medidor analisar with the files of both ends
transfer-map = { "    " }Losses over the file, a sign for { $blocks } blocks, the highest for { $most } lost:
    { "    " }{ $map }
transfer-course = Receiver { $number }: rate over time, a sign for { $time }, the highest for { $most } MB/s:
    { "    " }{ $course }
transfer-transport = Receiver { $number }: QUIC datagrams sent: { $sent }, received: { $received }; packets taken for lost and sent again: { $lost }; times it slowed down: { $slowed }; round trip: { $rtt }
transfer-wire-sender = Receiver { $number }: on the sender's wire, packets with content: { $packets }, their bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , sent again: { $repeated }
    }
transfer-wire-receiver = Receiver { $number }: on the receiver's wire, packets with content: { $packets }, their bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , come again: { $repeated }
    }
transfer-socket-drops = This receiver's socket dropped, for want of room or a bad checksum: { $count }
    { "    " }enlarge its room (--buffer, sysctl net.core.rmem_max)
transfer-missing = { "    " }ranges of missing blocks: { $count } ({ $ranges })
transfer-saved = File: { $file }
transfer-partial = Incomplete: { $file }
transfer-trouble-disk-full = disk full
transfer-trouble-file = the file could not be read or written
transfer-trouble-too-large = the file is larger than --max-size
transfer-trouble-bad-name = the file's name is none
transfer-trouble-other-mode = the mode is not the one that the receiver takes
transfer-trouble-interrupted = interrupted
transfer-trouble-refused = no program reads at the receiver's port
transfer-trouble-connection = the connection broke
transfer-trouble-silence = nothing came for too long
transfer-trouble-dialect = what came does not follow this dialect
transfer-trouble-absent = did not come
transfer-run = { $mode }, { $size } bytes, { $clients ->
    [one] one receiver
   *[other] { $clients } receivers
    }
chat-report-title = Chat over { $transport }: { $members ->
    [one] { $members } member
   *[other] { $members } members
 }, { $messages ->
    [one] { $messages } message
   *[other] { $messages } messages
 }
chat-report-killed = The server's journal breaks off: its program was killed, or its computer stopped.
chat-report-connections = Connections in { $file }
chat-report-connection = Connection { $id }: { $client } with { $server }, { $time }
chat-report-handshake = Opened in three steps, in { $time }: SYN (frame { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-half-handshake = The opening is not all there: SYN (frame { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-no-handshake = The opening is not in the capture, which began later.
chat-report-from-client = From the client: { $messages ->
    [one] { $messages } message
   *[other] { $messages } messages
 }, { $bytes } bytes in { $segments } segments, { $retransmissions ->
    [0] none sent again.
    [one] { $retransmissions } sent again.
   *[other] { $retransmissions } sent again.
 }
chat-report-from-server = From the server: { $bytes } bytes in { $segments } segments, { $retransmissions ->
    [0] none sent again.
    [one] { $retransmissions } sent again.
   *[other] { $retransmissions } sent again.
 }
chat-report-late = { $count ->
    [one] { $count } came after later ones: sent again, or overtaken.
   *[other] { $count } came after later ones: sent again, or overtaken.
 }
chat-report-missing = The capture lacks { $count } bytes.
chat-report-close-fin = Closed in order: first { $by } (FIN, frame { $fin }), then { $other } (FIN, frame { $otherfin }).
chat-report-close-half = Closed one way only: { $by } (FIN, frame { $fin }); of the other, nothing until the end of the capture.
chat-report-close-rst = Reset: { $by } sent RST (frame { $rst }).
chat-report-close-rst-after = Reset: after the FIN of { $after } (frame { $afterfin }), { $by } sent RST (frame { $rst }).
chat-report-close-refused = Refused: nobody listened on the port (RST, frame { $rst }).
chat-report-close-unanswered = It never came about: the SYN was not answered.
chat-report-close-one-sided = The capture shows one direction alone: how the connection ended it cannot tell.
chat-report-close-silence = The capture shows nothing more that { $by } sent; the other one repeated in vain to the end.
chat-report-close-open = Open until the end of the capture.
chat-report-the-client = the client
chat-report-the-server = the server
chat-report-datagrams = Datagrams
chat-report-inward = To the server: { $datagrams } sent, { $delivered } arrived, { $lost } lost, { $notsent } refused by the system, { $left } seen to leave, { $inconclusive } uncertain, { $duplicates } duplicates
chat-report-outward = To the members: { $datagrams } sent, { $delivered } arrived, { $lost } lost, { $notsent } refused by the system, { $left } seen to leave, { $inconclusive } uncertain, { $duplicates } duplicates
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
chat-report-withheld = Not passed on: too many messages at once.
chat-report-way-in = On the way to the server: { $outcome }{ $place }
chat-report-copies = Copies: { $to }; { $delivered } arrived, { $left } seen to leave, { $lost } lost, { $notsent } not sent, { $inconclusive } uncertain
chat-report-copies-tcp = Copies: { $to }; { $delivered } acknowledged by the other computer, { $left } sent without an acknowledgment seen, { $notsent } not sent
chat-report-copy = That of { $who }: { $outcome }{ $place }
chat-report-alike = (others say the same: how many are lost is certain, which ones is not)
chat-report-no-problem = { $count ->
    [one] One more, with no problem seen; --details lists it.
   *[other] { $count } more, with no problem seen; --details lists them.
 }
chat-report-more = And { $count } more.
chat-outcome-delivered = arrived
chat-outcome-lost = lost
chat-outcome-not-sent = not sent
chat-outcome-left = seen to leave
chat-outcome-inconclusive = uncertain
chat-segment-member-host-out = the member's computer, outbound
chat-segment-network-in = the network, towards the server
chat-segment-server-host-in = the server's computer, inbound
chat-segment-server-app = the server's program
chat-segment-server-host-out = the server's computer, outbound
chat-segment-network-out = the network, towards the member
chat-segment-member-host-in = the member's computer, inbound
chat-segment-undetermined = one of several segments
evidence-until = These packets reach until { $until }; a reply that comes later is not among them.
evidence-lost-here = { $count ->
    [one] The reply to probe { $numbers } was on the wire in time: this host lost it or still holds it.
   *[other] The replies to probes { $numbers } were on the wire in time: this host lost them or still holds them.
 }
evidence-held-here = { $count ->
    [one] The reply to probe { $numbers } was on the wire in time: this host handed it over too late.
   *[other] The replies to probes { $numbers } were on the wire in time: this host handed them over too late.
 }
evidence-kept-here = { $count ->
    [one] Probe { $numbers } was not on the wire up to { $until }: this host kept it.
   *[other] Probes { $numbers } were not on the wire up to { $until }: this host kept them.
 }
evidence-late-on-wire = { $count ->
    [one] The reply to probe { $numbers } came to the wire too late: the delay was in the network or on the other side.
   *[other] The replies to probes { $numbers } came to the wire too late: the delay was in the network or on the other side.
 }
evidence-late-on-host = { $count ->
    [one] The reply to probe { $numbers } came too late: the delay was in this host, which is the server's, too.
   *[other] The replies to probes { $numbers } came too late: the delay was in this host, which is the server's, too.
 }
evidence-other-source = { $count ->
    [one] Probe { $numbers } left, and no reply from { $peer } came up to { $until }; but a datagram came to its port from { $reason }.
   *[other] Probes { $numbers } left, and no reply from { $peer } came up to { $until }; but datagrams came to their ports from { $reason }.
 }
evidence-lost-beyond = { $count ->
    [one] Probe { $numbers } left this host's wire, and no reply from { $peer } came to it up to { $until }: the loss or the delay is in the network or on the other side.
   *[other] Probes { $numbers } left this host's wire, and no reply from { $peer } came to it up to { $until }: the loss or the delay is in the network or on the other side.
 }
evidence-lost-on-host = { $count ->
    [one] Probe { $numbers } left, and no reply from { $peer } came up to { $until }: the loss or the delay is in this host, which is the server's, too.
   *[other] Probes { $numbers } left, and no reply from { $peer } came up to { $until }: the loss or the delay is in this host, which is the server's, too.
 }
evidence-refused = { $count ->
    [one] Probe { $numbers } was refused by ICMP: { $reason }.
   *[other] Probes { $numbers } were refused by ICMP: { $reason }.
 }
evidence-icmp = { $count ->
    [one] Probe { $numbers } met an ICMP error: { $reason }.
   *[other] Probes { $numbers } met ICMP errors: { $reason }.
 }
evidence-unknown = { $count ->
    [one] The capture does not show what became of probe { $numbers }.
   *[other] The capture does not show what became of probes { $numbers }.
 }
evidence-rtt = Probe { $n } took { $wire } on the wire; the application measured { $application }.
