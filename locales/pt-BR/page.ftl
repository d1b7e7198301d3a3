# O resultado como página para navegadores.

page-skip = Ir direto ao resultado
page-footer = Escrito pelo medidor. Esta página contém tudo o que mostra; não pede nada à rede. Os tempos são contados a partir da primeira mensagem.
page-lost-where = Onde se perderam:
page-begun = Início: { $time }
page-more-flows = Aqui aparecem { $shown } de { $all } conversas; --json conta todas.
page-no-warnings = Nenhum aviso

page-point = Ponto
page-witness = visto por
page-messages = mensagens

page-ladder = O caminho de cada mensagem
page-ladder-how = Uma linha para cada mensagem, do programa do cliente ao do servidor e de volta. As linhas têm sempre a mesma distância, qualquer que seja o tempo entre elas.
page-ladder-about = Uma linha para cada mensagem: vai do cliente ao servidor e volta, e termina em uma cruz onde a mensagem se perdeu. A tabela abaixo diz o mesmo em palavras.
page-ladder-part = Desenhadas { $shown } de { $all } mensagens: as que não passaram simplesmente.
page-legend-seen = vista ali (um quadro de uma captura ou uma linha de um diário)
page-legend-lost = perdida neste trecho
page-legend-somewhere = em algum lugar do trecho tracejado: os arquivos não dizem onde
page-lane-client-app = programa do cliente
page-lane-client-wire = placa do cliente
page-lane-server-wire = placa do servidor
page-lane-server-app = programa do servidor
page-lane-one-wire = placa (um só computador)
page-lane-network = rede
page-somewhere = em algum lugar aqui
page-rung = Mensagem { $n }: { $what }
page-lost-at = perdida: { $place }
page-lost-between = perdida: em algum lugar, de { $first } a { $last }
page-lost-of = perdida, em um de { $count } lugares
page-lost-somewhere = perdida, em um destes: { $places }
page-zoom = Tamanho do desenho
page-zoom-in = maior
page-zoom-out = menor
page-zoom-all = tudo de uma vez
page-zoom-own = tamanho normal

page-table = As mensagens, uma a uma
page-table-part = Nesta tabela estão { $shown } de { $all } mensagens, primeiro as que não passaram simplesmente; --csv escreve todas.
page-search = Procurar (um número ou qualquer texto)
page-outcome = Desfecho
page-outcome-all = todos
page-shown = { $shown } de { $all } linhas
page-number = Nº
page-left = Enviada em
page-rtt = RTT
page-evidence = Evidência
page-conversation = A conversa inteira no Wireshark:
page-copy = copiar
page-copied = copiado
page-copy-label =
    { $n ->
        [none] Copiar o filtro de exibição para { $file }
       *[other] Copiar o filtro de exibição da mensagem { $n } em { $file }
    }

page-frame = { $file }, quadro { $frame }
page-by-others = mostrado pelo que veio depois
page-last-seen = Vista por último: { $point } ({ $where }).
page-missing =
    Falta dali em diante: { $point }{ $file ->
        [none] .
       *[other] {" "}({ $file }: { $sure }).
    }
page-whole = não deixou passar nada
page-gaps = tem lacunas, mas nenhuma por volta desse momento
page-assumed = supõe-se que estava acordado então, sem prova
page-gap = Em { $file }, ela estaria entre o quadro { $low_frame } (mensagem { $low }) e o quadro { $high_frame } (mensagem { $high }).
page-sure-whole = Grau de certeza: certo, se os arquivos são honestos. Foi vista antes deste trecho, e quem observava depois dele não deixou passar nada.
page-sure-gaps = Grau de certeza: certo para aquele momento, se os arquivos são honestos. Quem não a viu tem lacunas, mas nenhuma por volta desse momento.
page-sure-assumed = Grau de certeza: provável. Que quem não a viu estava observando naquele momento é uma suposição; nada o prova.
page-sure-told = Grau de certeza: o de quem relatou a perda.
page-sure-stretch =
    Grau de certeza: que se perdeu é certo; onde, não. { $count ->
        [one] Resta um lugar possível
       *[other] Restam { $count } lugares possíveis
    }, porque ninguém observava entre eles.
page-sure-nowhere = Grau de certeza: ninguém viu onde. Nenhum arquivo mostra sinal dela no caminho.
page-sure-late-wire = Grau de certeza: só a captura viu a resposta chegar, e ali ela chegou atrasada.
page-sure-inconclusive = Grau de certeza: nenhum. Nenhum arquivo prova que a resposta chegou, e nenhum prova que não chegou.
page-duplicates =
    { $count ->
        [one] Foi vista { $count } cópia a mais dela ou da resposta.
       *[other] Foram vistas { $count } cópias a mais dela ou da resposta.
    }
page-altered = O texto dela, ou o da resposta, foi alterado no caminho.

page-loss = Perda ao longo do tempo
page-loss-how = Cada barra é um trecho de { $width }: o que passou fica acima da linha, o que não passou, abaixo. Cada metade tem sua própria escala.
page-legend-came = passou (acima da linha)
page-legend-lost-late = perdida ou atrasada (abaixo da linha)
page-legend-open = não enviada, ou não se sabe (abaixo da linha)
page-loss-bin = A partir de { $from } s: { $came } passaram, { $lost } perdidas ou atrasadas, { $open } não enviadas ou desconhecidas
page-chart-about = Desenhado com os números de timeline e distribution do documento do resultado (--json); as tabelas desta página os resumem.
page-seconds = segundos desde a primeira mensagem

page-rtts = Tempo de ida e volta ao longo do tempo
page-rtts-how = Os pontos são médias, as linhas vão do menor ao maior do mesmo trecho de tempo; ▲ representa mais do que a escala mostra. Os quatro são medidos em quatro lugares, e todos têm a mesma escala.
page-rtt-bin =
    { $count ->
        [one] { $count } amostra: { $mean }
       *[other] { $count } amostras: de { $min } a { $max }, média { $mean }
    }
page-spread = Distribuição do tempo de ida e volta
page-spread-how = Cada barra conta as mensagens cuja ida e volta levou esse tempo, em passos de { $width }; a última contém também todas as mais longas.
page-spread-sums = mediana { $median }, p95 { $p95 }, máximo { $max }
page-spread-bin = de { $from } a { $to }: { $count }
page-spread-last = { $from } e mais: { $count }

# O que se anota nos pacotes de uma captura.

comment-frame = Mensagem { $n }: { $fate }
comment-copy = Mensagem { $n } (mais uma cópia): { $fate }

# Transferências.

page-comparison = Transferências lado a lado
page-transfer =
    { $whole } de { $count ->
        [one] { $count } receptor tem
       *[other] { $count } receptores têm
    } o arquivo inteiro ({ $mode }){ $unknown ->
        [0] {""}
       *[other] ; de { $unknown } não se sabe
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
page-transfer-part = { $shown } de { $all } receptores aparecem um a um; a tabela traz todos.
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
    } em um destes lugares, não se sabe qual: { $places }
page-map = Perdas ao longo do arquivo
page-map-how =
    { $blocks ->
        [one] Cada barra representa um bloco do arquivo; ela está lá onde o bloco se perdeu.
       *[other] Cada barra representa { $blocks } blocos do arquivo, a última talvez menos; a altura diz quantos deles se perderam.
    }
page-map-cell =
    A partir do bloco { $first }, { $blocks ->
        [one] { $blocks } bloco
       *[other] { $blocks } blocos
    }: { $lost } perdidos
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
page-chat-again-client = repetidos pelo cliente
page-chat-again-server = repetidos pelo servidor
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
