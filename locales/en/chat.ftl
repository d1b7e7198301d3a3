about-chat = Chat, over TCP or over UDP, and keep the packets
about-chat-servidor = Pass on what each one says to all others
about-chat-cliente = Join a chat
examples-chat = Examples:
    { "  " }medidor chat server --capture server.pcap
    { "  " }medidor chat client 203.0.113.2 --capture client.pcap
    { "  " }medidor analyze server.pcap
examples-chat-servidor = Examples:
    { "  " }medidor chat server                       over TCP, on port 12345
    { "  " }medidor chat server --udp --capture server.pcap
    { "  " }medidor chat server --udp --open          for simple clients

    Members type /nick NAME, /ping and /quit. Ctrl-C tells everybody goodbye and
    closes.
examples-chat-cliente = Examples:
    { "  " }medidor chat client                       a server on this computer
    { "  " }medidor chat client 203.0.113.2 --nick Ana --capture client.pcap
    { "  " }printf 'Hello!\n' | medidor chat client --udp

    In the chat: /nick NAME, /ping, /quit.
help-tcp = Over TCP, as it is anyway
help-udp = Over UDP
help-chat-servidor-listen = Where to listen: address:port, a port alone, IPv4 or [IPv6]
help-open = Over UDP: whoever says something is in, without proof of hearing what is sent to its address; so it is anyway where the listening address is a loopback one. docs/coursework.md says what that risks
help-members = How many may be in the chat at once
help-per-address = How many of them may come from one IP address
help-chat-servidor-rate-limit = Texts a second from each member; 0 for no limit
help-idle = Over UDP: whoever is silent for so long is forgotten
help-chat-servidor-timeout = Over TCP: a host that gives no sign of life for so long is gone
help-chat-servidor-duration = End after this time, as 10m or 1h30m
help-chat-cliente-host = The server; the default port is 12345
help-nick = A name in the chat
help-chat-cliente-bind = Local address and port, as 0.0.0.0:6000
help-reconnect = Come back when the connection is lost, trying ever more slowly
help-chat-cliente-interval = From one line to the next, where they come from a file or another program
help-chat-cliente-timeout = Over TCP: a server that gives no sign of life for so long is gone
chat-server = Chat over { $transport } on { $address }
chat-served = Connections served: { $count }
chat-open-risk = Open chat: whoever forges somebody's address can have messages sent there
chat-client = In the chat of { $server } over { $transport }, as { $local }
chat-welcome = You are { $you }. { $others ->
    [0] Nobody else is in the chat.
    [one] One other is in the chat.
   *[other] { $others } others are in the chat.
 } /nick NAME, /ping, /quit
chat-joined = { $who } has joined the chat
chat-named = { $was } is now { $now }
chat-left = { $who } has left the chat: { $why }
chat-parting-quit = said goodbye
chat-parting-closed = closed the connection
chat-parting-reset = the connection was reset
chat-parting-vanished = its computer gives no sign of life
chat-parting-too-slow = did not read the messages
chat-parting-idle = was silent for too long
chat-parting-refused = nobody listens at its address any more
chat-parting-closing = the server closed
chat-bad-nick = That is no name: one word of up to { $most } letters, digits, - _ . '
chat-taken-nick = Somebody else has that name
chat-too-long = Only the first { $most } bytes of the line were read; the rest was refused
chat-too-fast = Too many messages at once: some were not passed on
chat-too-slow = You were cut off: you did not read the messages, and the last ones are lost
chat-full = The chat is full
chat-full-for-address = Too many from your address are in the chat already
chat-closing = The server is closing. Goodbye!
chat-pong = ping: { $time }
chat-no-pong = ping: no answer
chat-again = { $why }; trying again in { $time }
chat-back = Back in the chat
chat-not-sent = Not sent: { $error }
chat-broken = End of the chat: { $why }
chat-broken-closed = the server closed the connection
chat-broken-refused = nobody is listening there
error-chat-connect = there is no connection to { $server }: { $detail }
error-chat-form = The result of a chat has no such form: { $option }
error-no-chat = There is no chat in these files (--port says on which port the server listens)
help-analisar-chat = They are of a chat, though no journal says so
