# O resultado como página para navegadores.

page-skip = Ir direto ao resultado
page-footer = Gravado pelo medidor. Esta página contém tudo o que mostra; não carrega nada da rede. Os tempos contam a partir da primeira mensagem.
page-lost-where = Onde se perderam:
page-begun = Início: { $time }
page-more-flows = Aqui aparecem { $shown } de { $all } conversas; --json contém todas.
page-no-warnings = Nenhum aviso

page-point = Ponto
page-witness = visto por
page-messages = mensagens

page-ladder = Caminho de cada mensagem
page-ladder-how = Uma linha para cada mensagem, do programa do cliente ao do servidor e de volta. A distância entre as linhas é sempre a mesma, não importa o tempo entre elas.
page-ladder-about = Uma linha para cada mensagem: vai do cliente ao servidor e volta, e termina em um X onde a mensagem se perdeu. A tabela abaixo diz o mesmo em palavras.
page-ladder-part = Desenhadas { $shown } de { $all } mensagens: as que tiveram algum problema.
page-legend-seen = vista ali (um quadro de uma captura ou uma linha de um diário)
page-legend-lost = perdida neste trecho
page-legend-somewhere = em algum ponto do trecho tracejado: os arquivos não mostram onde
page-lane-client-app = programa do cliente
page-lane-client-wire = placa do cliente
page-lane-server-wire = placa do servidor
page-lane-server-app = programa do servidor
page-lane-one-wire = placa (um só computador)
page-lane-network = rede
page-somewhere = em algum ponto aqui
page-rung = Mensagem { $n }: { $what }
page-lost-at = perdida: { $place }
page-lost-between = perdida: em algum ponto entre { $first } e { $last }
page-lost-of = perdida, em um de { $count } lugares
page-lost-somewhere = perdida, em um destes: { $places }
page-zoom = Tamanho do desenho
page-zoom-in = maior
page-zoom-out = menor
page-zoom-all = tudo de uma vez
page-zoom-own = tamanho normal

page-table = Todas as mensagens
page-table-part = Esta tabela contém { $shown } de { $all } mensagens, primeiro as que tiveram algum problema; --csv grava todas.
page-search = Procurar (um número ou qualquer texto)
page-outcome = Resultado
page-outcome-all = todos
page-shown = { $shown } de { $all } linhas
page-number = Nº
page-left = Enviada em
page-rtt = RTT
page-evidence = Evidência
page-conversation = A conversa completa no Wireshark:
page-copy = copiar
page-copied = copiado
page-copy-label =
    { $n ->
        [none] Copiar o filtro de exibição para { $file }
       *[other] Copiar o filtro de exibição da mensagem { $n } em { $file }
    }

page-frame = { $file }, quadro { $frame }
page-by-others = mostrado por pacotes posteriores
page-last-seen = Vista por último: { $point } ({ $where }).
page-missing =
    Falta dali em diante: { $point }{ $file ->
        [none] .
       *[other] {" "}({ $file }: { $sure }).
    }
page-whole = sem lacunas
page-gaps = com lacunas, mas nenhuma por volta desse momento
page-assumed = supostamente em atividade nesse momento, sem prova
page-gap = Em { $file }, ela estaria entre o quadro { $low_frame } (mensagem { $low }) e o quadro { $high_frame } (mensagem { $high }).
page-sure-whole = Grau de certeza: certo, se os arquivos são autênticos. Foi vista antes deste trecho, e os arquivos depois dele não têm lacunas.
page-sure-gaps = Grau de certeza: certo para aquele momento, se os arquivos são autênticos. O arquivo em que ela falta tem lacunas, mas nenhuma por volta desse momento.
page-sure-assumed = Grau de certeza: provável. Supõe-se que o arquivo em que ela falta cobre aquele momento; nada prova isso.
page-sure-told = Grau de certeza: o mesmo do aviso que relatou a perda.
page-sure-stretch =
    Grau de certeza: é certo que se perdeu, mas não onde. { $count ->
        [one] É possível { $count } lugar
       *[other] São possíveis { $count } lugares
    }, porque nada foi registrado entre eles.
page-sure-nowhere = Grau de certeza: não dá para saber onde. Nenhum arquivo a mostra no caminho.
page-sure-late-wire = Grau de certeza: só a captura viu a resposta chegar, e ali ela chegou atrasada.
page-sure-inconclusive = Grau de certeza: nenhum. Nenhum arquivo prova que a resposta chegou, e nenhum prova que não chegou.
page-duplicates =
    { $count ->
        [one] Foi vista { $count } cópia a mais dela ou da resposta.
       *[other] Foram vistas { $count } cópias a mais dela ou da resposta.
    }
page-altered = O texto dela, ou o da resposta, foi alterado no caminho.

page-loss = Perda ao longo do tempo
page-loss-how = Cada barra é um intervalo de { $width }: o que chegou fica acima da linha; o resto, abaixo. Cada metade tem sua própria escala.
page-legend-came = chegou (acima da linha)
page-legend-lost-late = perdida ou atrasada (abaixo da linha)
page-legend-open = não enviada, ou não dá para saber (abaixo da linha)
page-loss-bin = A partir de { $from } s: { $came ->
    [1] { $came } chegou
   *[other] { $came } chegaram
 }, { $lost ->
    [1] { $lost } perdida ou atrasada
   *[other] { $lost } perdidas ou atrasadas
 }, { $open ->
    [1] { $open } não enviada ou desconhecida
   *[other] { $open } não enviadas ou desconhecidas
 }
page-chart-about = Desenhado com timeline e distribution do documento do resultado (--json); as tabelas desta página os resumem.
page-seconds = segundos desde a primeira mensagem

page-rtts = Tempo de ida e volta ao longo do tempo
page-rtts-how = Os pontos são médias, as linhas vão do menor ao maior valor do mesmo intervalo; ▲ marca valores acima da escala. Os quatro gráficos são medidos em quatro lugares e têm a mesma escala.
page-rtt-bin =
    { $count ->
        [one] { $count } amostra: { $mean }
       *[other] { $count } amostras: de { $min } a { $max }, média { $mean }
    }
page-spread = Distribuição do tempo de ida e volta
page-spread-how = Cada barra conta as mensagens com esse tempo de ida e volta, em passos de { $width }; a última também contém todas as mais longas.
page-spread-sums = mediana { $median }, p95 { $p95 }, máximo { $max }
page-spread-bin = de { $from } a { $to }: { $count }
page-spread-last = { $from } e mais: { $count }

# O que se anota nos pacotes de uma captura.

comment-frame = Mensagem { $n }: { $fate }
comment-copy = Mensagem { $n } (cópia a mais): { $fate }

# Transferências.

page-comparison = Transferências lado a lado
page-transfer =
    { $whole } de { $count ->
        [1] { $count } receptor
       *[other] { $count } receptores
    } com o arquivo completo ({ $mode }){ $unknown ->
        [0] {""}
        [1] ; { $unknown } desconhecido
       *[other] ; { $unknown } desconhecidos
    }
page-transfer-file =
    Arquivo: { $name ->
        [none] —
       *[other] { $name }
    }, { $size ->
        [none] tamanho desconhecido
        [one] { $size } byte
       *[other] { $size } bytes
    }
page-transfer-part = { $shown } de { $all } receptores aparecem um a um; a tabela contém todos.
page-receiver = Receptor { $number }
page-blocks = blocos
page-blocks-sent = enviados pelo programa
page-blocks-out = na placa de rede do remetente
page-blocks-in = na placa de rede do receptor
page-blocks-read = lidos pelo programa
page-blocks-lost =
    { $count ->
        [one] { $count } bloco perdido
       *[other] { $count } blocos perdidos
    }: { $place }
page-blocks-somewhere =
    { $count ->
        [one] { $count } bloco perdido
       *[other] { $count } blocos perdidos
    } em um destes lugares, sem como saber em qual: { $places }
page-map = Perdas ao longo do arquivo
page-map-how =
    { $blocks ->
        [one] Cada barra é um bloco do arquivo que se perdeu.
       *[other] Cada barra representa { $blocks } blocos do arquivo, a última talvez menos; a altura mostra quantos deles se perderam.
    }
page-map-cell =
    A partir do bloco { $first }, { $blocks ->
        [1] { $blocks } bloco
       *[other] { $blocks } blocos
    }: { $lost ->
        [1] { $lost } perdido
       *[other] { $lost } perdidos
    }
page-course = Taxa ao longo do tempo
page-course-received = O que chegou ao receptor, em passos de { $width }.
page-course-sent = O que saiu do remetente, em passos de { $width }.
page-course-cell = Após { $from }: { $rate }
page-witness-sender =
    { $kind ->
        [capture] Captura do remetente
       *[journal] Diário do remetente
    }: { $file } ({ $whole })
page-witness-receiver =
    { $kind ->
        [capture] Captura
       *[journal] Diário
    } do receptor{ $number ->
        [none] {""}
       *[other] {" "}{ $number }
    }: { $file } ({ $whole })

# Chats.

page-chat-connection = Conexão
page-chat-bytes-client = bytes do cliente
page-chat-bytes-server = bytes do servidor
page-chat-again-client = retransmitidos pelo cliente
page-chat-again-server = retransmitidos pelo servidor
page-chat-copy = Copiar o filtro de exibição de: { $what }
page-chat-kind = Tipo
page-chat-message = mensagem
page-chat-control = para o servidor
page-chat-notice = aviso
page-chat-from = De
page-chat-text = Texto
page-chat-way-in = Até o servidor
page-chat-taken = confirmadas
page-chat-capture = captura
page-chat-journal = diário
