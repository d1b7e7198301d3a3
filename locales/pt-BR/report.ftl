# O resultado de uma medição, para pessoas.

figures-more = { $numbers } e mais { $more }

## O veredicto

verdict-loss =
    Taxa de perda: { $ratio } ({ $lost } de { $of ->
        [one] { $of } mensagem
       *[other] { $of } mensagens
    }; intervalo de 95%: { $low } a { $high })
verdict-loss-range =
    Taxa de perda: de { $ratio } a { $most } ({ $lost } a { $worst } de { $of ->
        [one] { $of } mensagem
       *[other] { $of } mensagens
    }; intervalo de 95%: { $low } a { $high })
verdict-loss-at-least =
    Taxa de perda: pelo menos { $ratio } ({ $lost } ou mais de { $of ->
        [one] { $of } mensagem
       *[other] { $of } mensagens
    }; intervalo de 95%: { $low } a { $high })
verdict-nothing-to-count = Taxa de perda: — (não se sabe o que aconteceu com nenhuma mensagem enviada)
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
        [1] { $requests } mensagem vista
       *[other] { $requests } mensagens vistas
    }, { $delivered ->
        [0] nenhuma com resposta.
       *[other] { $delivered } com resposta.
    }
verdict-by-capture =
    Contado pela captura, porque não há diário do cliente. Sem ele não se sabe o prazo, e uma resposta atrasada conta
    como entregue.
verdict-late =
    Sem resposta { $patience ->
        [none] no prazo
       *[other] no prazo de { $patience }
    }: { $late ->
        [1] { $late } resposta chegou atrasada
       *[other] { $late } respostas chegaram atrasadas
    } e { $lost ->
        [0] nenhuma ficou faltando.
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
        [one] { $count } mensagem não foi enviada porque o sistema a recusou; ela não entra na taxa.
       *[other] { $count } mensagens não foram enviadas porque o sistema as recusou; elas não entram na taxa.
    }
verdict-inconclusive =
    { $count ->
        [one] Não dá para saber se a resposta de { $count } mensagem chegou.
       *[other] Não dá para saber se as respostas de { $count } mensagens chegaram.
    }
verdict-same-host = Cliente e servidor estão no mesmo computador: nenhuma mensagem passou por uma rede.
verdict-answered =
    Respondidas: { $answered } de { $received ->
        [1] { $received } mensagem que chegou
       *[other] { $received } mensagens que chegaram
    } ao servidor
verdict-lost-at-server =
    { $lost ->
        [one] { $lost } mensagem se perdeu no computador ou no programa do servidor.
       *[other] { $lost } mensagens se perderam no computador ou no programa do servidor.
    }
verdict-no-gaps = Não falta nenhum número entre a primeira e a última mensagem.
verdict-gaps =
    { $count ->
        [one] Falta { $count } número: { $numbers }. Ou a mensagem se perdeu no caminho, ou o cliente não a enviou.
       *[other] Faltam { $count } números: { $numbers }. Ou essas mensagens se perderam no caminho, ou o cliente não as
        enviou.
    }
verdict-server-alone =
    Só com os arquivos do servidor não dá para saber se as respostas chegaram: para a taxa de perda, inclua o diário ou a
    captura do cliente.

## Quem falou com quem

flow-heading = Conversa { $id } de { $of }
flow-ends = Quem falou com quem
flow-client = Cliente: { $client }
flow-client-behind-nat = Cliente: { $client }, visto pelo servidor como { $seen }
flow-client-seen = Cliente, visto pelo servidor: { $client }
flow-server = Servidor: { $server }
flow-patience = Prazo para cada resposta: { $patience }
flow-epoch = A numeração recomeçou: esta é a { $epoch }ª execução deste cliente.

## O caminho

path-heading = Caminho das mensagens
path-point = mensagens diferentes em cada ponto
path-application = programa
path-wire = captura
path-arrows = →: do cliente ao servidor; ←: a resposta, de volta.
path-dash = —: este ponto não foi observado, ou o que passou ali não tem número.
path-same-host = No mesmo computador, um só quadro conta nos dois pontos da captura em cada sentido.
path-loss-forward = Perda na rede, na ida: { $ratio } ({ $lost } de { $of }; intervalo de 95%: { $low } a { $high })
path-loss-forward-range =
    Perda na rede, na ida: de { $ratio } a { $most } ({ $lost } a { $worst } de { $of }; intervalo de 95%: { $low } a
    { $high })
path-loss-return = Perda na rede, na volta: { $ratio } ({ $lost } de { $of }; intervalo de 95%: { $low } a { $high })
path-loss-return-range =
    Perda na rede, na volta: de { $ratio } a { $most } ({ $lost } a { $worst } de { $of }; intervalo de 95%: { $low } a
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
    Na rede: { $network }; em computadores e programas: { $hosts }; sem como distinguir: { $either }.
losses-one =
    { $place }: { $count ->
        [one] mensagem { $numbers }
       *[other] { $count } mensagens ({ $numbers })
    }
losses-several =
    { $count ->
        [one] Mensagem { $numbers }
       *[other] { $count } mensagens ({ $numbers })
    } em um destes trechos, sem como saber em qual: { $place }
losses-nowhere =
    { $count ->
        [one] Mensagem { $numbers }
       *[other] { $count } mensagens ({ $numbers })
    }: sem como saber onde
losses-reason = Motivo: { $reason }.
losses-reason-of = Motivo, nas mensagens { $numbers }: { $reason }.
losses-in-a-row = Maior sequência de perdas: { $length } mensagens seguidas, a partir da mensagem { $first }.

segment-client-host-out = saída do computador do cliente
segment-network-forward = rede na ida
segment-server-host-in = entrada do computador do servidor
segment-server-app = programa do servidor
segment-server-host-out = saída do computador do servidor
segment-network-return = rede na volta
segment-client-host-in = entrada do computador do cliente

meaning-client-host-out = O programa enviou, mas ela não apareceu na placa de rede do cliente.
meaning-network-forward = Saiu pela placa do cliente e não chegou à do servidor.
meaning-server-host-in = Chegou à placa do servidor, mas o programa não a leu.
meaning-server-app = O programa do servidor a leu, mas não enviou a resposta.
meaning-server-host-out = O servidor respondeu, mas a resposta não apareceu na placa dele.
meaning-network-return = A resposta saiu pela placa do servidor e não chegou à do cliente.
meaning-client-host-in = A resposta chegou à placa do cliente, mas o programa não a leu.

advice-client-host-out = envie mais devagar; confira os filtros de saída e se o roteador responde (ARP).
advice-network-forward = suspeite de Wi-Fi ou congestionamento: repita por cabo.
advice-network-forward-all = confira o redirecionamento de porta no roteador do servidor, o endereço público e o CGNAT.
advice-server-host-in = confira o firewall do servidor e se ele escuta nesta porta; se o buffer estava cheio, envie mais devagar.
advice-server-app = leia o motivo; se não houver, examine o programa do servidor.
advice-server-host-out = envie mais devagar; confira os filtros de saída do computador do servidor.
advice-network-return = suspeite de Wi-Fi ou congestionamento: repita por cabo.
advice-network-return-all = com respostas a um endereço fixo, confira a regra no roteador do cliente; senão, o firewall dele.
advice-client-host-in = confira o firewall do cliente; se o buffer estava cheio, envie mais devagar.

evidence-heading = Evidências de cada mensagem perdida
evidence-message = Mensagem { $n }
evidence-more = E mais { $count }, na página e no arquivo CSV.

reason-error-forbidden = o sistema proibiu o envio ({ $error }: em geral, é um firewall de saída)
reason-error-dropped = o sistema aceitou a mensagem e depois a descartou, em uma fila cheia ou em um filtro de saída ({ $error })
reason-error-full = a fila de envio do sistema estava cheia ({ $error })
reason-error-no-route = o sistema não tinha rota até o destino ({ $error })
reason-error-refused = o destino recusou a mensagem ({ $error })
reason-error-too-large = a mensagem é grande demais para o caminho ({ $error })
reason-error-other = erro do sistema: { $error }
reason-port-unreachable = porta inalcançável, segundo { $from }: nenhum programa escuta nela, ou um firewall a bloqueia
reason-icmp = erro ICMP enviado por { $from } (tipo { $type }, código { $code })
reason-from-self = este computador
reason-simulated-drop = perda simulada: o servidor descartou de propósito
reason-rate-limit = o servidor limita as respostas a cada cliente
reason-closing = o servidor estava encerrando
reason-bad-checksum = a soma de verificação (checksum) chegou errada
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
unclear-heading = Sem conclusão
unclear-numbers =
    { $count ->
        [one] Não dá para saber se a resposta de { $count } mensagem chegou: { $numbers }
       *[other] Não dá para saber se as respostas de { $count } mensagens chegaram: { $numbers }
    }
unclear-too-soon =
    { $count ->
        [one] A captura termina { $time } depois da mensagem { $numbers }: cedo demais para saber.
       *[other] A captura termina no máximo { $time } depois das mensagens { $numbers }: cedo demais para saber.
    }

odd-heading = Outras observações
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
        [one] Sem número: { $count } mensagem recebida
       *[other] Sem número: { $count } mensagens recebidas
    }
odd-never-sent =
    { $count ->
        [one] Resposta a um número que nunca foi enviado: { $count }
       *[other] Respostas a números que nunca foram enviados: { $count }
    }
odd-other-source =
    { $count ->
        [one] Resposta de outro endereço que não o do servidor: { $count }
       *[other] Respostas de outro endereço que não o do servidor: { $count }
    }

## Atrasos

delay-heading = Tempo de ida e volta (RTT), em { $unit }
delay-heading-server = Tempo no servidor, em { $unit }
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
    programa: do send() ao recv(); sistema: entre os carimbos de tempo do sistema operacional; captura: entre os quadros
    na placa do cliente; só a rede: a captura menos o tempo no servidor.
delay-dash = —: não foi medido.
delay-jitter = Jitter (RFC 3550) da ida e volta: { $jitter }
delay-heading-one-way = Atraso em cada sentido, em { $unit }
delay-forward = ida
delay-return = volta
delay-legend-one-way = ±: incerteza, porque os relógios dos dois computadores não marcam a mesma hora.
delay-variation-forward = Variação do atraso na ida (RFC 3393): mediana { $median }, p95 { $p95 }, máximo { $max }
delay-variation-return = Variação do atraso na volta (RFC 3393): mediana { $median }, p95 { $p95 }, máximo { $max }
delay-clock-offset = Relógio do servidor menos o do cliente: entre { $low } e { $high }

conduct-heading = Desempenho do próprio medidor
conduct-behind = Atraso no envio: mediana { $median }, máximo { $max }
conduct-in-send = Tempo dentro de send(): mediana { $median }, máximo { $max }

## As testemunhas

witness-heading = Evidências usadas
witness-line = { $name }: { $file } ({ $whole })
witness-client-journal = diário do cliente
witness-client-capture = captura do cliente
witness-server-capture = captura do servidor
witness-server-journal = diário do servidor
witness-whole = sem lacunas
witness-not-whole = com lacunas
witness-assumed = supostamente sem lacunas, mas sem prova disso
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
    }; descartados: não dá para saber (só o fim de um diário mostra).
witness-interface-dropped =
    { $count ->
        [one] { $count } pacote perdido pela própria placa de rede.
       *[other] { $count } pacotes perdidos pela própria placa de rede.
    }
witness-damaged = Arquivo danificado a partir do byte { $count }.
witness-failure = A captura parou antes do fim da medição: { $reason }
witness-ended-done = Terminou normalmente.
witness-ended-duration = Terminou depois da duração pedida.
witness-ended-interrupted = Terminou a pedido (Ctrl-C ou SIGTERM).
witness-ended-nowhere = Não tem fim: o programa foi morto ou o arquivo foi cortado.
witness-records-lost =
    { $count ->
        [one] { $count } linha perdida.
       *[other] { $count } linhas perdidas.
    }
witness-socket-drops =
    { $count ->
        [0] Nenhuma mensagem descartada no socket.
        [one] { $count } mensagem descartada no socket.
       *[other] { $count } mensagens descartadas no socket.
    }
witness-no-capture =
    Não houve captura, e por isso não dá para saber o que aconteceu entre os programas. Com --capture dos dois lados, o
    medidor diz onde cada mensagem se perdeu.

outcome-delivered = respondida
outcome-late = atrasada
outcome-not-sent = não enviada
outcome-lost = perdida
outcome-answered = respondida pelo servidor
outcome-inconclusive = sem conclusão

## Avisos

warnings-heading =
    { $count ->
        [one] Aviso
       *[other] Avisos ({ $count })
    }
warnings-advice = O que fazer: { $advice }

warning-capture-dropped =
    { $count ->
        [one] A captura { $file } descartou { $count } pacote (buffer cheio).
       *[other] A captura { $file } descartou { $count } pacotes (buffer cheio).
    } Nesses momentos, uma mensagem que falta na captura não prova nada.
advice-capture-dropped = repita com uma taxa menor, guarde menos de cada pacote (--snaplen 128) ou dê à captura um buffer maior (tcpdump e dumpcap: -B).
warning-interface-dropped =
    { $count ->
        [one] A placa de rede perdeu { $count } pacote antes que a captura { $file } o visse.
       *[other] A placa de rede perdeu { $count } pacotes antes que a captura { $file } os visse.
    }
advice-interface-dropped = repita com uma taxa menor e com menos carga no computador.
warning-capture-failed = A captura { $file } parou antes do fim da medição: { $reason }
advice-capture-failed = veja se há espaço em disco e se a interface continuou ligada, e repita.
warning-capture-damaged =
    O arquivo { $file } está danificado ({ $flaw ->
        [breaks_off] interrompe-se: { $found_bytes } dos { $wanted_bytes } bytes do último registro
        [malformed] registro malformado
       *[other] { $reason }
    }); { $offset_bytes ->
        [none] foi usado o que vem antes.
       *[other] foi usado o que vem antes do byte { $offset_bytes }.
    }
advice-capture-damaged = copie de novo o arquivo original, ou repita a captura e encerre com Ctrl-C.
warning-capture-assumed =
    Nenhum diário acompanha a captura { $file }: supõe-se que ela esteve ativa do primeiro ao último quadro desta
    conversa.
advice-capture-assumed = analise a captura junto com o diário da mesma medição, ou capture com --capture.
warning-filter-blind =
    O filtro da captura { $role ->
        [client] do cliente
       *[other] do servidor
    } não deixa passar { $direction ->
        [forward] as mensagens do cliente ao servidor
       *[other] as respostas do servidor ao cliente
    }: se elas não aparecem, isso não prova nada.
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
    } Perto deles, uma mensagem que falta na captura não prova nada.
advice-super-packets = desligue isso antes de capturar: ethtool -K INTERFACE gro off gso off rx-gro-list off rx-udp-gro-forwarding off; e não envie com UDP_SEGMENT.
warning-illegible-packets =
    { $count ->
        [one] A captura { $file } cortou { $count } pacote antes do número.
       *[other] A captura { $file } cortou { $count } pacotes antes do número.
    } Perto deles, uma mensagem que falta na captura não prova nada.
advice-illegible-packets = capture com um snaplen maior (tcpdump -s 0).
warning-unread-packets =
    { $count ->
        [one] A captura { $file } contém { $count } pacote de um tipo de enlace que o medidor não lê.
       *[other] A captura { $file } contém { $count } pacotes de tipos de enlace que o medidor não lê.
    } Perto deles, uma mensagem que falta na captura não prova nada.
advice-unread-packets = capture só na interface da medição, em Ethernet ou em "any".
warning-incomplete-fragments =
    { $count ->
        [one] A captura { $file } tem só parte dos fragmentos de { $count } datagrama.
       *[other] A captura { $file } tem só parte dos fragmentos de { $count } datagramas.
    } Não dá para saber se chegaram inteiros e, perto deles, uma mensagem que falta na captura não prova nada.
advice-incomplete-fragments = deixe o filtro de captura aceitar também os demais fragmentos: só o primeiro tem as portas, e "udp port 5005" exclui os outros.
warning-unidentified-texts =
    { $count ->
        [one] A captura { $file } contém { $count } texto que o número dele não identifica.
       *[other] A captura { $file } contém { $count } textos que os números deles não identificam.
    } Esta captura não é usada para essa conversa.
advice-unidentified-texts = numere as mensagens em algarismos decimais, em ordem crescente: 1, 2, 3.
warning-unused-file = { $file } não foi usado: { $reason ->
        [given_twice] o mesmo arquivo ou os mesmos pacotes já estão entre os outros.
        [empty] está vazio.
        [compressed] esse tipo de compressão não é aceito.
        [other_run] não pertence a nenhuma das capturas.
        [other_protocol] é um diário de outro tipo de medição.
        [unreadable] não pode ser lido.
       *[other] não é captura nem diário.
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
       *[other] {" "}e não pode ser lido a partir da linha { $line }
    }: não dá para saber o que veio depois.
advice-journal-broken = encerre o programa com Ctrl-C em vez de matá-lo, e copie o arquivo inteiro.
warning-journal-gap =
    { $count ->
        [one] O diário { $file } perdeu { $count } linha (disco lento demais).
       *[other] O diário { $file } perdeu { $count } linhas (disco lento demais).
    }
advice-journal-gap = grave em um disco mais rápido, ou envie com uma taxa menor.
warning-contradiction =
    { $wire ->
        [true] A captura
       *[other] O diário
    } { $role ->
        [client] do cliente
       *[other] do servidor
    } não registrou { $count ->
        [one] { $count } mensagem que com certeza passou
       *[other] { $count } mensagens que com certeza passaram
    } por ali; por isso, uma mensagem que falta ali não prova mais nada.
advice-contradiction = confira se os arquivos são da mesma medição e se a captura era da interface certa.
warning-clock-step =
    { $seconds ->
        [none] Um dos relógios foi acertado durante a medição: os carimbos de tempo dos dois lados não combinam.
       *[other] O relógio do computador que gravou { $file } foi acertado em { $seconds } s durante a medição.
    }
advice-clock-step = sincronize os relógios antes de medir; os atrasos em cada sentido não são confiáveis.
warning-clocks-apart =
    O relógio do servidor menos o do cliente dá { $seconds } s: os arquivos podem ser de medições diferentes.
advice-clocks-apart = confira se os arquivos são da mesma medição, e acerte os relógios.
warning-flow-tie =
    Vários fluxos do servidor podem ser deste cliente: { $flows }. O resultado diz só o que vale para todos eles.
advice-flow-tie = mais evidências os distinguem: os diários dos dois lados, ou capturas com os cabeçalhos IP; ou escolha
    um com --flow e o número dele.
warning-other-run =
    Nenhum fluxo do servidor é deste cliente: { $fact }. O resultado usa só os arquivos do cliente.
advice-other-run = indique os arquivos do servidor da mesma execução.
warning-member-tie =
    Não dá para saber de qual participante são os arquivos de { $member }: { $members }. Eles ficam de fora, e o resultado
    usa só os do servidor.
advice-member-tie = os diários dos dois lados, ou capturas do chat inteiro, mostram de quem são.
warning-member-missing =
    Nenhum participante nos arquivos do servidor corresponde a { $member }: os textos dele são analisados sem os arquivos
    do servidor.
advice-member-missing = confira se os arquivos são do mesmo chat.
warning-perhaps-other-run =
    O fluxo { $flows } do servidor pode ser deste cliente, mas nada prova isso. O resultado usa só os arquivos do cliente.
advice-perhaps-other-run = se você sabe que é, escolha-o com --flow e o número dele; os diários dos dois lados provariam
    isso.
candidates-other-run = Os arquivos do servidor não são desta execução: { $fact }.
candidates-heading = Qual dos fluxos do servidor é deste cliente
candidates-possible = O fluxo { $number } ({ $client }) é possível.
candidates-possible-losses = O fluxo { $number } ({ $client }) é possível. As perdas seriam: { $losses }.
candidates-missing = O fluxo certo pode não estar nestes arquivos.
candidates-agreed = O resultado diz só o que vale em todos os casos.
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
        [clock_steps] os tempos só combinam se um relógio foi acertado ao menos duas vezes durante a execução
        [same_wire] as duas capturas são do mesmo ponto da rede
        [taken] está provado que é de outro cliente
        [other_proven] está provado que outro fluxo é o deste cliente
        [no_assignment] cada um dos outros clientes precisa de um fluxo, e não sobra nenhum para este
        [not_chosen] outro foi escolhido
       *[other] não combina
    }
warning-other-flows =
    { $count ->
        [one] Os arquivos do servidor contêm mais { $count } conversa, de outro cliente ou de outra execução.
       *[other] Os arquivos do servidor contêm mais { $count } conversas, de outros clientes ou de outras execuções.
    }
advice-other-flows = nada, se outros também usaram o servidor; para escolher outra conversa, use --flow.
warning-side-assumed =
    { $file } não mostra nenhum roteador entre os dois computadores, e nada nele diz qual dos dois o capturou. Ele é lido
    como captura do cliente.
advice-side-assumed = se for do servidor, analise com --server { $file }.
warning-application-only =
    Não há captura, e só com os dados dos programas não dá para saber em que computador, ou se na rede, uma mensagem se
    perdeu.
advice-application-only = rode com --capture ARQUIVO.
warning-same-host =
    Cliente e servidor estão no mesmo computador: não há rede entre eles, e nenhuma perda é atribuída à rede.
advice-same-host = para medir uma rede, rode o servidor em outro computador.
warning-nobody-listening =
    { $server ->
        [none] Nenhum programa escuta na porta do servidor, ou um firewall a bloqueia
       *[other] Nenhum programa escuta em { $server }, ou um firewall bloqueia a porta
    }: { $count ->
        [one] { $count } mensagem foi recusada.
       *[other] { $count } mensagens foram recusadas.
    }
advice-nobody-listening =
    inicie o servidor antes do cliente, e confira a porta, o redirecionamento de porta no roteador e o firewall.
warning-nothing-passed =
    { $direction ->
        [forward] Nenhuma das { $count } mensagens que saíram do cliente chegou à placa de rede do servidor.
        [return] Nenhuma das { $count } respostas que saíram do servidor chegou à placa de rede do cliente.
        [unseen] Estes arquivos não mostram resposta a nenhuma das { $count } mensagens: nenhuma voltou, ou a captura não deixou entrar as respostas.
       *[other] Nenhuma das { $count } mensagens foi respondida, e estes arquivos não mostram até onde elas chegaram.
    }
advice-nothing-passed =
    { $direction ->
        [return] confira se o roteador do cliente deixa entrar as respostas: se o servidor responde a um endereço fixo (--reply-to), o roteador precisa de uma regra de redirecionamento para essa porta UDP.
        [unseen] confira se o filtro da captura aceita os dois sentidos (udp port 5005, e não udp dst port 5005). Se aceita, confira, nesta ordem: se o servidor está rodando; o endereço digitado no cliente; o redirecionamento da porta UDP no roteador do servidor; o firewall do servidor.
       *[other] confira, nesta ordem: se o servidor está rodando; o endereço digitado no cliente; o redirecionamento da porta UDP no roteador do servidor, para o endereço interno certo; um segundo NAT antes dele (CGNAT); o firewall do servidor. A captura do servidor mostraria onde elas param.
    }
warning-one-network =
    { $way ->
        [unchanged] O servidor vê o cliente com o endereço local dele, { $address }: não há NAT entre os dois; portanto, estão na mesma rede, ou um túnel liga as redes deles.
       *[returned] O servidor vê o cliente com o endereço { $address }, o mesmo para o qual o cliente envia: os dois estão atrás do mesmo roteador, ou há um intermediário entre eles.
    }
advice-one-network = para medir entre duas casas, ligue um dos computadores à Internet por outra linha.
warning-socket-drops =
    { $count ->
        [one] O sistema descartou { $count } mensagem no socket do programa (diário { $file }).
       *[other] O sistema descartou { $count } mensagens no socket do programa (diário { $file }).
    }
advice-socket-drops = o programa não leu a tempo, o buffer dele era pequeno demais para uma rajada ou chegaram pacotes corrompidos: envie com uma taxa menor ou permita buffers maiores (como root: sysctl -w net.core.rmem_max=8388608).
warning-other-source =
    { $count ->
        [one] { $count } resposta veio de outro endereço que não o do servidor: { $sources }.
       *[other] { $count } respostas vieram de outros endereços que não o do servidor: { $sources }.
    }
advice-other-source = confira o endereço do servidor; um servidor com vários endereços pode responder por outro.
warning-unnumbered-replies =
    { $count ->
        [one] { $count } texto sem número voltou do servidor: não dá para saber a qual mensagem ele responde.
       *[other] { $count } textos sem número voltaram do servidor: não dá para saber a quais mensagens eles respondem.
    }
advice-unnumbered-replies = faça o servidor responder com o número da mensagem (o do medidor faz isso com --reply ack).
warning-replies-at-server =
    { $count ->
        [one] { $count } resposta (ACK) chegou a um servidor, e um servidor não responde a respostas.
       *[other] { $count } respostas (ACK) chegaram a um servidor, e um servidor não responde a respostas.
    }
advice-replies-at-server = confira se não há dois servidores enviando um para o outro.
warning-simulated-drop =
    { $count ->
        [one] O servidor descartou { $count } mensagem de propósito, como foi pedido.
       *[other] O servidor descartou { $count } mensagens de propósito, como foi pedido.
    }
advice-simulated-drop = rode o servidor sem perda simulada para medir a rede de verdade.
warning-rate-limited =
    { $count ->
        [one] O servidor deixou { $count } mensagem sem resposta por causa do limite por cliente.
       *[other] O servidor deixou { $count } mensagens sem resposta por causa do limite por cliente.
    }
advice-rate-limited = envie com uma taxa menor.
warning-fragments =
    { $count ->
        [one] A captura { $file } contém { $count } fragmento: há mensagens maiores do que o caminho permite.
       *[other] A captura { $file } contém { $count } fragmentos: há mensagens maiores do que o caminho permite.
    }
advice-fragments = use mensagens menores: se um fragmento se perde, a mensagem inteira se perde.
warning-foreign-packets =
    { $count ->
        [one] A captura { $file } contém { $count } pacote que não é desta medição.
       *[other] A captura { $file } contém { $count } pacotes que não são desta medição.
    }
advice-foreign-packets = capture com um filtro que só deixe passar a porta da medição.

score-heading =
    Comparação com o que o simulador fez: { $right } de { $judged ->
        [1] { $judged } veredito certo
       *[other] { $judged } vereditos certos
    }; { $exact ->
        [1] { $exact } aponta
       *[other] { $exact } apontam
    } um só lugar
score-wrong =
    { $wrong ->
        [1] { $wrong } errado
       *[other] { $wrong } errados
    }, { $undecided } sem conclusão.
score-mistake = Mensagem { $n }: na verdade: { $truth }; veredito: { $found }
score-passed = não se perdeu na rede
witness-not-kept = não gravado em arquivo
ping-counts =
    { $sent ->
        [1] { $sent } enviada
       *[other] { $sent } enviadas
    }, { $received ->
        [1] { $received } recebida
       *[other] { $received } recebidas
    }
ping-loss = Perda: { $ratio } ({ $lost } de { $of } sem resposta; intervalo de 95%: { $low } a { $high })
ping-loss-range = Perda: { $ratio } a { $most } ({ $lost } a { $worst } de { $of } sem resposta; intervalo de 95%: { $low } a { $high })
ping-loss-at-least = Perda: pelo menos { $ratio } ({ $lost } ou mais de { $of } sem resposta; intervalo de 95%: { $low } a { $high })
ping-late-count =
    { $count ->
        [one] { $count } resposta chegou depois do prazo de { $timeout }{"\u00A0"}s: atrasada, não perdida.
       *[other] { $count } respostas chegaram depois do prazo de { $timeout }{"\u00A0"}s: atrasadas, não perdidas.
    }
ping-ambiguous-count =
    { $count ->
        [one] { $count } resposta não tem número e chegou quando mais de uma sonda esperava resposta: não dá para saber de qual é, nem quanto tempo levou.
       *[other] { $count } respostas não têm número e chegaram quando mais de uma sonda esperava resposta: não dá para saber de quais são, nem quanto tempo levaram.
    }
ping-rtt = RTT mínimo/médio/máximo/desvio padrão: { $min }/{ $mean }/{ $max }/{ $stddev }{"\u00A0"}s
ping-no-rtt = RTT: — (nenhuma resposta de uma sonda conhecida)
ping-rtt-error = O programa acrescenta { $application } ao RTT medido na placa (mediana){ $kernel ->
        [none] {""}
       *[other] ; o sistema acrescenta { $kernel }
    }
ping-wire-heading = O que a captura mostra das sondas que passaram do prazo
ping-wire-nothing = { $numbers }: nenhuma resposta na placa de rede
ping-wire-unknown = { $numbers }: a captura não mostra se a resposta chegou
ping-wire-late = { $n }: a resposta estava na placa de rede aos { $wire }{"\u00A0"}s, e o programa tinha desistido aos { $timeout }{"\u00A0"}s
ping-wire-slow = { $n }: a resposta estava na placa de rede aos { $wire }{"\u00A0"}s, { $read ->
        [none] mas o programa a leu tarde demais
       *[other] mas o programa a leu aos { $read }{"\u00A0"}s
    }, depois do prazo de { $timeout }{"\u00A0"}s
ping-wire-unread = { $n }: a resposta estava na placa de rede aos { $wire }{"\u00A0"}s, mas o programa não a leu (tinha desistido aos { $timeout }{"\u00A0"}s)
ping-wire-more =
    { $count ->
        [one] mais { $count } resposta estava na placa de rede: { $numbers }
       *[other] mais { $count } respostas estavam na placa de rede: { $numbers }
    }
plot-title = Tempo de ida e volta: • no prazo, ○ atrasada, × sem resposta
transfer-column-number = nº
transfer-column-success = completo
transfer-column-client-port = p. clie.
transfer-column-server-port = p. serv.
transfer-column-received = recebidos
transfer-column-sent = enviados
transfer-column-time = tempo
transfer-column-rate = taxa
transfer-yes = sim
transfer-no = não
transfer-log-begun = início
transfer-log-file = arquivo
transfer-log-size = tamanho
transfer-log-mode = modo
transfer-log-clients = receptores
transfer-log-peer = outro lado
transfer-ended = Receptor { $number }: terminou antes da hora: { $why }
transfer-unsent = Receptor { $number }: blocos que o sistema se recusou a enviar: { $count }
transfer-lost = Receptor { $number }: de { $sent } blocos, { $count ->
        [1] { $count } não chegou
       *[other] { $count } não chegaram
    } ({ $ratio })
transfer-wires = Receptor { $number }: blocos diferentes na placa de rede do remetente: { $out }; destes, na placa de rede do receptor: { $came }
transfer-lost-range = Receptor { $number }: de { $least } a { $most } de { $sent } blocos não chegaram: não dá para distinguir blocos de conteúdo igual das cópias que a rede fez
transfer-lost-replaced = Receptor { $number }: não falta nada, o arquivo está completo. Dos { $sent } blocos, até { $most } têm o mesmo conteúdo de outros: não dá para saber se a rede perdeu alguns deles e copiou outros tantos
transfer-shares = { "    " }Perdidos na rede: { $network }; no computador do receptor: { $receiver }, destes no buffer do socket (contador de descartes): { $socket }; no computador do remetente: { $sender }; sem saber onde: { $unknown }
transfer-unknown = { "    " }Sem saber onde: { $count } em um destes: { $parts }
transfer-part-sender-host = o computador do remetente
transfer-part-network = a rede
transfer-part-receiver-host = o computador do receptor
transfer-points = { "    " }Blocos enviados pelo programa: { $sent }, na placa de rede do remetente: { $out }, na placa de rede do receptor: { $in }, lidos pelo programa: { $read }
transfer-do-buffer = { "    " }No receptor: sudo sysctl -w net.core.rmem_max={ $bytes }, depois medidor receber --buffer { $bytes }
transfer-do-rate = { "    " }No remetente: --rate { $rate }
transfer-do-reliable = { "    " }Se nenhum bloco pode faltar: --mode quic ou --mode tcp, que retransmitem o que a rede perde
transfer-do-sender-host = { "    " }No remetente: veja as regras OUTPUT do firewall e se há filas cheias (tc -s qdisc)
transfer-do-receiver-host = { "    " }No receptor: veja as regras INPUT do firewall e se há somas de verificação erradas (nstat UdpInCsumErrors)
transfer-do-capture-sender = { "    " }Para saber mais: --capture no remetente, depois medidor analisar com os arquivos dos dois lados
transfer-do-capture-receiver = { "    " }Para saber mais: --capture no receptor, depois medidor analisar com os arquivos dos dois lados
transfer-map = { "    " }Perdas ao longo do arquivo (blocos por barra: { $blocks }; barra mais alta: { $most } perdidos):
    { "    " }{ $map }
transfer-course = Receptor { $number }: taxa ao longo do tempo (cada barra { $time }, a mais alta { $most } MB/s):
    { "    " }{ $course }
transfer-transport = Receptor { $number }: datagramas QUIC enviados: { $sent }, recebidos: { $received }; pacotes retransmitidos: { $lost }; reduções da taxa: { $slowed }; tempo de ida e volta: { $rtt }
transfer-wire-sender = Receptor { $number }: na placa de rede do remetente, pacotes com dados: { $packets }, bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , retransmitidos: { $repeated }
    }
transfer-wire-receiver = Receptor { $number }: na placa de rede do receptor, pacotes com dados: { $packets }, bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , recebidos de novo: { $repeated }
    }
transfer-socket-drops = Descartados no socket deste receptor (buffer cheio ou soma de verificação errada): { $count }
    { "    " }use um buffer maior (--buffer, sysctl net.core.rmem_max)
transfer-missing = { "    " }trechos de blocos que faltam: { $count } ({ $ranges })
transfer-saved = Arquivo: { $file }
transfer-partial = Incompleto: { $file }
transfer-trouble-disk-full = disco cheio
transfer-trouble-file = o arquivo não pôde ser lido ou escrito
transfer-trouble-too-large = o arquivo é maior que --max-size
transfer-trouble-bad-name = o nome do arquivo não é válido
transfer-trouble-other-mode = o receptor não aceita este modo
transfer-trouble-interrupted = interrompido
transfer-trouble-refused = nenhum programa escuta na porta do receptor
transfer-trouble-connection = a conexão caiu
transfer-trouble-silence = nada chegou por tempo demais
transfer-trouble-dialect = o outro lado enviou algo inesperado
transfer-trouble-absent = não se conectou
transfer-run = { $mode }, { $size } bytes, { $clients ->
    [one] { $clients } receptor
   *[other] { $clients } receptores
    }
chat-report-title = Chat por { $transport }: { $members ->
    [one] { $members } participante
   *[other] { $members } participantes
 }, { $messages ->
    [one] { $messages } mensagem
   *[other] { $messages } mensagens
 }
chat-report-killed = O diário do servidor é interrompido: o programa foi morto, ou o computador parou.
chat-report-connections = Conexões em { $file }
chat-report-connection = Conexão { $id }: { $client } com { $server }, { $time }
chat-report-handshake = Handshake de três vias em { $time }: SYN (quadro { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-half-handshake = O handshake de três vias está incompleto: SYN (quadro { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-no-handshake = O handshake de três vias não está na captura, que começou depois.
chat-report-from-client = Do cliente: { $messages ->
    [1] { $messages } mensagem
   *[other] { $messages } mensagens
 }, { $bytes ->
    [1] { $bytes } byte
   *[other] { $bytes } bytes
 } em { $segments ->
    [1] { $segments } segmento
   *[other] { $segments } segmentos
 }, { $retransmissions ->
    [0] nenhum retransmitido.
    [one] { $retransmissions } retransmitido.
   *[other] { $retransmissions } retransmitidos.
 }
chat-report-from-server = Do servidor: { $bytes ->
    [1] { $bytes } byte
   *[other] { $bytes } bytes
 } em { $segments ->
    [1] { $segments } segmento
   *[other] { $segments } segmentos
 }, { $retransmissions ->
    [0] nenhum retransmitido.
    [one] { $retransmissions } retransmitido.
   *[other] { $retransmissions } retransmitidos.
 }
chat-report-late = { $count ->
    [one] { $count } chegou depois de outro mais novo: retransmitido ou fora de ordem.
   *[other] { $count } chegaram depois de outros mais novos: retransmitidos ou fora de ordem.
 }
chat-report-missing = { $count ->
    [one] Falta { $count } byte na captura.
   *[other] Faltam { $count } bytes na captura.
 }
chat-report-close-fin = Fechada normalmente: primeiro { $by } (FIN, quadro { $fin }), depois { $other } (FIN, quadro { $otherfin }).
chat-report-close-half = Fechada em um só sentido: { $by } (FIN, quadro { $fin }); do outro lado, nada até o fim da captura.
chat-report-close-rst = Interrompida: { $by } enviou RST (quadro { $rst }).
chat-report-close-rst-after = Interrompida: depois do FIN de { $after } (quadro { $afterfin }), { $by } enviou RST (quadro { $rst }).
chat-report-close-refused = Recusada: nenhum programa escutava na porta (RST, quadro { $rst }).
chat-report-close-unanswered = Não chegou a abrir: o SYN ficou sem resposta.
chat-report-close-one-sided = A captura mostra um só sentido, e por isso não mostra como a conexão terminou.
chat-report-close-silence = A captura não mostra mais nada vindo de: { $by }; o outro lado retransmitiu sem sucesso até o fim.
chat-report-close-open = Ainda aberta no fim da captura.
chat-report-the-client = o cliente
chat-report-the-server = o servidor
chat-report-datagrams = Datagramas
chat-report-inward = Ao servidor: { $datagrams ->
    [1] { $datagrams } enviado
   *[other] { $datagrams } enviados
 }, { $delivered ->
    [1] { $delivered } chegou
   *[other] { $delivered } chegaram
 }, { $lost ->
    [1] { $lost } perdido
   *[other] { $lost } perdidos
 }, { $notsent ->
    [1] { $notsent } recusado
   *[other] { $notsent } recusados
 } pelo sistema, { $left ->
    [1] { $left } só visto sair
   *[other] { $left } só vistos sair
 }, { $inconclusive ->
    [1] { $inconclusive } incerto
   *[other] { $inconclusive } incertos
 }, { $duplicates ->
    [1] { $duplicates } duplicado
   *[other] { $duplicates } duplicados
 }
chat-report-outward = Aos participantes: { $datagrams ->
    [1] { $datagrams } enviado
   *[other] { $datagrams } enviados
 }, { $delivered ->
    [1] { $delivered } chegou
   *[other] { $delivered } chegaram
 }, { $lost ->
    [1] { $lost } perdido
   *[other] { $lost } perdidos
 }, { $notsent ->
    [1] { $notsent } recusado
   *[other] { $notsent } recusados
 } pelo sistema, { $left ->
    [1] { $left } só visto sair
   *[other] { $left } só vistos sair
 }, { $inconclusive ->
    [1] { $inconclusive } incerto
   *[other] { $inconclusive } incertos
 }, { $duplicates ->
    [1] { $duplicates } duplicado
   *[other] { $duplicates } duplicados
 }
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
chat-report-withheld = Não repassada: mensagens demais ao mesmo tempo.
chat-report-way-in = A caminho do servidor: { $outcome }{ $place }
chat-report-copies = Cópias: { $to }; { $delivered ->
    [1] { $delivered } chegou
   *[other] { $delivered } chegaram
 }, { $left ->
    [1] { $left } só vista sair
   *[other] { $left } só vistas sair
 }, { $lost ->
    [1] { $lost } perdida
   *[other] { $lost } perdidas
 }, { $notsent ->
    [1] { $notsent } não enviada
   *[other] { $notsent } não enviadas
 }, { $inconclusive ->
    [1] { $inconclusive } incerta
   *[other] { $inconclusive } incertas
 }
chat-report-copies-tcp = Cópias: { $to }; { $delivered ->
    [1] { $delivered } confirmada
   *[other] { $delivered } confirmadas
 } pelo outro computador, { $left ->
    [1] { $left } enviada
   *[other] { $left } enviadas
 } sem confirmação visível, { $notsent ->
    [1] { $notsent } não enviada
   *[other] { $notsent } não enviadas
 }
chat-report-copy = Cópia para { $who }: { $outcome }{ $place }
chat-report-alike = (há outras com o mesmo texto: é certo quantas se perderam, mas não quais)
chat-report-no-problem = { $count ->
    [one] Mais uma, sem problema visível; --details a mostra.
   *[other] Mais { $count }, sem problema visível; --details as mostra.
 }
chat-report-more = E mais { $count }.
chat-outcome-delivered = chegou
chat-outcome-lost = perdida
chat-outcome-not-sent = não enviada
chat-outcome-left = só vista sair
chat-outcome-inconclusive = incerta
chat-segment-member-host-out = saída do computador do participante
chat-segment-network-in = rede até o servidor
chat-segment-server-host-in = entrada do computador do servidor
chat-segment-server-app = programa do servidor
chat-segment-server-host-out = saída do computador do servidor
chat-segment-network-out = rede até o participante
chat-segment-member-host-in = entrada do computador do participante
chat-segment-undetermined = um de vários trechos
evidence-until = Estes pacotes vão até { $until }; uma resposta que chegue depois não está entre eles.
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
    [one] A resposta à sonda { $numbers } chegou tarde demais: o atraso foi neste computador, que é também o do servidor.
   *[other] As respostas às sondas { $numbers } chegaram tarde demais: o atraso foi neste computador, que é também o do servidor.
 }
evidence-other-source = { $count ->
    [one] A sonda { $numbers } saiu e até { $until } não chegou resposta de { $peer }; mas à porta dela chegou um datagrama de { $reason }.
   *[other] As sondas { $numbers } saíram e até { $until } não chegou resposta de { $peer }; mas às portas delas chegaram datagramas de { $reason }.
 }
evidence-lost-beyond = { $count ->
    [one] A sonda { $numbers } saiu pela placa de rede e nenhuma resposta de { $peer } chegou até { $until }: a perda ou o atraso foi na rede ou do outro lado.
   *[other] As sondas { $numbers } saíram pela placa de rede e nenhuma resposta de { $peer } chegou até { $until }: a perda ou o atraso foi na rede ou do outro lado.
 }
evidence-lost-on-host = { $count ->
    [one] A sonda { $numbers } saiu e nenhuma resposta de { $peer } chegou até { $until }: a perda ou o atraso foi neste computador, que é também o do servidor.
   *[other] As sondas { $numbers } saíram e nenhuma resposta de { $peer } chegou até { $until }: a perda ou o atraso foi neste computador, que é também o do servidor.
 }
evidence-refused = { $count ->
    [one] A sonda { $numbers } foi recusada com um erro ICMP: { $reason }.
   *[other] As sondas { $numbers } foram recusadas com erros ICMP: { $reason }.
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
