about-chat = Conversar, por TCP ou por UDP, guardando os pacotes
about-chat-servidor = Repassar o que cada um diz a todos os outros
about-chat-cliente = Entrar num chat
examples-chat = Exemplos:
    { "  " }medidor chat servidor --capture server.pcap
    { "  " }medidor chat cliente 203.0.113.2 --capture client.pcap
    { "  " }medidor analisar server.pcap
examples-chat-servidor = Exemplos:
    { "  " }medidor chat servidor                     por TCP, na porta 12345
    { "  " }medidor chat servidor --udp --capture server.pcap
    { "  " }medidor chat servidor --udp --open        para clientes simples

    Quem está no chat escreve /nick NOME, /ping e /sair. Ctrl-C se despede de
    todos e fecha.
examples-chat-cliente = Exemplos:
    { "  " }medidor chat cliente                      servidor neste computador
    { "  " }medidor chat cliente 203.0.113.2 --nick Ana --capture client.pcap
    { "  " }printf 'Olá!\n' | medidor chat cliente --udp

    No chat: /nick NOME, /ping, /sair.
help-tcp = Por TCP, que já é o padrão
help-udp = Por UDP
help-chat-servidor-listen = Onde escutar: endereço:porta, só a porta, IPv4 ou [IPv6]
help-open = Por UDP: quem disser algo está no chat, sem provar que recebe o que vai ao seu endereço; já é assim quando se escuta num endereço de loopback. docs/outros-trabalhos.md diz o que isso arrisca
help-members = Quantos cabem no chat ao mesmo tempo
help-per-address = Quantos deles podem vir de um só endereço IP
help-chat-servidor-rate-limit = Textos por segundo de cada um; 0 para não limitar
help-idle = Por UDP: quem ficar calado por este tempo é esquecido
help-chat-servidor-timeout = Por TCP: um computador que não dá sinal de vida por este tempo se foi
help-chat-servidor-duration = Terminar depois deste tempo, como 10m ou 1h30m
help-chat-cliente-host = O servidor; a porta padrão é 12345
help-nick = Nome no chat
help-chat-cliente-bind = Endereço e porta locais, como 0.0.0.0:6000
help-reconnect = Voltar quando a conexão se perde, tentando cada vez mais devagar
help-chat-cliente-interval = De uma linha à próxima, quando vêm de um arquivo ou de outro programa
help-chat-cliente-timeout = Por TCP: um servidor que não dá sinal de vida por este tempo se foi
chat-server = Chat por { $transport } em { $address }
chat-served = Conexões atendidas: { $count }
chat-open-risk = Chat aberto: quem mentir o endereço de outro pode mandar mensagens a ele por aqui
chat-client = No chat de { $server } por { $transport }, como { $local }
chat-welcome = Você é { $you }. { $others ->
    [0] Ninguém mais está no chat.
    [one] Uma outra pessoa está no chat.
   *[other] Outras { $others } pessoas estão no chat.
 } /nick NOME, /ping, /sair
chat-joined = { $who } entrou no chat
chat-named = { $was } agora é { $now }
chat-left = { $who } saiu do chat: { $why }
chat-parting-quit = despediu-se
chat-parting-closed = fechou a conexão
chat-parting-reset = a conexão foi interrompida
chat-parting-vanished = seu computador não dá sinal de vida
chat-parting-too-slow = não lia as mensagens
chat-parting-idle = ficou calado por muito tempo
chat-parting-refused = ninguém mais escuta no seu endereço
chat-parting-closing = o servidor fechou
chat-bad-nick = Não serve como nome: uma palavra de até { $most } letras, algarismos, - _ . '
chat-taken-nick = Esse nome já é de outra pessoa
chat-too-long = Só os primeiros { $most } bytes da linha foram lidos; o resto foi recusado
chat-too-fast = Mensagens demais de uma vez: algumas não foram repassadas
chat-too-slow = Você foi desligado: não lia as mensagens, e as últimas se perderam
chat-full = O chat está cheio
chat-full-for-address = Já há gente demais do seu endereço no chat
chat-closing = O servidor está fechando. Até logo!
chat-pong = ping: { $time }
chat-no-pong = ping: nenhuma resposta
chat-again = { $why }; nova tentativa em { $time }
chat-back = De volta ao chat
chat-not-sent = Não enviado: { $error }
chat-broken = Fim do chat: { $why }
chat-broken-closed = o servidor fechou a conexão
chat-broken-refused = ninguém está escutando lá
error-chat-connect = não há conexão com { $server }: { $detail }
error-chat-form = O resultado de um chat não tem essa forma: { $option }
error-no-chat = Não há chat nesses arquivos (--port diz em que porta o servidor escuta)
help-analisar-chat = São de um chat, ainda que nenhum diário o diga
