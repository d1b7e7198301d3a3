# O resultado de uma medição, para pessoas.

figures-more = { $numbers } e mais { $more }

## O veredicto

verdict-loss =
    Taxa de perda: { $ratio } ({ $lost } de { $of ->
        [one] { $of } mensagem
       *[other] { $of } mensagens
    }; intervalo de 95 %: { $low } a { $high })
verdict-loss-range =
    Taxa de perda: de { $ratio } a { $most } ({ $lost } a { $worst } de { $of ->
        [one] { $of } mensagem
       *[other] { $of } mensagens
    }; intervalo de 95 %: { $low } a { $high })
verdict-loss-at-least =
    Taxa de perda: pelo menos { $ratio } ({ $lost } ou mais de { $of ->
        [one] { $of } mensagem
       *[other] { $of } mensagens
    }; intervalo de 95 %: { $low } a { $high })
verdict-nothing-to-count = Taxa de perda: — (não há mensagem enviada de que se conheça o destino)
verdict-sent =
    { $sent ->
        [0] Nenhuma mensagem enviada.
        [one] { $sent } mensagem enviada
       *[other] { $sent } mensagens enviadas
    }{ $sent ->
        [0] { "" }
       *[other] , { $delivered ->
            [0] nenhuma respondida dentro do prazo.
            [one] { $delivered } respondida dentro do prazo.
           *[other] { $delivered } respondidas dentro do prazo.
        }
    }
verdict-seen =
    { $requests ->
        [one] { $requests } mensagem conhecida
       *[other] { $requests } mensagens conhecidas
    }, { $delivered ->
        [0] nenhuma com resposta.
        [one] { $delivered } com resposta.
       *[other] { $delivered } com resposta.
    }
verdict-by-capture =
    Contado pela captura, pois não há diário do cliente: sem ele não se conhece o prazo, e uma resposta atrasada conta
    como entregue.
verdict-late =
    Das não respondidas { $patience ->
        [none] no prazo
       *[other] no prazo de { $patience }
    }, { $late ->
        [one] { $late } resposta chegou atrasada
       *[other] { $late } respostas chegaram atrasadas
    } e { $lost ->
        [0] nenhuma deixou de chegar.
        [one] { $lost } nunca chegou.
       *[other] { $lost } nunca chegaram.
    }
verdict-never-came =
    { $lost ->
        [one] { $lost } resposta nunca chegou; nenhuma chegou atrasada.
       *[other] { $lost } respostas nunca chegaram; nenhuma chegou atrasada.
    }
verdict-not-seen =
    { $lost ->
        [one] { $lost } resposta não foi vista.
       *[other] { $lost } respostas não foram vistas.
    }
verdict-not-sent =
    { $count ->
        [one] { $count } mensagem não foi enviada, pois o sistema a recusou; ela não entra na taxa.
       *[other] { $count } mensagens não foram enviadas, pois o sistema as recusou; elas não entram na taxa.
    }
verdict-inconclusive =
    { $count ->
        [one] De { $count } mensagem não se pode dizer se a resposta veio.
       *[other] De { $count } mensagens não se pode dizer se a resposta veio.
    }
verdict-same-host = Cliente e servidor estão no mesmo computador: nada aqui passou por uma rede.
verdict-answered =
    Respondidas: { $answered } de { $received ->
        [one] { $received } mensagem que chegou
       *[other] { $received } mensagens que chegaram
    } ao servidor
verdict-lost-at-server =
    { $lost ->
        [one] { $lost } mensagem se perdeu no computador ou no programa do servidor.
       *[other] { $lost } mensagens se perderam no computador ou no programa do servidor.
    }
verdict-no-gaps = Não há falhas na numeração entre a primeira e a última mensagem.
verdict-gaps =
    { $count ->
        [one] Falta { $count } número na numeração: { $numbers }. Ou a mensagem se perdeu no caminho, ou o cliente não a enviou.
       *[other] Faltam { $count } números na numeração: { $numbers }. Ou essas mensagens se perderam no caminho, ou o
        cliente não as enviou.
    }
verdict-server-alone =
    Só do lado do servidor não se sabe se as respostas chegaram: para a taxa de perda é preciso o diário ou a captura
    do cliente.

## Quem falou com quem

flow-heading = Conversa { $id } de { $of }
flow-ends = Quem falou com quem
flow-client = Cliente: { $client }
flow-client-behind-nat = Cliente: { $client }, visto pelo servidor como { $seen }
flow-client-seen = Cliente, como o servidor o vê: { $client }
flow-server = Servidor: { $server }
flow-patience = Prazo para cada resposta: { $patience }
flow-epoch = A numeração recomeçou: esta é a { $epoch }ª execução deste cliente.

## O caminho

path-heading = Caminho das mensagens
path-point = mensagens diferentes em cada ponto
path-application = programa
path-wire = captura
path-arrows = →: do cliente ao servidor; ←: a resposta, de volta.
path-dash = —: ninguém observou este ponto, ou o que se viu ali não traz número.
path-same-host = No mesmo computador, um só quadro vale pelos dois pontos da captura em cada sentido.
path-loss-forward = Perda na rede, na ida: { $ratio } ({ $lost } de { $of }; intervalo de 95 %: { $low } a { $high })
path-loss-forward-range =
    Perda na rede, na ida: de { $ratio } a { $most } ({ $lost } a { $worst } de { $of }; intervalo de 95 %: { $low } a
    { $high })
path-loss-return = Perda na rede, na volta: { $ratio } ({ $lost } de { $of }; intervalo de 95 %: { $low } a { $high })
path-loss-return-range =
    Perda na rede, na volta: de { $ratio } a { $most } ({ $lost } a { $worst } de { $of }; intervalo de 95 %: { $low } a
    { $high })

point-client-sent = enviadas pelo programa do cliente
point-client-wire-out = na placa de rede do cliente
point-server-wire-in = na placa de rede do servidor
point-server-received = recebidas pelo programa do servidor
point-server-sent = respondidas pelo programa do servidor
point-server-wire-out = respostas na placa de rede do servidor
point-client-wire-in = respostas na placa de rede do cliente
point-client-received = respostas recebidas pelo programa do cliente

## Onde se perderam

losses-heading =
    { $count ->
        [one] Onde se perdeu a mensagem
       *[other] Onde se perderam as { $count } mensagens
    }
losses-by-party =
    Na rede: { $network }; em computadores e programas: { $hosts }; numa coisa ou noutra: { $either }.
losses-one =
    { $place }: { $count ->
        [one] mensagem { $numbers }
       *[other] { $count } mensagens ({ $numbers })
    }
losses-several =
    { $count ->
        [one] Mensagem { $numbers }
       *[other] { $count } mensagens ({ $numbers })
    } em um destes trechos, sem que se possa dizer em qual: { $place }
losses-nowhere =
    { $count ->
        [one] Mensagem { $numbers }
       *[other] { $count } mensagens ({ $numbers })
    } sem nenhum indício do lugar
losses-reason = Motivo: { $reason }.
losses-reason-of = Motivo, nas mensagens { $numbers }: { $reason }.
losses-in-a-row = Maior sequência de perdas: { $length } mensagens seguidas, a partir da { $first }.

segment-client-host-out = saída do computador do cliente
segment-network-forward = rede na ida
segment-server-host-in = entrada do computador do servidor
segment-server-app = programa do servidor
segment-server-host-out = saída do computador do servidor
segment-network-return = rede na volta
segment-client-host-in = entrada do computador do cliente

meaning-client-host-out =
    Isto é: o programa enviou, mas a mensagem não apareceu na placa de rede (causas comuns: fila cheia, filtro de saída,
    ARP sem resposta).
meaning-network-forward =
    Isto é: a mensagem saiu pela placa do cliente e não chegou à do servidor (causas comuns: congestionamento, NAT,
    redirecionamento de porta, Wi-Fi).
meaning-server-host-in =
    Isto é: a mensagem chegou à placa do servidor, mas o programa não a leu (causas comuns: firewall, buffer do socket
    cheio, ninguém na porta).
meaning-server-app = Isto é: o programa do servidor leu a mensagem, mas não enviou a resposta.
meaning-server-host-out =
    Isto é: o servidor respondeu, mas a resposta não apareceu na sua placa de rede (causas comuns: fila cheia, filtro de
    saída).
meaning-network-return =
    Isto é: a resposta saiu pela placa do servidor e não chegou à do cliente (causas comuns: congestionamento, NAT,
    Wi-Fi).
meaning-client-host-in =
    Isto é: a resposta chegou à placa do cliente, mas o programa não a leu (causas comuns: firewall, buffer do socket
    cheio).

reason-error-forbidden = o sistema proibiu o envio ({ $error }: em geral, um firewall na saída)
reason-error-dropped = o sistema aceitou a mensagem e ele mesmo a descartou, numa fila cheia ou num filtro de saída ({ $error })
reason-error-full = a fila de envio do sistema estava cheia ({ $error })
reason-error-no-route = o sistema não tinha caminho até o destino ({ $error })
reason-error-refused = o destino recusou ({ $error })
reason-error-too-large = a mensagem é grande demais para o caminho ({ $error })
reason-error-other = erro do sistema: { $error }
reason-port-unreachable = porta inalcançável, segundo { $from }: ninguém escuta nela, ou um firewall recusa
reason-icmp = erro ICMP enviado por { $from } (tipo { $type }, código { $code })
reason-from-self = este computador
reason-simulated-drop = perda simulada: o servidor descartou de propósito
reason-rate-limit = o servidor limita as respostas a cada cliente
reason-closing = o servidor estava encerrando
reason-bad-checksum = a soma de verificação (checksum) estava errada na chegada
reason-socket-overflow = o buffer do socket do servidor estava cheio
reason-capture-ends = a captura termina { $time } depois: cedo demais para saber
reason-unknown = motivo desconhecido
reason-many = outros motivos

unsent-heading =
    { $count ->
        [one] Não enviada
       *[other] Não enviadas ({ $count })
    }
unsent-reason =
    { $reason }: { $count ->
        [one] mensagem { $numbers }
       *[other] { $count } mensagens ({ $numbers })
    }
late-heading = Atrasadas
late-numbers =
    { $count ->
        [one] { $count } resposta chegou depois do prazo: { $numbers }
       *[other] { $count } respostas chegaram depois do prazo: { $numbers }
    }
unclear-heading = Sem veredicto
unclear-numbers =
    { $count ->
        [one] De { $count } mensagem não se pode dizer se a resposta veio: { $numbers }
       *[other] De { $count } mensagens não se pode dizer se a resposta veio: { $numbers }
    }
unclear-too-soon =
    { $count ->
        [one] A captura termina { $time } depois da mensagem { $numbers }: cedo demais para saber.
       *[other] A captura termina { $time } ou menos depois das mensagens { $numbers }: cedo demais para saber.
    }

odd-heading = Nem perda nem entrega
odd-duplicates =
    { $count ->
        [one] Duplicatas: { $count } cópia a mais (mensagem { $numbers })
       *[other] Duplicatas: { $count } cópias a mais (mensagens { $numbers })
    }
odd-altered =
    { $count ->
        [one] Texto alterado no caminho: { $count } mensagem ({ $numbers })
       *[other] Texto alterado no caminho: { $count } mensagens ({ $numbers })
    }
odd-reordered =
    { $count ->
        [one] Fora de ordem na chegada: { $count } mensagem
       *[other] Fora de ordem na chegada: { $count } mensagens
    }
odd-reordered-forward = Fora de ordem na ida: { $count } de { $of }, extensão máxima { $extent }
odd-reordered-return = Fora de ordem na volta: { $count } de { $of }, extensão máxima { $extent }
odd-malformed =
    { $count ->
        [one] Sem número no texto: { $count } mensagem recebida
       *[other] Sem número no texto: { $count } mensagens recebidas
    }
odd-never-sent =
    { $count ->
        [one] Resposta a um número que nunca foi enviado: { $count }
       *[other] Respostas a números que nunca foram enviados: { $count }
    }
odd-other-source =
    { $count ->
        [one] Resposta de outra origem que não o servidor: { $count }
       *[other] Respostas de outra origem que não o servidor: { $count }
    }

## Atrasos

delay-heading = Tempo de ida e volta (RTT), em { $unit }
delay-heading-server = Permanência no servidor, em { $unit }
delay-samples = amostras
delay-min = mín
delay-mean = média
delay-median = mediana
delay-p95 = p95
delay-max = máx
delay-stddev = desvio
delay-application = programa
delay-kernel = sistema
delay-wire = captura
delay-network = só a rede
delay-residence = no servidor
delay-legend =
    programa: do send() ao recv(); sistema: entre os carimbos do núcleo do sistema operacional; captura: entre os
    quadros na placa do cliente; só a rede: a captura menos a permanência no servidor.
delay-dash = —: não foi medido.
delay-jitter = Jitter (RFC 3550) da ida e volta: { $jitter }
delay-heading-one-way = Atraso em cada sentido, em { $unit }
delay-forward = ida
delay-return = volta
delay-legend-one-way = ±: incerteza que fica porque os relógios dos dois computadores não marcam a mesma hora.
delay-variation-forward = Variação do atraso na ida (RFC 3393): mediana { $median }, p95 { $p95 }, máximo { $max }
delay-variation-return = Variação do atraso na volta (RFC 3393): mediana { $median }, p95 { $p95 }, máximo { $max }
delay-clock-offset = Relógio do servidor menos o do cliente: entre { $low } e { $high }

conduct-heading = Conduta do próprio medidor
conduct-behind = Envios depois da hora marcada: mediana { $median }, máximo { $max }
conduct-in-send = Tempo dentro de send(): mediana { $median }, máximo { $max }

## As testemunhas

witness-heading = Em que isto se apoia
witness-line = { $name }: { $file } ({ $whole })
witness-client-journal = diário do cliente
witness-client-capture = captura do cliente
witness-server-capture = captura do servidor
witness-server-journal = diário do servidor
witness-whole = nada deixou de ser registrado
witness-not-whole = algo deixou de ser registrado
witness-assumed = supõe-se que nada falte, sem prova disso
witness-packets =
    { $packets ->
        [0] Nenhum pacote capturado
        [one] { $packets } pacote capturado
       *[other] { $packets } pacotes capturados
    }, { $dropped ->
        [0] nenhum descartado.
        [one] { $dropped } descartado.
       *[other] { $dropped } descartados.
    }
witness-packets-dropped-unknown =
    { $packets ->
        [0] Nenhum pacote capturado
        [one] { $packets } pacote capturado
       *[other] { $packets } pacotes capturados
    }; descartados: não se sabe (só o fim de um diário o diria).
witness-interface-dropped =
    { $count ->
        [one] { $count } pacote perdido pela própria placa de rede.
       *[other] { $count } pacotes perdidos pela própria placa de rede.
    }
witness-damaged = Arquivo danificado a partir do byte { $count }.
witness-failure = A captura parou antes da medição: { $reason }
witness-ended-done = Terminou normalmente.
witness-ended-duration = Terminou ao fim da duração pedida.
witness-ended-interrupted = Terminou a pedido (Ctrl-C ou SIGTERM).
witness-ended-nowhere = Não tem fim: o programa foi morto ou o arquivo foi cortado.
witness-records-lost =
    { $count ->
        [one] { $count } registro perdido.
       *[other] { $count } registros perdidos.
    }
witness-socket-drops =
    { $count ->
        [0] Nenhuma mensagem descartada no socket.
        [one] { $count } mensagem descartada no socket.
       *[other] { $count } mensagens descartadas no socket.
    }
witness-no-capture =
    Não houve captura: o que se passou entre os programas ninguém viu. Com --capture dos dois lados, cada perda ganha
    um lugar.

outcome-delivered = respondida
outcome-late = atrasada
outcome-not-sent = não enviada
outcome-lost = perdida
outcome-answered = respondida pelo servidor
outcome-inconclusive = sem veredicto

## Avisos

warnings-heading =
    { $count ->
        [one] Aviso
       *[other] Avisos ({ $count })
    }
warnings-advice = O que fazer: { $advice }

warning-capture-dropped =
    { $count ->
        [one] A captura { $file } descartou { $count } pacote por falta de espaço.
       *[other] A captura { $file } descartou { $count } pacotes por falta de espaço.
    } Nos momentos do descarte, não ver uma mensagem nada prova.
advice-capture-dropped = repita com uma taxa menor, guarde menos de cada pacote (--snaplen 128) ou dê à captura um buffer maior (tcpdump e dumpcap: -B).
warning-interface-dropped =
    { $count ->
        [one] A placa de rede perdeu { $count } pacote antes que a captura { $file } o visse.
       *[other] A placa de rede perdeu { $count } pacotes antes que a captura { $file } os visse.
    }
advice-interface-dropped = repita com um ritmo menor e com menos carga no computador.
warning-capture-failed = A captura { $file } parou antes da medição: { $reason }
advice-capture-failed = veja se há espaço em disco e se a interface continuou ligada, e repita.
warning-capture-damaged =
    O arquivo { $file } está danificado ({ $flaw ->
        [breaks_off] interrompe-se: { $found_bytes } dos { $wanted_bytes } bytes do último registro
        [malformed] um registro fora do formato
       *[other] { $reason }
    }); { $offset_bytes ->
        [none] foi usado o que vem antes.
       *[other] foi usado o que vem antes do byte { $offset_bytes }.
    }
advice-capture-damaged = copie de novo o arquivo original, ou repita a captura e encerre com Ctrl-C.
warning-capture-assumed =
    Nenhum diário fala pela captura { $file }: supõe-se que ela esteve ativa do primeiro ao último quadro desta conversa.
advice-capture-assumed = analise-a junto com o diário da mesma medição, ou capture com --capture.
warning-filter-blind =
    O filtro da captura { $role ->
        [client] do cliente
       *[other] do servidor
    } não deixa passar { $direction ->
        [forward] as mensagens do cliente ao servidor
       *[other] as respostas do servidor ao cliente
    }: não vê-las nada prova.
advice-filter-blind = use o filtro padrão, ou um que aceite os dois sentidos.
warning-snaplen-blind =
    A captura { $role ->
        [client] do cliente
       *[other] do servidor
    } guarda tão pouco de cada pacote que o número { $direction ->
        [forward] das mensagens
       *[other] das respostas
    } fica de fora.
advice-snaplen-blind = capture com um snaplen maior.
warning-super-packets =
    { $count ->
        [one] A captura { $file } contém { $count } pacote que junta várias mensagens (GRO ou GSO).
       *[other] A captura { $file } contém { $count } pacotes que juntam várias mensagens (GRO ou GSO).
    } Em torno deles, o que falta na captura nada prova.
advice-super-packets = desligue a junção antes de capturar: ethtool -K INTERFACE gro off gso off rx-gro-list off rx-udp-gro-forwarding off; e não envie com UDP_SEGMENT.
warning-illegible-packets =
    { $count ->
        [one] A captura { $file } cortou { $count } pacote antes do número.
       *[other] A captura { $file } cortou { $count } pacotes antes do número.
    } Em torno deles, o que falta na captura nada prova.
advice-illegible-packets = capture com um snaplen maior (tcpdump -s 0).
warning-unread-packets =
    { $count ->
        [one] A captura { $file } contém { $count } pacote de um tipo de enlace que o medidor não lê.
       *[other] A captura { $file } contém { $count } pacotes de tipos de enlace que o medidor não lê.
    } Em torno deles, o que falta na captura nada prova.
advice-unread-packets = capture só na interface da medição, em Ethernet ou em "any".
warning-incomplete-fragments =
    { $count ->
        [one] A captura { $file } tem só parte dos fragmentos de { $count } datagrama.
       *[other] A captura { $file } tem só parte dos fragmentos de { $count } datagramas.
    } Não dá para saber se chegaram inteiros e, perto deles, o que a captura não mostra não prova nada.
advice-incomplete-fragments = deixe o filtro de captura aceitar também os demais fragmentos: só o primeiro leva as portas, e "udp port 5005" exclui os outros.
warning-unidentified-texts =
    { $count ->
        [one] A captura { $file } contém { $count } texto que seu número não identifica.
       *[other] A captura { $file } contém { $count } textos que seus números não identificam.
    } Esta captura não serve para julgar essa conversa.
advice-unidentified-texts = numere as mensagens em algarismos decimais, em ordem crescente: 1, 2, 3.
warning-unused-file = { $file } não foi usado: { $reason ->
        [given_twice] o mesmo arquivo ou os mesmos pacotes já estão entre os outros.
        [empty] está vazio.
        [compressed] esse tipo de compressão não é aceito.
        [other_run] não descreve nenhuma das capturas.
        [other_protocol] é um registro de outro tipo de medição.
        [unreadable] não pode ser lido.
       *[other] não é captura nem registro.
    }
advice-unused-file = verifique se ele é desta medição; se não for, ignore este aviso.
warning-copies-folded =
    { $count ->
        [one] A captura { $file } contém { $count } cópia de um pacote, vista em outra interface ou dos dois lados de um roteador ou de uma VLAN. Ela não foi contada.
       *[other] A captura { $file } contém { $count } cópias de pacotes, vistas em outra interface ou dos dois lados de um roteador ou de uma VLAN. Elas não foram contadas.
    }
advice-copies-folded = nada a fazer. Para evitar cópias, capture em uma só interface ou espelhe uma só porta do switch.
warning-journal-broken =
    O diário { $file } não tem fim{ $line ->
        [none] { "" }
       *[other] {" "}e deixa de ser legível na linha { $line }
    }: o que veio depois não se sabe.
advice-journal-broken = encerre o programa com Ctrl-C em vez de matá-lo, e copie o arquivo inteiro.
warning-journal-gap =
    { $count ->
        [one] O diário { $file } perdeu { $count } registro por falta de tempo para gravar.
       *[other] O diário { $file } perdeu { $count } registros por falta de tempo para gravar.
    }
advice-journal-gap = grave num disco mais rápido, ou envie num ritmo menor.
warning-contradiction =
    { $wire ->
        [true] A captura
       *[other] O diário
    } { $role ->
        [client] do cliente
       *[other] do servidor
    } deixou de ver { $count ->
        [one] { $count } mensagem que comprovadamente passou
       *[other] { $count } mensagens que comprovadamente passaram
    } por ali; por isso, o que falta ali deixou de contar como prova.
advice-contradiction = confira se os arquivos são da mesma medição e se a captura era da interface certa.
warning-clock-step =
    { $seconds ->
        [none] Um dos relógios foi acertado durante a medição: os carimbos dos dois lados não se ajustam.
       *[other] O relógio do computador de { $file } foi acertado em { $seconds } s durante a medição.
    }
advice-clock-step = sincronize os relógios antes de medir; os atrasos em cada sentido não são confiáveis.
warning-clocks-apart =
    O relógio do servidor menos o do cliente dá { $seconds } s: os arquivos podem ser de medições diferentes.
advice-clocks-apart = confira se os arquivos são da mesma medição, e acerte os relógios.
warning-flow-tie =
    Vários fluxos do servidor podem ser deste cliente: { $flows }. O veredito diz só o que vale para cada um deles.
advice-flow-tie = mais evidência os distingue: os diários dos dois lados, ou capturas com os cabeçalhos IP; ou escolha
    um com --flow e o seu número.
warning-other-run =
    Nenhum fluxo do servidor é deste cliente: { $fact }. O veredito se apoia só nos arquivos do cliente.
advice-other-run = indique os arquivos do servidor da mesma execução.
warning-member-tie =
    Não dá para saber de qual participante são os arquivos de { $member }: { $members }. Eles ficam de fora, e o veredito
    se apoia nos do servidor.
advice-member-tie = os diários dos dois lados, ou capturas do chat inteiro, mostram de quem são.
warning-member-missing =
    Nenhum dos participantes nos arquivos do servidor é o de { $member }: os textos dele são julgados sem os arquivos do
    servidor.
advice-member-missing = confira se os arquivos são do mesmo chat.
warning-perhaps-other-run =
    O fluxo { $flows } do servidor pode ser deste cliente, e nada o prova. O veredito se apoia só nos arquivos do
    cliente.
advice-perhaps-other-run = se você sabe que é, escolha-o com --flow e o seu número; os diários dos dois lados o provam.
candidates-other-run = Os arquivos do servidor não são desta execução: { $fact }.
candidates-heading = Qual dos fluxos do servidor é o deste cliente
candidates-possible = O fluxo { $number } ({ $client }) pode ser.
candidates-possible-losses = O fluxo { $number } ({ $client }) pode ser. As perdas seriam: { $losses }.
candidates-missing = Ele pode não estar nestes arquivos.
candidates-agreed = O veredito diz só o que vale em todos os casos.
candidates-undetermined = { $count } em um de vários lugares
refuted-by =
    { $fact ->
        [nothing_shared] não há nenhuma mensagem em comum
        [other_texts] os textos são diferentes
        [other_numbers] o servidor recebeu números que o cliente nunca enviou
        [slower_than_the_wait] o servidor demorou mais para responder do que o cliente esperou
        [other_time] as respostas teriam chegado antes dos pedidos
        [other_port] no mesmo computador, as portas são diferentes
        [clock_step] os tempos só combinam se um relógio foi acertado, e os dois diários provam que nenhum foi
        [clock_steps] os tempos só combinam se um relógio foi acertado ao menos duas vezes na execução
        [same_wire] as duas capturas são do mesmo ponto da rede
        [taken] está provado que é de outro cliente
        [other_proven] está provado que outro fluxo é o deste cliente
        [no_assignment] os outros fluxos não deixam lugar para ele
        [not_chosen] outro foi escolhido
       *[other] não combina
    }
warning-other-flows =
    { $count ->
        [one] Os arquivos do servidor contêm mais { $count } conversa, de outro cliente ou de outra execução.
       *[other] Os arquivos do servidor contêm mais { $count } conversas, de outros clientes ou de outras execuções.
    }
advice-other-flows = nada, se outros também usaram o servidor; para outra escolha, --flow.
warning-side-assumed =
    { $file } não mostra nenhum roteador entre os dois computadores, e nada nele diz qual dos dois o capturou. É lido
    como a captura do cliente.
advice-side-assumed = se for do servidor, analise com --server { $file }.
warning-application-only =
    Não há captura: só os programas falam, e eles não têm como saber em que computador, ou se na rede, uma mensagem se
    perdeu.
advice-application-only = rode com --capture ARQUIVO.
warning-same-host =
    Cliente e servidor estão no mesmo computador: não há rede entre eles, e nenhuma perda é atribuída à rede.
advice-same-host = para medir uma rede, rode o servidor em outro computador.
warning-nobody-listening =
    { $server ->
        [none] Ninguém escuta na porta do servidor, ou um firewall recusa
       *[other] Ninguém escuta em { $server }, ou um firewall recusa
    }: { $count ->
        [one] { $count } mensagem foi recusada.
       *[other] { $count } mensagens foram recusadas.
    }
advice-nobody-listening =
    inicie o servidor antes do cliente, e confira a porta, o redirecionamento no roteador e o firewall.
warning-nothing-passed =
    { $direction ->
        [forward] Nenhuma das { $count } mensagens que saíram do cliente chegou à placa de rede do servidor.
        [return] Nenhuma das { $count } respostas que saíram do servidor chegou à placa de rede do cliente.
        [unseen] Estes arquivos não mostram nenhuma resposta a { $count } mensagens: nenhuma voltou, ou a captura não deixou entrar as respostas.
       *[other] Nenhuma das { $count } mensagens foi respondida, e estes arquivos não dizem até onde elas chegaram.
    }
advice-nothing-passed =
    { $direction ->
        [return] confira se o roteador do cliente deixa entrar as respostas: se o servidor responde a um endereço fixo (--reply-to), ele precisa de uma regra de redirecionamento para aquela porta UDP.
        [unseen] confira se o filtro da captura aceita os dois sentidos (udp port 5005, e não udp dst port 5005). Se aceita, confira nesta ordem: se o servidor está rodando; o endereço digitado no cliente; o encaminhamento da porta UDP no roteador do servidor; o firewall do servidor.
       *[other] confira, nesta ordem: se o servidor está rodando; o endereço digitado no cliente; o redirecionamento da porta UDP no roteador do servidor, para o endereço interno certo; um segundo NAT antes dele (CGNAT); o firewall do servidor. A captura do servidor diria onde elas param.
    }
warning-one-network =
    { $way ->
        [unchanged] O servidor vê o cliente no próprio endereço local dele, { $address }: não há NAT entre os dois; portanto, estão em uma só rede, ou um túnel liga as redes deles.
       *[returned] O servidor vê o cliente em { $address }, o endereço ao qual o cliente escreveu: os dois estão atrás do mesmo roteador, ou há um intermediário entre eles.
    }
advice-one-network = para medir entre duas casas, ligue um dos computadores à Internet por outra linha.
warning-socket-drops =
    { $count ->
        [one] O sistema descartou { $count } mensagem no socket do programa (diário { $file }).
       *[other] O sistema descartou { $count } mensagens no socket do programa (diário { $file }).
    }
advice-socket-drops = a aplicação não leu a tempo, o buffer dela era pequeno demais para uma rajada ou chegaram pacotes corrompidos: envie com uma taxa menor ou permita buffers maiores (como root: sysctl -w net.core.rmem_max=8388608).
warning-other-source =
    { $count ->
        [one] { $count } resposta veio de outra origem que não o servidor: { $sources }.
       *[other] { $count } respostas vieram de outra origem que não o servidor: { $sources }.
    }
advice-other-source = confira o endereço do servidor; um servidor com vários endereços pode responder por outro.
warning-unnumbered-replies =
    { $count ->
        [one] { $count } texto sem número voltou do servidor: não se sabe a qual mensagem ele responde.
       *[other] { $count } textos sem número voltaram do servidor: não se sabe a quais mensagens eles respondem.
    }
advice-unnumbered-replies = faça o servidor responder com o número da mensagem (o do medidor o faz com --reply ack).
warning-replies-at-server =
    { $count ->
        [one] { $count } resposta (ACK) chegou a um servidor, que não as responde.
       *[other] { $count } respostas (ACK) chegaram a um servidor, que não as responde.
    }
advice-replies-at-server = confira se dois servidores não apontam um para o outro.
warning-simulated-drop =
    { $count ->
        [one] O servidor descartou { $count } mensagem de propósito, como lhe foi pedido.
       *[other] O servidor descartou { $count } mensagens de propósito, como lhe foi pedido.
    }
advice-simulated-drop = rode o servidor sem perda simulada para medir a rede de verdade.
warning-rate-limited =
    { $count ->
        [one] O servidor deixou { $count } mensagem sem resposta por causa do limite por cliente.
       *[other] O servidor deixou { $count } mensagens sem resposta por causa do limite por cliente.
    }
advice-rate-limited = envie num ritmo menor.
warning-fragments =
    { $count ->
        [one] A captura { $file } contém { $count } fragmento: há mensagens maiores do que o caminho comporta.
       *[other] A captura { $file } contém { $count } fragmentos: há mensagens maiores do que o caminho comporta.
    }
advice-fragments = use mensagens menores: perder um só fragmento é perder a mensagem inteira.
warning-foreign-packets =
    { $count ->
        [one] A captura { $file } contém { $count } pacote que não é desta medição.
       *[other] A captura { $file } contém { $count } pacotes que não são desta medição.
    }
advice-foreign-packets = capture com um filtro que só deixe passar a porta da medição.

score-heading = Contra a verdade conhecida: { $right } de { $judged } veredictos certos; { $exact } apontam o lugar exato
score-wrong = { $wrong } errados, { $undecided } sem veredicto.
score-mistake = Mensagem { $n }: verdade: { $truth }; veredicto: { $found }
score-passed = não se perdeu na rede
witness-not-kept = não guardado em arquivo
ping-counts = { $sent } enviadas, { $received } recebidas
ping-loss = Perda: { $ratio } ({ $lost } de { $of } sem resposta; intervalo de 95 %: { $low } a { $high })
ping-loss-range = Perda: { $ratio } a { $most } ({ $lost } a { $worst } de { $of } sem resposta; intervalo de 95 %: { $low } a { $high })
ping-loss-at-least = Perda: pelo menos { $ratio } ({ $lost } ou mais de { $of } sem resposta; intervalo de 95 %: { $low } a { $high })
ping-late-count =
    { $count ->
        [one] { $count } resposta veio depois do prazo de { $timeout }{"\u00A0"}s: atrasada, não perdida.
       *[other] { $count } respostas vieram depois do prazo de { $timeout }{"\u00A0"}s: atrasadas, não perdidas.
    }
ping-ambiguous-count =
    { $count ->
        [one] { $count } resposta não traz número e veio quando faltava a de mais de uma sonda: de qual é, e depois de quanto tempo, não se pode dizer.
       *[other] { $count } respostas não trazem número e vieram quando faltava a de mais de uma sonda: de quais são, e depois de quanto tempo, não se pode dizer.
    }
ping-rtt = RTT mínimo/médio/máximo/desvio padrão: { $min }/{ $mean }/{ $max }/{ $stddev }{"\u00A0"}s
ping-no-rtt = RTT: — (nenhuma resposta da qual se saiba a que sonda responde)
ping-rtt-error = Além do RTT na captura dos mesmos pacotes, mediana: programa { $application }{ $kernel ->
        [none] {""}
       *[other] , sistema { $kernel }
    }
ping-wire-heading = O que a captura diz daquelas cujo prazo passou
ping-wire-nothing = { $numbers }: nenhuma resposta na placa de rede
ping-wire-unknown = { $numbers }: a captura não pode dizer se veio resposta
ping-wire-late = { $n }: a resposta estava na placa de rede aos { $wire }{"\u00A0"}s, o programa tinha desistido aos { $timeout }{"\u00A0"}s
ping-wire-slow = { $n }: a resposta estava na placa de rede aos { $wire }{"\u00A0"}s, { $read ->
        [none] e o programa a leu tarde demais
       *[other] e o programa a leu aos { $read }{"\u00A0"}s
    }: depois de { $timeout }{"\u00A0"}s
ping-wire-unread = { $n }: a resposta estava na placa de rede aos { $wire }{"\u00A0"}s, e o programa não a leu (tinha desistido aos { $timeout }{"\u00A0"}s)
ping-wire-more =
    { $count ->
        [one] mais { $count } resposta estava na placa de rede: { $numbers }
       *[other] mais { $count } respostas estavam na placa de rede: { $numbers }
    }
plot-title = Tempo de ida e volta: • no prazo, ○ atrasada, × sem resposta
transfer-column-number = nº
transfer-column-success = inteiro
transfer-column-client-port = p. clie.
transfer-column-server-port = p. serv.
transfer-column-received = recebidos
transfer-column-sent = enviados
transfer-column-time = tempo
transfer-column-rate = taxa
transfer-yes = sim
transfer-no = não
transfer-log-begun = começo
transfer-log-file = arquivo
transfer-log-size = tamanho
transfer-log-mode = modo
transfer-log-clients = receptores
transfer-log-peer = outro lado
transfer-ended = Receptor { $number }: acabou antes da hora: { $why }
transfer-unsent = Receptor { $number }: blocos que este sistema recusou enviar: { $count }
transfer-lost = Receptor { $number }: { $count } de { $sent } blocos não chegaram ({ $ratio })
transfer-wires = Receptor { $number }: de { $out } blocos diferentes na rede do remetente, na rede do receptor: { $came }
transfer-lost-range = Receptor { $number }: de { $least } a { $most } de { $sent } blocos não chegaram: não dá para distinguir blocos de conteúdo igual das cópias que a rede fez
transfer-lost-replaced = Receptor { $number }: nada falta, o arquivo está inteiro. Dos { $sent } blocos, até { $most } têm o mesmo conteúdo de outros: se a rede perdeu alguns e fez outras tantas cópias, nada mostra
transfer-shares = { "    " }Perdidos pela rede: { $network }; pelo computador do receptor: { $receiver }, destes no buffer do soquete, segundo o contador dele: { $socket }; pelo computador do remetente: { $sender }; sem saber onde: { $unknown }
transfer-unknown = { "    " }Sem saber onde, { $count } num destes: { $parts }
transfer-part-sender-host = o computador do remetente
transfer-part-network = a rede
transfer-part-receiver-host = o computador do receptor
transfer-points = { "    " }Blocos enviados pelo programa: { $sent }, na placa de rede do remetente: { $out }, na placa de rede do receptor: { $in }, lidos pelo programa: { $read }
transfer-do-buffer = { "    " }O que fazer, no receptor: sudo sysctl -w net.core.rmem_max={ $bytes }, depois medidor receber --buffer { $bytes }
transfer-do-rate = { "    " }O que fazer, no remetente: --rate { $rate }
transfer-do-reliable = { "    " }O que fazer, onde cada bloco faz falta: --mode quic ou --mode tcp, que reenviam o que a rede perde
transfer-do-sender-host = { "    " }O que fazer, no remetente: ver as regras OUTPUT do firewall e as filas cheias (tc -s qdisc)
transfer-do-receiver-host = { "    " }O que fazer, no receptor: ver as regras INPUT do firewall e as somas erradas (nstat UdpInCsumErrors)
transfer-do-capture-sender = { "    " }Para saber mais: --capture no remetente, depois medidor analisar com os arquivos dos dois lados
transfer-do-capture-receiver = { "    " }Para saber mais: --capture no receptor, depois medidor analisar com os arquivos dos dois lados
transfer-map = { "    " }Perdas ao longo do arquivo, um sinal para { $blocks } blocos, o mais alto para { $most } perdidos:
    { "    " }{ $map }
transfer-course = Receptor { $number }: taxa ao longo do tempo, um sinal para { $time }, o mais alto para { $most } MB/s:
    { "    " }{ $course }
transfer-transport = Receptor { $number }: datagramas QUIC enviados: { $sent }, recebidos: { $received }; pacotes dados por perdidos e reenviados: { $lost }; vezes que reduziu a taxa: { $slowed }; ida e volta: { $rtt }
transfer-wire-sender = Receptor { $number }: na placa de rede do remetente, pacotes com conteúdo: { $packets }, seus bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , reenviados: { $repeated }
    }
transfer-wire-receiver = Receptor { $number }: na placa de rede do receptor, pacotes com conteúdo: { $packets }, seus bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , vindos de novo: { $repeated }
    }
transfer-socket-drops = O soquete deste receptor descartou por falta de espaço ou soma errada: { $count }
    { "    " }aumente o espaço (--buffer, sysctl net.core.rmem_max)
transfer-missing = { "    " }trechos de blocos que faltam: { $count } ({ $ranges })
transfer-saved = Arquivo: { $file }
transfer-partial = Incompleto: { $file }
transfer-trouble-disk-full = disco cheio
transfer-trouble-file = o arquivo não pôde ser lido ou escrito
transfer-trouble-too-large = o arquivo é maior que --max-size
transfer-trouble-bad-name = o nome do arquivo não serve
transfer-trouble-other-mode = o modo não é o que o receptor aceita
transfer-trouble-interrupted = interrompido
transfer-trouble-refused = nenhum programa lê na porta do receptor
transfer-trouble-connection = a conexão caiu
transfer-trouble-silence = nada chegou por tempo demais
transfer-trouble-dialect = o que veio não segue este dialeto
transfer-trouble-absent = não veio
transfer-run = { $mode }, { $size } bytes, { $clients ->
    [one] um receptor
   *[other] { $clients } receptores
    }
chat-report-title = Chat por { $transport }: { $members ->
    [one] { $members } participante
   *[other] { $members } participantes
 }, { $messages ->
    [one] { $messages } mensagem
   *[other] { $messages } mensagens
 }
chat-report-killed = O diário do servidor termina no meio: o programa foi morto, ou o computador parou.
chat-report-connections = Conexões em { $file }
chat-report-connection = Conexão { $id }: { $client } com { $server }, { $time }
chat-report-handshake = Aberta em três passos, em { $time }: SYN (quadro { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-half-handshake = A abertura não está inteira: SYN (quadro { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-no-handshake = A abertura não está na captura: ela começou depois.
chat-report-from-client = Do cliente: { $messages ->
    [one] { $messages } mensagem
   *[other] { $messages } mensagens
 }, { $bytes } bytes em { $segments } segmentos, { $retransmissions ->
    [0] nenhum repetido.
    [one] { $retransmissions } repetido.
   *[other] { $retransmissions } repetidos.
 }
chat-report-from-server = Do servidor: { $bytes } bytes em { $segments } segmentos, { $retransmissions ->
    [0] nenhum repetido.
    [one] { $retransmissions } repetido.
   *[other] { $retransmissions } repetidos.
 }
chat-report-late = { $count ->
    [one] { $count } chegou depois de outros mais novos: repetido, ou ultrapassado.
   *[other] { $count } chegaram depois de outros mais novos: repetidos, ou ultrapassados.
 }
chat-report-missing = Faltam { $count } bytes na captura.
chat-report-close-fin = Fechada em ordem: primeiro { $by } (FIN, quadro { $fin }), depois { $other } (FIN, quadro { $otherfin }).
chat-report-close-half = Fechada só num sentido: { $by } (FIN, quadro { $fin }); do outro, nada até o fim da captura.
chat-report-close-rst = Interrompida: { $by } enviou RST (quadro { $rst }).
chat-report-close-rst-after = Interrompida: depois do FIN de { $after } (quadro { $afterfin }), { $by } enviou RST (quadro { $rst }).
chat-report-close-refused = Recusada: ninguém escutava na porta (RST, quadro { $rst }).
chat-report-close-unanswered = Nunca se abriu: o SYN ficou sem resposta.
chat-report-close-one-sided = A captura mostra um só sentido: como a conexão terminou, ela não diz.
chat-report-close-silence = A captura não mostra mais nada que { $by } tenha enviado; o outro repetiu em vão até o fim.
chat-report-close-open = Aberta até o fim da captura.
chat-report-the-client = o cliente
chat-report-the-server = o servidor
chat-report-datagrams = Datagramas
chat-report-inward = Ao servidor: { $datagrams } enviados, { $delivered } chegaram, { $lost } perdidos, { $notsent } recusados pelo sistema, { $left } vistos sair, { $inconclusive } incertos, { $duplicates } duplicados
chat-report-outward = Aos participantes: { $datagrams } enviados, { $delivered } chegaram, { $lost } perdidos, { $notsent } recusados pelo sistema, { $left } vistos sair, { $inconclusive } incertos, { $duplicates } duplicados
chat-report-lost-at = { $place }: { $count }
chat-report-members = Participantes
chat-report-column-member = Participante
chat-report-column-datagrams = datagramas
chat-report-column-sent-to = cópias e avisos
chat-report-column-arrived = chegaram
chat-report-column-copies = cópias
chat-report-column-lost = perdidas
chat-report-messages = Mensagens
chat-report-message = { $who }: { $text }
chat-report-message-frames = { $who }: { $text } (quadro { $frames })
chat-report-withheld = Não repassada: mensagens demais de uma vez.
chat-report-way-in = A caminho do servidor: { $outcome }{ $place }
chat-report-copies = Cópias: { $to }; { $delivered } chegaram, { $left } vistas sair, { $lost } perdidas, { $notsent } não enviadas, { $inconclusive } incertas
chat-report-copies-tcp = Cópias: { $to }; { $delivered } confirmadas pelo outro computador, { $left } enviadas sem confirmação vista, { $notsent } não enviadas
chat-report-copy = A de { $who }: { $outcome }{ $place }
chat-report-alike = (há outras iguais: quantas se perderam é certo, quais não)
chat-report-no-problem = { $count ->
    [one] Mais uma, sem problema visível; --details a mostra.
   *[other] Mais { $count }, sem problema visível; --details as mostra.
 }
chat-report-more = E mais { $count }.
chat-outcome-delivered = chegou
chat-outcome-lost = perdida
chat-outcome-not-sent = não enviada
chat-outcome-left = vista sair
chat-outcome-inconclusive = incerta
chat-segment-member-host-out = computador do participante, na saída
chat-segment-network-in = rede, até o servidor
chat-segment-server-host-in = computador do servidor, na entrada
chat-segment-server-app = programa do servidor
chat-segment-server-host-out = computador do servidor, na saída
chat-segment-network-out = rede, até o participante
chat-segment-member-host-in = computador do participante, na entrada
chat-segment-undetermined = um de vários trechos
evidence-until = Estes pacotes vão até { $until }; uma resposta que venha depois não está entre eles.
evidence-lost-here = { $count ->
    [one] A resposta à sonda { $numbers } estava na placa de rede a tempo: este computador a perdeu ou ainda a retém.
   *[other] As respostas às sondas { $numbers } estavam na placa de rede a tempo: este computador as perdeu ou ainda as retém.
 }
evidence-held-here = { $count ->
    [one] A resposta à sonda { $numbers } estava na placa de rede a tempo: este computador a entregou tarde demais.
   *[other] As respostas às sondas { $numbers } estavam na placa de rede a tempo: este computador as entregou tarde demais.
 }
evidence-kept-here = { $count ->
    [one] A sonda { $numbers } não chegou à placa de rede até { $until }: este computador a reteve.
   *[other] As sondas { $numbers } não chegaram à placa de rede até { $until }: este computador as reteve.
 }
evidence-late-on-wire = { $count ->
    [one] A resposta à sonda { $numbers } chegou à placa de rede tarde demais: o atraso foi na rede ou do outro lado.
   *[other] As respostas às sondas { $numbers } chegaram à placa de rede tarde demais: o atraso foi na rede ou do outro lado.
 }
evidence-late-on-host = { $count ->
    [one] A resposta à sonda { $numbers } veio tarde demais: o atraso foi neste computador, que é também o do servidor.
   *[other] As respostas às sondas { $numbers } vieram tarde demais: o atraso foi neste computador, que é também o do servidor.
 }
evidence-other-source = { $count ->
    [one] A sonda { $numbers } saiu e até { $until } não veio resposta de { $peer }; mas à porta dela veio um datagrama de { $reason }.
   *[other] As sondas { $numbers } saíram e até { $until } não veio resposta de { $peer }; mas às portas delas vieram datagramas de { $reason }.
 }
evidence-lost-beyond = { $count ->
    [one] A sonda { $numbers } saiu pela placa de rede e nenhuma resposta de { $peer } chegou até { $until }: a perda ou o atraso foi na rede ou do outro lado.
   *[other] As sondas { $numbers } saíram pela placa de rede e nenhuma resposta de { $peer } chegou até { $until }: a perda ou o atraso foi na rede ou do outro lado.
 }
evidence-lost-on-host = { $count ->
    [one] A sonda { $numbers } saiu e nenhuma resposta de { $peer } veio até { $until }: a perda ou o atraso foi neste computador, que é também o do servidor.
   *[other] As sondas { $numbers } saíram e nenhuma resposta de { $peer } veio até { $until }: a perda ou o atraso foi neste computador, que é também o do servidor.
 }
evidence-refused = { $count ->
    [one] A sonda { $numbers } foi recusada por ICMP: { $reason }.
   *[other] As sondas { $numbers } foram recusadas por ICMP: { $reason }.
 }
evidence-icmp = { $count ->
    [one] A sonda { $numbers } recebeu um erro ICMP: { $reason }.
   *[other] As sondas { $numbers } receberam erros ICMP: { $reason }.
 }
evidence-unknown = { $count ->
    [one] A captura não mostra o que aconteceu com a sonda { $numbers }.
   *[other] A captura não mostra o que aconteceu com as sondas { $numbers }.
 }
evidence-rtt = A sonda { $n } levou { $wire } na placa de rede; o programa mediu { $application }.
