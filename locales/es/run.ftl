# Lo que aparece mientras corre una medición.
run-client = Cliente: { $count ->
    [one] { $count } mensaje
   *[other] { $count } mensajes
 } hacia { $peer }
run-server = Servidor escuchando en { $address }
run-local = Dirección local: { $address }
run-gateway = Dirección local del router: { $address }
run-no-gateway = Dirección local del router: ninguna (no hay ruta predeterminada)
run-capturing = Capturando en { $device }, guardando en { $file }
run-not-capturing = Sin captura: solo el programa registra lo que pasa (--capture ARCHIVO)
run-server-command = En la otra casa, escriba:
    { "  " }medidor cliente SU_DIRECCIÓN_PÚBLICA:{ $port } --capture client.pcap
    SU_DIRECCIÓN_PÚBLICA es la que un sitio de "cuál es mi IP" muestra aquí; en el
    router de esta casa, redirija el puerto UDP { $port } a { $local }.
    Ctrl-C termina y muestra el resumen.
run-server-command-here = En este equipo (dirección de loopback), en otra terminal, escriba:
    { "  " }medidor cliente { $local } --capture client.pcap
    Ctrl-C termina y muestra el resumen.
run-new-peer = Cliente nuevo: { $peer } (su dirección vista desde aquí)
run-pause = Pausa de { $time }
run-wait = Todo enviado; esperando respuestas durante { $time }
run-closing = Cerrando...
run-reply = { $n }: { $text } en { $rtt }
run-late = { $n }: { $text } en { $rtt }, tardía: pasó el plazo
run-reordered = { $n }: { $text } en { $rtt }, fuera de orden
run-duplicate = { $n }: respuesta repetida
run-never-sent = { $n }: respuesta a un número que no se envió
run-malformed = Texto sin número, de { $from }: { $text }
run-other-source = La respuesta vino de otra dirección: { $from }
run-not-sent = { $n }: no enviado, el sistema lo rechazó ({ $error })
run-host-dropped = { $n }: descartado por este equipo después del envío ({ $error })
run-reply-not-sent = La respuesta { $n } para { $peer } no se envió: el sistema la rechazó ({ $error })
run-refused = { $n }: puerto inalcanzable: ningún programa escucha en { $peer }, o un firewall rechaza
run-hint-refused = Inicie allí el servidor, o abra el puerto en su firewall. En su equipo:
    { "  " }medidor servidor --listen 0.0.0.0:{ $port }
run-hint-silence = Sin respuesta desde hace 3 s; se sigue. Las causas más frecuentes, en orden:
    - el cortafuegos de la computadora del servidor; allí: sudo ufw allow { $port }/udp
    - su router no reenvía el puerto UDP { $port } hacia ella
    - el servidor no está en marcha; allí: medidor servidor --listen 0.0.0.0:{ $port }
run-next = Lo siguiente: reúna en una carpeta los archivos de ambos lados (capturas y
    registros) y escriba allí:
    { "  " }medidor analizar { $client } { $server }
run-details-hint = Más: --details muestra el recorrido, los retardos y las evidencias;
    --html ARCHIVO escribe una página.
run-unnumbered = Textos sin número: { $received } recibidos, { $answered } respondidos, { $dropped } descartados a propósito{ $limited ->
        [0] { "" }
       *[other] , { $limited } por encima del límite
    }.{ $answered ->
        [0] { "" } Con --reply upper, echo o pong el servidor los responde.
       *[other] { "" }
    }
run-no-reply = { $n }: sin respuesta
run-tally =
    { $sent ->
        [one] { $sent } enviado
       *[other] { $sent } enviados
    }, { $delivered ->
        [one] { $delivered } respondido
       *[other] { $delivered } respondidos
    }, { $late ->
        [one] { $late } tardío
       *[other] { $late } tardíos
    }
run-kept-old = { $file } ya existía; el archivo anterior ahora se llama { $kept }
run-journal-failed = El registro { $file } no se escribió hasta el final: { $detail }
run-nobody-wrote = No llegó ningún mensaje numerado.
run-capture-failed = La captura { $file } terminó antes que la medición: { $detail }
run-capture-refused = Sin permiso para capturar ({ $detail }): solo el programa registra lo que pasa
run-relay = Reenviando de { $address } a { $to }; Ctrl-C termina
run-relay-refused = Rechazado: ningún programa escucha en { $to }, o un firewall rechaza
    (--to indica el servidor)
run-seed = Semilla del sorteo: { $seed } (--seed { $seed } repite esta ejecución)
run-relay-client = Cliente nuevo: { $peer }; el servidor lo verá como { $way }
relay-forward = Ida: { $came ->
    [one] { $came } llegó
   *[other] { $came } llegaron
 }, { $lost ->
    [one] { $lost } perdido
   *[other] { $lost } perdidos
 }, { $duplicated ->
    [one] { $duplicated } duplicado
   *[other] { $duplicated } duplicados
 }, { $reordered ->
    [one] { $reordered } retenido
   *[other] { $reordered } retenidos
 }, { $corrupted ->
    [one] { $corrupted } alterado
   *[other] { $corrupted } alterados
 }
relay-return = Vuelta: { $came ->
    [one] { $came } llegó
   *[other] { $came } llegaron
 }, { $lost ->
    [one] { $lost } perdido
   *[other] { $lost } perdidos
 }, { $duplicated ->
    [one] { $duplicated } duplicado
   *[other] { $duplicated } duplicados
 }, { $reordered ->
    [one] { $reordered } retenido
   *[other] { $reordered } retenidos
 }, { $corrupted ->
    [one] { $corrupted } alterado
   *[other] { $corrupted } alterados
 }
relay-not-taken = { $count ->
    [one] El sistema se negó a enviar { $count } datagrama.
   *[other] El sistema se negó a enviar { $count } datagramas.
 }
run-small-buffer = El sistema dio a este socket un búfer de recepción de { $granted } KiB, en vez de { $asked }: los mensajes rápidos pueden
    desbordarlo y contar como pérdida en este equipo. Para permitir más, como root: sysctl -w net.core.rmem_max={ $bytes }
run-small-ring = El sistema dio a la captura { $granted } KiB de memoria, en vez de { $asked }: con tasas altas puede perder paquetes.
command-server = servidor
command-client = cliente
command-impair = simulador
command-analyze = analizar
demo-setting = Creando tres equipos virtuales...
demo-homes = Tres equipos virtuales (espacios de red): cliente, simulador y servidor
demo-loopback = Este sistema no permite crear redes virtuales: { $why }
    Por eso los tres programas usan la interfaz de loopback de este equipo, con
    direcciones distintas. Lo que eso cuesta: ningún datagrama sale del equipo, y el
    simulador es toda la red. Solo, cada lado pensaría que el otro es vecino, sin
    red de por medio, y atribuiría las pérdidas del simulador al equipo del otro;
    por eso no se muestra el resultado de cada lado solo. Los archivos de los dos
    lados juntos muestran dónde se perdió cada mensaje.
demo-loopback-cure = Con tres equipos virtuales, como root:
    { "  " }sudo { $program } demo
    En Ubuntu, sin root cada vez:
    { "  " }sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
demo-folder = Todos los archivos van a { $folder }
demo-server = El servidor empieza y captura sus paquetes:
demo-relay = El simulador empieza: es la red mala, y anota lo que hace:
demo-client = El cliente envía y captura sus paquetes:
demo-relay-ended = Lo que hizo el simulador:
demo-server-ended = Lo que vio el servidor:
demo-analysis = Los archivos de los dos lados juntos, comparados con lo que anotó el simulador:
demo-files-short = Las capturas (para Wireshark), los registros y la verdad: { $folder }
demo-page = La página, para el navegador: { $page }
demo-files = En { $folder }:
demo-file-captures = { "  " }{ $files }: los paquetes, para abrir en Wireshark
demo-file-journals = { "  " }{ $files }: lo que hicieron los programas
demo-file-truth = { "  " }{ $files }: lo que el simulador hizo con cada datagrama
demo-file-page = { "  " }{ $files }: el resultado como página, para abrir en el navegador
demo-no-captures = Sin permiso para capturar, solo los programas registraron lo que pasó: los
    lugares son menos exactos, y no hay nada que abrir en Wireshark. Para dar el
    permiso, una vez (quien pueda ejecutar el programa podrá capturar):
    { "  " }sudo setcap cap_net_raw+ep { $program }
run-ping = Ping: { $count ->
    [one] { $count } sonda
   *[other] { $count } sondas
 } hacia { $peer }
run-ping-endless = Ping: sondas hacia { $peer } hasta Ctrl-C
run-ping-wait = Todo enviado; esperando respuestas tardías durante { $time } s
ping-reply = { $n }: { $text } en { $rtt } s
ping-late = { $n }: { $text } en { $rtt } s, tardía: después de su plazo de { $timeout } s
ping-ambiguous = { $n }: { $text }, sin RTT: puede ser la respuesta a una sonda anterior
ping-ambiguous-late = { $text }: respuesta tardía; no se puede determinar a qué sonda responde
ping-hint-refused = Este ping necesita un servidor UDP, a
    diferencia del ping del sistema; en ese equipo, escriba:
    { "  " }medidor servidor --listen 0.0.0.0:{ $port } --reply upper
ping-hint-silence = Sin respuesta desde hace 3 s; se sigue. Este ping necesita un servidor UDP, a
    diferencia del ping del sistema; en ese equipo, escriba:
    { "  " }medidor servidor --listen 0.0.0.0:{ $port } --reply upper
    Si ya hay uno en marcha, la causa puede ser su cortafuegos:
    { "  " }sudo ufw allow { $port }/udp
ping-timed-out = { $n }: Tiempo de espera agotado para esta solicitud
run-icmp = { $n }: no habrá respuesta, dice { $from } (ICMP tipo { $type }, código { $code })
transfer-waiting = { $file }, { $size } bytes, modo { $mode }: esperando { $clients ->
    [one] { $clients } receptor
   *[other] { $clients } receptores
    } en { $address }
transfer-came = Receptor { $number } listo, de { $peer } ({ $ready } de { $clients })
transfer-left = Receptor { $number }, de { $peer }, se desconectó antes del inicio
transfer-refused = Rechazado, todos los lugares están ocupados: { $peer }
transfer-started = La transferencia empezó
transfer-joined = Receptor { $number } de { $clients }: { $file }, { $size } bytes, modo { $mode }
transfer-total = total
transfer-progress = { $percent }, { $megabytes } MB
transfer-fragments = Los bloques de más de { $most } bytes viajan en fragmentos en Ethernet: si se pierde uno, se pierde el bloque completo
run-annotated = Los paquetes con sus veredictos: { $file }
# El monitor.
class-normal = Normal
class-slow = Lenta
class-very-slow = Muy lenta
class-down = Inactiva
class-alternating = oscilando de { $best } a { $worst }
monitor-begin = Monitor: { $target }, una sonda cada { $interval }, con hasta { $timeout } de espera;
    Lenta a partir de { $slow }, Muy lenta a partir de { $very_slow }
monitor-endless = Ctrl-C termina.
monitor-line = { $time } { $target }: { $finding }
monitor-reply = { $class }, { $rtt } ms
monitor-silence = { $class }, sin respuesta en { $timeout }
monitor-refused = { $class }, la sonda fue rechazada (ICMP)
monitor-unsent = { $target }: el sistema no envía sondas ({ $error }); sigo intentándolo, y eso no
    cuenta como pérdida
monitor-unresolved = { $target }: el nombre no tiene dirección ahora ({ $detail }); sigo
    intentándolo, y eso no cuenta como pérdida
monitor-unhindered = { $target }: las mediciones continúan
monitor-slept = { $target }: este equipo o este programa estuvo suspendido { $time }; lo que se midió
    en ese tiempo no cuenta
monitor-late = { $target }: la respuesta a la sonda { $n } llegó demasiado tarde, en { $rtt }
monitor-other-source = { $target }: llegó un datagrama de { $from }, que no es la dirección y el puerto del objetivo
monitor-moved = { $target } es ahora { $peer }
monitor-alert = Alerta: { $target }: { $class } desde { $since }
monitor-log-failed = No se pudo escribir el log: { $detail }
monitor-class-count = { $class }: { $count }
monitor-summary = { $target }: { $count ->
    [one] { $count } medición
   *[other] { $count } mediciones
 } ({ $classes }){ $unmeasured ->
    [0] { "" }
   *[other] ; sin medir: { $unmeasured }
 }
# Los mensajes de alerta.
mail-subject = Alerta de latencia: { $target }: { $class }
mail-subject-recovery = Alerta de latencia: { $target }: { $class } de nuevo, después de { $time }
mail-body =
    Objetivo: { $target }
    Estado: { $class } desde { $since } (antes: { $before })
    Última medición: { $found }, a las { $time }
mail-sent = Correo enviado a { $to }: { $subject }
mail-again = Nuevo intento de enviar el correo en { $pause } (en espera: { $waiting })
mail-given-up = No se intentará más enviar el correo "{ $subject }" a { $to } ({ $tries ->
    [one] { $tries } intento
   *[other] { $tries } intentos
 })
mail-no-room = Demasiados correos en espera: "{ $subject }" a { $to } no se enviará
mail-unsent = No se envió: "{ $subject }" a { $to }
mail-last-round = Enviando los correos que aún esperan ({ $count }); después de Ctrl-C, durante { $grace } como máximo
mail-too-many = Demasiadas alertas a la vez: una no se envió por correo
mail-unreachable = No se puede conectar con el servidor de correo { $server }: { $detail }
mail-timeout = El servidor de correo { $server } no respondió a tiempo ({ $detail })
mail-tls = La conexión segura con el servidor de correo { $server } falló: { $detail }
mail-login = El servidor de correo { $server } rechazó el usuario o la contraseña: { $detail }
mail-busy = El servidor de correo { $server } no aceptó el mensaje por ahora: { $detail }
mail-refused = El servidor de correo { $server } rechazó el mensaje: { $detail }
mail-broken = Respuesta inesperada del servidor de correo { $server }: { $detail }
mail-too-long = Respuesta inesperada del servidor de correo { $server }: más de { $detail } bytes
mail-password = Contraseña de { $user } en el servidor de correo:{" "}
mail-password-open = Otros usuarios pueden leer { $file }: chmod 600 protege la contraseña
monitor-capturing = Guardando los últimos paquetes de { $device }; la captura de cada alerta va a { $folder }
monitor-evidence = Captura de la alerta: { $file }
monitor-no-evidence = Esta alerta queda sin captura: { $detail }
monitor-evidence-gone = los paquetes de estas sondas ya no están en la memoria
monitor-capture-failed = La captura terminó; las mediciones siguen sin ella: { $detail }
mail-without-file = El correo se enviará sin el adjunto
mail-evidence =
    Paquetes: { $summary }
    El informe va adjunto; la captura: { $file }
monitor-metrics = Métricas en http://{ $address }/metrics
