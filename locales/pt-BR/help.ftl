# A ajuda da linha de comando.
help-heading-usage = Uso
help-heading-options = Opções
help-heading-arguments = Argumentos
help-heading-commands = Comandos
help-heading-capture = Captura
help-heading-output = Resultado
help-heading-mail = E-mail
help-heading-impairment = Defeitos da rede
help-default = { $words } [padrão:{"\u00A0"}{ $value }]
help-help = Mostra esta ajuda
help-version = Mostra a versão
help-lang = Idioma: pt, en ou es [padrão:{"\u00A0"}MEDIDOR_LANG, senão o do sistema]
help-quiet = Mostra só o resultado e os erros
help-verbose = Mostra uma linha por mensagem
about-medidor = Mede a perda de mensagens UDP entre dois computadores e prova, com capturas de pacotes, onde cada uma se perdeu.
about-servidor = Responde a mensagens numeradas
about-cliente = Envia mensagens numeradas e mede a perda
about-completar = Mostra o preenchimento automático de um shell, ou a página de manual
about-ajuda = Mostra a ajuda de um comando
about-analisar = Junta as capturas e os diários dos dois lados e diz onde cada mensagem se perdeu
examples-medidor = Exemplos:
    { "  " }medidor servidor --capture server.pcap
    { "  " }medidor cliente 203.0.113.2 --capture client.pcap
    { "  " }medidor analisar client.pcap server.pcap
    { "  " }medidor demo                              tudo neste computador
    
    Códigos de saída: 0 tudo certo; 1 a medição falhou (nenhuma resposta, capturas
    sem nada em comum); 2 uso errado; 3 o sistema recusou (permissão, endereço em
    uso, arquivo ilegível, disco cheio); 130 interrompido, com o resultado parcial.
examples-servidor = Exemplos:
    { "  " }medidor servidor --capture server.pcap
    { "  " }medidor servidor --listen [::]:6000 --duration 10m
    { "  " }medidor servidor --drop 20 --seed 7       perda simulada pelo programa
    { "  " }medidor servidor --reply-to 203.0.113.1:6000
    
    Ctrl-C encerra e mostra o resumo. Entre duas casas, o roteador da casa do
    servidor redireciona a porta UDP 5005 para o computador dele; o medidor diz o
    que digitar na outra casa.
examples-cliente = Exemplos:
    { "  " }medidor cliente --capture client.pcap     com um servidor neste computador
    { "  " }medidor cliente 203.0.113.2:5005 --capture client.pcap
    { "  " }medidor cliente 203.0.113.2 --count 100 --batch 0 --interval 50ms --json
    { "  " }medidor cliente 203.0.113.2 --bind 0.0.0.0:6000 --message "{ "{n}" } - oi"
examples-analisar = Exemplos:
    { "  " }medidor analisar client.pcap server.pcap
    { "  " }medidor analisar client.pcap               só com o que o cliente viu
    { "  " }medidor analisar --client a.pcapng --server b.pcap --json
    
    O diário ao lado de uma captura (client.journal.jsonl) é lido junto com ela.
    A ordem dos arquivos não importa. Também valem uma pasta, .gz, .zst e -.
examples-completar = Exemplos:
    {"  "}medidor completar bash > ~/.local/share/bash-completion/completions/medidor
    {"  "}medidor completar zsh > ~/.zfunc/_medidor
    {"  "}medidor completar man > ~/.local/share/man/man1/medidor.1
    {"  "}medidor completar man | man -l -
help-servidor-listen = Onde escutar: endereço:porta, só a porta, IPv4 ou [IPv6]
help-servidor-port = A porta, ou endereço:porta: o mesmo que --listen
help-servidor-reply = O que responder: ack (o texto ACK e o número), echo (o mesmo texto), upper (em maiúsculas) ou pong
help-servidor-ack-format = Texto da resposta no modo ack; { "{n}" } é o número
help-servidor-reply-to = Responde sempre a este endereço, e não ao remetente
help-servidor-drop = Porcentagem de mensagens deixadas sem resposta de propósito
help-servidor-seed = Semente do sorteio: a mesma repete as mesmas perdas
help-servidor-rate-limit = Respostas por segundo a um mesmo endereço; 0 não limita
help-servidor-duration = Encerra depois deste tempo, por exemplo 10m ou 1h30m
help-cliente-host = O servidor; a porta padrão é 5005
help-cliente-count = Quantas mensagens
help-cliente-batch = Pausa a cada N mensagens; 0 para nunca
help-cliente-pause = Duração da pausa
help-cliente-interval = Intervalo médio entre mensagens, cada um sorteado (±30%)
help-fixed-interval = Usa intervalos iguais a --interval, sem sorteio
help-cliente-wait = Quanto tempo esperar por cada resposta, e no fim
help-cliente-message = Texto da mensagem; { "{n}" } é o número
help-cliente-bind = Endereço e porta locais, por exemplo 0.0.0.0:6000
help-capture = Grava os pacotes neste arquivo, que o Wireshark abre, e o diário ao lado
help-capture-optional = Sem permissão para capturar, mede só pelo programa em vez de parar
help-journal = Grava o diário do programa neste arquivo
help-interface = Interface em que capturar [padrão:{"\u00A0"}a da rota; no servidor, todas]
help-filter = Filtro de captura na sintaxe do tcpdump, ou @ARQUIVO [padrão:{"\u00A0"}só os pacotes deste programa]
help-snaplen = Bytes guardados de cada pacote
help-json = Mostra o resultado como um documento JSON
help-details = Com o caminho das mensagens, os atrasos e as evidências
help-conferir-details = Cada ponto com o motivo e as evidências
help-conferir-csv = Grava uma linha por entrega neste arquivo (CSV)
help-conferir-one = Trata cada pasta como uma entrega
help-conferir-each = Trata cada pasta interna como uma entrega
help-all = Lista todas as mensagens, mesmo que sejam muitas
help-html = Grava neste arquivo o resultado como página da web
help-csv = Grava neste arquivo uma linha por mensagem (valores separados por vírgulas)
help-analisar-annotate = Grava as capturas de novo (pcapng), com o veredito como comentário em cada pacote
help-analisar-files = Capturas (pcap, pcapng) e diários (jsonl), em qualquer ordem
help-analisar-client = Arquivo do lado do cliente
help-analisar-server = Arquivo do lado do servidor
help-analisar-port = Porta do servidor, se nenhum diário a contém
help-analisar-flow = Qual dos fluxos do servidor é do cliente
help-completar-shell = bash, zsh, fish, powershell ou elvish; ou man, a página de manual
# O que está no lugar de um valor.
value-command = COMANDO
value-port = PORTA
value-lang = IDIOMA
value-addr-port = ENDEREÇO:PORTA
value-ip-port = IP:PORTA
value-host-port = SERVIDOR[:PORTA]
value-mode = MODO
value-text = TEXTO
value-percent = PORCENTAGEM
value-n = N
value-time = TEMPO
value-file = ARQUIVO
value-name = NOME
value-expr-file = EXPRESSÃO|@ARQUIVO
value-bytes = BYTES
value-shell = SHELL
# Títulos da página de manual.
man-name = Nome
man-more = Exemplos e códigos de saída
about-simulador = Repassa UDP entre clientes e um servidor como uma rede ruim: perde, atrasa, reordena, duplica
examples-simulador = Exemplos:
    { "  " }medidor simulador --loss 10% --loss-return 5%
    { "  " }medidor simulador --loss 4,17 --loss-return 9 --truth verdade.jsonl
    { "  " }medidor simulador --loss burst:2%:20% --delay 40ms --jitter 10ms
    { "  " }medidor cliente 127.0.0.1:5006          passa por ele
    
    Perda: 10% (sorteada), 3,7,12-15 (pelo número), burst:2%:20% (em rajadas: a
    probabilidade de uma rajada começar, de terminar e, se informada, de perda
    dentro dela). Ctrl-C encerra.
help-simulador-listen = Endereço onde os clientes se conectam
help-simulador-to = O servidor para onde tudo é repassado
help-loss = Quais mensagens se perdem na ida
help-loss-return = Quais respostas se perdem na volta
help-delay = Atraso de cada datagrama em cada sentido
help-jitter = Atraso extra máximo; sozinho não muda a ordem
help-reorder = Porcentagem retida para que outros passem à frente
help-duplicate = Porcentagem enviada duas vezes
help-corrupt = Porcentagem com um bit trocado
help-rate = Bits por segundo em cada sentido; a fila descarta o que esperaria mais de 1 s
help-simulador-seed = Semente do sorteio: a mesma repete o mesmo plano
help-simulador-truth = Anota aqui o que foi feito com cada datagrama (JSON Lines)
help-simulador-duration = Encerra depois deste tempo
value-loss = PERDA
help-analisar-truth = As anotações de um simulador entre os dois: mostra quantos vereditos estão certos
about-demo = Experimenta tudo neste computador, em segundos: servidor, rede ruim, cliente, capturas, análise
examples-demo = Exemplos:
    { "  " }medidor demo
    { "  " }medidor demo --loss 4,17 --loss-return 9 --output aqui
    { "  " }medidor demo --loss burst:5%:30% --delay 40ms --jitter 10ms --seed 7
    
    Servidor, simulador e cliente rodam com os comandos mostrados, cada um em um
    namespace de rede próprio, sem root onde o sistema permite; senão, na interface
    de loopback, e a demo avisa. O simulador anota o que faz com cada mensagem, e os
    vereditos são comparados com isso. Código de saída 1: um veredito está errado,
    ou nenhuma resposta chegou; 3: também onde não é permitido capturar.
help-demo-output = Grava os arquivos nesta pasta nova [padrão:{"\u00A0"}medidor-demo- e a hora]
help-demo-count = Quantas mensagens
help-demo-interval = Tempo entre uma mensagem e a seguinte
help-demo-loss = Quais mensagens se perdem na ida [padrão:{"\u00A0"}10%]
help-demo-loss-return = Quais respostas se perdem na volta [padrão:{"\u00A0"}5%]
help-demo-seed = Semente do sorteio: a mesma repete as mesmas perdas
value-folder = PASTA
about-ping = Envia sondas uma a uma e mostra o tempo de ida e volta de cada uma
examples-ping = Exemplos:
    { "  " }medidor servidor --reply upper --drop 33 --listen :12000   o servidor do livro
    { "  " }medidor ping                          com um servidor neste computador
    { "  " }medidor ping 203.0.113.2:12000 --capture ping.pcap
    { "  " }medidor ping 203.0.113.2 --count 0 --plot       até Ctrl-C, com gráfico
help-ping-host = O servidor; a porta padrão é 12000
help-ping-count = Quantas sondas; 0 para continuar até Ctrl-C
help-ping-timeout = Quanto tempo esperar por cada resposta, e no fim pelas atrasadas
help-ping-interval = Intervalo médio entre sondas, cada um sorteado (±30%); uma sonda sem resposta atrasa a seguinte
help-ping-text = Texto da sonda; { "{n}" } é o número, { "{time}" } a hora do envio
help-ping-size = Bytes do texto da sonda, completado com pontos [padrão:{"\u00A0"}sem mudança]
help-ping-ttl = Por quantos roteadores a sonda pode passar (TTL, hop limit) [padrão:{"\u00A0"}o do sistema]
help-ping-dscp = Código de serviços diferenciados (DSCP), de 0 a 63 [padrão:{"\u00A0"}0]
help-ping-bind = Endereço e porta locais, por exemplo 0.0.0.0:6000
help-ping-plot = Desenha os tempos de ida e volta e as perdas à medida que chegam; linhas, se não há terminal
about-enviar = Envia um arquivo a vários receptores ao mesmo tempo, por UDP, QUIC ou TCP
about-receber = Recebe um arquivo e confere se está completo
examples-enviar = Exemplos:
    { "  " }medidor enviar video.mp4 --clients 5
    { "  " }medidor enviar video.mp4 --mode tcp --listen 0.0.0.0:6000
    { "  " }medidor enviar video.mp4 --rate 100M --logs logs
    { "  " }medidor enviar video.mp4 --mode classic   para programas sem números

    Código de saída 1: algum receptor não ficou com o arquivo completo.
examples-receber = Exemplos:
    { "  " }medidor receber --output recebidos          de um remetente neste computador
    { "  " }medidor receber 203.0.113.2 --output recebidos --logs logs
    { "  " }medidor receber 203.0.113.2 --mode classic --data-port 6001

    O arquivo só recebe o nome definitivo quando o SHA-256 confere; até lá, o nome
    termina em .part. Código de saída 1: não está completo.
help-enviar-file = O arquivo
help-enviar-clients = Quantos receptores esperar; todos começam juntos
help-enviar-listen = Onde escutar: endereço:porta, ou só a porta
help-enviar-mode = Modo da transferência: udp (blocos numerados, sem retransmissão), classic (blocos sem números, como os programas do trabalho), quic ou tcp
help-enviar-rate = Bits por segundo para cada receptor (20M, 1.5G); auto encontra uma taxa que ele aguenta, max envia sem pausas
help-enviar-block = Tamanho do bloco no modo udp, em bytes
help-enviar-barrier-timeout = Quanto tempo esperar por todos; depois o arquivo vai para os que estão prontos
help-logs = Grava nesta pasta um log por receptor
help-receber-host = O remetente; a porta padrão é 5005
help-receber-output = A pasta para o arquivo
help-receber-mode = Aceita só este modo; classic: é preciso pedir [padrão:{"\u00A0"}o modo do remetente]
help-receber-max-size = Maior arquivo aceito, por exemplo 100MB ou 2GiB
help-receber-data-port = Porta UDP local para os blocos; 0 para qualquer uma
help-receber-buffer = Tamanho do buffer de recepção pedido ao sistema
value-rate = TAXA
value-size = TAMANHO
about-comparar = Transfere o mesmo arquivo em todos os modos neste computador e compara os resultados
examples-comparar = Exemplos:
    { "  " }medidor comparar video.mp4
    { "  " }medidor comparar --sizes 100MB,250MB --clients 1,5,10 --csv
help-comparar-file = O arquivo; sem ele, o medidor cria arquivos de teste
help-comparar-sizes = Tamanhos dos arquivos de teste
help-comparar-clients = Quantos receptores; um teste para cada número
help-comparar-rate = Bits por segundo nos modos udp e classic, como em enviar
help-comparar-csv = Mostra o resultado como valores separados por vírgulas

about-conferir = Confere se a entrega de um grupo cumpre o enunciado, ponto por ponto
examples-conferir = Exemplos:
    { "  " }medidor conferir grupo1/                  capturas, diários, nomes.txt
    { "  " }medidor conferir client.pcap server.pcap nomes.txt
    { "  " }medidor conferir entregas/ --csv turma.csv uma pasta de entregas
    
    Cada ponto está cumprido, não cumprido ou não dá para saber, com a evidência.
    O código de saída é 1 se algum ponto não está cumprido.
help-conferir-port = Porta do servidor, se nenhum diário a contém
help-conferir-paths = Arquivos de uma entrega, ou pastas de uma ou de várias
value-file-folder = ARQUIVO|PASTA
about-monitor = Mede a latência de um servidor sem parar e avisa quando ela muda de classe
examples-monitor = Exemplos:
    { "  " }medidor monitor 203.0.113.2              uma sonda a cada 10 s, porta 12345
    { "  " }medidor monitor 203.0.113.2:12345 --interval 1s --log latencia.csv
    { "  " }medidor monitor --slow 50ms --very-slow 150ms --for 1h
    { "  " }medidor monitor 203.0.113.2 --email-to ana@example.org --capture .
    { "    " }--smtp smtp.example.org:587 --smtp-user ana@example.org
    { "  " }medidor monitor --config monitor.toml --metrics 127.0.0.1:9464

    Classes: Normal, Lenta, Muito Lenta, Inativa (sem resposta). Funciona com
    qualquer servidor UDP que responda à sonda. Ctrl-C encerra e mostra o resumo.
help-monitor-host = O servidor; a porta padrão é 12345
help-monitor-interval = Tempo entre uma medição e a seguinte, no mínimo 100ms
help-monitor-timeout = Quanto tempo esperar por cada resposta
help-monitor-text = Texto da sonda; { "{n}" } seria o número, { "{time}" } a hora do envio
help-monitor-slow = Lenta a partir deste tempo de ida e volta
help-monitor-very-slow = Muito Lenta a partir deste tempo de ida e volta
help-monitor-confirm = Quantas medições seguidas precisam estar em uma classe nova
help-monitor-alert = Quando avisar: change (a classe mudou e se manteve) ou always (a cada medição)
help-monitor-count = Quantas medições; 0 para continuar até Ctrl-C
help-monitor-length = Por quanto tempo, por exemplo 10m ou 8h
help-monitor-log = Acrescenta a este arquivo uma linha por medição (CSV)
value-when = QUANDO
help-monitor-email-to = Destinatários dos alertas; vários com vírgulas ou repetindo a opção
help-monitor-email-from = Remetente do e-mail [padrão:{"\u00A0"}o usuário, se for um endereço]
help-monitor-smtp = O servidor de e-mail; a porta padrão é 587, 465 ou 25, conforme --smtp-tls
help-monitor-smtp-tls = Conexão com o servidor de e-mail: starttls (obrigatório), implicit (TLS desde o início) ou none (só para este computador)
help-monitor-smtp-cleartext = Permite none também para outro computador: e-mail e senha vão sem criptografia
help-monitor-smtp-user = Usuário; a senha vem do arquivo, de MEDIDOR_SMTP_PASSWORD ou é perguntada
help-monitor-smtp-password-file = Arquivo com a senha na primeira linha
help-monitor-smtp-ca = Certificado (PEM) em que confiar, além dos do sistema
help-monitor-smtp-timeout = Tempo máximo de cada passo do envio
help-monitor-smtp-retry = Pausa antes da segunda tentativa; dobra a cada falha
value-address = ENDEREÇO
value-how = COMO
help-monitor-capture = Guarda os últimos pacotes e grava nesta pasta a captura de cada alerta, com o diário ao lado
help-monitor-interface = Interface onde capturar [padrão:{"\u00A0"}todas]
help-monitor-email-attach = Anexa ao e-mail a captura do alerta
help-monitor-config = Vários alvos deste arquivo (TOML), cada um com seus limites e destinatários
help-monitor-metrics = Publica métricas para o Prometheus neste endereço, em /metrics
help-ajuda-command = O comando, e um dos subcomandos dele
examples-ajuda = Exemplos:
    { "  " }medidor ajuda cliente
    { "  " }medidor ajuda chat servidor
