# La ayuda de la línea de comandos.
help-heading-usage = Uso
help-heading-options = Opciones
help-heading-arguments = Argumentos
help-heading-commands = Comandos
help-heading-capture = Captura
help-heading-output = Resultado
help-heading-mail = Correo
help-heading-impairment = Defectos de la red
help-default = { $words } [predeterminado:{"\u00A0"}{ $value }]
help-help = Muestra esta ayuda
help-version = Muestra la versión
help-lang = Idioma: pt, en o es [predeterminado:{"\u00A0"}MEDIDOR_LANG, si no el del sistema]
help-quiet = Muestra solo el resultado y los errores
help-verbose = Muestra una línea por mensaje
about-medidor = Mide la pérdida de mensajes UDP entre dos equipos y demuestra, con capturas de paquetes, dónde se perdió cada uno.
about-servidor = Responde a mensajes numerados
about-cliente = Envía mensajes numerados y mide la pérdida
about-completar = Muestra el autocompletado de un shell, o la página de manual
about-ajuda = Muestra la ayuda de un comando
about-analisar = Une las capturas y los registros de los dos lados y dice dónde se perdió cada mensaje
examples-medidor = Ejemplos:
    { "  " }medidor servidor --capture server.pcap
    { "  " }medidor cliente 203.0.113.2 --capture client.pcap
    { "  " }medidor analizar client.pcap server.pcap
    { "  " }medidor demo                              todo en este equipo
    
    Códigos de salida: 0 todo bien; 1 la medición falló (ninguna respuesta,
    capturas sin nada en común); 2 uso incorrecto; 3 el sistema lo rechazó
    (permiso, dirección en uso, archivo ilegible, disco lleno); 130 interrumpido,
    con el resultado parcial.
examples-servidor = Ejemplos:
    { "  " }medidor servidor --capture server.pcap
    { "  " }medidor servidor --listen [::]:6000 --duration 10m
    { "  " }medidor servidor --drop 20 --seed 7     pérdida simulada por el programa
    { "  " }medidor servidor --reply-to 203.0.113.1:6000
    
    Ctrl-C termina y muestra el resumen. Entre dos casas, el router de la casa del
    servidor redirige el puerto UDP 5005 a su equipo; medidor dice qué escribir en
    la otra casa.
examples-cliente = Ejemplos:
    { "  " }medidor cliente --capture client.pcap   con un servidor en este equipo
    { "  " }medidor cliente 203.0.113.2:5005 --capture client.pcap
    { "  " }medidor cliente 203.0.113.2 --count 100 --batch 0 --interval 50ms --json
    { "  " }medidor cliente 203.0.113.2 --bind 0.0.0.0:6000 --message "{ "{n}" } - hola"
examples-analisar = Ejemplos:
    { "  " }medidor analizar client.pcap server.pcap
    { "  " }medidor analizar client.pcap            solo con lo que vio el cliente
    { "  " }medidor analizar --client a.pcapng --server b.pcap --json
    
    El registro que está junto a una captura (client.journal.jsonl) se lee con ella.
    El orden de los archivos no importa. También valen una carpeta, .gz, .zst y -.
examples-completar = Ejemplos:
    {"  "}medidor completar bash > ~/.local/share/bash-completion/completions/medidor
    {"  "}medidor completar zsh > ~/.zfunc/_medidor
    {"  "}medidor completar man > ~/.local/share/man/man1/medidor.1
    {"  "}medidor completar man | man -l -
help-servidor-listen = Dónde escuchar: dirección:puerto, solo el puerto, IPv4 o [IPv6]
help-servidor-port = El puerto, o dirección:puerto: lo mismo que --listen
help-servidor-reply = Qué responder: ack (el texto ACK y el número), echo (el mismo texto), upper (en mayúsculas) o pong
help-servidor-ack-format = Texto de la respuesta en el modo ack; { "{n}" } es el número
help-servidor-reply-to = Responde siempre a esta dirección, y no al remitente
help-servidor-drop = Porcentaje de mensajes que se dejan sin respuesta a propósito
help-servidor-seed = Semilla del sorteo: la misma repite las mismas pérdidas
help-servidor-rate-limit = Respuestas por segundo a una misma dirección; 0 para no limitar
help-servidor-duration = Termina después de este tiempo, por ejemplo 10m o 1h30m
help-cliente-host = El servidor; el puerto predeterminado es 5005
help-cliente-count = Cuántos mensajes
help-cliente-batch = Pausa cada N mensajes; 0 para nunca
help-cliente-pause = Duración de la pausa
help-cliente-interval = Intervalo medio entre mensajes, cada uno sorteado (±30 %)
help-fixed-interval = Usa intervalos iguales a --interval, sin sorteo
help-cliente-wait = Cuánto tiempo esperar cada respuesta, y al final
help-cliente-message = Texto del mensaje; { "{n}" } es el número
help-cliente-bind = Dirección y puerto locales, por ejemplo 0.0.0.0:6000
help-capture = Guarda los paquetes en este archivo, que Wireshark abre, y el registro junto a él
help-capture-optional = Sin permiso para capturar, mide solo con el programa en vez de detenerse
help-journal = Guarda el registro del programa en este archivo
help-interface = Interfaz en la que capturar [predeterminado:{"\u00A0"}la de la ruta; en el servidor, todas]
help-filter = Filtro de captura con la sintaxis de tcpdump, o @ARCHIVO [predeterminado:{"\u00A0"}solo los paquetes de este programa]
help-snaplen = Bytes que se guardan de cada paquete
help-json = Muestra el resultado como un documento JSON
help-details = Con el recorrido de los mensajes, los retardos y las evidencias
help-conferir-details = Cada punto con su motivo y sus evidencias
help-conferir-csv = Guarda una fila por entrega en este archivo (CSV)
help-conferir-one = Toma cada carpeta como una entrega
help-conferir-each = Toma cada carpeta interior como una entrega
help-all = Muestra todos los mensajes, aunque sean muchos
help-html = Escribe en este archivo el resultado como página web
help-csv = Escribe en este archivo una línea por mensaje (valores separados por comas)
help-analisar-annotate = Escribe las capturas otra vez (pcapng), con el veredicto como comentario en cada paquete
help-analisar-files = Capturas (pcap, pcapng) y registros (jsonl), en cualquier orden
help-analisar-client = Archivo del lado del cliente
help-analisar-server = Archivo del lado del servidor
help-analisar-port = Puerto del servidor, si ningún registro lo contiene
help-analisar-flow = Cuál de los flujos del servidor es del cliente
help-completar-shell = bash, zsh, fish, powershell o elvish; o man, la página de manual
# Lo que está en el lugar de un valor.
value-command = COMANDO
value-port = PUERTO
value-lang = IDIOMA
value-addr-port = DIRECCIÓN:PUERTO
value-ip-port = IP:PUERTO
value-host-port = SERVIDOR[:PUERTO]
value-mode = MODO
value-text = TEXTO
value-percent = PORCENTAJE
value-n = N
value-time = TIEMPO
value-file = ARCHIVO
value-name = NOMBRE
value-expr-file = EXPRESIÓN|@ARCHIVO
value-bytes = BYTES
value-shell = SHELL
# Títulos de la página de manual.
man-name = Nombre
man-more = Ejemplos y códigos de salida
about-simulador = Reenvía UDP entre clientes y un servidor como una red mala: pierde, retrasa, reordena, duplica
examples-simulador = Ejemplos:
    { "  " }medidor simulador --loss 10% --loss-return 5%
    { "  " }medidor simulador --loss 4,17 --loss-return 9 --truth verdad.jsonl
    { "  " }medidor simulador --loss burst:2%:20% --delay 40ms --jitter 10ms
    { "  " }medidor cliente 127.0.0.1:5006          pasa por él
    
    Pérdida: 10% (al azar), 3,7,12-15 (por número), burst:2%:20% (en ráfagas: la
    probabilidad de que empiece una ráfaga, de que termine y, si se indica, de
    pérdida dentro de ella). Ctrl-C termina.
help-simulador-listen = Dirección donde se conectan los clientes
help-simulador-to = El servidor al que se reenvía todo
help-loss = Qué mensajes se pierden de ida
help-loss-return = Qué respuestas se pierden de vuelta
help-delay = Retardo de cada datagrama en cada sentido
help-jitter = Retardo adicional máximo; por sí solo no cambia el orden
help-reorder = Porcentaje retenido para que otros lo adelanten
help-duplicate = Porcentaje enviado dos veces
help-corrupt = Porcentaje con un bit cambiado
help-rate = Bits por segundo en cada sentido; la cola descarta lo que esperaría más de 1 s
help-simulador-seed = Semilla del sorteo: la misma repite el mismo plan
help-simulador-truth = Anota aquí lo que se hizo con cada datagrama (JSON Lines)
help-simulador-duration = Termina después de este tiempo
value-loss = PÉRDIDA
help-analisar-truth = Las anotaciones de un simulador entre los dos: muestra cuántos veredictos son correctos
about-demo = Prueba todo en este equipo, en segundos: servidor, red mala, cliente, capturas, análisis
examples-demo = Ejemplos:
    { "  " }medidor demo
    { "  " }medidor demo --loss 4,17 --loss-return 9 --output aqui
    { "  " }medidor demo --loss burst:5%:30% --delay 40ms --jitter 10ms --seed 7
    
    Servidor, simulador y cliente se ejecutan con los comandos que se muestran,
    cada uno en su propio espacio de red, sin root donde el sistema lo permite; si
    no, en la interfaz de loopback, y la demo lo avisa. El simulador anota lo que
    hace con cada mensaje, y los veredictos se comparan con eso. Código de salida
    1: un veredicto está mal, o no llegó ninguna respuesta; 3: también donde no
    está permitido capturar.
help-demo-output = Guarda los archivos en esta carpeta nueva [predeterminado:{"\u00A0"}medidor-demo- y la hora]
help-demo-count = Cuántos mensajes
help-demo-interval = Tiempo entre un mensaje y el siguiente
help-demo-loss = Qué mensajes se pierden de ida [predeterminado:{"\u00A0"}10%]
help-demo-loss-return = Qué respuestas se pierden de vuelta [predeterminado:{"\u00A0"}5%]
help-demo-seed = Semilla del sorteo: la misma repite las mismas pérdidas
value-folder = CARPETA
about-ping = Envía sondas una a una y muestra el tiempo de ida y vuelta de cada una
examples-ping = Ejemplos:
    { "  " }medidor servidor --reply upper --drop 33 --listen :12000  el servidor del libro
    { "  " }medidor ping                          con un servidor en este equipo
    { "  " }medidor ping 203.0.113.2:12000 --capture ping.pcap
    { "  " }medidor ping 203.0.113.2 --count 0 --plot       hasta Ctrl-C, con gráfico
help-ping-host = El servidor; el puerto predeterminado es 12000
help-ping-count = Cuántas sondas; 0 para seguir hasta Ctrl-C
help-ping-timeout = Cuánto tiempo esperar cada respuesta, y al final las tardías
help-ping-interval = Intervalo medio entre sondas, cada uno sorteado (±30 %); una sonda sin respuesta retrasa la siguiente
help-ping-text = Texto de la sonda; { "{n}" } es el número, { "{time}" } la hora del envío
help-ping-size = Bytes del texto de la sonda, completado con puntos [predeterminado:{"\u00A0"}sin cambios]
help-ping-ttl = Por cuántos routers puede pasar la sonda (TTL, hop limit) [predeterminado:{"\u00A0"}el del sistema]
help-ping-dscp = Código de servicios diferenciados (DSCP), de 0 a 63 [predeterminado:{"\u00A0"}0]
help-ping-bind = Dirección y puerto locales, por ejemplo 0.0.0.0:6000
help-ping-plot = Dibuja los tiempos de ida y vuelta y las pérdidas a medida que llegan; líneas si no hay terminal
about-enviar = Envía un archivo a varios receptores a la vez, por UDP, QUIC o TCP
about-receber = Recibe un archivo y comprueba que está completo
examples-enviar = Ejemplos:
    { "  " }medidor enviar video.mp4 --clients 5
    { "  " }medidor enviar video.mp4 --mode tcp --listen 0.0.0.0:6000
    { "  " }medidor enviar video.mp4 --rate 100M --logs logs
    { "  " }medidor enviar video.mp4 --mode classic   para programas sin números

    Código de salida 1: algún receptor no tiene el archivo completo.
examples-receber = Ejemplos:
    { "  " }medidor recibir --output recibidos          de un emisor en este equipo
    { "  " }medidor recibir 203.0.113.2 --output recibidos --logs logs
    { "  " }medidor recibir 203.0.113.2 --mode classic --data-port 6001

    El archivo recibe su nombre solo cuando el SHA-256 coincide; hasta entonces el
    nombre termina en .part. Código de salida 1: no está completo.
help-enviar-file = El archivo
help-enviar-clients = Cuántos receptores esperar; todos empiezan juntos
help-enviar-listen = Dónde escuchar: dirección:puerto, o solo el puerto
help-enviar-mode = Modo de la transferencia: udp (bloques numerados, sin retransmisión), classic (bloques sin números, como los programas del trabajo), quic o tcp
help-enviar-rate = Bits por segundo a cada receptor (20M, 1.5G); auto encuentra una tasa que aguanta, max envía sin pausas
help-enviar-block = Tamaño del bloque en el modo udp, en bytes
help-enviar-barrier-timeout = Cuánto tiempo esperar a todos; después el archivo va a los que están listos
help-logs = Escribe en esta carpeta un log por receptor
help-receber-host = El emisor; el puerto predeterminado es 5005
help-receber-output = La carpeta para el archivo
help-receber-mode = Acepta solo este modo; classic hay que pedirlo [predeterminado:{"\u00A0"}el modo del emisor]
help-receber-max-size = Archivo más grande que se acepta, por ejemplo 100MB o 2GiB
help-receber-data-port = Puerto UDP local para los bloques; 0 para cualquiera
help-receber-buffer = Tamaño del búfer de recepción que se pide al sistema
value-rate = TASA
value-size = TAMAÑO
about-comparar = Transfiere el mismo archivo en todos los modos en este equipo y compara los resultados
examples-comparar = Ejemplos:
    { "  " }medidor comparar video.mp4
    { "  " }medidor comparar --sizes 100MB,250MB --clients 1,5,10 --csv
help-comparar-file = El archivo; sin él, medidor crea archivos de prueba
help-comparar-sizes = Tamaños de los archivos de prueba
help-comparar-clients = Cuántos receptores; una prueba para cada número
help-comparar-rate = Bits por segundo en los modos udp y classic, como en enviar
help-comparar-csv = Muestra el resultado como valores separados por comas

about-conferir = Comprueba si la entrega de un grupo cumple el enunciado, punto por punto
examples-conferir = Ejemplos:
    { "  " }medidor comprobar grupo1/                 capturas, registros, nomes.txt
    { "  " }medidor comprobar client.pcap server.pcap nomes.txt
    { "  " }medidor comprobar entregas/ --csv clase.csv una carpeta de entregas
    
    Cada punto se cumple, no se cumple o no se puede determinar, con la evidencia.
    El código de salida es 1 si algún punto no se cumple.
help-conferir-port = Puerto del servidor, si ningún registro lo contiene
help-conferir-paths = Archivos de una entrega, o carpetas de una o de varias
value-file-folder = ARCHIVO|CARPETA
about-monitor = Mide la latencia de un servidor sin parar y avisa cuando cambia de clase
examples-monitor = Ejemplos:
    { "  " }medidor monitor 203.0.113.2              una sonda cada 10 s, puerto 12345
    { "  " }medidor monitor 203.0.113.2:12345 --interval 1s --log latencia.csv
    { "  " }medidor monitor --slow 50ms --very-slow 150ms --for 1h
    { "  " }medidor monitor 203.0.113.2 --email-to ana@example.org --capture .
    { "    " }--smtp smtp.example.org:587 --smtp-user ana@example.org
    { "  " }medidor monitor --config monitor.toml --metrics 127.0.0.1:9464

    Clases: Normal, Lenta, Muy lenta, Inactiva (sin respuesta). Funciona con
    cualquier servidor UDP que responda a la sonda. Ctrl-C termina y muestra el
    resumen.
help-monitor-host = El servidor; el puerto predeterminado es 12345
help-monitor-interval = Tiempo entre una medición y la siguiente, al menos 100ms
help-monitor-timeout = Cuánto tiempo esperar cada respuesta
help-monitor-text = Texto de la sonda; { "{n}" } sería el número, { "{time}" } la hora del envío
help-monitor-slow = Lenta a partir de este tiempo de ida y vuelta
help-monitor-very-slow = Muy lenta a partir de este tiempo de ida y vuelta
help-monitor-confirm = Cuántas mediciones seguidas deben estar en una clase nueva
help-monitor-alert = Cuándo avisar: change (la clase cambió y se mantuvo) o always (en cada medición)
help-monitor-count = Cuántas mediciones; 0 para seguir hasta Ctrl-C
help-monitor-length = Durante cuánto tiempo, por ejemplo 10m u 8h
help-monitor-log = Añade a este archivo una línea por medición (CSV)
value-when = CUÁNDO
help-monitor-email-to = Destinatarios de las alertas; varios con comas o repitiendo la opción
help-monitor-email-from = Remitente del correo [predeterminado:{"\u00A0"}el usuario, si es una dirección]
help-monitor-smtp = El servidor de correo; el puerto predeterminado es 587, 465 o 25, según --smtp-tls
help-monitor-smtp-tls = Conexión con el servidor de correo: starttls (obligatorio), implicit (TLS desde el principio) o none (solo a este equipo)
help-monitor-smtp-cleartext = Permite none también a otro equipo: correo y contraseña van sin cifrar
help-monitor-smtp-user = Usuario; la contraseña viene del archivo, de MEDIDOR_SMTP_PASSWORD o se pregunta
help-monitor-smtp-password-file = Archivo con la contraseña en la primera línea
help-monitor-smtp-ca = Certificado (PEM) en el que confiar, además de los del sistema
help-monitor-smtp-timeout = Tiempo máximo de cada paso del envío
help-monitor-smtp-retry = Pausa antes del segundo intento; se duplica con cada fallo
value-address = DIRECCIÓN
value-how = CÓMO
help-monitor-capture = Guarda los últimos paquetes y escribe en esta carpeta la captura de cada alerta, con el registro al lado
help-monitor-interface = Interfaz en la que capturar [predeterminado:{"\u00A0"}todas]
help-monitor-email-attach = Adjunta al correo la captura de la alerta
help-monitor-config = Varios objetivos de este archivo (TOML), cada uno con sus límites y destinatarios
help-monitor-metrics = Publica métricas para Prometheus en esta dirección, en /metrics
help-ajuda-command = El comando, y uno de sus subcomandos
examples-ajuda = Ejemplos:
    { "  " }medidor ayuda cliente
    { "  " }medidor ayuda chat servidor
