# Errors: what happened, and what to do.
error-line = medidor: error: { $text }
error-no-right = no permission to capture on { $device }: { $detail }
    Give the program permission, once (anyone who can run it can then capture):
    { "  " }sudo setcap cap_net_raw+ep { $program }
    or run it with sudo; without --capture medidor measures only in the
    application.
error-no-such-device = there is no interface { $device }; there are: { $available }
error-bad-filter = the filter does not compile: { $detail }
    Filter: { $filter }
    The syntax is tcpdump's (man pcap-filter).
error-capture-link = cannot capture on { $device }: { $detail }
    Choose another interface with --interface.
error-capture = cannot capture on { $device }: { $detail }
error-no-device = no interface to capture on was found: { $detail }
    Choose one with --interface: { $available }
error-write = cannot write { $file }: { $detail }
    Choose another place, create the folder or free some space.
error-not-ordinary = { $file } is a folder, a device or a pipe
    The result is read back from this file, so it must be a regular file: choose another place.
error-same-file = { $file } cannot be both the capture and the journal
error-annotate-stdout = --annotate needs a file: -, stdout, has the report
error-stdout-taken = stdout (-, or --json) can take one form of the result only
error-named-twice = { $file } is named twice: each file needs a name of its own
error-nothing-to-annotate = --annotate needs a capture
error-read = cannot read { $file }: { $detail }
error-not-found = the file { $file } does not exist
error-not-regular = { $file } is a folder, a pipe, a device or a socket
    Reading it might never end: save its content in a file and give that file.
error-not-a-file = { $file } is not a file: it is a folder, a device or a pipe
    Give the file itself; a stream goes in by "-": medidor analyze - < client.pcap
error-no-input = { $path } contains no capture and no journal
    Give the captures themselves: medidor analyze client.pcap server.pcap
error-too-many-files = { $file } contains more than { $max } files
    Give the captures themselves.
error-input-too-long = standard input is longer than { $max } GiB
    Save it in a file and give that file.
error-not-a-capture = { $file } is not a capture: { $flaw ->
        [breaks_off] it breaks off: { $found } of { $wanted } bytes
        [unknown_format] unknown file format
        [no_interface] it describes no interface
        [malformed] malformed record
       *[other] { $detail }
    }
    medidor reads pcap and pcapng, written by medidor, tcpdump, dumpcap or
    Wireshark.
error-empty-file = { $file } is empty: nothing was written
    Repeat the capture and end it with Ctrl-C, or copy the file again.
error-compressed = { $file } is compressed
    Unpack it first (unzip, xz -d, bunzip2 ...).
error-no-times = { $file }: packets without a timestamp: { $count }
    Without times there is no verdict: capture again with medidor, tcpdump,
    dumpcap or Wireshark.
error-link-type = { $file }: link type { $name } ({ $number }) is not supported
    Capture again on Ethernet, on the "any" interface or on loopback.
error-unknown-host = unknown host { $host }: { $detail }
    Use the IP address, or check the name.
error-bad-port = not a port from 1 to 65535: { $port }
error-bad-address = not a valid address: { $text }
    Examples: 203.0.113.2, 203.0.113.2:5005, [2001:db8::1]:5005
error-address-in-use = the address { $address } is already in use
    Another program (perhaps another medidor) uses that port: end it or choose
    another.
error-address-not-here = the address { $address } is not an address of this computer
error-port-privileged = no permission to use { $address }: { $detail }
    Choose a port above 1023.
error-bind = cannot use the address { $address }: { $detail }
error-socket = the network failed: { $detail }
error-signals = cannot listen for Ctrl-C: { $detail }
error-template-number = the text of { $option } needs { "{n}" } where the number goes: "{ $text }"
error-template-ambiguous = the number would be misread in the text of { $option }: "{ $text }"
    No digits before { "{n}" } or right after it; messages do not begin with ACK,
    replies do.
error-no-files = the files are missing: medidor analyze client.pcap server.pcap
error-nothing-found = the files contain no numbered message
    Check that the capture is of this measurement, and that its filter accepted the
    port (--port).
found-no-packet = { $file }: no packets
found-no-datagram = { $file }: packets: { $packets }; none of them UDP
found-no-number = { $file }: packets: { $packets }; UDP datagrams: { $datagrams }
    { "    " }(ports { $ports }); none with a number
found-unidentified = { $file }: packets: { $packets }; UDP datagrams: { $datagrams }
    { "    " }(ports { $ports }); { $unidentified ->
        [one] { $unidentified } has a number that does not
       *[other] { $unidentified } have a number that does not
    }
    { "    " }identify it (binary, few numbers, or only 0 and 1)
found-numbers = { $file }: packets: { $packets }; UDP datagrams: { $datagrams }
    { "    " }(ports { $ports }); with a number: { $numbered }, from { $first } to { $last }
error-nothing-shared = the two sides have no message in common
    Are they from the same run? Analyze each one alone to see what it contains.
error-capture-between =
    { $file } was captured between the two hosts: in both directions its packets had already passed routers. Give
    captures that were made on the hosts themselves.
error-capture-of-both-wires =
    { $file } shows each datagram on the wires of both hosts: it was merged from two captures. Give the two
    captures.
error-capture-of-other-end =
    { $file } was captured at the other end: packets that should have come from far away had not passed any
    router. Give it for the other side.
error-flow-refuted = --flow { $asked } cannot be the client's flow: { $fact }
error-no-such-flow = --flow { $asked }: flows of the server: { $found }
error-cut-before-text = { $file }: { $count ->
        [one] { $count } packet is
       *[other] { $count } packets are
    } cut before the text, so no message can be read
    The capture kept too few bytes of each packet (snapshot length). Capture again with
    medidor or with tcpdump -s 0, or analyze the other file alone.
error-whose-capture = it is unknown whether { $file } is the client's or the server's
    Say which with --client { $file } or --server { $file }.
error-two-clients = { $file }: there is already such a file for the client
    Give one file for each side, or say which is which with --client and --server.
error-two-servers = { $file }: there is already such a file for the server
    Give one file for each side, or say which is which with --client and --server.
error-is-the-clients = { $file } is the client's, according to its journal
    Leave out --server: medidor knows which side it is from.
error-is-the-servers = { $file } is the server's, according to its journal
    Leave out --client: medidor knows which side it is from.
error-same-capture = the two captures are the same one: the other side's is missing
    Get the file of the other computer, or analyze this one alone.
error-too-many-captures = { $file }: one capture too many
    At most two, one for each side; the files of a ring buffer count as one.
error-rights = could not drop administrator privileges, so this run stops: { $detail }
error-nothing-at-server = the server's files contain no message; messages in the client's: { $count }
    { $why ->
        [filter]
            It is unknown whether any reached the server: the filter of its capture may
            exclude them. Capture with only the filter "udp port PORT".
        [snaplen]
            It is unknown whether any reached the server: its capture cuts off the packets
            before their number. Capture without --snaplen.
        [unread]
            It is unknown whether any reached the server: its capture contains packets that
            medidor could not read ({ $amount }).
        [earlier]
            It is unknown whether any reached the server: by the two clocks, its files end
            { $amount } before the client's first message.
        [later]
            It is unknown whether any reached the server: by the two clocks, its files start
            { $amount } after the client's last message.
       *[none]
            If they are from the same run, nothing reached the server: check the forwarding
            of the UDP port on its router, the firewall, and the address typed at the
            client. Without a message in common it is unknown when the server was running,
            so nothing more can be concluded.
    }
    What the client's side shows: medidor analyze client.pcap
error-nothing-at-client = the client's files contain no numbered message
    Check that the capture is of this measurement, and that its filter accepted the
    port.
# Mistakes on the command line.
mistake-unknown-argument = unknown option or argument: { $argument }
mistake-unknown-command = unknown command: { $command }
mistake-no-value = { $argument } needs a value
mistake-value = { $argument } cannot be "{ $value }"
mistake-too-many-values = one value too many for { $argument }: "{ $value }"
mistake-missing = missing: { $argument }
mistake-missing-command = the command is missing
mistake-twice = { $argument } may be given only once
mistake-conflict = { $argument } cannot be combined with { $prior }
mistake-values = Possible values: { $words }
mistake-examples = Examples: { $words }
mistake-range = A whole number in { $range }
mistake-whole-number = A whole number
mistake-suggestion = Did you mean { $words }?
mistake-help = Help: { $command } --help
error-newer-journal = { $file } was written by a newer medidor (journal version { $version })
    Update medidor, or analyze the capture without this journal.
error-not-a-journal = { $file } is not a medidor journal
    The log of a relay (medidor impair --truth) goes with --truth.
error-not-a-truth = { $file } is not the log of a relay (medidor impair --truth)
error-template-long = the text of { $option } is longer than { $most } bytes
error-folder-exists = { $folder } already exists
    Nothing in it was changed. Choose another name, or leave out --output.
error-demo = the demo cannot continue: { $detail }
error-demo-program = { $program } failed ({ $status })
error-size = --size { $size } is too small: the text of a probe needs { $least } bytes
error-too-many-blocks = { $file }: too many blocks; choose a larger --block
error-no-sender = no sender at { $host }: { $detail }
    It must start first: medidor send FILE
error-transfer-full = { $host } accepts no more receivers: the transfer has begun, or all places are taken
error-other-dialect = { $host } does not answer like a medidor sender of this version
    If it is a program without numbers, use --mode classic.
error-comparison = one side of the transfer did not start or did not finish
    To see why, run medidor send and medidor receive yourself.
error-no-file-told = no journal says which file was transferred
    Give the journals too: X.journal.jsonl, next to X.pcap.
error-other-transfer = the files are from different transfers
error-two-senders = { $file }: there is already such a file for the sender; a sender has one capture and one journal
error-thresholds = the thresholds must increase: --slow { $slow }, --very-slow { $very_slow }, --timeout { $timeout }
error-interval = the shortest interval of the monitor is { $least }
error-mail-no-server = the mail server is missing: --smtp HOST:PORT
error-mail-no-recipient = with --smtp, the recipient is missing: --email-to
error-mail-no-from = the sender is missing: --email-from
error-mail-address = not a valid e-mail address: { $text } ({ $detail })
error-mail-cleartext = without encryption, e-mail and password go only to this computer, and { $host } is another one
    Use --smtp-tls starttls or implicit; or, if you accept the risk, --smtp-cleartext.
error-mail-certificate = the certificate of --smtp-ca is not valid: { $detail }
error-mail-no-password = no password for the mail server: { $detail }
    Put it in a file (--smtp-password-file) or in MEDIDOR_SMTP_PASSWORD.
error-config = { $file }, line { $line }: { $detail }
error-config-targets = the file of --config contains no target ([[target]]), or more than { $most }
error-config-twice = two targets are called { $name }: give them different names (name)
error-not-of-a-transfer = { $option } does not apply to a transfer, and these files are from one
system-not-found = not found
system-invalid-data = invalid content
