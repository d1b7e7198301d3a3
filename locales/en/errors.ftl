# Errors: what happened, and what to do.
error-line = medidor: error: { $text }
error-no-right = no right to capture on { $device }: { $detail }
    Give the right to the program, once (whoever may run it can then capture):
    { "  " }sudo setcap cap_net_raw+ep { $program }
    or run it with sudo; without --capture medidor measures by the
    application alone.
error-no-such-device = there is no interface { $device }; there are: { $available }
error-bad-filter = the filter does not compile: { $detail }
    Filter: { $filter }
    The syntax is tcpdump's (man pcap-filter).
error-capture-link = cannot capture on { $device }: { $detail }
    Choose another interface with --interface.
error-capture = cannot capture on { $device }: { $detail }
error-no-device = found no interface to capture on: { $detail }
    Choose one with --interface: { $available }
error-write = cannot write { $file }: { $detail }
    Choose another place, create the folder or free some space.
error-not-ordinary = { $file } is a folder, a device or a pipe
    The result is read back from this file, so it must be an ordinary one: choose another place.
error-same-file = { $file } cannot be both the capture and the journal
error-stdout-taken = stdout (-, or --json) can take one form of the result only
error-named-twice = { $file } is named twice: each file needs a name of its own
error-nothing-to-annotate = --annotate needs a capture
error-read = cannot read { $file }: { $detail }
error-not-found = there is no file { $file }
error-not-regular = { $file } is a folder, a pipe, a device or a socket
    Reading it could wait for ever: save its content in a file and give that file.
error-not-a-file = { $file } is not a file: it is a folder, a device or a pipe
    Give the file itself; a stream goes in by "-": medidor analyze - < client.pcap
error-no-input = { $path } has no capture and no journal
    Give the captures themselves: medidor analyze client.pcap server.pcap
error-too-many-files = { $file } has more than { $max } files
    Give the captures themselves.
error-input-too-long = standard input is longer than { $max } GiB
    Save it to a file and give that.
error-not-a-capture = { $file } is not a capture: { $flaw ->
        [breaks_off] it breaks off: { $found } of { $wanted } bytes
        [unknown_format] unknown file format
        [no_interface] it describes no interface
        [malformed] a record that is not as its format has it
       *[other] { $detail }
    }
    medidor reads pcap and pcapng, written by medidor, tcpdump, dumpcap or
    Wireshark.
error-empty-file = { $file } is empty: not a byte was written
    Repeat the capture and end it with Ctrl-C, or copy the file again.
error-compressed = { $file } is compressed
    Unpack it first (unzip, xz -d, bunzip2 ...).
error-no-times = { $file }: packets without a time stamp: { $count }
    Without times there is no verdict: capture again with medidor, tcpdump,
    dumpcap or Wireshark.
error-link-type = { $file }: link type { $name } ({ $number }) is not supported
    Capture again on Ethernet, on the "any" interface or on loopback.
error-unknown-host = unknown host { $host }: { $detail }
    Use the IP address, or check the name.
error-bad-port = no port from 1 to 65535: { $port }
error-bad-address = not an address: { $text }
    Examples: 203.0.113.2, 203.0.113.2:5005, [2001:db8::1]:5005
error-address-in-use = the address { $address } is in use
    Another program (perhaps another medidor) has that port: end it or choose
    another.
error-address-not-here = the address { $address } is not one of this computer's
error-port-privileged = no right to use { $address }: { $detail }
    Choose a port above 1023.
error-bind = cannot use the address { $address }: { $detail }
error-socket = the network failed: { $detail }
error-signals = cannot listen for Ctrl-C: { $detail }
error-template-number = the text of { $option } needs { "{n}" } in place of the number: "{ $text }"
error-template-ambiguous = the text of { $option } would not be read back as its number: "{ $text }"
    No digits before { "{n}" } or right after it; messages do not begin with ACK,
    replies do.
error-no-files = the files are missing: medidor analyze client.pcap server.pcap
error-nothing-found = the files hold no numbered message
    Is the capture of this measurement, and did its filter admit the port (--port)?
found-no-packet = { $file }: no packet
found-no-datagram = { $file }: packets: { $packets }; none of them UDP
found-no-number = { $file }: packets: { $packets }; UDP datagrams: { $datagrams }
    { "    " }(ports { $ports }); none with a number
found-unidentified = { $file }: packets: { $packets }; UDP datagrams: { $datagrams }
    { "    " }(ports { $ports }); { $unidentified } have a number that does not tell
    { "    " }them apart (binary, few numbers, or only 0 and 1)
found-numbers = { $file }: packets: { $packets }; UDP datagrams: { $datagrams }
    { "    " }(ports { $ports }); with a number: { $numbered }, from { $first } to { $last }
error-nothing-shared = the two sides have no message in common
    Are they of the same run? Analyze each one alone to see what it holds.
error-capture-between =
    { $file } was captured between the two hosts: what it shows of either direction had passed routers. Give
    captures that were made on the hosts themselves.
error-capture-of-both-wires =
    { $file } shows each datagram on the wires of both hosts: it was put together from two captures. Give the
    two captures.
error-capture-of-other-end =
    { $file } was captured at the other end: what should have come from afar had passed no router. Give it for
    the other side.
error-flow-refuted = --flow { $asked } cannot be the client's flow: { $fact }
error-no-such-flow = --flow { $asked }: the server has { $found } flows
error-cut-before-text = { $file }: { $count ->
        [one] { $count } packet is
       *[other] { $count } packets are
    } cut before the text, so no message can be read
    The capture kept too few bytes of each packet (snapshot length). Capture again with
    medidor or with tcpdump -s 0, or analyze the other file alone.
error-whose-capture = cannot tell whether { $file } is the client's or the server's
    Say it with --client { $file } or --server { $file }.
error-two-clients = { $file }: there is such a file of the client's already
    Analyze one of each side, or say whose is whose with --client and --server.
error-two-servers = { $file }: there is such a file of the server's already
    Analyze one of each side, or say whose is whose with --client and --server.
error-is-the-clients = { $file } is the client's, its journal says
    Leave out --server: medidor knows whose it is.
error-is-the-servers = { $file } is the server's, its journal says
    Leave out --client: medidor knows whose it is.
error-same-capture = the two captures are the same one: the other side's is missing
    Get the file of the other computer, or analyze this one alone.
error-too-many-captures = { $file }: one capture too many
    There are two at the most, one of each side; the files of a ring count as one.
error-rights = cannot give up administrator rights, so this run goes no further: { $detail }
error-nothing-at-server = the server's files hold no message; the client's hold { $count }
    { $why ->
        [filter]
            Whether any reached the server does not show: the filter of its capture may
            keep them out. Capture with the filter "udp port PORT" alone.
        [snaplen]
            Whether any reached the server does not show: its capture cuts the packets
            off before their number. Capture without --snaplen.
        [unread]
            Whether any reached the server does not show: its capture holds packets that
            medidor could not read ({ $amount }).
        [earlier]
            Whether any reached the server does not show: by the two clocks its files end
            { $amount } before the client's first message.
        [later]
            Whether any reached the server does not show: by the two clocks its files begin
            { $amount } after the client's last message.
       *[none]
            If they are of the same run, nothing reached the server: check the forwarding
            of the UDP port on its router, the firewall, and the address typed at the
            client. Without a message in common nobody knows when the server was awake,
            so nothing more follows.
    }
    What the client's side shows: medidor analyze client.pcap
error-nothing-at-client = the client's files hold no numbered message
    Is the capture of this measurement, and did its filter admit the port?
# Mistakes on the command line.
mistake-unknown-argument = unknown option or argument: { $argument }
mistake-unknown-command = unknown command: { $command }
mistake-no-value = { $argument } needs a value
mistake-value = { $argument } cannot be "{ $value }"
mistake-too-many-values = one value too many for { $argument }: "{ $value }"
mistake-missing = missing: { $argument }
mistake-missing-command = the command is missing
mistake-twice = { $argument } may be given only once
mistake-conflict = { $argument } does not go together with { $prior }
mistake-values = Possible values: { $words }
mistake-examples = Examples: { $words }
mistake-range = A whole number in { $range }
mistake-whole-number = A whole number
mistake-suggestion = Perhaps: { $words }
mistake-help = Help: { $command } --help
error-newer-journal = { $file } was written by a newer medidor (journal version { $version })
    Update medidor, or analyze the capture without this journal.
error-not-a-journal = { $file } is not a journal of medidor
    The record of a relay (medidor impair --truth) goes with --truth.
error-not-a-truth = { $file } is not the record of a relay (medidor impair --truth)
error-template-long = the text of { $option } is longer than { $most } bytes
error-folder-exists = there is { $folder } already
    Nothing in it was touched. Choose another name, or leave out --output.
error-demo = the demonstration cannot go on: { $detail }
error-demo-program = { $program } did not do its part ({ $status })
error-size = --size { $size } is too small: the text of a probe takes { $least } bytes
error-too-many-blocks = { $file }: too many blocks; choose a larger --block
error-no-sender = no sender at { $host }: { $detail }
    It has to start first: medidor send FILE
error-transfer-full = { $host } takes no more receivers: the transfer has begun, or all places are taken
error-other-dialect = { $host } does not speak like a medidor sender of this version
    If it is a program without numbers, use --mode classic.
error-comparison = one end of the transfer did not start or did not come to its end
    What was missing, medidor send and medidor receive tell, each by itself.
error-no-file-told = no journal tells which file was transferred
    Give the journals as well: X.journal.jsonl, beside X.pcap.
error-other-transfer = the files are of different transfers
error-two-senders = { $file }: there is a file of the sender's already; one sender has one capture and one journal
error-thresholds = the thresholds must go up: --slow { $slow }, --very-slow { $very_slow }, --timeout { $timeout }
error-interval = the monitor's shortest interval is { $least }
error-mail-no-server = to send e-mail, the server is missing: --smtp HOST:PORT
error-mail-no-recipient = with --smtp, whom to tell is missing: --email-to
error-mail-no-from = the sender is missing: --email-from
error-mail-address = no e-mail address: { $text } ({ $detail })
error-mail-cleartext = unsecured, e-mail and password go to this computer only, and { $host } is another
    Use --smtp-tls starttls or implicit; or, knowing the risk, --smtp-cleartext.
error-mail-certificate = the certificate of --smtp-ca will not do: { $detail }
error-mail-no-password = no password for the mail server: { $detail }
    Put it into a file (--smtp-password-file) or into MEDIDOR_SMTP_PASSWORD.
error-config = { $file }, line { $line }: { $detail }
error-config-targets = the file of --config has no target ([[target]]), or more than { $most }
error-config-twice = two targets are called { $name }: give them different names (name)
error-not-of-a-transfer = { $option } says nothing of a transfer, of which these files are
system-not-found = not found
system-invalid-data = its content does not serve
