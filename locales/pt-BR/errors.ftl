# Erros: o que houve, e o que fazer.
error-line = medidor: erro: { $text }
error-no-right = sem direito de capturar em { $device }: { $detail }
    Dê o direito ao programa, uma vez (quem puder executá-lo poderá capturar):
    { "  " }sudo setcap cap_net_raw+ep { $program }
    ou execute com sudo; sem --capture o medidor mede só pela aplicação.
error-no-such-device = não há interface { $device }; há: { $available }
error-bad-filter = o filtro não compila: { $detail }
    Filtro: { $filter }
    A sintaxe é a do tcpdump (man pcap-filter).
error-capture-link = não sei capturar em { $device }: { $detail }
    Escolha outra interface com --interface.
error-capture = não foi possível capturar em { $device }: { $detail }
error-no-device = não achei a interface para capturar: { $detail }
    Escolha uma com --interface: { $available }
error-write = não posso gravar { $file }: { $detail }
    Escolha outro lugar, crie a pasta ou libere espaço.
error-not-ordinary = { $file } é uma pasta, um dispositivo ou um pipe
    O resultado é lido de volta desse arquivo, por isso ele deve ser um arquivo comum: escolha outro lugar.
error-same-file = { $file } não pode ser a captura e o diário ao mesmo tempo
error-stdout-taken = a saída padrão (-, ou --json) só pode receber uma forma do resultado
error-named-twice = { $file } aparece duas vezes: cada arquivo precisa de um nome próprio
error-nothing-to-annotate = --annotate precisa de uma captura
error-read = não posso ler { $file }: { $detail }
error-not-found = o arquivo { $file } não existe
error-not-regular = { $file } é uma pasta, um pipe, um dispositivo ou um socket
    A leitura poderia não terminar nunca: salve o conteúdo em um arquivo e informe esse arquivo.
error-not-a-file = { $file } não é um arquivo: é uma pasta, um dispositivo ou um pipe
    Informe o próprio arquivo; um fluxo entra por "-": medidor analisar - < client.pcap
error-no-input = { $path } não tem captura nem registro
    Informe as próprias capturas: medidor analisar client.pcap server.pcap
error-too-many-files = { $file } tem mais de { $max } arquivos
    Informe as próprias capturas.
error-input-too-long = a entrada padrão tem mais de { $max } GiB
    Grave-a em um arquivo e informe o arquivo.
error-not-a-capture = { $file } não é uma captura: { $flaw ->
        [breaks_off] interrompe-se: { $found } de { $wanted } bytes
        [unknown_format] formato desconhecido
        [no_interface] não descreve nenhuma interface
        [malformed] um registro fora do formato
       *[other] { $detail }
    }
    O medidor lê pcap e pcapng, gravados por medidor, tcpdump, dumpcap ou
    Wireshark.
error-empty-file = { $file } está vazio: nenhum byte foi gravado
    Repita a captura e encerre-a com Ctrl-C, ou copie o arquivo de novo.
error-compressed = { $file } está comprimido
    Descomprima-o antes (unzip, xz -d, bunzip2 ...).
error-no-times = { $file }: pacotes sem carimbo de tempo: { $count }
    Sem as horas não há veredicto: grave de novo com medidor, tcpdump, dumpcap ou
    Wireshark.
error-link-type = { $file }: o tipo de enlace { $name } ({ $number }) não é suportado
    Grave de novo em Ethernet, na interface "any" ou em loopback.
error-unknown-host = não conheço { $host }: { $detail }
    Use o endereço IP, ou confira o nome.
error-bad-port = não é uma porta de 1 a 65535: { $port }
error-bad-address = endereço mal escrito: { $text }
    Exemplos: 203.0.113.2, 203.0.113.2:5005, [2001:db8::1]:5005
error-address-in-use = o endereço { $address } já está em uso
    Outro programa (talvez outro medidor) usa essa porta: encerre-o ou escolha
    outra.
error-address-not-here = o endereço { $address } não é deste computador
error-port-privileged = sem direito de usar { $address }: { $detail }
    Escolha uma porta acima de 1023.
error-bind = não posso usar o endereço { $address }: { $detail }
error-socket = a rede falhou: { $detail }
error-signals = não posso receber o Ctrl-C: { $detail }
error-template-number = o texto de { $option } precisa de { "{n}" } no lugar do número: "{ $text }"
error-template-ambiguous = o texto de { $option } não seria lido de volta como o seu número: "{ $text }"
    Nada de algarismos antes de { "{n}" } nem logo depois; mensagens não começam com
    ACK, respostas começam.
error-no-files = faltam os arquivos: medidor analisar client.pcap server.pcap
error-nothing-found = os arquivos não têm nenhuma mensagem numerada
    Confira se a captura é desta medição e se o filtro deixou passar a porta
    (--port).
found-no-packet = { $file }: nenhum pacote
found-no-datagram = { $file }: pacotes: { $packets }; nenhum deles UDP
found-no-number = { $file }: pacotes: { $packets }; datagramas UDP: { $datagrams }
    { "    " }(portas { $ports }); nenhum com número
found-unidentified = { $file }: pacotes: { $packets }; datagramas UDP: { $datagrams }
    { "    " }(portas { $ports }); { $unidentified } têm um número que não os
    { "    " }distingue (binário, poucos números, ou só 0 e 1)
found-numbers = { $file }: pacotes: { $packets }; datagramas UDP: { $datagrams }
    { "    " }(portas { $ports }); com número: { $numbered }, de { $first } a { $last }
error-nothing-shared = os dois lados não têm nenhuma mensagem em comum
    São da mesma execução? Analise cada um sozinho para ver o que contém.
error-capture-between =
    { $file } foi capturado entre os dois computadores: o que mostra de cada sentido já tinha passado por
    roteadores. Indique capturas feitas nos próprios computadores.
error-capture-of-both-wires =
    { $file } mostra cada datagrama nos dois computadores: é a união de duas capturas. Indique as duas capturas.
error-capture-of-other-end =
    { $file } foi capturado na outra ponta: o que deveria ter vindo de longe não tinha passado por nenhum
    roteador. Indique-o para o outro lado.
error-flow-refuted = --flow { $asked } não pode ser o fluxo do cliente: { $fact }
error-no-such-flow = --flow { $asked }: o servidor tem { $found } fluxos
error-cut-before-text = { $file }: { $count ->
        [one] { $count } pacote foi cortado
       *[other] { $count } pacotes foram cortados
    } antes do texto, por isso nenhuma mensagem pode ser lida
    A captura guardou poucos bytes de cada pacote (snaplen). Capture de novo com o
    medidor ou com tcpdump -s 0, ou analise só o outro arquivo.
error-whose-capture = não dá para saber se { $file } é do cliente ou do servidor
    Diga com --client { $file } ou --server { $file }.
error-two-clients = { $file }: já há um arquivo assim do cliente
    Analise um lado de cada, ou diga quem é quem com --client e --server.
error-two-servers = { $file }: já há um arquivo assim do servidor
    Analise um lado de cada, ou diga quem é quem com --client e --server.
error-is-the-clients = { $file } é do cliente, diz o diário dele
    Tire --server: o medidor sabe de quem é.
error-is-the-servers = { $file } é do servidor, diz o diário dele
    Tire --client: o medidor sabe de quem é.
error-same-capture = as duas capturas são uma só: falta a do outro lado
    Traga o arquivo do outro computador, ou analise este sozinho.
error-too-many-captures = { $file }: uma captura a mais
    São no máximo duas, uma de cada lado; os arquivos de um anel contam como uma.
error-rights = não consegui abrir mão dos direitos de administrador, então não continuo: { $detail }
error-nothing-at-server = os arquivos do servidor não têm nenhuma mensagem; os do cliente têm { $count }
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
            uma mensagem em comum não se sabe quando o servidor estava acordado, e por isso
            nada mais se conclui.
    }
    O que o lado do cliente mostra: medidor analisar client.pcap
error-nothing-at-client = os arquivos do cliente não têm nenhuma mensagem numerada
    Confira se a captura é desta medição e se o filtro deixou passar a porta.
# Enganos na linha de comando.
mistake-unknown-argument = opção ou argumento desconhecido: { $argument }
mistake-unknown-command = comando desconhecido: { $command }
mistake-no-value = { $argument } precisa de um valor
mistake-value = { $argument } não pode ser "{ $value }"
mistake-too-many-values = um valor a mais para { $argument }: "{ $value }"
mistake-missing = falta: { $argument }
mistake-missing-command = falta o comando
mistake-twice = { $argument } só pode ser dado uma vez
mistake-conflict = { $argument } não combina com { $prior }
mistake-values = Valores possíveis: { $words }
mistake-examples = Exemplos: { $words }
mistake-range = Um número inteiro em { $range }
mistake-whole-number = Um número inteiro
mistake-suggestion = Talvez: { $words }
mistake-help = Ajuda: { $command } --help
error-newer-journal = { $file } foi gravado por um medidor mais novo (versão { $version } do registro)
    Atualize o medidor, ou analise a captura sem este registro.
error-not-a-journal = { $file } não é um diário do medidor
    O registro de um simulador (medidor simulador --truth) vai com --truth.
error-not-a-truth = { $file } não é o registro de um simulador (medidor simulador --truth)
error-template-long = o texto de { $option } tem mais de { $most } bytes
error-folder-exists = { $folder } já existe
    Nada foi mudado ali. Escolha outro nome, ou deixe --output de fora.
error-demo = a demonstração não pode continuar: { $detail }
error-demo-program = { $program } não fez a sua parte ({ $status })
error-size = --size { $size } é pouco: o texto de uma sonda ocupa { $least } bytes
error-too-many-blocks = { $file }: blocos demais; escolha --block maior
error-no-sender = nenhum emissor em { $host }: { $detail }
    Ele precisa começar primeiro: medidor enviar ARQUIVO
error-transfer-full = { $host } não aceita mais receptores: a transferência já começou, ou todos os lugares foram tomados
error-other-dialect = { $host } não fala como um emissor do medidor desta versão
    Se for um programa sem números, use --mode classic.
error-comparison = um dos lados da transferência não começou ou não chegou ao fim
    O que faltou dizem medidor enviar e medidor receber, cada um por si.
error-no-file-told = nenhum diário diz que arquivo foi transferido
    Dê também os diários: X.journal.jsonl, ao lado de X.pcap.
error-other-transfer = os arquivos são de transferências diferentes
error-two-senders = { $file }: já há um arquivo do remetente; um remetente tem uma captura e um diário
error-thresholds = os limites devem crescer: --slow { $slow }, --very-slow { $very_slow }, --timeout { $timeout }
error-interval = o menor intervalo do monitor é { $least }
error-mail-no-server = para avisar por e-mail falta o servidor: --smtp HOST:PORTA
error-mail-no-recipient = com --smtp falta a quem avisar: --email-to
error-mail-no-from = falta o remetente: --email-from
error-mail-address = não é um endereço de e-mail: { $text } ({ $detail })
error-mail-cleartext = sem cifra, o e-mail e a senha só vão a este computador, e { $host } é outro
    Use --smtp-tls starttls ou implicit; ou, sabendo o risco, --smtp-cleartext.
error-mail-certificate = o certificado de --smtp-ca não serve: { $detail }
error-mail-no-password = sem senha para o servidor de e-mail: { $detail }
    Ponha-a num arquivo (--smtp-password-file) ou em MEDIDOR_SMTP_PASSWORD.
error-config = { $file }, linha { $line }: { $detail }
error-config-targets = o arquivo de --config não tem nenhum alvo ([[target]]), ou tem mais de { $most }
error-config-twice = dois alvos se chamam { $name }: dê nomes diferentes (name)
error-not-of-a-transfer = { $option } não se aplica a uma transferência, que é do que estes arquivos tratam
system-not-found = não foi encontrado
system-invalid-data = o conteúdo não serve
