check-summary =
    { $path }: { $met ->
        [one] { $met } point met
       *[other] { $met } points met
    }, { $not } not met, { $open } that cannot be told
check-met = met
check-not-met = NOT MET
check-cannot-be-told = cannot be told
check-details-hint = --details shows the reason and the evidence for every point.
check-evidence = See { $evidence }.
check-frames =
    { $count ->
        [one] frame { $frames }
       *[other] frames { $frames }
    }
check-submission = submission
check-legend = ✓ met, ✗ not met, ? cannot be told
check-not-met-heading = What is not met
check-shared-heading = Captures that several submissions share
check-shared-file = The same file: { $files }
check-shared-packets = The same packets in different files: { $files }
check-unused = { $file } was not used: there is another file of its kind, or it does not say whose it is.

check-point-captures = A capture of each side
check-point-same-run = Both captures are of the same run
check-point-two-homes = Two different homes
check-point-packets = This application's packets only
check-point-from-first = Captured from the first message on
check-point-numbering = Numbered from 1 without holes
check-point-count = Thirty messages
check-point-pauses = 10 s of pause after every 10 messages
check-point-final-wait = 10 s of waiting at the end
check-point-acks = An ACK with the right number for each message received
check-point-loss-rate = The rate of lost messages
check-point-names = The group's names

check-reason-both-captures = The client's and the server's are there.
check-reason-no-server-capture = There is one of the client's side and none of the server's.
check-reason-no-client-capture = There is one of the server's side and none of the client's.
check-reason-no-capture = There is no capture.
check-reason-no-capture-file = A capture is missing. { $file } may be a log of its packets in another form, which proves nothing here.
check-reason-no-messages = No numbered messages were found in what this would be judged by.
check-reason-one-side = There are files of one side only.
check-reason-same-capture = What was handed in as two captures is one and the same: its packets have the same time stamps, or stamps that differ by a constant.
check-reason-several-runs = The server's files hold several runs, and more than one of them fits the client's.
check-reason-nothing-shared = No message is in both.
check-reason-fits-badly = Both show messages with the same numbers, but too many of them are in one alone.
check-reason-does-not-fit = The server's messages cannot be those of the client: numbers, order or times contradict each other.
check-reason-clocks-agree = Both show the same messages at the same time: the stamps differ by { $apart_ns }.
check-reason-identified = The packets themselves show that both are of one run; the stamps differ by { $apart_ns }.
check-reason-clock-set = A clock was set during the run, so that the time stamps do not tell.
check-reason-clocks-set = The messages fit only if clocks were set several times during the run: either they were, or these are two runs.
check-reason-coarse-stamps = The time stamps count in steps that are too long to tell.
check-reason-contradictions = The stamps are { $apart_ns } apart, and messages that one capture shows as having passed the other host are not in that host's capture: { $numbers }.
check-reason-contradicted = The stamps are { $apart_ns } apart, and messages that one capture shows as having passed the other host are not in that host's capture: { $numbers }. It may have missed them, or the runs are two.
check-reason-clocks-apart = The messages fit, but the stamps are { $apart_ns } apart: either a clock was wrong by that much, or these are two runs.
check-reason-one-host = Both ends are on one computer: { $client } and { $server }.
check-reason-one-network = Both ends are neighbours in one network, { $client } and { $server }, with no router and no address translation between them: one home, or two on one virtual private network.
check-reason-addresses-unknown = It takes the captures of both sides to see which addresses each end has.
check-reason-not-one-run = It is not proved that both captures are of the same run, so that their addresses cannot be compared.
check-reason-one-public-address = The client, { $client }, reaches the server from the very address that it calls, { $server }: both may be behind one router, or a relay may stand between them.
check-reason-client-translated = There is address translation between them: the client is { $client } at home, and the server sees it as { $seen }.
check-reason-server-translated = There is address translation between them: the server is { $server } at home, and the client calls it at { $called }.
check-reason-different-networks = The two ends are in different networks: { $client } and { $server }.
check-reason-no-translation = Neither address translation nor different public networks can be seen between { $client } and { $server }.
check-reason-foreign-packets =
    { $count ->
        [one] { $count } of { $packets } packets belongs to other applications.
       *[other] { $count } of { $packets } packets belong to other applications.
    }
check-reason-unread-packets = Some packets are cut so short, or of such a link type, that nobody can say what they are.
check-reason-only-ours = All { $packets } packets belong to this exchange.
check-reason-first-there = The first message is there: number { $first }.
check-reason-late-start = { $file } begins with message { $first }, and these passed that host before it: { $numbers }.
check-reason-awake-before = { $file } begins with message { $first }; the capture was running before, and nothing else was there to be seen.
check-reason-first-missing = { $file } begins with message { $first }: those before it were lost, or the capture began late.
check-reason-without-holes = Messages 1 to { $last }.
check-reason-from-zero = The first message bears the number 0.
check-reason-from-zero-perhaps = There is a message number 0; whether it is the first one or a greeting does not show.
check-reason-starts-later = The first message that the client sent bears the number { $first }.
check-reason-holes = The client sent messages up to { $last }, but none with these numbers: { $numbers }.
check-reason-start-unseen = The lowest number seen is { $first }; whether the client sent others before it does not show.
check-reason-holes-unproven = These numbers were not seen: { $numbers }. Without the client's journal, nobody can say whether they were left out or lost in its own computer.
check-reason-more = { $count } different messages, and { $asked } are asked for.
check-reason-more-perhaps = { $count } different numbers were seen, and { $asked } messages are asked for; some may be those of other texts, or altered on their way.
check-reason-as-many = { $count } different messages.
check-reason-fewer = { $count } different messages, and { $asked } are asked for.
check-reason-fewer-seen = { $count } different messages were seen of the { $asked } asked for; whether there were more does not show.
check-reason-too-few = No message after the tenth was seen.
check-reason-long-enough =
    { $count ->
        [one] The pause lasts { $pause_ns }.
       *[other] The shortest of { $count } pauses lasts { $pause_ns }.
    }
check-reason-short-pause = From message { $before } to message { $after } it took { $pause_ns }.
check-reason-edges-unseen = The messages on either side of the pause were not all seen; from { $before } to { $after } it took { $pause_ns }.
check-reason-one-clock = From message { $before } to message { $after } it took { $pause_ns } by one clock alone, which may have been set in that pause.
check-reason-end-unseen = The shortest pause that was seen lasts { $pause_ns }; the run was not seen to its end.
check-reason-seen-by-the-server = At the server, from message { $before } to message { $after } it took { $pause_ns }; how long the client paused is known to a few seconds only.
check-reason-no-client-journal = Only the client's journal knows when it stopped waiting; a capture does not.
check-reason-waited = The client waited for { $waited_ns } after the last message.
check-reason-left-early = The client ended { $waited_ns } after the last message.
check-reason-journal-broken = The journal breaks off before its end.
check-reason-wrong-number = Replies bear the number of a message that had not been sent, while others lack their reply: ACK { $numbers }.
check-reason-altered-perhaps = At the client, some replies do not fit the messages: { $numbers }. They may have been altered on their way.
check-reason-not-an-ack = The server sends the message itself back instead of an ACK: { $numbers }.
check-reason-no-word-ack = The replies bear the number, and the word ACK is not in them: { $numbers }.
check-reason-no-numbers = The server's replies bear no number.
check-reason-other-words = The replies bear the number, but do not begin with ACK: { $numbers }. What they say must be read.
check-reason-withheld = The server's journal says that it kept answers back: to { $numbers }.
check-reason-all-answered = { $of } messages received, and each was answered with its number.
check-reason-answers-refused = { $of } messages received, and each was answered with its number; the system refused to send the answers to { $numbers }.
check-reason-unanswered = The server received these messages and did not answer them: { $numbers }.
check-reason-unanswered-perhaps = No reply to these messages was seen: { $numbers }. Whether the server's application received them does not show.
check-reason-no-client = Only the client's side knows which replies came.
check-reason-rate-known = { $ratio }: { $lost } of { $of } messages were not answered.
check-reason-rate-at-least = At least { $least_ratio }: replies without a number were counted, and one that the network doubled hides a loss.
check-reason-rate-between = Between { $least_ratio } and { $most_ratio }: of some messages nobody can say whether they were answered.
check-reason-wire-rate-known = { $ratio } by the client's capture: to { $lost } of { $of } messages no reply came by. What the application received, its journal alone would know.
check-reason-wire-rate-between = Between { $least_ratio } and { $most_ratio } by the client's capture: of some messages nobody can say whether they were answered. What the application received, its journal alone would know.
check-reason-names-there =
    { $count ->
        [one] { $count } name.
       *[other] { $count } names.
    }
check-reason-names-empty = The file is there, and no name is in it.
check-reason-names-unread = The file is there, and it has no line with a name; names may be in its comments, or it is a table or a document.
check-reason-no-names = There is no file of names (nomes.txt).
check-reason-no-names-given = No file of names (nomes.txt) was among the files that were looked at.
check-reason-names-elsewhere = There is no nomes.txt; another text among the files may hold the names.

error-no-submission = neither captures nor journals nor a nomes.txt were found in { $path }
