# The command line's help.
help-heading-usage = Usage
help-heading-options = Options
help-heading-arguments = Arguments
help-heading-commands = Commands
help-heading-capture = Capture
help-heading-output = Output
help-heading-mail = Mail
help-heading-impairment = Impairments
help-default = { $words } [default:{"\u00A0"}{ $value }]
help-help = Print this help
help-version = Print the version
help-lang = Language: pt, en or es [default:{"\u00A0"}MEDIDOR_LANG, else the system's]
help-quiet = Print only the result and errors
help-verbose = Print a line for each message
about-medidor = Measures the loss of UDP messages between two computers and proves, with packet captures, where each one was lost.
about-servidor = Answer numbered messages
about-cliente = Send numbered messages and measure the loss
about-completar = Write completions for a shell, or the manual page
about-ajuda = Print the help of a command
about-analisar = Join the captures and journals of both sides and say where each message was lost
examples-medidor = Examples:
    { "  " }medidor server --capture server.pcap
    { "  " }medidor client 203.0.113.2 --capture client.pcap
    { "  " }medidor analyze client.pcap server.pcap
    { "  " }medidor demo                              all of it on this computer
    
    Exit codes: 0 done; 1 the measurement failed (no reply at all, captures with
    nothing in common); 2 wrong usage; 3 the system refused (permission, address in
    use, unreadable file, disk full); 130 interrupted, with the partial result.
examples-servidor = Examples:
    { "  " }medidor server --capture server.pcap
    { "  " }medidor server --listen [::]:6000 --duration 10m
    { "  " }medidor server --drop 20 --seed 7         loss simulated by the application
    { "  " }medidor server --reply-to 203.0.113.1:6000
    
    Ctrl-C ends it and prints the summary.
examples-cliente = Examples:
    { "  " }medidor client --capture client.pcap      against a server on this computer
    { "  " }medidor client 203.0.113.2:5005 --capture client.pcap
    { "  " }medidor client 203.0.113.2 --count 100 --batch 0 --interval 50ms --json
    { "  " }medidor client 203.0.113.2 --bind 0.0.0.0:6000 --message "{ "{n}" } - hi"
examples-analisar = Examples:
    { "  " }medidor analyze client.pcap server.pcap
    { "  " }medidor analyze client.pcap               with what the client saw alone
    { "  " }medidor analyze --client a.pcapng --server b.pcap --json
    
    The journal beside a capture (client.journal.jsonl) is read with it.
    The order of the files does not matter. A folder, .gz, .zst and - work too.
examples-completar = Examples:
    {"  "}medidor complete bash > ~/.local/share/bash-completion/completions/medidor
    {"  "}medidor complete zsh > ~/.zfunc/_medidor
    {"  "}medidor complete man > ~/.local/share/man/man1/medidor.1
    {"  "}medidor complete man | man -l -
help-servidor-listen = Where to listen: address:port, a port alone, IPv4 or [IPv6]
help-servidor-port = The port, or address:port: the same as --listen
help-servidor-reply = What to answer: ack (the text ACK and the number), echo (the text itself), upper (in upper case) or pong
help-servidor-ack-format = The text of a reply in the ack mode; { "{n}" } is the number
help-servidor-reply-to = Answer always to this address instead of to the sender
help-servidor-drop = Percentage of messages left unanswered on purpose
help-servidor-seed = Seed of that draw: the same one repeats the same losses
help-servidor-rate-limit = Answers a second to one address; 0 for no limit
help-servidor-duration = End after this time, as 10m or 1h30m
help-cliente-host = The server; the default port is 5005
help-cliente-count = How many messages
help-cliente-batch = Pause after each so many messages; 0 for never
help-cliente-pause = How long the pause is
help-cliente-interval = Mean interval between messages, each drawn at random (±30%)
help-fixed-interval = Do not draw the intervals: all are as long as --interval
help-cliente-wait = How long each message waits for its reply, and the client at the end
help-cliente-message = The text of a message; { "{n}" } is the number
help-cliente-bind = Local address and port, as 0.0.0.0:6000
help-capture = Keep the packets in this file, which Wireshark opens, and the journal beside it
help-capture-optional = Where the right to capture is lacking, measure by the application alone instead of refusing
help-journal = Keep the application's journal in this file
help-interface = Interface to capture on [default:{"\u00A0"}the route's; on a server, all of them]
help-filter = Capture filter in tcpdump's syntax, or @FILE [default:{"\u00A0"}this application alone]
help-snaplen = Bytes kept of each packet
help-json = Print the result as one JSON document
help-details = With the path of the messages, the delays and the evidence
help-conferir-details = Every point with its reason and evidence
help-all = List every message, however many
help-html = Write the result as a page for browsers into this file
help-csv = Write a row for each message into this file (comma-separated values)
help-analisar-annotate = Write the captures once more (pcapng), with the verdict as a comment on each packet
help-analisar-files = Captures (pcap, pcapng) and journals (jsonl), in any order
help-analisar-client = A file of the client's side
help-analisar-server = A file of the server's side
help-analisar-port = The server's port, where no journal tells it
help-analisar-flow = Which of the server's flows is the client's
help-completar-shell = bash, zsh, fish, powershell or elvish; or man for the manual page
# What stands for a value.
value-command = COMMAND
value-port = PORT
value-lang = LANG
value-addr-port = ADDR:PORT
value-ip-port = IP:PORT
value-host-port = HOST[:PORT]
value-mode = MODE
value-text = TEXT
value-percent = PERCENT
value-n = N
value-time = TIME
value-file = FILE
value-name = NAME
value-expr-file = EXPR|@FILE
value-bytes = BYTES
value-shell = SHELL
# Headings of the manual page.
man-name = Name
man-more = Examples and exit codes
about-simulador = Relay UDP between clients and a server like a bad network: lose, delay, reorder, duplicate
examples-simulador = Examples:
    { "  " }medidor impair --loss 10% --loss-return 5%
    { "  " }medidor impair --loss 4,17 --loss-return 9 --truth truth.jsonl
    { "  " }medidor impair --loss burst:2%:20% --delay 40ms --jitter 10ms
    { "  " }medidor client 127.0.0.1:5006          goes through it
    
    Loss: 10% (by chance), 3,7,12-15 (by number), burst:2%:20% (in bursts: chance
    that one begins and that it ends, and of a loss inside it). Ctrl-C ends it.
help-simulador-listen = Where clients are served
help-simulador-to = The server, to which everything is passed on
help-loss = Which messages are lost on the way out
help-loss-return = Which replies are lost on the way back
help-delay = How long each datagram takes in each direction
help-jitter = And how much longer at the most; by itself it reorders nothing
help-reorder = Percentage held back so that others overtake
help-duplicate = Percentage sent twice
help-corrupt = Percentage with one changed bit
help-rate = Bits a second that pass in each direction; the queue loses what would wait more than 1 s
help-simulador-seed = Seed of the draw: the same one repeats the same plan
help-simulador-truth = Write down here what was done to each datagram (JSON Lines)
help-simulador-duration = End after this time
value-loss = LOSS
help-analisar-truth = The record of an impair relay between the two: says how many verdicts are right
about-demo = Try all of it on this computer, in seconds: server, bad network, client, captures, analysis
examples-demo = Examples:
    { "  " }medidor demo
    { "  " }medidor demo --loss 4,17 --loss-return 9 --output here
    { "  " }medidor demo --loss burst:5%:30% --delay 40ms --jitter 10ms --seed 7
    
    Server, relay and client run as the commands that it shows, each in a network
    namespace of its own, without root where the system allows that; else on the
    loopback interface, and it says so. The relay knows the truth, and the verdicts
    are held against it. Exit code 1: a verdict is wrong, or no reply came; 3: also
    where nobody may capture.
help-demo-output = Put the files into this new folder [default:{"\u00A0"}medidor-demo- and the time]
help-demo-count = How many messages
help-demo-interval = From one message to the next
help-demo-loss = Which messages are lost on the way out [default:{"\u00A0"}10%]
help-demo-loss-return = Which replies are lost on the way back [default:{"\u00A0"}5%]
help-demo-seed = Seed of the draw: the same one repeats the same losses
value-folder = FOLDER
about-ping = Send probes one at a time and show the round-trip time of each
examples-ping = Examples:
    { "  " }medidor server --reply upper --drop 33 --listen :12000   the textbook's server
    { "  " }medidor ping                          against a server on this computer
    { "  " }medidor ping 203.0.113.2:12000 --capture ping.pcap
    { "  " }medidor ping 203.0.113.2 --count 0 --plot       until Ctrl-C, with a plot
help-ping-host = The server; the default port is 12000
help-ping-count = How many probes; 0 for no end but Ctrl-C
help-ping-timeout = How long each probe waits for its reply, and ping for late ones at the end
help-ping-interval = Mean interval between probes, each drawn at random (±30%); a probe without a reply delays the next
help-ping-text = The text of a probe; { "{n}" } is its number, { "{time}" } the time of sending
help-ping-size = Bytes of a probe's text, which is filled up with dots [default:{"\u00A0"}as they come]
help-ping-ttl = How many routers a probe may pass (TTL, hop limit) [default:{"\u00A0"}the system's]
help-ping-dscp = Differentiated services code point, 0 to 63 [default:{"\u00A0"}0]
help-ping-bind = Local address and port, as 0.0.0.0:6000
help-ping-plot = Draw the round-trip times as they come, with the losses; lines where there is no terminal
about-enviar = Send one file to several receivers at once, over UDP, QUIC or TCP
about-receber = Receive a file and prove that it is whole
examples-enviar = Examples:
    { "  " }medidor send video.mp4 --clients 5
    { "  " }medidor send video.mp4 --mode tcp --listen 0.0.0.0:6000
    { "  " }medidor send video.mp4 --rate 100M --logs logs
    { "  " }medidor send video.mp4 --mode classic     for programs without numbers

    Exit code 1: some receiver does not have the whole file.
examples-receber = Examples:
    { "  " }medidor receive --output received           from a sender on this computer
    { "  " }medidor receive 203.0.113.2 --output received --logs logs
    { "  " }medidor receive 203.0.113.2 --mode classic --data-port 6001

    The file gets its name only when the SHA-256 is right; until then its name
    ends in .part. Exit code 1: it is not whole.
help-enviar-file = The file
help-enviar-clients = How many receivers to wait for; all start together
help-enviar-listen = Where to listen: address:port, or a port alone
help-enviar-mode = How the file travels: udp (numbered blocks, no repair), classic (blocks without numbers, as course programs speak), quic or tcp
help-enviar-rate = Bits a second to each receiver (20M, 1.5G); auto finds what it takes, max does not wait
help-enviar-block = Bytes of a block in the udp mode
help-enviar-barrier-timeout = How long to wait for everybody; then the file goes to those who have come
help-logs = Write one log for each receiver into this folder
help-receber-host = The sender; the default port is 5005
help-receber-output = The folder for the file
help-receber-mode = Take this mode only; classic must be said [default:{"\u00A0"}what the sender says]
help-receber-max-size = The largest file that is taken, as 100MB or 2GiB
help-receber-data-port = Local UDP port for the blocks; 0 for any
help-receber-buffer = Bytes of room to receive that the system is asked for
value-rate = RATE
value-size = SIZE
about-comparar = Take the same file over every mode on this computer, side by side
examples-comparar = Examples:
    { "  " }medidor compare video.mp4
    { "  " }medidor compare --sizes 100MB,250MB --clients 1,5,10 --csv
help-comparar-file = The file; without it, some are made
help-comparar-sizes = Sizes of the files that are made
help-comparar-clients = How many receivers, one test for each
help-comparar-rate = Bits a second in the udp and classic modes, as in send
help-comparar-csv = Print the result as comma-separated values

about-conferir = Hold what a group handed in against the assignment, point by point
examples-conferir = Examples:
    { "  " }medidor check group1/                     captures, journals, nomes.txt
    { "  " }medidor check client.pcap server.pcap nomes.txt
    { "  " }medidor check submissions/ --json         a folder of submissions
    
    Each point is met, not met, or cannot be told, with the evidence. The exit
    code is 1 where a point is not met.
help-conferir-port = The server's port, where no journal tells it
help-conferir-paths = Files of a submission, or folders of one or of several
value-file-folder = FILE|FOLDER
about-monitor = Measure a server's latency without end, and tell when it changes class
examples-monitor = Examples:
    { "  " }medidor monitor 203.0.113.2              a probe every 10 s, port 12345
    { "  " }medidor monitor 203.0.113.2:12345 --interval 1s --log latency.csv
    { "  " }medidor monitor --slow 50ms --very-slow 150ms --for 1h
    { "  " }medidor monitor 203.0.113.2 --email-to ana@example.org --capture .
    { "    " }--smtp smtp.example.org:587 --smtp-user ana@example.org
    { "  " }medidor monitor --config monitor.toml --metrics 127.0.0.1:9464

    Classes: Normal, Slow, Very slow, Down (no reply). Any UDP server that answers
    the probe will do. Ctrl-C ends it and prints the summary.
help-monitor-host = The server; the default port is 12345
help-monitor-interval = From one measurement to the next, at least 100ms
help-monitor-timeout = How long each probe waits for its reply
help-monitor-text = The text of a probe; { "{n}" } would be its number, { "{time}" } the time of sending
help-monitor-slow = Slow from this round-trip time on
help-monitor-very-slow = Very slow from this round-trip time on
help-monitor-confirm = For how many measurements in a row a new class must hold
help-monitor-alert = When to tell: change (the class has changed and held) or always (after each measurement)
help-monitor-count = How many measurements; 0 for no end but Ctrl-C
help-monitor-length = For how long, as 10m or 8h
help-monitor-log = Add a row for each measurement to this file (CSV)
value-when = WHEN
help-monitor-email-to = Whom to tell by e-mail; several with commas, or the option again
help-monitor-email-from = Who sends it [default:{"\u00A0"}the user, if that is an address]
help-monitor-smtp = The mail server; the default port is 587, 465 or 25, by --smtp-tls
help-monitor-smtp-tls = The connection to it: starttls (or nothing is sent), implicit (TLS from the beginning) or none (to this computer only)
help-monitor-smtp-cleartext = Allow none to another computer as well: e-mail and password go in the clear
help-monitor-smtp-user = User; the password comes from the file, from MEDIDOR_SMTP_PASSWORD, or is asked for
help-monitor-smtp-password-file = File with the password in its first line
help-monitor-smtp-ca = Certificate (PEM) to be trusted beside the system's
help-monitor-smtp-timeout = How long each step of sending may take
help-monitor-smtp-retry = Pause before the second try; it doubles with every failure
value-address = ADDRESS
value-how = HOW
help-monitor-capture = Keep the last packets, and write each alert's capture into this folder, with the journal beside it
help-monitor-interface = Interface to capture on [default:{"\u00A0"}all of them]
help-monitor-email-attach = Attach the alert's capture to its e-mail
help-monitor-config = Many targets side by side, from this file (TOML), each with its own limits and recipients
help-monitor-metrics = Show the figures to Prometheus at this address, under /metrics
help-ajuda-command = The command, and one below it
examples-ajuda = Examples:
    { "  " }medidor help client
    { "  " }medidor help chat server
