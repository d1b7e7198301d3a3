about-chat = Chat over TCP or UDP, and capture the packets
about-chat-servidor = Forward each member's messages to all others
about-chat-cliente = Join a chat
examples-chat = Examples:
    { "  " }medidor chat server --capture server.pcap
    { "  " }medidor chat client 203.0.113.2 --capture client.pcap
    { "  " }medidor analyze server.pcap
examples-chat-servidor = Examples:
    { "  " }medidor chat server                       over TCP, on port 12345
    { "  " }medidor chat server --udp --capture server.pcap
    { "  " }medidor chat server --udp --open          for simple clients

    Members type /nick NAME, /ping and /quit. Ctrl-C says goodbye to everyone and
    closes the chat.
examples-chat-cliente = Examples:
    { "  " }medidor chat client                       to a server on this computer
    { "  " }medidor chat client 203.0.113.2 --nick Ana --capture client.pcap
    { "  " }printf 'Hello!\n' | medidor chat client --udp

    In the chat: /nick NAME, /ping, /quit.
help-tcp = Over TCP, the default
help-udp = Over UDP
help-chat-servidor-listen = Where to listen: address:port, a port alone, IPv4 or [IPv6]
help-open = Over UDP: anyone who sends a message is in the chat, without proving that they receive at their address; always so on a loopback address. docs/coursework.md explains the risk
help-members = How many members the chat accepts at the same time
help-per-address = How many of them may come from one IP address
help-chat-servidor-rate-limit = Messages per second from each member; 0 for no limit
help-idle = Over UDP: a member who is silent for this long is removed
help-chat-servidor-timeout = Over TCP: disconnect a computer that does not respond for this long
help-chat-servidor-duration = End after this time, e.g. 10m or 1h30m
help-chat-cliente-host = The server; the default port is 12345
help-nick = Your name in the chat
help-chat-cliente-bind = Local address and port, e.g. 0.0.0.0:6000
help-reconnect = Reconnect when the connection is lost, with longer and longer pauses
help-chat-cliente-interval = Time from one line to the next, when they come from a file or another program
help-chat-cliente-timeout = Over TCP: disconnect from a server that does not respond for this long
chat-server = Chat over { $transport } on { $address }
chat-served = Connections served: { $count }
chat-open-risk = Open chat: someone who forges another person's address can send them messages through this server
chat-client = In the chat of { $server } over { $transport }, as { $local }
chat-welcome = You are { $you }. { $others ->
    [0] Nobody else is in the chat.
    [one] { $others } other person is in the chat.
   *[other] { $others } other people are in the chat.
 } /nick NAME, /ping, /quit
chat-joined = { $who } joined the chat
chat-named = { $was } is now { $now }
chat-left = { $who } left the chat: { $why }
chat-parting-quit = said goodbye
chat-parting-closed = closed the connection
chat-parting-reset = the connection was reset
chat-parting-vanished = their computer does not respond
chat-parting-too-slow = did not read the messages
chat-parting-idle = silent for too long
chat-parting-refused = no program listens at their address any more
chat-parting-closing = the server shut down
chat-bad-nick = Invalid name: use one word of up to { $most } letters, digits, - _ . '
chat-taken-nick = Someone else already has that name
chat-too-long = Only the first { $most } bytes of the line were read; the rest was discarded
chat-too-fast = Too many messages at once: some were not forwarded
chat-too-slow = You were disconnected: you did not read the messages, and the last ones were lost
chat-full = The chat is full
chat-full-for-address = Too many members from your address are already in the chat
chat-closing = The server is shutting down. Goodbye!
chat-pong = ping: { $time }
chat-no-pong = ping: no answer
chat-again = { $why }; trying again in { $time }
chat-back = Back in the chat
chat-not-sent = Not sent: { $error }
chat-broken = End of the chat: { $why }
chat-broken-closed = the server closed the connection
chat-broken-refused = no program is listening on that port
error-chat-connect = cannot connect to { $server }: { $detail }
error-chat-form = { $option } is not available for a chat
error-no-chat = there is no chat in these files (--port says on which port the server listens)
help-analisar-chat = The files are of a chat, even if no journal says so
