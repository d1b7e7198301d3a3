# Erros: o que houve, e o que fazer.
error-line = medidor: erro: { $text }
error-no-right = sem permissão para capturar em { $device }: { $detail }
    Dê a permissão ao programa, uma vez (quem puder executá-lo poderá capturar):
    { "  " }sudo setcap cap_net_raw+ep { $program }
    ou execute com sudo; sem --capture o medidor mede só pelo programa.
error-no-such-device = não existe a interface { $device }; existem: { $available }
error-bad-filter = o filtro não compila: { $detail }
    Filtro: { $filter }
    A sintaxe é a do tcpdump (man pcap-filter).
error-capture-link = não dá para capturar em { $device }: { $detail }
    Escolha outra interface com --interface.
error-capture = não dá para capturar em { $device }: { $detail }
error-no-device = nenhuma interface para capturar foi encontrada: { $detail }
    Escolha uma com --interface: { $available }
error-write = não dá para gravar { $file }: { $detail }
    Escolha outro lugar, crie a pasta ou libere espaço.
error-not-ordinary = { $file } é uma pasta, um dispositivo ou um pipe
    O resultado é lido de volta desse arquivo, por isso ele deve ser um arquivo comum: escolha outro lugar.
error-same-file = { $file } não pode ser a captura e o diário ao mesmo tempo
error-annotate-stdout = --annotate precisa de um arquivo: - é a saída padrão, onde vai o relatório
error-stdout-taken = a saída padrão (-, ou --json) só pode receber uma forma do resultado
error-named-twice = { $file } aparece duas vezes: cada arquivo precisa de um nome próprio
error-nothing-to-annotate = --annotate precisa de uma captura
error-read = não dá para ler { $file }: { $detail }
error-not-found = o arquivo { $file } não existe
error-not-regular = { $file } é uma pasta, um pipe, um dispositivo ou um socket
    A leitura poderia não terminar nunca: salve o conteúdo em um arquivo e informe esse arquivo.
error-not-a-file = { $file } não é um arquivo: é uma pasta, um dispositivo ou um pipe
    Informe o próprio arquivo; um fluxo entra por "-": medidor analisar - < client.pcap
error-no-input = { $path } não tem captura nem diário
    Informe as próprias capturas: medidor analisar client.pcap server.pcap
error-too-many-files = { $file } tem mais de { $max } arquivos
    Informe as próprias capturas.
error-input-too-long = a entrada padrão tem mais de { $max } GiB
    Grave-a em um arquivo e informe o arquivo.
error-not-a-capture = { $file } não é uma captura: { $flaw ->
        [breaks_off] interrompe-se: { $found } de { $wanted } bytes
        [unknown_format] formato desconhecido
        [no_interface] não descreve nenhuma interface
        [malformed] registro malformado
       *[other] { $detail }
    }
    O medidor lê pcap e pcapng, gravados por medidor, tcpdump, dumpcap ou
    Wireshark.
error-empty-file = { $file } está vazio: nenhum byte foi gravado
    Repita a captura e encerre-a com Ctrl-C, ou copie o arquivo de novo.
error-compressed = { $file } está compactado
    Descompacte-o antes (unzip, xz -d, bunzip2 ...).
error-no-times = { $file }: pacotes sem carimbo de tempo: { $count }
    Sem os tempos não há veredito: grave de novo com medidor, tcpdump, dumpcap ou
    Wireshark.
error-link-type = { $file }: o tipo de enlace { $name } ({ $number }) não é aceito
    Grave de novo em Ethernet, na interface "any" ou em loopback.
error-unknown-host = não encontrei o endereço de { $host }: { $detail }
    Use o endereço IP, ou confira o nome.
error-bad-port = não é uma porta de 1 a 65535: { $port }
error-bad-address = endereço inválido: { $text }
    Exemplos: 203.0.113.2, 203.0.113.2:5005, [2001:db8::1]:5005
error-address-in-use = o endereço { $address } já está em uso
    Outro programa (talvez outro medidor) usa essa porta: encerre-o ou escolha
    outra.
error-address-not-here = o endereço { $address } não é deste computador
error-port-privileged = sem permissão para usar { $address }: { $detail }
    Escolha uma porta acima de 1023.
error-bind = não dá para usar o endereço { $address }: { $detail }
error-socket = a rede falhou: { $detail }
error-signals = não dá para receber o Ctrl-C: { $detail }
error-template-number = o texto de { $option } precisa de { "{n}" } no lugar do número: "{ $text }"
error-template-ambiguous = o número seria lido errado no texto de { $option }: "{ $text }"
    Não use algarismos antes de { "{n}" } nem logo depois; mensagens não começam com
    ACK, respostas começam.
error-no-files = falta informar os arquivos: medidor analisar client.pcap server.pcap
error-nothing-found = os arquivos não têm nenhuma mensagem numerada
    Confira se a captura é desta medição e se o filtro deixou passar a porta
    (--port).
found-no-packet = { $file }: nenhum pacote
found-no-datagram = { $file }: pacotes: { $packets }; nenhum deles UDP
found-no-number = { $file }: pacotes: { $packets }; datagramas UDP: { $datagrams }
    { "    " }(portas { $ports }); nenhum com número
found-unidentified = { $file }: pacotes: { $packets }; datagramas UDP: { $datagrams }
    { "    " }(portas { $ports }); { $unidentified ->
        [1] { $unidentified } tem um número que não o
       *[other] { $unidentified } têm um número que não os
    }
    { "    " }identifica (binário, poucos números, ou só 0 e 1)
found-numbers = { $file }: pacotes: { $packets }; datagramas UDP: { $datagrams }
    { "    " }(portas { $ports }); com número: { $numbered }, de { $first } a { $last }
error-nothing-shared = os dois lados não têm nenhuma mensagem em comum
    São da mesma execução? Analise cada um sozinho para ver o que contém.
error-capture-between =
    { $file } foi capturado entre os dois computadores: nos dois sentidos, os pacotes já tinham passado por
    roteadores. Informe capturas feitas nos próprios computadores.
error-capture-of-both-wires =
    { $file } mostra cada datagrama nos dois computadores: é a união de duas capturas. Informe as duas capturas.
error-capture-of-other-end =
    { $file } foi capturado na outra ponta: o que deveria ter vindo de longe não tinha passado por nenhum
    roteador. Informe-o para o outro lado.
error-flow-refuted = --flow { $asked } não pode ser o fluxo do cliente: { $fact }
error-no-such-flow = --flow { $asked }: fluxos do servidor: { $found }
error-cut-before-text = { $file }: { $count ->
        [one] { $count } pacote foi cortado
       *[other] { $count } pacotes foram cortados
    } antes do texto, por isso nenhuma mensagem pode ser lida
    A captura guardou poucos bytes de cada pacote (snaplen). Capture de novo com o
    medidor ou com tcpdump -s 0, ou analise só o outro arquivo.
error-whose-capture = não dá para saber se { $file } é do cliente ou do servidor
    Indique com --client { $file } ou --server { $file }.
error-two-clients = { $file }: já há um arquivo assim do cliente
    Informe um de cada lado, ou indique qual é qual com --client e --server.
error-two-servers = { $file }: já há um arquivo assim do servidor
    Informe um de cada lado, ou indique qual é qual com --client e --server.
error-is-the-clients = { $file } é do cliente, segundo o diário dele
    Tire --server: o medidor sabe de que lado ele é.
error-is-the-servers = { $file } é do servidor, segundo o diário dele
    Tire --client: o medidor sabe de que lado ele é.
error-same-capture = as duas capturas são a mesma: falta a do outro lado
    Traga o arquivo do outro computador, ou analise este sozinho.
error-too-many-captures = { $file }: uma captura a mais
    São no máximo duas, uma de cada lado; os arquivos de um buffer circular contam
    como uma.
error-rights = não foi possível abandonar os privilégios de administrador, por isso a execução para: { $detail }
error-nothing-at-server = os arquivos do servidor não têm nenhuma mensagem; mensagens nos do cliente: { $count }
    { $why ->
        [filter]
            Não dá para saber se alguma chegou ao servidor: o filtro da captura dele pode
            deixá-las de fora. Capture só com o filtro "udp port PORTA".
        [snaplen]
            Não dá para saber se alguma chegou ao servidor: a captura dele corta os pacotes
            antes do número. Capture sem --snaplen.
        [unread]
            Não dá para saber se alguma chegou ao servidor: a captura dele contém pacotes
            que o medidor não conseguiu ler ({ $amount }).
        [earlier]
            Não dá para saber se alguma chegou ao servidor: pelos dois relógios, os arquivos
            dele terminam { $amount } antes da primeira mensagem do cliente.
        [later]
            Não dá para saber se alguma chegou ao servidor: pelos dois relógios, os arquivos
            dele começam { $amount } depois da última mensagem do cliente.
       *[none]
            Se são da mesma execução, nada chegou ao servidor: confira o redirecionamento
            da porta UDP no roteador dele, o firewall e o endereço digitado no cliente. Sem
            uma mensagem em comum não dá para saber quando o servidor estava rodando, e por
            isso não se conclui mais nada.
    }
    O que o lado do cliente mostra: medidor analisar client.pcap
error-nothing-at-client = os arquivos do cliente não têm nenhuma mensagem numerada
    Confira se a captura é desta medição e se o filtro deixou passar a porta.
# Enganos na linha de comando.
mistake-unknown-argument = opção ou argumento desconhecido: { $argument }
mistake-unknown-command = comando desconhecido: { $command }
mistake-no-value = { $argument } precisa de um valor
mistake-value = { $argument } não pode ser "{ $value }"
mistake-too-many-values = { $argument } tem um valor a mais: "{ $value }"
mistake-missing = falta informar { $argument }
mistake-missing-command = falta informar o comando
mistake-twice = { $argument } só pode aparecer uma vez
mistake-conflict = { $argument } não pode ser usado junto com { $prior }
mistake-values = Valores possíveis: { $words }
mistake-examples = Exemplos: { $words }
mistake-range = Um número inteiro em { $range }
mistake-whole-number = Um número inteiro
mistake-suggestion = Você quis dizer { $words }?
mistake-help = Ajuda: { $command } --help
error-newer-journal = { $file } foi gravado por um medidor mais novo (versão { $version } do diário)
    Atualize o medidor, ou analise a captura sem este diário.
error-not-a-journal = { $file } não é um diário do medidor
    As anotações de um simulador (medidor simulador --truth) vão com --truth.
error-not-a-truth = { $file } não contém as anotações de um simulador (medidor simulador --truth)
error-template-long = o texto de { $option } tem mais de { $most } bytes
error-folder-exists = { $folder } já existe
    Nada foi mudado nela. Escolha outro nome, ou não use --output.
error-demo = a demonstração não pode continuar: { $detail }
error-demo-program = { $program } falhou ({ $status })
error-size = --size { $size } é pouco: o texto de uma sonda precisa de { $least } bytes
error-too-many-blocks = { $file }: blocos demais; escolha um --block maior
error-no-sender = nenhum remetente em { $host }: { $detail }
    Ele precisa começar primeiro: medidor enviar ARQUIVO
error-transfer-full = { $host } não aceita mais receptores: a transferência já começou, ou todos os lugares estão ocupados
error-other-dialect = { $host } não responde como um remetente do medidor desta versão
    Se for um programa sem números, use --mode classic.
error-comparison = um dos lados da transferência não começou ou não terminou
    Para saber por quê, rode você mesmo medidor enviar e medidor receber.
error-no-file-told = nenhum diário diz qual arquivo foi transferido
    Informe também os diários: X.journal.jsonl, ao lado de X.pcap.
error-other-transfer = os arquivos são de transferências diferentes
error-two-senders = { $file }: já há um arquivo assim do remetente; um remetente tem uma captura e um diário
error-thresholds = os limites devem crescer: --slow { $slow }, --very-slow { $very_slow }, --timeout { $timeout }
error-interval = o menor intervalo do monitor é { $least }
error-mail-no-server = falta informar o servidor de e-mail: --smtp HOST:PORTA
error-mail-no-recipient = com --smtp, falta informar o destinatário: --email-to
error-mail-no-from = falta informar o remetente: --email-from
error-mail-address = endereço de e-mail inválido: { $text } ({ $detail })
error-mail-cleartext = sem criptografia, o e-mail e a senha só vão para este computador, e { $host } é outro
    Use --smtp-tls starttls ou implicit; ou, se aceita o risco, --smtp-cleartext.
error-mail-certificate = o certificado de --smtp-ca não é válido: { $detail }
error-mail-no-password = sem senha para o servidor de e-mail: { $detail }
    Grave-a em um arquivo (--smtp-password-file) ou em MEDIDOR_SMTP_PASSWORD.
error-config = { $file }, linha { $line }: { $detail }
error-config-targets = o arquivo de --config não tem nenhum alvo ([[target]]), ou tem mais de { $most }
error-config-twice = dois alvos se chamam { $name }: dê nomes diferentes (name)
error-not-of-a-transfer = { $option } não se aplica a uma transferência, e estes arquivos são de uma
system-not-found = não foi encontrado
system-invalid-data = conteúdo inválido
