# What appears while a measurement runs.
run-client = Client: { $count ->
    [one] { $count } message
   *[other] { $count } messages
 } to { $peer }
run-server = Server listening on { $address }
run-local = Local address: { $address }
run-gateway = The router's local address: { $address }
run-no-gateway = The router's local address: none (there is no default route)
run-capturing = Capturing on { $device }, writing to { $file }
run-not-capturing = No capture: only the application's own data is used (--capture FILE)
run-server-command = In the other home, type:
    { "  " }medidor client YOUR_PUBLIC_ADDRESS:{ $port } --capture client.pcap
    YOUR_PUBLIC_ADDRESS is what a "what is my IP" site shows here; on this home's
    router, forward UDP port { $port } to { $local }.
    Ctrl-C ends the server and prints the summary.
run-server-command-here = On this computer (loopback address), in another terminal, type:
    { "  " }medidor client { $local } --capture client.pcap
    Ctrl-C ends the server and prints the summary.
run-new-peer = New client: { $peer } (its address as seen from here)
run-pause = Pausing for { $time }
run-wait = All sent; waiting { $time } for replies
run-closing = Shutting down...
run-reply = { $n }: { $text } in { $rtt }
run-late = { $n }: { $text } in { $rtt }, late: after the timeout
run-reordered = { $n }: { $text } in { $rtt }, out of order
run-duplicate = { $n }: duplicate reply
run-never-sent = { $n }: reply to a number that was not sent
run-malformed = Text without a number, from { $from }: { $text }
run-other-source = The reply came from another address: { $from }
run-not-sent = { $n }: not sent, the system refused ({ $error })
run-host-dropped = { $n }: dropped by this computer after it was sent ({ $error })
run-reply-not-sent = Reply { $n } to { $peer } was not sent: the system refused ({ $error })
run-refused = { $n }: port unreachable: nothing listens on { $peer }, or a firewall rejects
run-hint-refused = Start the server there, or let its firewall accept the port. On its computer:
    { "  " }medidor server --listen 0.0.0.0:{ $port }
run-hint-silence = No reply for 3 s; going on. The most frequent causes, in order:
    - the firewall of the server's computer; there: sudo ufw allow { $port }/udp
    - its router does not forward UDP port { $port } to it
    - the server is not running; there: medidor server --listen 0.0.0.0:{ $port }
run-next = Next: put the files of both sides (captures and journals) in one folder, and
    type there:
    { "  " }medidor analyze { $client } { $server }
run-details-hint = More: --details shows the path, the delays and the evidence;
    --html FILE writes a page.
run-unnumbered = Texts without a number: { $received } received, { $answered } answered, { $dropped } dropped on purpose{ $limited ->
        [0] { "" }
       *[other] , { $limited } over the limit
    }.{ $answered ->
        [0] { "" } With --reply upper, echo or pong the server answers them.
       *[other] { "" }
    }
run-no-reply = { $n }: no reply
run-tally = Sent { $sent }, answered { $delivered }, late { $late }
run-kept-old = { $file } already existed; the old file is now called { $kept }
run-journal-failed = The journal { $file } could not be written to the end: { $detail }
run-nobody-wrote = No numbered message arrived.
run-capture-failed = The capture { $file } ended before the run did: { $detail }
run-capture-refused = No permission to capture ({ $detail }): only the application's own data is used
run-relay = Relaying from { $address } to { $to }; Ctrl-C ends it
run-relay-refused = Refused: nothing listens on { $to }, or a firewall rejects (--to names the server)
run-seed = Random seed: { $seed } (--seed { $seed } repeats this run)
run-relay-client = New client: { $peer }; the server will see it as { $way }
relay-forward = Forward: { $came } arrived, { $lost } lost, { $duplicated } duplicated, { $reordered } held back, { $corrupted } altered
relay-return = Return: { $came } arrived, { $lost } lost, { $duplicated } duplicated, { $reordered } held back, { $corrupted } altered
relay-not-taken = { $count ->
    [one] The system refused to send { $count } datagram.
   *[other] The system refused to send { $count } datagrams.
 }
run-small-buffer = The system gave this socket a receive buffer of { $granted } KiB instead of { $asked }: fast messages may overflow it,
    which counts as loss in this host. To allow more, as root: sysctl -w net.core.rmem_max={ $bytes }
run-small-ring = The system gave the capture { $granted } KiB of memory instead of { $asked }: at high rates it may lose packets.
command-server = server
command-client = client
command-impair = impair
command-analyze = analyze
demo-setting = Creating three virtual computers...
demo-homes = Three virtual computers (network namespaces): client, relay and server
demo-loopback = This system does not allow virtual networks: { $why }
    So the three programs share the loopback interface of this computer, with
    different addresses. What that costs: no datagram leaves the computer, and the
    relay is the whole network. Alone, each side would take the other for a
    neighbor without a network in between, and would blame the relay's losses on
    the other's host; so the result of each side alone is not shown. The files of
    both sides together show where each message was lost.
demo-loopback-cure = With three virtual computers, as root:
    { "  " }sudo { $program } demo
    On Ubuntu, without root for each run:
    { "  " }sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
demo-folder = All files go to { $folder }
demo-server = The server starts and captures its packets:
demo-relay = The relay starts: it is the bad network, and logs what it does:
demo-client = The client sends and captures its packets:
demo-relay-ended = What the relay did:
demo-server-ended = What the server saw:
demo-analysis = The files of both sides together, compared with the relay's log:
demo-files-short = The captures (for Wireshark), journals and truth: { $folder }
demo-page = The page, for a browser: { $page }
demo-files = In { $folder }:
demo-file-captures = { "  " }{ $files }: the packets, to open in Wireshark
demo-file-journals = { "  " }{ $files }: what the applications did
demo-file-truth = { "  " }{ $files }: what the relay did to each datagram
demo-file-page = { "  " }{ $files }: the result as a page, to open in a browser
demo-no-captures = Without permission to capture, only the applications' own data was used: the
    places are less exact, and there is nothing to open in Wireshark. To give
    permission, once (anyone who can run the program can then capture):
    { "  " }sudo setcap cap_net_raw+ep { $program }
run-ping = Ping: { $count ->
    [one] { $count } probe
   *[other] { $count } probes
 } to { $peer }
run-ping-endless = Ping: probes to { $peer } until Ctrl-C
run-ping-wait = All sent; waiting { $time } s for late replies
ping-reply = { $n }: { $text } in { $rtt } s
ping-late = { $n }: { $text } in { $rtt } s, late: after the timeout of { $timeout } s
ping-ambiguous = { $n }: { $text }, without RTT: it may answer an earlier probe
ping-ambiguous-late = { $text }: late reply; it is unknown which probe it answers
ping-hint-refused = This ping needs a UDP server, unlike the system's ping;
    on that computer, type:
    { "  " }medidor server --listen 0.0.0.0:{ $port } --reply upper
ping-hint-silence = No reply for 3 s; going on. This ping needs a UDP server, unlike the system's
    ping; on that computer, type:
    { "  " }medidor server --listen 0.0.0.0:{ $port } --reply upper
    If one is running there, its firewall may be the cause:
    { "  " }sudo ufw allow { $port }/udp
ping-timed-out = { $n }: Request timed out
run-icmp = { $n }: no reply will come, says { $from } (ICMP type { $type }, code { $code })
transfer-waiting = { $file }, { $size } bytes, mode { $mode }: waiting for { $clients ->
    [one] { $clients } receiver
   *[other] { $clients } receivers
    } at { $address }
transfer-came = Receiver { $number } ready, from { $peer } ({ $ready } of { $clients })
transfer-left = Receiver { $number }, from { $peer }, disconnected before the start
transfer-refused = Rejected: all places are taken: { $peer }
transfer-started = The transfer has begun
transfer-joined = Receiver { $number } of { $clients }: { $file }, { $size } bytes, mode { $mode }
transfer-total = total
transfer-progress = { $percent }, { $megabytes } MB
transfer-fragments = Blocks larger than { $most } bytes are fragmented on Ethernet: one lost fragment loses the whole block
run-annotated = The packets with their verdicts: { $file }
# The monitor.
class-normal = Normal
class-slow = Slow
class-very-slow = Very slow
class-down = Down
class-alternating = alternating between { $best } and { $worst }
monitor-begin = Monitor: { $target }, one probe every { $interval }, timeout { $timeout };
    Slow from { $slow }, Very slow from { $very_slow }
monitor-endless = Ctrl-C ends it.
monitor-line = { $time } { $target }: { $finding }
monitor-reply = { $class }, { $rtt } ms
monitor-silence = { $class }, no reply in { $timeout }
monitor-refused = { $class }, the probe was refused (ICMP)
monitor-unsent = { $target }: the system does not send probes ({ $error }); still trying, and this does
    not count as loss
monitor-unresolved = { $target }: the name has no address now ({ $detail }); still trying, and this
    does not count as loss
monitor-unhindered = { $target }: measuring continues
monitor-slept = { $target }: this computer or this program was suspended for { $time };
    measurements from that time do not count
monitor-late = { $target }: the reply to probe { $n } came too late, in { $rtt }
monitor-other-source = { $target }: a datagram came from { $from }, which is not the target's address and port
monitor-moved = { $target } is now { $peer }
monitor-alert = Alert: { $target }: { $class } since { $since }
monitor-log-failed = The log could not be written: { $detail }
monitor-class-count = { $class }: { $count }
monitor-summary = { $target }: { $count ->
    [one] { $count } measurement
   *[other] { $count } measurements
 } ({ $classes }){ $unmeasured ->
    [0] { "" }
   *[other] ; not measured: { $unmeasured }
 }
# The messages of alerts.
mail-subject = Latency alert: { $target } is { $class }
mail-subject-recovery = Latency alert: { $target } is { $class } again, after { $time }
mail-body =
    Target: { $target }
    State: { $class } since { $since } (before: { $before })
    Last measurement: { $found }, at { $time }
mail-sent = E-mail sent to { $to }: { $subject }
mail-again = The next attempt to send e-mail is in { $pause } (waiting: { $waiting })
mail-given-up = Gave up sending the e-mail "{ $subject }" to { $to } ({ $tries ->
    [one] { $tries } attempt
   *[other] { $tries } attempts
 })
mail-no-room = Too many e-mails are waiting: "{ $subject }" to { $to } will not be sent
mail-unsent = Not sent: "{ $subject }" to { $to }
mail-last-round = Sending the e-mails that are still waiting ({ $count }); after Ctrl-C, for { $grace } at most
mail-too-many = Too many alerts at once: one was not sent by e-mail
mail-unreachable = The mail server { $server } cannot be reached: { $detail }
mail-timeout = The mail server { $server } did not answer in time ({ $detail })
mail-tls = The secure connection to the mail server { $server } failed: { $detail }
mail-login = The mail server { $server } refused the user or the password: { $detail }
mail-busy = The mail server { $server } does not accept the message now: { $detail }
mail-refused = The mail server { $server } refused the message: { $detail }
mail-broken = Unexpected answer from the mail server { $server }: { $detail }
mail-too-long = Unexpected answer from the mail server { $server }: a reply of more than { $detail } bytes
mail-password = Password of { $user } on the mail server:{" "}
mail-password-open = Other users can read { $file }: chmod 600 protects the password
monitor-capturing = Keeping the latest packets of { $device }; the capture of each alert goes to { $folder }
monitor-evidence = Capture of the alert: { $file }
monitor-no-evidence = This alert has no capture: { $detail }
monitor-evidence-gone = the packets of these probes are no longer in memory
monitor-capture-failed = The capture ended; measuring continues without it: { $detail }
mail-without-file = The e-mail will be sent without the attachment
mail-evidence =
    Packets: { $summary }
    Report attached; the capture: { $file }
monitor-metrics = Metrics at http://{ $address }/metrics
