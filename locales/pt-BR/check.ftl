check-summary =
    { $path }: { $met ->
        [one] { $met } ponto cumprido
       *[other] { $met } pontos cumpridos
    }, { $not } não cumpridos, { $open } que não se pode dizer
check-met = cumprido
check-not-met = NÃO CUMPRIDO
check-cannot-be-told = não se pode dizer
check-details-hint = --details mostra o motivo e as evidências de cada ponto.
check-evidence = Veja { $evidence }.
check-frames =
    { $count ->
        [one] quadro { $frames }
       *[other] quadros { $frames }
    }
check-submission = entrega
check-legend = ✓ cumprido, ✗ não cumprido, ? não se pode dizer
check-not-met-heading = O que não está cumprido
check-shared-heading = Capturas que várias entregas têm em comum
check-shared-file = O mesmo arquivo: { $files }
check-shared-packets = Os mesmos pacotes em arquivos diferentes: { $files }
check-unused = { $file } não foi usado: há outro arquivo do mesmo tipo, ou ele não diz de que lado é.

check-point-captures = Uma captura de cada lado
check-point-same-run = As duas capturas são da mesma execução
check-point-two-homes = Duas residências diferentes
check-point-packets = Só pacotes desta aplicação
check-point-from-first = Captura desde a primeira mensagem
check-point-numbering = Numeradas a partir de 1, sem falhas
check-point-count = Trinta mensagens
check-point-pauses = 10 s de pausa a cada 10 mensagens
check-point-final-wait = 10 s de espera no fim
check-point-acks = Um ACK com o número certo para cada mensagem recebida
check-point-loss-rate = A taxa de mensagens perdidas
check-point-names = Os nomes do grupo

check-reason-both-captures = Estão aí a do cliente e a do servidor.
check-reason-no-server-capture = Há uma do lado do cliente e nenhuma do lado do servidor.
check-reason-no-client-capture = Há uma do lado do servidor e nenhuma do lado do cliente.
check-reason-no-capture = Não há captura.
check-reason-no-capture-file = Falta uma captura. { $file } pode ser um registro dos pacotes em outra forma, que aqui não prova nada.
check-reason-no-messages = Não se encontraram mensagens numeradas naquilo por que isto se julgaria.
check-reason-one-side = Só há arquivos de um lado.
check-reason-same-capture = O que foi entregue como duas capturas é uma só: os pacotes têm os mesmos carimbos de tempo, ou carimbos que diferem por uma constante.
check-reason-several-runs = Os arquivos do servidor contêm várias execuções, e mais de uma combina com a do cliente.
check-reason-nothing-shared = Nenhuma mensagem está nas duas.
check-reason-fits-badly = As duas mostram mensagens com os mesmos números, mas há demasiadas que só estão numa delas.
check-reason-does-not-fit = As mensagens do servidor não podem ser as do cliente: números, ordem ou tempos se contradizem.
check-reason-clocks-agree = As duas mostram as mesmas mensagens à mesma hora: os carimbos diferem em { $apart_ns }.
check-reason-identified = Os próprios pacotes mostram que as duas são da mesma execução; os carimbos diferem em { $apart_ns }.
check-reason-clock-set = Um relógio foi acertado durante a execução, e por isso os carimbos de tempo não dizem nada.
check-reason-clocks-set = As mensagens só combinam se relógios foram acertados várias vezes durante a execução: ou foram, ou são duas execuções.
check-reason-coarse-stamps = Os carimbos de tempo contam em passos longos demais para dizer algo.
check-reason-contradictions = Os carimbos estão a { $apart_ns } uns dos outros, e mensagens que uma captura mostra terem passado pelo outro computador não estão na captura dele: { $numbers }.
check-reason-contradicted = Os carimbos estão a { $apart_ns } uns dos outros, e mensagens que uma captura mostra terem passado pelo outro computador não estão na captura dele: { $numbers }. Ou ela as perdeu, ou são duas execuções.
check-reason-clocks-apart = As mensagens combinam, mas os carimbos estão a { $apart_ns } uns dos outros: ou um relógio estava errado nessa medida, ou são duas execuções.
check-reason-one-host = As duas pontas estão no mesmo computador: { $client } e { $server }.
check-reason-one-network = As duas pontas são vizinhas na mesma rede, { $client } e { $server }, sem roteador nem tradução de endereços entre elas: uma só casa, ou duas na mesma rede privada virtual.
check-reason-addresses-unknown = São precisas as capturas dos dois lados para ver que endereços tem cada ponta.
check-reason-not-one-run = Não está provado que as duas capturas são da mesma execução; por isso não se podem comparar os endereços.
check-reason-one-public-address = O cliente, { $client }, chega ao servidor vindo do próprio endereço que ele chama, { $server }: os dois podem estar atrás do mesmo roteador, ou pode haver um intermediário entre eles.
check-reason-client-translated = Há tradução de endereços entre eles: o cliente é { $client } em casa, e o servidor o vê como { $seen }.
check-reason-server-translated = Há tradução de endereços entre eles: o servidor é { $server } em casa, e o cliente o chama em { $called }.
check-reason-different-networks = As duas pontas estão em redes diferentes: { $client } e { $server }.
check-reason-no-translation = Não se vê tradução de endereços nem redes públicas diferentes entre { $client } e { $server }.
check-reason-foreign-packets =
    { $count ->
        [one] { $count } de { $packets } pacotes é de outras aplicações.
       *[other] { $count } de { $packets } pacotes são de outras aplicações.
    }
check-reason-unread-packets = Alguns pacotes estão tão cortados, ou são de um tipo de enlace tal, que ninguém pode dizer o que são.
check-reason-only-ours = Os { $packets } pacotes são todos desta troca.
check-reason-first-there = A primeira mensagem está aí: a de número { $first }.
check-reason-late-start = { $file } começa com a mensagem { $first }, e antes dela passaram por esse computador: { $numbers }.
check-reason-awake-before = { $file } começa com a mensagem { $first }; a captura já estava ativa antes, e não houve mais nada para ver.
check-reason-first-missing = { $file } começa com a mensagem { $first }: as anteriores se perderam, ou a captura começou tarde.
check-reason-without-holes = Mensagens 1 a { $last }.
check-reason-from-zero = A primeira mensagem tem o número 0.
check-reason-from-zero-perhaps = Há uma mensagem de número 0; não se vê se é a primeira ou uma saudação.
check-reason-starts-later = A primeira mensagem que o cliente enviou tem o número { $first }.
check-reason-holes = O cliente enviou mensagens até a { $last }, mas nenhuma com estes números: { $numbers }.
check-reason-start-unseen = O menor número visto é { $first }; não se vê se o cliente enviou outras antes.
check-reason-holes-unproven = Estes números não foram vistos: { $numbers }. Sem o diário do cliente, ninguém pode dizer se foram pulados ou se perderam no próprio computador dele.
check-reason-more = { $count } mensagens diferentes, e pedem-se { $asked }.
check-reason-more-perhaps = Foram vistos { $count } números diferentes, e o enunciado pede { $asked } mensagens; alguns podem ser de outros textos, ou ter sido alterados no caminho.
check-reason-as-many = { $count } mensagens diferentes.
check-reason-fewer = { $count } mensagens diferentes, e pedem-se { $asked }.
check-reason-fewer-seen = Foram vistas { $count } mensagens diferentes das { $asked } pedidas; não se vê se houve mais.
check-reason-too-few = Não se viu nenhuma mensagem depois da décima.
check-reason-long-enough =
    { $count ->
        [one] A pausa dura { $pause_ns }.
       *[other] A mais curta de { $count } pausas dura { $pause_ns }.
    }
check-reason-short-pause = Da mensagem { $before } à mensagem { $after } passaram { $pause_ns }.
check-reason-edges-unseen = As mensagens dos dois lados da pausa não foram todas vistas; da { $before } à { $after } passaram { $pause_ns }.
check-reason-one-clock = Da mensagem { $before } à mensagem { $after } passaram { $pause_ns } por um só relógio, que pode ter sido acertado nessa pausa.
check-reason-end-unseen = A pausa mais curta que se viu dura { $pause_ns }; a execução não foi vista até o fim.
check-reason-seen-by-the-server = No servidor, da mensagem { $before } à mensagem { $after } passaram { $pause_ns }; quanto o cliente pausou só se sabe com a margem de alguns segundos.
check-reason-no-client-journal = Só o diário do cliente sabe quando ele deixou de esperar; uma captura não sabe.
check-reason-waited = O cliente esperou { $waited_ns } depois da última mensagem.
check-reason-left-early = O cliente terminou { $waited_ns } depois da última mensagem.
check-reason-journal-broken = O diário se interrompe antes do fim.
check-reason-wrong-number = Há respostas com o número de uma mensagem que não tinha sido enviada, enquanto a outras falta a resposta: ACK { $numbers }.
check-reason-altered-perhaps = No cliente, algumas respostas não combinam com as mensagens: { $numbers }. Podem ter sido alteradas no caminho.
check-reason-not-an-ack = O servidor devolve a própria mensagem em vez de um ACK: { $numbers }.
check-reason-no-word-ack = As respostas trazem o número, e a palavra ACK não está nelas: { $numbers }.
check-reason-no-numbers = As respostas do servidor não trazem número.
check-reason-other-words = As respostas trazem o número, mas não começam com ACK: { $numbers }. É preciso ler o que dizem.
check-reason-withheld = O diário do servidor diz que ele reteve respostas: às mensagens { $numbers }.
check-reason-all-answered = { $of } mensagens recebidas, e cada uma foi respondida com o seu número.
check-reason-answers-refused = { $of } mensagens recebidas, e cada uma foi respondida com o seu número; o sistema recusou o envio das respostas a { $numbers }.
check-reason-unanswered = O servidor recebeu estas mensagens e não as respondeu: { $numbers }.
check-reason-unanswered-perhaps = Não se viu resposta a estas mensagens: { $numbers }. Não se vê se a aplicação do servidor as recebeu.
check-reason-no-client = Só o lado do cliente sabe que respostas chegaram.
check-reason-rate-known = { $ratio }: { $lost } de { $of } mensagens não foram respondidas.
check-reason-rate-at-least = Pelo menos { $least_ratio }: respostas sem número foram contadas, e uma que a rede duplicou esconde uma perda.
check-reason-rate-between = Entre { $least_ratio } e { $most_ratio }: de algumas mensagens ninguém pode dizer se foram respondidas.
check-reason-wire-rate-known = { $ratio } pela captura do cliente: a { $lost } de { $of } mensagens não chegou resposta. O que a aplicação recebeu, só o diário dela saberia.
check-reason-wire-rate-between = Entre { $least_ratio } e { $most_ratio } pela captura do cliente: de algumas mensagens ninguém pode dizer se foram respondidas. O que a aplicação recebeu, só o diário dela saberia.
check-reason-names-there =
    { $count ->
        [one] { $count } nome.
       *[other] { $count } nomes.
    }
check-reason-names-empty = O arquivo está aí, e não há nome nele.
check-reason-names-unread = O arquivo está lá e não tem nenhuma linha com um nome; pode haver nomes nos comentários, ou ele é uma tabela ou um documento.
check-reason-no-names = Não há arquivo com os nomes (nomes.txt).
check-reason-no-names-given = Não havia arquivo com os nomes (nomes.txt) entre os arquivos examinados.
check-reason-names-elsewhere = Não há nomes.txt; outro texto entre os arquivos pode conter os nomes.

error-no-submission = não se encontraram capturas, nem diários, nem um nomes.txt em { $path }
