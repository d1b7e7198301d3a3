about-chat = Conversa por TCP ou UDP e captura os pacotes
about-chat-servidor = Repassa as mensagens de cada participante a todos os outros
about-chat-cliente = Entra em um chat
examples-chat = Exemplos:
    { "  " }medidor chat servidor --capture server.pcap
    { "  " }medidor chat cliente 203.0.113.2 --capture client.pcap
    { "  " }medidor analisar server.pcap
examples-chat-servidor = Exemplos:
    { "  " }medidor chat servidor                     por TCP, na porta 12345
    { "  " }medidor chat servidor --udp --capture server.pcap
    { "  " }medidor chat servidor --udp --open        para clientes simples

    Quem está no chat escreve /nick NOME, /ping e /sair. Ctrl-C avisa a todos e
    encerra.
examples-chat-cliente = Exemplos:
    { "  " }medidor chat cliente                      servidor neste computador
    { "  " }medidor chat cliente 203.0.113.2 --nick Ana --capture client.pcap
    { "  " }printf 'Olá!\n' | medidor chat cliente --udp

    No chat: /nick NOME, /ping, /sair.
help-tcp = Por TCP (padrão)
help-udp = Por UDP
help-chat-servidor-listen = Onde escutar: endereço:porta, só a porta, IPv4 ou [IPv6]
help-open = Por UDP: quem envia uma mensagem está no chat, sem provar que recebe no endereço de onde envia; é sempre assim em um endereço de loopback. docs/outros-trabalhos.md explica o risco
help-members = Quantos participantes o chat aceita ao mesmo tempo
help-per-address = Quantos deles podem vir de um só endereço IP
help-chat-servidor-rate-limit = Mensagens por segundo de cada participante; 0 para não limitar
help-idle = Por UDP: remove quem ficar em silêncio por este tempo
help-chat-servidor-timeout = Por TCP: desconecta um computador que não responde por este tempo
help-chat-servidor-duration = Encerra depois deste tempo, por exemplo 10m ou 1h30m
help-chat-cliente-host = O servidor; a porta padrão é 12345
help-nick = Seu nome no chat
help-chat-cliente-bind = Endereço e porta locais, por exemplo 0.0.0.0:6000
help-reconnect = Volta a se conectar quando a conexão cai, com pausas cada vez maiores
help-chat-cliente-interval = Tempo entre uma linha e a próxima, quando vêm de um arquivo ou de outro programa
help-chat-cliente-timeout = Por TCP: desconecta de um servidor que não responde por este tempo
chat-server = Chat por { $transport } em { $address }
chat-served = Conexões atendidas: { $count }
chat-open-risk = Chat aberto: quem falsificar o endereço de outra pessoa pode mandar mensagens a ela por este servidor
chat-client = No chat de { $server } por { $transport }, como { $local }
chat-welcome = Você é { $you }. { $others ->
    [0] Não há mais ninguém no chat.
    [one] Há mais { $others } pessoa no chat.
   *[other] Há mais { $others } pessoas no chat.
 } /nick NOME, /ping, /sair
chat-joined = { $who } entrou no chat
chat-named = { $was } agora é { $now }
chat-left = { $who } saiu do chat: { $why }
chat-parting-quit = despediu-se
chat-parting-closed = fechou a conexão
chat-parting-reset = a conexão foi interrompida
chat-parting-vanished = o computador não responde
chat-parting-too-slow = não lia as mensagens
chat-parting-idle = ficou em silêncio por muito tempo
chat-parting-refused = nenhum programa escuta mais no endereço
chat-parting-closing = o servidor foi encerrado
chat-bad-nick = Nome inválido: use uma palavra de até { $most } letras, algarismos, - _ . '
chat-taken-nick = Esse nome já é de outra pessoa
chat-too-long = Só os primeiros { $most } bytes da linha foram lidos; o resto foi descartado
chat-too-fast = Mensagens demais ao mesmo tempo: algumas não foram repassadas
chat-too-slow = Você foi desconectado: não lia as mensagens, e as últimas se perderam
chat-full = O chat está cheio
chat-full-for-address = Já há participantes demais do seu endereço no chat
chat-closing = O servidor está encerrando. Até logo!
chat-pong = ping: { $time }
chat-no-pong = ping: nenhuma resposta
chat-again = { $why }; nova tentativa em { $time }
chat-back = De volta ao chat
chat-not-sent = Não enviado: { $error }
chat-broken = Fim do chat: { $why }
chat-broken-closed = o servidor fechou a conexão
chat-broken-refused = nenhum programa escuta nessa porta
error-chat-connect = não foi possível conectar a { $server }: { $detail }
error-chat-form = { $option } não vale para um chat
error-no-chat = não há chat nesses arquivos (--port diz em que porta o servidor escuta)
help-analisar-chat = Os arquivos são de um chat, mesmo que nenhum diário diga
