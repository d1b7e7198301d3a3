# The command line's help.
help-heading-usage = Usage
help-heading-options = Options
help-heading-arguments = Arguments
help-heading-commands = Commands
help-default = { $words } [default:{"\u00A0"}{ $value }]
help-help = Print this help
help-version = Print the version
help-lang = Language: pt, en or es [default:{"\u00A0"}the system's, else pt]
about-medidor = Measures the loss of UDP messages between two computers and proves, with packet captures, where each one was lost.
about-servidor = Answer numbered messages
about-cliente = Send numbered messages and measure the loss
about-completar = Write completions for a shell, or the manual page
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
    The order of the files does not matter.
examples-completar = Examples:
    {"  "}medidor complete bash > ~/.local/share/bash-completion/completions/medidor
    {"  "}medidor complete zsh > ~/.zfunc/_medidor
    {"  "}medidor complete man > ~/.local/share/man/man1/medidor.1
    {"  "}medidor complete man | man -l -
help-servidor-listen = Where to listen: address:port, a port alone, IPv4 or [IPv6]
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
help-cliente-interval = From one message to the next
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
help-all = List every message, however many
help-analisar-files = Captures (pcap, pcapng) and journals (jsonl), in any order
help-analisar-client = A file of the client's side
help-analisar-server = A file of the server's side
help-analisar-port = The server's port, where no journal tells it
help-analisar-flow = Which of the server's flows is the client's
help-completar-shell = bash, zsh, fish, powershell or elvish; or man for the manual page
# What stands for a value.
value-command = COMMAND
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
value-bits = BITS
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
