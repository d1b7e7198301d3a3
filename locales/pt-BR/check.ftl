check-summary =
    { $path }: { $met ->
        [1] { $met } ponto cumprido
       *[other] { $met } pontos cumpridos
    }, { $not ->
        [1] { $not } não cumprido
       *[other] { $not } não cumpridos
    }, { $open } que não dá para saber
check-met = cumprido
check-not-met = NÃO CUMPRIDO
check-cannot-be-told = não dá para saber
check-details-hint = --details mostra o motivo e as evidências de cada ponto.
check-judged = Avaliadas: { $files }
check-nothing = { $path }: nada para conferir (há: { $files })
check-page-title = Conferência de { $count } entregas
check-evidence = Veja { $evidence }.
check-frames =
    { $count ->
        [one] quadro { $frames }
       *[other] quadros { $frames }
    }
check-submission = entrega
check-legend = ✓ cumprido, ✗ não cumprido, ? não dá para saber
check-not-met-heading = O que não foi cumprido
check-shared-heading = Capturas que várias entregas têm em comum
check-shared-file = O mesmo arquivo: { $files }
check-shared-packets = Os mesmos pacotes em arquivos diferentes: { $files }
check-unused = { $file } não foi usado: há outro arquivo do mesmo tipo, ou nada diz de que lado ele é.

check-point-captures = Uma captura de cada lado
check-point-same-run = As duas capturas são da mesma execução
check-point-two-homes = Duas casas diferentes
check-point-packets = Só pacotes deste programa
check-point-from-first = Captura desde a primeira mensagem
check-point-numbering = Numeradas a partir de 1, sem falhas
check-point-count = Trinta mensagens
check-point-pauses = 10 s de pausa a cada 10 mensagens
check-point-final-wait = 10 s de espera no fim
check-point-acks = Um ACK com o número certo para cada mensagem recebida
check-point-loss-rate = A taxa de mensagens perdidas
check-point-names = Os nomes do grupo

check-reason-both-captures = Há uma do lado do cliente e uma do lado do servidor.
check-reason-no-server-capture = Há uma do lado do cliente e nenhuma do lado do servidor.
check-reason-no-client-capture = Há uma do lado do servidor e nenhuma do lado do cliente.
check-reason-no-capture = Não há captura.
check-reason-no-capture-file = Falta uma captura. { $file } pode ser uma lista dos pacotes em outro formato, que não prova nada aqui.
check-reason-no-messages = Os arquivos para este ponto não têm mensagens numeradas.
check-reason-one-side = Só há arquivos de um lado.
check-reason-same-capture = As duas capturas entregues são a mesma: os pacotes têm os mesmos carimbos de tempo, ou carimbos que diferem por uma constante.
check-reason-several-runs = Os arquivos do servidor contêm várias execuções, e mais de uma combina com a do cliente.
check-reason-nothing-shared = Nenhuma mensagem está nas duas.
check-reason-fits-badly = As duas mostram mensagens com os mesmos números, mas muitas estão em só uma delas.
check-reason-does-not-fit = As mensagens do servidor não podem ser as do cliente: números, ordem ou tempos se contradizem.
check-reason-clocks-agree = As duas mostram as mesmas mensagens na mesma hora: os carimbos de tempo diferem em { $apart_ns }.
check-reason-identified = Os próprios pacotes mostram que as duas são da mesma execução; os carimbos de tempo diferem em { $apart_ns }.
check-reason-clock-set = Um relógio foi acertado durante a execução, e por isso os carimbos de tempo não provam nada.
check-reason-clocks-set = As mensagens só combinam se os relógios foram acertados várias vezes durante a execução: ou foram, ou são duas execuções.
check-reason-coarse-stamps = Os carimbos de tempo são imprecisos demais para mostrar isso.
check-reason-contradictions = Os carimbos de tempo diferem em { $apart_ns }, e mensagens que, segundo uma captura, passaram pelo outro computador não estão na captura dele: { $numbers }.
check-reason-contradicted = Os carimbos de tempo diferem em { $apart_ns }, e mensagens que, segundo uma captura, passaram pelo outro computador não estão na captura dele: { $numbers }. Ou essa captura as perdeu, ou são duas execuções.
check-reason-clocks-apart = As mensagens combinam, mas os carimbos de tempo diferem em { $apart_ns }: ou um relógio estava errado nessa medida, ou são duas execuções.
check-reason-one-host = As duas pontas estão no mesmo computador: { $client } e { $server }.
check-reason-one-network = As duas pontas são vizinhas na mesma rede, { $client } e { $server }, sem roteador nem tradução de endereços (NAT) entre elas: uma só casa, ou duas na mesma rede privada virtual.
check-reason-addresses-unknown = Só com as capturas dos dois lados dá para saber os endereços de cada ponta.
check-reason-not-one-run = Não está provado que as duas capturas são da mesma execução; por isso não dá para comparar os endereços.
check-reason-one-public-address = O cliente, { $client }, chega ao servidor com o mesmo endereço para o qual envia, { $server }: os dois podem estar atrás do mesmo roteador, ou pode haver um intermediário entre eles.
check-reason-client-translated = Há tradução de endereços (NAT) entre eles: o cliente é { $client } em casa, e o servidor o vê como { $seen }.
check-reason-server-translated = Há tradução de endereços (NAT) entre eles: o servidor é { $server } em casa, e o cliente envia para { $called }.
check-reason-different-networks = As duas pontas estão em redes diferentes: { $client } e { $server }.
check-reason-no-translation = Não há sinal de tradução de endereços (NAT) nem de redes públicas diferentes entre { $client } e { $server }.
check-reason-foreign-packets =
    { $count ->
        [one] { $count } de { $packets } pacotes é de outro programa.
       *[other] { $count } de { $packets } pacotes são de outros programas.
    }
check-reason-unread-packets = Alguns pacotes estão tão cortados, ou têm um tipo de enlace tal, que não dá para saber o que são.
check-reason-only-ours = Os { $packets } pacotes são todos desta troca.
check-reason-first-there = A primeira mensagem está aí: a de número { $first }.
check-reason-late-start = { $file } começa com a mensagem { $first }, e antes dela passaram por esse computador as mensagens { $numbers }.
check-reason-awake-before = { $file } começa com a mensagem { $first }; a captura já estava ativa antes, e não havia mais nada para ver.
check-reason-first-missing = { $file } começa com a mensagem { $first }: as anteriores se perderam, ou a captura começou tarde.
check-reason-without-holes = Mensagens 1 a { $last }.
check-reason-from-zero = A primeira mensagem tem o número 0.
check-reason-from-zero-perhaps = Há uma mensagem de número 0; não dá para saber se é a primeira ou uma saudação.
check-reason-starts-later = A primeira mensagem que o cliente enviou tem o número { $first }.
check-reason-holes = O cliente enviou mensagens até a { $last }, mas nenhuma com estes números: { $numbers }.
check-reason-start-unseen = O menor número visto é { $first }; não dá para saber se o cliente enviou outras mensagens antes.
check-reason-holes-unproven = Estes números não foram vistos: { $numbers }. Sem o diário do cliente, não dá para saber se foram pulados ou se perderam no próprio computador dele.
check-reason-more =
    { $count ->
        [1] { $count } mensagem diferente
       *[other] { $count } mensagens diferentes
    }; o enunciado pede { $asked }.
check-reason-more-perhaps = Foram vistos { $count } números diferentes, e o enunciado pede { $asked } mensagens; alguns podem ser de outros textos, ou ter sido alterados no caminho.
check-reason-as-many =
    { $count ->
        [1] { $count } mensagem diferente.
       *[other] { $count } mensagens diferentes.
    }
check-reason-fewer =
    { $count ->
        [1] { $count } mensagem diferente
       *[other] { $count } mensagens diferentes
    }; o enunciado pede { $asked }.
check-reason-fewer-seen =
    { $count ->
        [1] Foi vista { $count } mensagem diferente
       *[other] Foram vistas { $count } mensagens diferentes
    } das { $asked } pedidas; não dá para saber se houve mais.
check-reason-too-few = Nenhuma mensagem foi vista depois da décima.
check-reason-long-enough =
    { $count ->
        [one] A pausa dura { $pause_ns }.
       *[other] A mais curta de { $count } pausas dura { $pause_ns }.
    }
check-reason-short-pause = Da mensagem { $before } à mensagem { $after } passaram só { $pause_ns }.
check-reason-edges-unseen = Nem todas as mensagens dos dois lados da pausa foram vistas; da { $before } à { $after } passaram { $pause_ns }.
check-reason-one-clock = Da mensagem { $before } à mensagem { $after } passaram { $pause_ns } por um só relógio, que pode ter sido acertado durante a pausa.
check-reason-end-unseen = A pausa mais curta vista dura { $pause_ns }; o fim da execução não foi visto.
check-reason-seen-by-the-server = No servidor, da mensagem { $before } à mensagem { $after } passaram { $pause_ns }; a pausa do cliente só é conhecida com margem de alguns segundos.
check-reason-no-client-journal = Só o diário do cliente mostra quando ele parou de esperar; uma captura não mostra.
check-reason-waited = O cliente esperou { $waited_ns } depois da última mensagem.
check-reason-left-early = O cliente terminou { $waited_ns } depois da última mensagem.
check-reason-journal-broken = O diário é interrompido antes do fim.
check-reason-wrong-number = Algumas respostas têm o número de uma mensagem que não tinha sido enviada, e outras mensagens ficaram sem resposta: ACK { $numbers }.
check-reason-altered-perhaps = No cliente, algumas respostas não combinam com as mensagens: { $numbers }. Podem ter sido alteradas no caminho.
check-reason-not-an-ack = O servidor devolve a própria mensagem em vez de um ACK: { $numbers }.
check-reason-no-word-ack = As respostas têm o número, mas não a palavra ACK: { $numbers }.
check-reason-no-numbers = As respostas do servidor não têm número.
check-reason-other-words = As respostas têm o número, mas não começam com ACK: { $numbers }. É preciso ler o que dizem.
check-reason-withheld = O diário do servidor diz que ele deixou algumas mensagens sem resposta de propósito: { $numbers }.
check-reason-all-answered =
    { $of ->
        [1] { $of } mensagem recebida, e ela foi respondida com o seu número.
       *[other] { $of } mensagens recebidas, e cada uma foi respondida com o seu número.
    }
check-reason-answers-refused =
    { $of ->
        [1] { $of } mensagem recebida, e ela foi respondida com o seu número;
       *[other] { $of } mensagens recebidas, e cada uma foi respondida com o seu número;
    } o sistema recusou o envio da resposta a: { $numbers }.
check-reason-unanswered = O servidor recebeu estas mensagens e não as respondeu: { $numbers }.
check-reason-unanswered-perhaps = Nenhuma resposta a estas mensagens foi vista: { $numbers }. Não dá para saber se o programa do servidor as recebeu.
check-reason-no-client = Só o lado do cliente mostra quais respostas chegaram.
check-reason-rate-known =
    { $ratio }: { $lost } de { $of ->
        [1] { $of } mensagem
       *[other] { $of } mensagens
    } sem resposta.
check-reason-rate-at-least = Pelo menos { $least_ratio }: respostas sem número foram contadas, e uma resposta duplicada pela rede esconde uma perda.
check-reason-rate-between = Entre { $least_ratio } e { $most_ratio }: de algumas mensagens não dá para saber se foram respondidas.
check-reason-wire-rate-known =
    { $ratio } pela captura do cliente: sem resposta a { $lost } de { $of ->
        [1] { $of } mensagem
       *[other] { $of } mensagens
    }. Só o diário do cliente mostraria o que o programa recebeu.
check-reason-wire-rate-between = Entre { $least_ratio } e { $most_ratio } pela captura do cliente: de algumas mensagens não dá para saber se foram respondidas. Só o diário do cliente mostraria o que o programa recebeu.
check-reason-names-there =
    { $count ->
        [one] { $count } nome.
       *[other] { $count } nomes.
    }
check-reason-names-empty = O arquivo está aí, mas não tem nenhum nome.
check-reason-names-unread = O arquivo está aí, mas nenhuma linha tem um nome; pode haver nomes nos comentários, ou é uma tabela ou um documento.
check-reason-no-names = Não há arquivo com os nomes (nomes.txt).
check-reason-no-names-given = Não havia arquivo com os nomes (nomes.txt) entre os arquivos examinados.
check-reason-names-elsewhere = Não há nomes.txt; outro arquivo de texto pode conter os nomes.

error-no-folders = não há pastas com capturas, diários ou nomes.txt dentro de { $path }
error-no-submission = nenhuma captura, nenhum diário e nenhum nomes.txt em { $path }
