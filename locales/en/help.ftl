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
about-servidor = Reply to numbered messages
about-cliente = Send numbered messages and measure the loss
about-completar = Print shell completions, or the manual page
about-ajuda = Print the help of a command
about-analisar = Join the captures and journals of both sides and tell you where each lost message was lost
examples-medidor = Examples:
    { "  " }medidor server --capture server.pcap
    { "  " }medidor client 203.0.113.2 --capture client.pcap
    { "  " }medidor analyze client.pcap server.pcap
    { "  " }medidor demo                              everything on this computer
    
    Exit codes: 0 done; 1 the measurement failed (no reply at all, captures with
    nothing in common); 2 wrong usage; 3 the system refused (permission, address in
    use, unreadable file, disk full); 130 interrupted, with the partial result.
examples-servidor = Examples:
    { "  " }medidor server --capture server.pcap
    { "  " }medidor server --listen [::]:6000 --duration 10m
    { "  " }medidor server --drop 20 --seed 7         loss simulated by the application
    { "  " }medidor server --reply-to 203.0.113.1:6000
    
    Ctrl-C ends it and prints the summary. Between two homes, the router of the
    server's home forwards UDP port 5005 to its computer; medidor says what to type
    in the other home.
examples-cliente = Examples:
    { "  " }medidor client --capture client.pcap      to a server on this computer
    { "  " }medidor client 203.0.113.2:5005 --capture client.pcap
    { "  " }medidor client 203.0.113.2 --count 100 --batch 0 --interval 50ms --json
    { "  " }medidor client 203.0.113.2 --bind 0.0.0.0:6000 --message "{ "{n}" } - hi"
examples-analisar = Examples:
    { "  " }medidor analyze client.pcap server.pcap
    { "  " }medidor analyze client.pcap               only with what the client saw
    { "  " }medidor analyze --client a.pcapng --server b.pcap --json
    
    The journal next to a capture (client.journal.jsonl) is read with it.
    The order of the files does not matter. A folder, .gz, .zst and - work too.
examples-completar = Examples:
    {"  "}medidor complete bash > ~/.local/share/bash-completion/completions/medidor
    {"  "}medidor complete zsh > ~/.zfunc/_medidor
    {"  "}medidor complete man > ~/.local/share/man/man1/medidor.1
    {"  "}medidor complete man | man -l -
help-servidor-listen = Where to listen: address:port, a port alone, IPv4 or [IPv6]
help-servidor-port = The port, or address:port: the same as --listen
help-servidor-reply = What to reply: ack (the text ACK and the number), echo (the same text), upper (in upper case) or pong
help-servidor-ack-format = Text of the reply in the ack mode; { "{n}" } is the number
help-servidor-reply-to = Always reply to this address instead of to the sender
help-servidor-drop = Percentage of messages left unanswered on purpose
help-servidor-seed = Random seed: the same seed repeats the same losses
help-servidor-rate-limit = Replies per second to one address; 0 for no limit
help-servidor-duration = End after this time, e.g. 10m or 1h30m
help-cliente-host = The server; the default port is 5005
help-cliente-count = How many messages
help-cliente-batch = Pause after every N messages; 0 for never
help-cliente-pause = Length of the pause
help-cliente-interval = Mean interval between messages, each drawn at random (±30%)
help-fixed-interval = Use equal intervals, not random ones: all equal to --interval
help-cliente-wait = How long to wait for each reply, and at the end
help-cliente-message = Text of the message; { "{n}" } is the number
help-cliente-bind = Local address and port, e.g. 0.0.0.0:6000
help-capture = Save the packets in this file, which Wireshark opens, and the journal next to it
help-capture-optional = Without permission to capture, measure only in the application instead of stopping
help-journal = Save the application's journal in this file
help-interface = Interface to capture on [default:{"\u00A0"}that of the route; on the server, all]
help-filter = Capture filter in tcpdump syntax, or @FILE [default:{"\u00A0"}only this application's packets]
help-snaplen = Bytes kept of each packet
help-json = Print the result as a JSON document
help-details = With the path of the messages, the delays and the evidence
help-conferir-details = Every point with its reason and evidence
help-conferir-csv = Write a row for each submission into this file (CSV)
help-conferir-one = Take each folder as one submission
help-conferir-each = Take each folder inside as a submission
help-all = List all messages, however many there are
help-html = Write the result to this file as a web page
help-csv = Write one line per message to this file (comma-separated values)
help-analisar-annotate = Write the captures again (pcapng), with the verdict as a comment on each packet
help-analisar-files = Captures (pcap, pcapng) and journals (jsonl), in any order
help-analisar-client = A file from the client's side
help-analisar-server = A file from the server's side
help-analisar-port = The server's port, if no journal contains it
help-analisar-flow = Which of the server's flows is from the client
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
    
    Loss: 10% (at random), 3,7,12-15 (by number), burst:2%:20% (in bursts: the
    probability that a burst starts, that it ends, and, if given, of a loss in it).
    Ctrl-C ends it.
help-simulador-listen = Address where clients connect
help-simulador-to = The server that everything is forwarded to
help-loss = Which messages are lost on the way to the server
help-loss-return = Which replies are lost on the way back
help-delay = Delay of each datagram in each direction
help-jitter = Maximum extra delay; by itself it does not reorder
help-reorder = Percentage held back so that later datagrams overtake
help-duplicate = Percentage sent twice
help-corrupt = Percentage with one bit changed
help-rate = Bits per second in each direction; the queue drops what would wait longer than 1 s
help-simulador-seed = Random seed: the same seed repeats the same plan
help-simulador-truth = Log here what was done to each datagram (JSON Lines)
help-simulador-duration = End after this time
value-loss = LOSS
help-analisar-truth = The log of an impair relay between the two: shows how many verdicts are right
about-demo = Try everything on this computer, in seconds: server, bad network, client, captures, analysis
examples-demo = Examples:
    { "  " }medidor demo
    { "  " }medidor demo --loss 4,17 --loss-return 9 --output here
    { "  " }medidor demo --loss burst:5%:30% --delay 40ms --jitter 10ms --seed 7
    
    Server, relay and client run as the commands that the demo shows, each in its
    own network namespace, without root where the system allows it; otherwise on
    the loopback interface, and the demo says so. The relay logs what it does to
    each message, and the verdicts are compared with that. Exit code 1: a verdict
    is wrong, or no reply came; 3: also where capturing is not allowed.
help-demo-output = Put the files in this new folder [default:{"\u00A0"}medidor-demo- and the time]
help-demo-count = How many messages
help-demo-interval = Time from one message to the next
help-demo-loss = Which messages are lost on the way to the server [default:{"\u00A0"}10%]
help-demo-loss-return = Which replies are lost on the way back [default:{"\u00A0"}5%]
help-demo-seed = Random seed: the same seed repeats the same losses
value-folder = FOLDER
about-ping = Send probes one at a time and show the round-trip time of each
examples-ping = Examples:
    { "  " }medidor server --reply upper --drop 33 --listen :12000   the textbook's server
    { "  " }medidor ping                          to a server on this computer
    { "  " }medidor ping 203.0.113.2:12000 --capture ping.pcap
    { "  " }medidor ping 203.0.113.2 --count 0 --plot       until Ctrl-C, with a plot
help-ping-host = The server; the default port is 12000
help-ping-count = How many probes; 0 to continue until Ctrl-C
help-ping-timeout = How long to wait for each reply, and for late replies at the end
help-ping-interval = Mean interval between probes, each drawn at random (±30%); a probe without a reply delays the next
help-ping-text = Text of the probe; { "{n}" } is its number, { "{time}" } the time of sending
help-ping-size = Bytes of the probe's text, filled with dots [default:{"\u00A0"}unchanged]
help-ping-ttl = Maximum number of routers on the way (TTL, hop limit) [default:{"\u00A0"}the system's]
help-ping-dscp = Differentiated services code point, 0 to 63 [default:{"\u00A0"}0]
help-ping-bind = Local address and port, e.g. 0.0.0.0:6000
help-ping-plot = Plot the round-trip times and losses as they come; lines where there is no terminal
about-enviar = Send one file to several receivers at once, over UDP, QUIC or TCP
about-receber = Receive a file and verify that it is complete
examples-enviar = Examples:
    { "  " }medidor send video.mp4 --clients 5
    { "  " }medidor send video.mp4 --mode tcp --listen 0.0.0.0:6000
    { "  " }medidor send video.mp4 --rate 100M --logs logs
    { "  " }medidor send video.mp4 --mode classic     for programs without numbers

    Exit code 1: at least one receiver does not have the complete file.
examples-receber = Examples:
    { "  " }medidor receive --output received           from a sender on this computer
    { "  " }medidor receive 203.0.113.2 --output received --logs logs
    { "  " }medidor receive 203.0.113.2 --mode classic --data-port 6001

    The file gets its name when its SHA-256 matches; until then its name
    ends in .part. Exit code 1: it is not complete.
help-enviar-file = The file
help-enviar-clients = How many receivers to wait for; all start together
help-enviar-listen = Where to listen: address:port, or a port alone
help-enviar-mode = Transfer mode: udp (numbered blocks, no retransmission), classic (blocks without numbers, like the programs of the assignment), quic or tcp
help-enviar-rate = Bits per second to each receiver (20M, 1.5G); auto finds a rate that it can handle, max sends without pauses
help-enviar-block = Block size in bytes in the udp mode
help-enviar-barrier-timeout = How long to wait for all receivers; then the file goes to those that are ready
help-logs = Write one log per receiver to this folder
help-receber-host = The sender; the default port is 5005
help-receber-output = The folder for the file
help-receber-mode = Accept only this mode; classic must be requested [default:{"\u00A0"}the sender's mode]
help-receber-max-size = Largest file to accept, e.g. 100MB or 2GiB
help-receber-data-port = Local UDP port for the blocks; 0 for any port
help-receber-buffer = Size of the receive buffer requested from the system
value-rate = RATE
value-size = SIZE
about-comparar = Transfer the same file in every mode on this computer and compare the results
examples-comparar = Examples:
    { "  " }medidor compare video.mp4
    { "  " }medidor compare --sizes 100MB,250MB --clients 1,5,10 --csv
help-comparar-file = The file; without it, medidor creates test files
help-comparar-sizes = Sizes of the test files
help-comparar-clients = How many receivers; one test for each number
help-comparar-rate = Bits per second in the udp and classic modes, as in send
help-comparar-csv = Print the result as comma-separated values

about-conferir = Check a submission against the assignment, point by point
examples-conferir = Examples:
    { "  " }medidor check group1/                     captures, journals, nomes.txt
    { "  " }medidor check client.pcap server.pcap nomes.txt
    { "  " }medidor check submissions/ --csv class.csv a folder of submissions
    
    Each point is met, not met or unknown, with the evidence. The exit code is 1 if
    a point is not met.
help-conferir-port = The server's port, if no journal contains it
help-conferir-paths = Files of one submission, or folders of one or more submissions
value-file-folder = FILE|FOLDER
about-monitor = Measure a server's latency continuously, and alert when its class changes
examples-monitor = Examples:
    { "  " }medidor monitor 203.0.113.2              a probe every 10 s, port 12345
    { "  " }medidor monitor 203.0.113.2:12345 --interval 1s --log latency.csv
    { "  " }medidor monitor --slow 50ms --very-slow 150ms --for 1h
    { "  " }medidor monitor 203.0.113.2 --email-to ana@example.org --capture .
    { "    " }--smtp smtp.example.org:587 --smtp-user ana@example.org
    { "  " }medidor monitor --config monitor.toml --metrics 127.0.0.1:9464

    Classes: Normal, Slow, Very slow, Down (no reply). It works with any UDP server
    that answers the probe. Ctrl-C ends it and prints the summary.
help-monitor-host = The server; the default port is 12345
help-monitor-interval = Time from one measurement to the next, at least 100ms
help-monitor-timeout = How long to wait for each reply
help-monitor-text = Text of the probe; { "{n}" } would be its number, { "{time}" } the time of sending
help-monitor-slow = Slow from this round-trip time
help-monitor-very-slow = Very slow from this round-trip time
help-monitor-confirm = How many measurements in a row must be in a new class
help-monitor-alert = When to alert: change (when the class has changed for good) or always (after each measurement)
help-monitor-count = How many measurements; 0 to continue until Ctrl-C
help-monitor-length = For how long, e.g. 10m or 8h
help-monitor-log = Append one line per measurement to this file (CSV)
value-when = WHEN
help-monitor-email-to = Alert recipients; several with commas or by repeating the option
help-monitor-email-from = Sender of the e-mail [default:{"\u00A0"}the user, if that is an address]
help-monitor-smtp = Mail server; the default port is 587, 465 or 25, depending on --smtp-tls
help-monitor-smtp-tls = Connection to the mail server: starttls (required), implicit (TLS from the start) or none (only to this computer)
help-monitor-smtp-cleartext = Allow none to another computer too: e-mail and password are not encrypted
help-monitor-smtp-user = User; the password comes from the file, from MEDIDOR_SMTP_PASSWORD, or is asked for
help-monitor-smtp-password-file = File with the password on the first line
help-monitor-smtp-ca = Certificate (PEM) to trust, in addition to the system's
help-monitor-smtp-timeout = Timeout of each step of sending
help-monitor-smtp-retry = Pause before the second attempt; it doubles with each failure
value-address = ADDRESS
value-how = HOW
help-monitor-capture = Keep the latest packets and write the capture of each alert to this folder, with the journal next to it
help-monitor-interface = Interface to capture on [default:{"\u00A0"}all]
help-monitor-email-attach = Attach the capture of the alert to its e-mail
help-monitor-config = Several targets from this file (TOML), each with its own thresholds and recipients
help-monitor-metrics = Expose Prometheus metrics at this address, under /metrics
help-ajuda-command = The command, and one of its subcommands
examples-ajuda = Examples:
    { "  " }medidor help client
    { "  " }medidor help chat server
