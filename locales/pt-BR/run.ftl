# O que aparece enquanto uma medição corre.
run-client = Cliente: { $count ->
    [one] 1 mensagem
   *[other] { $count } mensagens
 } para { $peer }
run-server = Servidor escutando em { $address }
run-local = Endereço local: { $address }
run-gateway = Endereço local do roteador: { $address }
run-no-gateway = Endereço local do roteador: nenhum (não há rota padrão)
run-capturing = Capturando em { $device }, gravando em { $file }
run-not-capturing = Sem captura: só a aplicação é testemunha (--capture ARQUIVO grava os
    pacotes)
run-server-command = Na outra casa, digite:
    { "  " }medidor cliente SEU_ENDEREÇO_PÚBLICO:{ $port } --capture client.pcap
    SEU_ENDEREÇO_PÚBLICO é o que um site de "qual é o meu IP" mostra aqui; no
    roteador desta casa, redirecione a porta UDP { $port } para { $local }.
    Ctrl-C encerra e mostra o resumo.
run-server-command-here = Neste computador (o endereço é de loopback), em outro terminal, digite:
    { "  " }medidor cliente { $local } --capture client.pcap
    Ctrl-C encerra e mostra o resumo.
run-new-peer = Cliente novo: { $peer } (o endereço dele visto daqui)
run-pause = Pausa de { $time }
run-wait = Tudo enviado; esperando respostas por { $time }
run-closing = Encerrando...
run-reply = { $n }: { $text } em { $rtt }
run-late = { $n }: { $text } em { $rtt }, atrasada: passou do prazo
run-reordered = { $n }: { $text } em { $rtt }, fora de ordem
run-duplicate = { $n }: resposta repetida
run-never-sent = { $n }: resposta a um número que não foi enviado
run-malformed = Texto sem número, de { $from }: { $text }
run-other-source = A resposta veio de outra origem: { $from }
run-not-sent = { $n }: não enviada, o sistema recusou ({ $error })
run-host-dropped = { $n }: descartada por este computador depois do envio ({ $error })
run-reply-not-sent = A resposta { $n } para { $peer } não foi enviada: o sistema recusou ({ $error })
run-refused = { $n }: ninguém está escutando em { $peer }
run-no-reply = { $n }: sem resposta
run-tally = Enviadas { $sent }, respondidas { $delivered }, atrasadas { $late }
run-kept-old = { $file } já existia; o arquivo antigo agora se chama { $kept }
run-journal-failed = O diário { $file } não foi gravado até o fim: { $detail }
run-nobody-wrote = Nenhuma mensagem numerada chegou.
run-capture-failed = A captura { $file } terminou antes da medição: { $detail }
run-capture-refused = Sem direito de capturar ({ $detail }): só a aplicação é testemunha
run-relay = Repassando de { $address } para { $to }; Ctrl-C encerra
run-relay-client = Cliente novo: { $peer }; o servidor o verá como { $way }
relay-forward = Ida: { $came } vieram, { $lost } perdidos, { $duplicated } duplicados, { $reordered } retidos, { $corrupted } alterados
relay-return = Volta: { $came } vieram, { $lost } perdidos, { $duplicated } duplicados, { $reordered } retidos, { $corrupted } alterados
relay-not-taken = { $count ->
    [one] O sistema recusou o envio de 1.
   *[other] O sistema recusou o envio de { $count }.
 }
run-small-buffer = O sistema deu a este soquete { $granted } KiB de espaço para receber, em vez de { $asked }: mensagens rápidas podem
    transbordar, e contam como perda neste computador. Para permitir mais, como root: sysctl -w net.core.rmem_max={ $bytes }
run-small-ring = O sistema deu à captura { $granted } KiB de memória, em vez de { $asked }: em alta taxa ela pode perder pacotes.
command-server = servidor
command-client = cliente
command-impair = simulador
command-analyze = analisar
demo-setting = Procurando três computadores dentro deste...
demo-homes = Três computadores que só existem durante esta execução (namespaces de rede):
    { "  " }cliente: { $client }
    { "  " }simulador: { $near } do lado do cliente, { $far } do lado do servidor
    { "  " }servidor: { $server }
demo-loopback = Este sistema não nos dá redes próprias: { $why }
    Por isso os três programas dividem a interface de loopback deste computador, com
    endereços diferentes. O que isso custa: nenhum datagrama sai do computador, e o
    simulador é toda a rede que há. Um lado sozinho tomaria o outro por vizinho sem
    rede no meio, e poria as perdas do simulador na conta do computador dele; por
    isso o que cada um diz sozinho não é mostrado. Os arquivos dos dois lados juntos
    o mostram.
demo-loopback-cure = Com três computadores próprios, como root:
    { "  " }sudo { $program } demo
    No Ubuntu, sem root a cada vez:
    { "  " }sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
demo-folder = Todos os arquivos vão para { $folder }
demo-server = O servidor começa, e guarda os seus pacotes:
demo-relay = O simulador começa: a rede ruim, que anota o que faz:
demo-client = O cliente envia, e guarda os seus pacotes:
demo-relay-ended = O que o simulador fez:
demo-server-ended = O que o servidor viu:
demo-analysis = Os arquivos dos dois lados juntos, conferidos com o que o simulador anotou:
demo-files = Em { $folder }:
demo-file-captures = { "  " }{ $files }: os pacotes, para abrir no Wireshark
demo-file-journals = { "  " }{ $files }: o que as aplicações fizeram
demo-file-truth = { "  " }{ $files }: o que o simulador fez com cada datagrama
demo-file-page = { "  " }{ $files }: o resultado como página, para abrir no navegador
demo-no-captures = Sem o direito de capturar, as aplicações foram as únicas testemunhas: os lugares
    são menos exatos, e não há nada para abrir no Wireshark. Para dá-lo, uma vez
    (quem puder executar o programa poderá então capturar):
    { "  " }sudo setcap cap_net_raw+ep { $program }
run-ping = Ping: { $count ->
    [one] 1 sonda
   *[other] { $count } sondas
 } para { $peer }
run-ping-endless = Ping: sondas para { $peer } até Ctrl-C
run-ping-wait = Tudo enviado; esperando respostas atrasadas por { $time } s
ping-reply = { $n }: { $text } em { $rtt } s
ping-late = { $n }: { $text } em { $rtt } s, atrasada: depois do prazo de { $timeout } s
ping-ambiguous = { $n }: { $text }, sem RTT: pode ser a resposta de uma sonda anterior
ping-ambiguous-late = { $text }: resposta atrasada; de qual sonda, ninguém sabe
ping-timed-out = { $n }: Esgotado o tempo limite do pedido
ping-icmp = { $n }: não haverá resposta, diz { $from } (ICMP tipo { $type }, código { $code })
transfer-waiting = { $file }, { $size } bytes, modo { $mode }: esperando { $clients ->
    [one] um receptor
   *[other] { $clients } receptores
    } em { $address }
transfer-came = Receptor { $number } pronto, de { $peer } ({ $ready } de { $clients })
transfer-left = Receptor { $number }, de { $peer }, foi embora antes do começo
transfer-refused = Recusado, pois não há lugar: { $peer }
transfer-started = A transferência começou
transfer-joined = Receptor { $number } de { $clients }: { $file }, { $size } bytes, modo { $mode }
transfer-total = total
transfer-progress = { $percent }, { $megabytes } MB
transfer-fragments = Blocos acima de { $most } bytes viajam em fragmentos numa Ethernet: perder um perde o bloco inteiro
run-annotated = Os pacotes com seus veredictos: { $file }
