# Errores: qué pasó, y qué hacer.
error-line = medidor: error: { $text }
error-no-right = sin permiso para capturar en { $device }: { $detail }
    Dé el permiso al programa, una vez (quien pueda ejecutarlo podrá capturar):
    { "  " }sudo setcap cap_net_raw+ep { $program }
    o ejecútelo con sudo; sin --capture, medidor mide solo con el programa.
error-no-such-device = no existe la interfaz { $device }; existen: { $available }
error-bad-filter = el filtro no compila: { $detail }
    Filtro: { $filter }
    La sintaxis es la de tcpdump (man pcap-filter).
error-capture-link = no se puede capturar en { $device }: { $detail }
    Elija otra interfaz con --interface.
error-capture = no se puede capturar en { $device }: { $detail }
error-no-device = no se encontró ninguna interfaz para capturar: { $detail }
    Elija una con --interface: { $available }
error-write = no se puede escribir { $file }: { $detail }
    Elija otro lugar, cree la carpeta o libere espacio.
error-not-ordinary = { $file } es una carpeta, un dispositivo o una tubería
    El resultado se lee de vuelta de ese archivo, por eso debe ser un archivo común: elija otro lugar.
error-same-file = { $file } no puede ser la captura y el registro a la vez
error-annotate-stdout = --annotate necesita un archivo: - es la salida estándar, donde va el informe
error-stdout-taken = la salida estándar (-, o --json) solo admite una forma del resultado
error-named-twice = { $file } aparece dos veces: cada archivo necesita un nombre propio
error-nothing-to-annotate = --annotate necesita una captura
error-read = no se puede leer { $file }: { $detail }
error-not-found = el archivo { $file } no existe
error-not-regular = { $file } es una carpeta, una tubería, un dispositivo o un socket
    Leerlo podría no terminar nunca: guarde su contenido en un archivo e indique ese archivo.
error-not-a-file = { $file } no es un archivo: es una carpeta, un dispositivo o una tubería
    Indique el propio archivo; un flujo entra por "-": medidor analizar - < client.pcap
error-no-input = { $path } no tiene capturas ni registros
    Indique las propias capturas: medidor analizar client.pcap server.pcap
error-too-many-files = { $file } tiene más de { $max } archivos
    Indique las propias capturas.
error-input-too-long = la entrada estándar tiene más de { $max } GiB
    Guárdela en un archivo e indique ese archivo.
error-not-a-capture = { $file } no es una captura: { $flaw ->
        [breaks_off] se interrumpe: { $found } de { $wanted } bytes
        [unknown_format] formato desconocido
        [no_interface] no describe ninguna interfaz
        [malformed] bloque mal formado
       *[other] { $detail }
    }
    medidor lee pcap y pcapng, escritos por medidor, tcpdump, dumpcap o Wireshark.
error-empty-file = { $file } está vacío: no se escribió ni un byte
    Repita la captura y termínela con Ctrl-C, o copie el archivo de nuevo.
error-compressed = { $file } está comprimido
    Descomprímalo antes (unzip, xz -d, bunzip2 ...).
error-no-times = { $file }: paquetes sin marca de tiempo: { $count }
    Sin los tiempos no hay veredicto: capture de nuevo con medidor, tcpdump, dumpcap
    o Wireshark.
error-link-type = { $file }: el tipo de enlace { $name } ({ $number }) no se admite
    Capture de nuevo en Ethernet, en la interfaz "any" o en loopback.
error-unknown-host = no se encontró la dirección de { $host }: { $detail }
    Use la dirección IP, o compruebe el nombre.
error-bad-port = no es un puerto de 1 a 65535: { $port }
error-bad-address = dirección no válida: { $text }
    Ejemplos: 203.0.113.2, 203.0.113.2:5005, [2001:db8::1]:5005
error-address-in-use = la dirección { $address } ya está en uso
    Otro programa (quizá otro medidor) ocupa ese puerto: termínelo o elija otro.
error-address-not-here = la dirección { $address } no es de este equipo
error-port-privileged = sin permiso para usar { $address }: { $detail }
    Elija un puerto mayor que 1023.
error-bind = no se puede usar la dirección { $address }: { $detail }
error-socket = la red falló: { $detail }
error-signals = no se puede recibir Ctrl-C: { $detail }
error-template-number = el texto de { $option } necesita { "{n}" } en el lugar del número: "{ $text }"
error-template-ambiguous = el número se leería mal en el texto de { $option }: "{ $text }"
    No use cifras antes de { "{n}" } ni justo después; los mensajes no empiezan con ACK,
    las respuestas sí.
error-no-files = falta indicar los archivos: medidor analizar client.pcap server.pcap
error-nothing-found = los archivos no contienen ningún mensaje numerado
    Compruebe si la captura es de esta medición y si su filtro dejó pasar el puerto
    (--port).
found-no-packet = { $file }: ningún paquete
found-no-datagram = { $file }: paquetes: { $packets }; ninguno de ellos UDP
found-no-number = { $file }: paquetes: { $packets }; datagramas UDP: { $datagrams }
    { "    " }(puertos { $ports }); ninguno con número
found-unidentified = { $file }: paquetes: { $packets }; datagramas UDP: { $datagrams }
    { "    " }(puertos { $ports }); { $unidentified ->
        [one] { $unidentified } tiene un número que no lo
       *[other] { $unidentified } tienen un número que no los
    }
    { "    " }identifica (binario, pocos números, o solo 0 y 1)
found-numbers = { $file }: paquetes: { $packets }; datagramas UDP: { $datagrams }
    { "    " }(puertos { $ports }); con número: { $numbered }, de { $first } a { $last }
error-nothing-shared = los dos lados no tienen ningún mensaje en común
    ¿Son de la misma ejecución? Analice cada uno por separado para ver qué
    contiene.
error-capture-between =
    { $file } se capturó entre los dos equipos: en los dos sentidos, los paquetes ya habían pasado por routers.
    Indique capturas hechas en los propios equipos.
error-capture-of-both-wires =
    { $file } muestra cada datagrama en los dos equipos: es la unión de dos capturas. Indique las dos capturas.
error-capture-of-other-end =
    { $file } se capturó en el otro extremo: lo que debería haber venido de lejos no había pasado por ningún
    router. Indíquelo para el otro lado.
error-flow-refuted = --flow { $asked } no puede ser el flujo del cliente: { $fact }
error-no-such-flow = --flow { $asked }: flujos del servidor: { $found }
error-cut-before-text = { $file }: { $count ->
        [one] { $count } paquete se cortó
       *[other] { $count } paquetes se cortaron
    } antes del texto, así que no se puede leer ningún mensaje
    La captura guardó pocos bytes de cada paquete (snaplen). Capture de nuevo con
    medidor o con tcpdump -s 0, o analice solo el otro archivo.
error-whose-capture = no se puede determinar si { $file } es del cliente o del servidor
    Indíquelo con --client { $file } o --server { $file }.
error-two-clients = { $file }: ya hay un archivo así del cliente
    Indique uno de cada lado, o diga cuál es cuál con --client y --server.
error-two-servers = { $file }: ya hay un archivo así del servidor
    Indique uno de cada lado, o diga cuál es cuál con --client y --server.
error-is-the-clients = { $file } es del cliente, según su registro
    Quite --server: medidor sabe de qué lado es.
error-is-the-servers = { $file } es del servidor, según su registro
    Quite --client: medidor sabe de qué lado es.
error-same-capture = las dos capturas son la misma: falta la del otro lado
    Consiga el archivo del otro equipo, o analice este solo.
error-too-many-captures = { $file }: una captura de más
    Son dos como máximo, una de cada lado; los archivos de un búfer circular cuentan
    como una.
error-rights = no se pudieron abandonar los privilegios de administrador, así que la ejecución se detiene: { $detail }
error-nothing-at-server = los archivos del servidor no contienen ningún mensaje; mensajes en los del cliente: { $count }
    { $why ->
        [filter]
            No se puede determinar si alguno llegó al servidor: el filtro de su captura
            puede excluirlos. Capture solo con el filtro "udp port PUERTO".
        [snaplen]
            No se puede determinar si alguno llegó al servidor: su captura corta los
            paquetes antes del número. Capture sin --snaplen.
        [unread]
            No se puede determinar si alguno llegó al servidor: su captura contiene
            paquetes que medidor no pudo leer ({ $amount }).
        [earlier]
            No se puede determinar si alguno llegó al servidor: según los dos relojes, sus
            archivos terminan { $amount } antes del primer mensaje del cliente.
        [later]
            No se puede determinar si alguno llegó al servidor: según los dos relojes, sus
            archivos empiezan { $amount } después del último mensaje del cliente.
       *[none]
            Si son de la misma ejecución, nada llegó al servidor: compruebe la redirección
            del puerto UDP en su router, el firewall y la dirección escrita en el cliente.
            Sin un mensaje en común no se puede saber cuándo el servidor estaba en marcha,
            y por eso no se concluye nada más.
    }
    Lo que muestra el lado del cliente: medidor analizar client.pcap
error-nothing-at-client = los archivos del cliente no contienen ningún mensaje numerado
    Compruebe si la captura es de esta medición y si su filtro dejó pasar el puerto.
# Errores en la línea de comandos.
mistake-unknown-argument = opción o argumento desconocido: { $argument }
mistake-unknown-command = comando desconocido: { $command }
mistake-no-value = { $argument } necesita un valor
mistake-value = { $argument } no puede ser "{ $value }"
mistake-too-many-values = { $argument } tiene un valor de más: "{ $value }"
mistake-missing = falta indicar { $argument }
mistake-missing-command = falta indicar el comando
mistake-twice = { $argument } solo puede aparecer una vez
mistake-conflict = { $argument } no se puede combinar con { $prior }
mistake-values = Valores posibles: { $words }
mistake-examples = Ejemplos: { $words }
mistake-range = Un número entero en { $range }
mistake-whole-number = Un número entero
mistake-suggestion = ¿Quiso decir { $words }?
mistake-help = Ayuda: { $command } --help
error-newer-journal = { $file } fue escrito por un medidor más nuevo (versión { $version } del registro)
    Actualice medidor, o analice la captura sin este registro.
error-not-a-journal = { $file } no es un registro de medidor
    Las anotaciones de un simulador (medidor simulador --truth) van con --truth.
error-not-a-truth = { $file } no contiene las anotaciones de un simulador (medidor simulador --truth)
error-template-long = el texto de { $option } tiene más de { $most } bytes
error-folder-exists = { $folder } ya existe
    No se cambió nada en ella. Elija otro nombre, o no use --output.
error-demo = la demostración no puede continuar: { $detail }
error-demo-program = { $program } falló ({ $status })
error-size = --size { $size } es poco: el texto de una sonda necesita { $least } bytes
error-too-many-blocks = { $file }: demasiados bloques; elija un --block más grande
error-no-sender = ningún emisor en { $host }: { $detail }
    Tiene que empezar primero: medidor enviar ARCHIVO
error-transfer-full = { $host } no acepta más receptores: la transferencia ya empezó, o todos los lugares están ocupados
error-other-dialect = { $host } no responde como un emisor de medidor de esta versión
    Si es un programa sin números, use --mode classic.
error-comparison = uno de los lados de la transferencia no empezó o no terminó
    Para saber por qué, ejecute usted mismo medidor enviar y medidor recibir.
error-no-file-told = ningún registro dice qué archivo se transfirió
    Indique también los registros: X.journal.jsonl, al lado de X.pcap.
error-other-transfer = los archivos son de transferencias distintas
error-two-senders = { $file }: ya hay un archivo así del emisor; un emisor tiene una captura y un registro
error-thresholds = los límites deben crecer: --slow { $slow }, --very-slow { $very_slow }, --timeout { $timeout }
error-interval = el menor intervalo del monitor es { $least }
error-mail-no-server = falta indicar el servidor de correo: --smtp HOST:PUERTO
error-mail-no-recipient = con --smtp, falta indicar el destinatario: --email-to
error-mail-no-from = falta indicar el remitente: --email-from
error-mail-address = dirección de correo no válida: { $text } ({ $detail })
error-mail-cleartext = sin cifrado, el correo y la contraseña solo van a este equipo, y { $host } es otro
    Use --smtp-tls starttls o implicit; o, si acepta el riesgo, --smtp-cleartext.
error-mail-certificate = el certificado de --smtp-ca no es válido: { $detail }
error-mail-no-password = sin contraseña para el servidor de correo: { $detail }
    Guárdela en un archivo (--smtp-password-file) o en MEDIDOR_SMTP_PASSWORD.
error-config = { $file }, línea { $line }: { $detail }
error-config-targets = el archivo de --config no tiene ningún objetivo ([[target]]), o tiene más de { $most }
error-config-twice = dos objetivos se llaman { $name }: deles nombres distintos (name)
error-not-of-a-transfer = { $option } no se aplica a una transferencia, y estos archivos son de una
system-not-found = no se encontró
system-invalid-data = contenido no válido
