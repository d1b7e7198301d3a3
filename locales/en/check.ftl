check-summary =
    { $path }: { $met ->
        [one] { $met } point met
       *[other] { $met } points met
    }, { $not } not met, { $open } unknown
check-met = met
check-not-met = NOT MET
check-cannot-be-told = unknown
check-details-hint = --details shows the reason and the evidence for every point.
check-judged = Judged: { $files }
check-nothing = { $path }: nothing to check (there is: { $files })
check-page-title = Check of { $count } submissions
check-evidence = See { $evidence }.
check-frames =
    { $count ->
        [one] frame { $frames }
       *[other] frames { $frames }
    }
check-submission = submission
check-legend = ✓ met, ✗ not met, ? unknown
check-not-met-heading = What is not met
check-shared-heading = Captures that several submissions share
check-shared-file = The same file: { $files }
check-shared-packets = The same packets in different files: { $files }
check-unused = { $file } was not used: there is another file of the same kind, or nothing shows which side it is from.

check-point-captures = A capture of each side
check-point-same-run = Both captures are from the same run
check-point-two-homes = Two different homes
check-point-packets = Only packets of this application
check-point-from-first = Captured from the first message
check-point-numbering = Numbered from 1 without gaps
check-point-count = Thirty messages
check-point-pauses = A pause of 10 s after every 10 messages
check-point-final-wait = A wait of 10 s at the end
check-point-acks = An ACK with the right number for each message received
check-point-loss-rate = The rate of lost messages
check-point-names = The group's names

check-reason-both-captures = There is one from the client's side and one from the server's side.
check-reason-no-server-capture = There is one from the client's side and none from the server's side.
check-reason-no-client-capture = There is one from the server's side and none from the client's side.
check-reason-no-capture = There is no capture.
check-reason-no-capture-file = A capture is missing. { $file } may be a log of the packets in another format, which proves nothing here.
check-reason-no-messages = The files for this point contain no numbered messages.
check-reason-one-side = There are files from one side only.
check-reason-same-capture = The two captures that were handed in are the same one: the packets have the same timestamps, or timestamps that differ by a constant.
check-reason-several-runs = The server's files contain several runs, and more than one of them matches the client's.
check-reason-nothing-shared = No message is in both.
check-reason-fits-badly = Both show messages with the same numbers, but too many of them are in only one.
check-reason-does-not-fit = The server's messages cannot be the client's: numbers, order or times contradict each other.
check-reason-clocks-agree = Both show the same messages at the same time: the timestamps differ by { $apart_ns }.
check-reason-identified = The packets themselves show that both are from the same run; the timestamps differ by { $apart_ns }.
check-reason-clock-set = A clock was set during the run, so the timestamps prove nothing.
check-reason-clocks-set = The messages match only if clocks were set several times during the run: either they were, or these are two runs.
check-reason-coarse-stamps = The timestamps are too coarse to show it.
check-reason-contradictions = The timestamps are { $apart_ns } apart, and messages that passed the other host according to one capture are missing in that host's capture: { $numbers }.
check-reason-contradicted = The timestamps are { $apart_ns } apart, and messages that passed the other host according to one capture are missing in that host's capture: { $numbers }. Either that capture missed them, or these are two runs.
check-reason-clocks-apart = The messages match, but the timestamps are { $apart_ns } apart: either a clock was wrong by that much, or these are two runs.
check-reason-one-host = Both ends are on the same host: { $client } and { $server }.
check-reason-one-network = Both ends are neighbors on one network, { $client } and { $server }, with no router and no address translation (NAT) between them: one home, or two on one virtual private network.
check-reason-addresses-unknown = The addresses of each end are known only with the captures of both sides.
check-reason-not-one-run = It is not proven that both captures are from the same run, so their addresses cannot be compared.
check-reason-one-public-address = The client, { $client }, reaches the server from the same address that it sends to, { $server }: both may be behind one router, or there may be a relay between them.
check-reason-client-translated = There is address translation (NAT) between them: the client is { $client } at home, and the server sees it as { $seen }.
check-reason-server-translated = There is address translation (NAT) between them: the server is { $server } at home, and the client sends to { $called }.
check-reason-different-networks = The two ends are on different networks: { $client } and { $server }.
check-reason-no-translation = There is no sign of address translation (NAT) or of different public networks between { $client } and { $server }.
check-reason-foreign-packets =
    { $count ->
        [one] { $count } of { $packets } packets belongs to another application.
       *[other] { $count } of { $packets } packets belong to other applications.
    }
check-reason-unread-packets = Some packets are cut so short, or have such a link type, that it is unknown what they are.
check-reason-only-ours = All { $packets } packets belong to this exchange.
check-reason-first-there = The first message is there: number { $first }.
check-reason-late-start = { $file } starts with message { $first }, and before it these messages passed that host: { $numbers }.
check-reason-awake-before = { $file } starts with message { $first }; the capture was already running, and there was nothing else to see.
check-reason-first-missing = { $file } starts with message { $first }: earlier ones were lost, or the capture started late.
check-reason-without-holes = Messages 1 to { $last }.
check-reason-from-zero = The first message has the number 0.
check-reason-from-zero-perhaps = There is a message with the number 0; it is unknown whether it is the first one or a greeting.
check-reason-starts-later = The first message that the client sent has the number { $first }.
check-reason-holes = The client sent messages up to { $last }, but none with these numbers: { $numbers }.
check-reason-start-unseen = The lowest number seen is { $first }; it is unknown whether the client sent others before it.
check-reason-holes-unproven = These numbers were not seen: { $numbers }. Without the client's journal it is unknown whether they were skipped or lost in the client's own host.
check-reason-more =
    { $count ->
        [one] { $count } different message
       *[other] { $count } different messages
    }; the assignment asks for { $asked }.
check-reason-more-perhaps = { $count } different numbers were seen, and the assignment asks for { $asked } messages; some may come from other texts, or may have been altered on the way.
check-reason-as-many =
    { $count ->
        [one] { $count } different message.
       *[other] { $count } different messages.
    }
check-reason-fewer =
    { $count ->
        [one] { $count } different message
       *[other] { $count } different messages
    }; the assignment asks for { $asked }.
check-reason-fewer-seen =
    { $count ->
        [one] { $count } different message was seen
       *[other] { $count } different messages were seen
    } of the { $asked } that the assignment asks for; it is unknown whether there were more.
check-reason-too-few = No message after the tenth was seen.
check-reason-long-enough =
    { $count ->
        [one] The pause lasts { $pause_ns }.
       *[other] The shortest of { $count } pauses lasts { $pause_ns }.
    }
check-reason-short-pause = From message { $before } to message { $after }, only { $pause_ns } passed.
check-reason-edges-unseen = Not all messages on both sides of the pause were seen; from { $before } to { $after }, { $pause_ns } passed.
check-reason-one-clock = From message { $before } to message { $after }, { $pause_ns } passed by a single clock, which may have been set during the pause.
check-reason-end-unseen = The shortest pause that was seen lasts { $pause_ns }; the end of the run was not seen.
check-reason-seen-by-the-server = At the server, { $pause_ns } passed from message { $before } to message { $after }; how long the client paused is known only to within a few seconds.
check-reason-no-client-journal = Only the client's journal shows when it stopped waiting; a capture does not.
check-reason-waited = The client waited { $waited_ns } after the last message.
check-reason-left-early = The client ended { $waited_ns } after the last message.
check-reason-journal-broken = The journal breaks off before its end.
check-reason-wrong-number = Some replies have the number of a message that had not been sent, while other messages have no reply: ACK { $numbers }.
check-reason-altered-perhaps = At the client, some replies do not match the messages: { $numbers }. They may have been altered on the way.
check-reason-not-an-ack = The server sends back the message itself instead of an ACK: { $numbers }.
check-reason-no-word-ack = The replies have the number but not the word ACK: { $numbers }.
check-reason-no-numbers = The server's replies have no number.
check-reason-other-words = The replies have the number but do not begin with ACK: { $numbers }. Please read what they say.
check-reason-withheld = The server's journal says that it did not answer some messages on purpose: { $numbers }.
check-reason-all-answered =
    { $of ->
        [one] { $of } message received, and it was answered with its number.
       *[other] { $of } messages received, and each was answered with its number.
    }
check-reason-answers-refused =
    { $of ->
        [one] { $of } message received, and it was answered with its number;
       *[other] { $of } messages received, and each was answered with its number;
    } the system refused to send a reply to: { $numbers }.
check-reason-unanswered = The server received these messages and did not answer them: { $numbers }.
check-reason-unanswered-perhaps = No reply to these messages was seen: { $numbers }. It is unknown whether the server application received them.
check-reason-no-client = Only the client's side shows which replies came.
check-reason-rate-known =
    { $ratio }: { $lost } of { $of ->
        [one] { $of } message
       *[other] { $of } messages
    } not answered.
check-reason-rate-at-least = At least { $least_ratio }: replies without a number were counted, and a reply duplicated by the network hides a loss.
check-reason-rate-between = Between { $least_ratio } and { $most_ratio }: for some messages it is unknown whether they were answered.
check-reason-wire-rate-known =
    { $ratio } by the client's capture: no reply to { $lost } of { $of ->
        [one] { $of } message
       *[other] { $of } messages
    }. Only the client's journal would show what the application received.
check-reason-wire-rate-between = Between { $least_ratio } and { $most_ratio } by the client's capture: for some messages it is unknown whether they were answered. Only the client's journal would show what the application received.
check-reason-names-there =
    { $count ->
        [one] { $count } name.
       *[other] { $count } names.
    }
check-reason-names-empty = The file is there, but it contains no names.
check-reason-names-unread = The file is there, but no line of it contains a name; names may be in its comments, or it is a table or a document.
check-reason-no-names = There is no file with the names (nomes.txt).
check-reason-no-names-given = There was no file with the names (nomes.txt) among the files that were checked.
check-reason-names-elsewhere = There is no nomes.txt; another text file may contain the names.

error-no-folders = no folders with captures, journals or nomes.txt are inside { $path }
error-no-submission = no captures, no journals and no nomes.txt were found in { $path }
