# O que aparece enquanto uma medição corre.
run-client = Cliente: { $count ->
    [one] { $count } mensagem
   *[other] { $count } mensagens
 } para { $peer }
run-server = Servidor escutando em { $address }
run-local = Endereço local: { $address }
run-gateway = Endereço local do roteador: { $address }
run-no-gateway = Endereço local do roteador: nenhum (não há rota padrão)
run-capturing = Capturando em { $device }, gravando em { $file }
run-not-capturing = Sem captura: só o programa registra o que acontece (--capture ARQUIVO)
run-server-command = Na outra casa, digite:
    { "  " }medidor cliente SEU_ENDEREÇO_PÚBLICO:{ $port } --capture client.pcap
    SEU_ENDEREÇO_PÚBLICO é o que um site de "qual é o meu IP" mostra aqui; no
    roteador desta casa, redirecione a porta UDP { $port } para { $local }.
    Ctrl-C encerra e mostra o resumo.
run-server-command-here = Neste computador (endereço de loopback), em outro terminal, digite:
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
run-other-source = A resposta veio de outro endereço: { $from }
run-not-sent = { $n }: não enviada, o sistema recusou ({ $error })
run-host-dropped = { $n }: descartada por este computador depois do envio ({ $error })
run-reply-not-sent = A resposta { $n } para { $peer } não foi enviada: o sistema recusou ({ $error })
run-refused = { $n }: porta inalcançável: nenhum programa escuta em { $peer }, ou um firewall recusa
run-hint-refused = Inicie ali o servidor, ou abra a porta no firewall dele. No computador dele:
    { "  " }medidor servidor --listen 0.0.0.0:{ $port }
run-hint-silence = Nenhuma resposta em 3 s; continuando. As causas mais comuns, em ordem:
    - o firewall do computador do servidor; lá: sudo ufw allow { $port }/udp
    - o roteador dele não encaminha a porta UDP { $port } para ele
    - o servidor não está rodando; lá: medidor servidor --listen 0.0.0.0:{ $port }
run-next = Próximo passo: junte em uma pasta os arquivos dos dois lados (capturas e
    diários) e digite ali:
    { "  " }medidor analisar { $client } { $server }
run-details-hint = Mais: --details mostra o caminho, os atrasos e as evidências;
    --html ARQUIVO grava uma página.
run-unnumbered = Textos sem número: { $received } recebidos, { $answered } respondidos, { $dropped } descartados de propósito{ $limited ->
        [0] { "" }
       *[other] , { $limited } acima do limite
    }.{ $answered ->
        [0] { "" } Com --reply upper, echo ou pong o servidor os responde.
       *[other] { "" }
    }
run-no-reply = { $n }: sem resposta
run-tally =
    { $sent ->
        [1] { $sent } enviada
       *[other] { $sent } enviadas
    }, { $delivered ->
        [1] { $delivered } respondida
       *[other] { $delivered } respondidas
    }, { $late ->
        [1] { $late } atrasada
       *[other] { $late } atrasadas
    }
run-kept-old = { $file } já existia; o arquivo antigo agora se chama { $kept }
run-journal-failed = O diário { $file } não foi gravado até o fim: { $detail }
run-nobody-wrote = Nenhuma mensagem numerada chegou.
run-capture-failed = A captura { $file } terminou antes da medição: { $detail }
run-capture-refused = Sem permissão para capturar ({ $detail }): só o programa registra o que acontece
run-relay = Repassando de { $address } para { $to }; Ctrl-C encerra
run-relay-refused = Recusado: nenhum programa escuta em { $to }, ou um firewall recusa
    (--to indica o servidor)
run-seed = Semente do sorteio: { $seed } (--seed { $seed } repete esta execução)
run-relay-client = Cliente novo: { $peer }; o servidor o verá como { $way }
relay-forward = Ida: { $came ->
    [1] { $came } chegou
   *[other] { $came } chegaram
 }, { $lost ->
    [1] { $lost } perdido
   *[other] { $lost } perdidos
 }, { $duplicated ->
    [1] { $duplicated } duplicado
   *[other] { $duplicated } duplicados
 }, { $reordered ->
    [1] { $reordered } retido
   *[other] { $reordered } retidos
 }, { $corrupted ->
    [1] { $corrupted } alterado
   *[other] { $corrupted } alterados
 }
relay-return = Volta: { $came ->
    [1] { $came } chegou
   *[other] { $came } chegaram
 }, { $lost ->
    [1] { $lost } perdido
   *[other] { $lost } perdidos
 }, { $duplicated ->
    [1] { $duplicated } duplicado
   *[other] { $duplicated } duplicados
 }, { $reordered ->
    [1] { $reordered } retido
   *[other] { $reordered } retidos
 }, { $corrupted ->
    [1] { $corrupted } alterado
   *[other] { $corrupted } alterados
 }
relay-not-taken = { $count ->
    [one] O sistema se recusou a enviar { $count } datagrama.
   *[other] O sistema se recusou a enviar { $count } datagramas.
 }
run-small-buffer = O sistema deu a este socket um buffer de recepção de { $granted } KiB, em vez de { $asked }: mensagens rápidas podem
    transbordar e contar como perda neste computador. Para permitir mais, como root: sysctl -w net.core.rmem_max={ $bytes }
run-small-ring = O sistema deu à captura { $granted } KiB de memória, em vez de { $asked }: com taxas altas ela pode perder pacotes.
command-server = servidor
command-client = cliente
command-impair = simulador
command-analyze = analisar
demo-setting = Criando três computadores virtuais...
demo-homes = Três computadores virtuais (namespaces de rede): cliente, simulador e servidor
demo-loopback = Este sistema não permite criar redes virtuais: { $why }
    Por isso os três programas usam a interface de loopback deste computador, com
    endereços diferentes. O que isso custa: nenhum datagrama sai do computador, e o
    simulador é a rede inteira. Sozinho, cada lado pensaria que o outro é vizinho,
    sem rede no meio, e atribuiria as perdas do simulador ao computador do outro;
    por isso o resultado de cada lado sozinho não é mostrado. Os arquivos dos dois
    lados juntos mostram onde cada mensagem se perdeu.
demo-loopback-cure = Com três computadores virtuais, como root:
    { "  " }sudo { $program } demo
    No Ubuntu, sem root a cada vez:
    { "  " }sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
demo-folder = Todos os arquivos vão para { $folder }
demo-server = O servidor começa e captura os pacotes dele:
demo-relay = O simulador começa: ele é a rede ruim, e anota o que faz:
demo-client = O cliente envia e captura os pacotes dele:
demo-relay-ended = O que o simulador fez:
demo-server-ended = O que o servidor viu:
demo-analysis = Os arquivos dos dois lados juntos, comparados com o que o simulador anotou:
demo-files-short = As capturas (para o Wireshark), os diários e a verdade: { $folder }
demo-page = A página, para o navegador: { $page }
demo-files = Em { $folder }:
demo-file-captures = { "  " }{ $files }: os pacotes, para abrir no Wireshark
demo-file-journals = { "  " }{ $files }: o que os programas fizeram
demo-file-truth = { "  " }{ $files }: o que o simulador fez com cada datagrama
demo-file-page = { "  " }{ $files }: o resultado como página, para abrir no navegador
demo-no-captures = Sem permissão para capturar, só os programas registraram o que aconteceu: os
    lugares são menos exatos, e não há nada para abrir no Wireshark. Para dar a
    permissão, uma vez (quem puder executar o programa poderá capturar):
    { "  " }sudo setcap cap_net_raw+ep { $program }
run-ping = Ping: { $count ->
    [one] { $count } sonda
   *[other] { $count } sondas
 } para { $peer }
run-ping-endless = Ping: sondas para { $peer } até Ctrl-C
run-ping-wait = Tudo enviado; esperando respostas atrasadas por { $time } s
ping-reply = { $n }: { $text } em { $rtt } s
ping-late = { $n }: { $text } em { $rtt } s, atrasada: depois do prazo de { $timeout } s
ping-ambiguous = { $n }: { $text }, sem RTT: pode ser a resposta de uma sonda anterior
ping-ambiguous-late = { $text }: resposta atrasada; não dá para saber de qual sonda
ping-hint-refused = Este ping precisa de um servidor UDP, ao contrário
    do ping do sistema; naquele computador, digite:
    { "  " }medidor servidor --listen 0.0.0.0:{ $port } --reply upper
ping-hint-silence = Nenhuma resposta em 3 s; continuando. Este ping precisa de um servidor UDP, ao
    contrário do ping do sistema; naquele computador, digite:
    { "  " }medidor servidor --listen 0.0.0.0:{ $port } --reply upper
    Se já houver um rodando, a causa pode ser o firewall dele:
    { "  " }sudo ufw allow { $port }/udp
ping-timed-out = { $n }: Esgotado o tempo limite do pedido
run-icmp = { $n }: não haverá resposta, diz { $from } (ICMP tipo { $type }, código { $code })
transfer-waiting = { $file }, { $size } bytes, modo { $mode }: esperando { $clients ->
    [one] { $clients } receptor
   *[other] { $clients } receptores
    } em { $address }
transfer-came = Receptor { $number } pronto, de { $peer } ({ $ready } de { $clients })
transfer-left = Receptor { $number }, de { $peer }, saiu antes do início
transfer-refused = Recusado, todos os lugares estão ocupados: { $peer }
transfer-started = A transferência começou
transfer-joined = Receptor { $number } de { $clients }: { $file }, { $size } bytes, modo { $mode }
transfer-total = total
transfer-progress = { $percent }, { $megabytes } MB
transfer-fragments = Blocos com mais de { $most } bytes viajam em fragmentos na Ethernet: se um se perde, o bloco inteiro se perde
run-annotated = Os pacotes com os vereditos: { $file }
# O monitor.
class-normal = Normal
class-slow = Lenta
class-very-slow = Muito Lenta
class-down = Inativa
class-alternating = oscilando de { $best } a { $worst }
monitor-begin = Monitor: { $target }, uma sonda a cada { $interval }, com até { $timeout } de espera;
    Lenta a partir de { $slow }, Muito Lenta a partir de { $very_slow }
monitor-endless = Ctrl-C encerra.
monitor-line = { $time } { $target }: { $finding }
monitor-reply = { $class }, { $rtt } ms
monitor-silence = { $class }, sem resposta em { $timeout }
monitor-refused = { $class }, a sonda foi recusada (ICMP)
monitor-unsent = { $target }: o sistema não envia sondas ({ $error }); continuo tentando, e isso não
    conta como perda
monitor-unresolved = { $target }: o nome não tem endereço agora ({ $detail }); continuo tentando, e
    isso não conta como perda
monitor-unhindered = { $target }: as medições continuam
monitor-slept = { $target }: este computador ou este programa ficou suspenso por { $time }; o que foi
    medido nesse tempo não conta
monitor-late = { $target }: a resposta à sonda { $n } chegou tarde demais, em { $rtt }
monitor-other-source = { $target }: chegou um datagrama de { $from }, que não é o endereço e a porta do alvo
monitor-moved = { $target } agora é { $peer }
monitor-alert = Alerta: { $target }: { $class } desde { $since }
monitor-log-failed = Não foi possível gravar o log: { $detail }
monitor-class-count = { $class }: { $count }
monitor-summary = { $target }: { $count ->
    [one] { $count } medição
   *[other] { $count } medições
 } ({ $classes }){ $unmeasured ->
    [0] { "" }
   *[other] ; sem medir: { $unmeasured }
 }
# As mensagens de alerta.
mail-subject = Alerta de latência: { $target }: { $class }
mail-subject-recovery = Alerta de latência: { $target }: { $class } de novo, depois de { $time }
mail-body =
    Alvo: { $target }
    Estado: { $class } desde { $since } (antes: { $before })
    Última medição: { $found }, em { $time }
mail-sent = E-mail enviado a { $to }: { $subject }
mail-again = Nova tentativa de enviar o e-mail em { $pause } (à espera: { $waiting })
mail-given-up = Desisti de enviar o e-mail "{ $subject }" a { $to } ({ $tries ->
    [one] { $tries } tentativa
   *[other] { $tries } tentativas
 })
mail-no-room = E-mails demais à espera: "{ $subject }" a { $to } não será enviado
mail-unsent = Não foi enviado: "{ $subject }" a { $to }
mail-last-round = Enviando os e-mails que ainda esperam ({ $count }); depois de Ctrl-C, por no máximo { $grace }
mail-too-many = Alertas demais ao mesmo tempo: um não foi enviado por e-mail
mail-unreachable = O servidor de e-mail { $server } não está acessível: { $detail }
mail-timeout = O servidor de e-mail { $server } não respondeu a tempo ({ $detail })
mail-tls = A conexão segura com o servidor de e-mail { $server } falhou: { $detail }
mail-login = O servidor de e-mail { $server } recusou o usuário ou a senha: { $detail }
mail-busy = O servidor de e-mail { $server } não aceitou a mensagem por enquanto: { $detail }
mail-refused = O servidor de e-mail { $server } recusou a mensagem: { $detail }
mail-broken = Resposta inesperada do servidor de e-mail { $server }: { $detail }
mail-too-long = Resposta inesperada do servidor de e-mail { $server }: mais de { $detail } bytes
mail-password = Senha de { $user } no servidor de e-mail:{" "}
mail-password-open = Outros usuários podem ler { $file }: chmod 600 protege a senha
monitor-capturing = Guardando os últimos pacotes de { $device }; a captura de cada alerta vai para { $folder }
monitor-evidence = Captura do alerta: { $file }
monitor-no-evidence = Este alerta fica sem captura: { $detail }
monitor-evidence-gone = os pacotes destas sondas já não estão na memória
monitor-capture-failed = A captura terminou; as medições continuam sem ela: { $detail }
mail-without-file = O e-mail será enviado sem o anexo
mail-evidence =
    Pacotes: { $summary }
    O relatório vai em anexo; a captura: { $file }
monitor-metrics = Métricas em http://{ $address }/metrics
