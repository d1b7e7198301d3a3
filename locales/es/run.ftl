# Lo que aparece mientras corre una medición.
run-client = Cliente: { $count ->
    [one] { $count } mensaje
   *[other] { $count } mensajes
 } hacia { $peer }
run-server = Servidor escuchando en { $address }
run-local = Dirección local: { $address }
run-gateway = Dirección local del router: { $address }
run-no-gateway = Dirección local del router: ninguna (no hay ruta por defecto)
run-capturing = Capturando en { $device }, guardando en { $file }
run-not-capturing = Sin captura: solo la aplicación es testigo (--capture ARCHIVO guarda paquetes)
run-server-command = En la otra casa, escriba:
    { "  " }medidor cliente SU_DIRECCIÓN_PÚBLICA:{ $port } --capture client.pcap
    SU_DIRECCIÓN_PÚBLICA es la que un sitio de "cuál es mi IP" muestra aquí; en el
    router de esta casa, reenvíe el puerto UDP { $port } a { $local }.
    Ctrl-C lo termina y muestra el resumen.
run-server-command-here = En este equipo (la dirección es de loopback), en otra terminal, escriba:
    { "  " }medidor cliente { $local } --capture client.pcap
    Ctrl-C lo termina y muestra el resumen.
run-new-peer = Cliente nuevo: { $peer } (su dirección vista desde aquí)
run-pause = Pausa de { $time }
run-wait = Todo enviado; esperando respuestas durante { $time }
run-closing = Cerrando...
run-reply = { $n }: { $text } en { $rtt }
run-late = { $n }: { $text } en { $rtt }, tardía: pasó de su plazo
run-reordered = { $n }: { $text } en { $rtt }, fuera de orden
run-duplicate = { $n }: respuesta repetida
run-never-sent = { $n }: respuesta a un número que no se envió
run-malformed = Texto sin número, de { $from }: { $text }
run-other-source = La respuesta vino de otro origen: { $from }
run-not-sent = { $n }: no enviado, el sistema lo rechazó ({ $error })
run-host-dropped = { $n }: descartado por este equipo después del envío ({ $error })
run-reply-not-sent = La respuesta { $n } para { $peer } no se envió: el sistema la rechazó ({ $error })
run-refused = { $n }: nadie escucha en { $peer }
run-hint-refused = Allí no escucha ningún programa. ¿Está en marcha el servidor? En su equipo,
    escriba:
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
run-no-reply = { $n }: sin respuesta
run-tally = Enviados { $sent }, respondidos { $delivered }, tardíos { $late }
run-kept-old = { $file } ya existía; el archivo anterior ahora se llama { $kept }
run-journal-failed = La bitácora { $file } no se escribió hasta el final: { $detail }
run-nobody-wrote = No llegó ningún mensaje numerado.
run-capture-failed = La captura { $file } terminó antes que la medición: { $detail }
run-capture-refused = Sin derecho a capturar ({ $detail }): solo la aplicación es testigo
run-relay = Retransmitiendo de { $address } a { $to }; Ctrl-C termina
run-seed = Semilla del sorteo: { $seed } (--seed { $seed } lo repite)
run-relay-client = Cliente nuevo: { $peer }; el servidor lo verá como { $way }
relay-forward = Ida: { $came } llegaron, { $lost } perdidos, { $duplicated } duplicados, { $reordered } retenidos, { $corrupted } alterados
relay-return = Vuelta: { $came } llegaron, { $lost } perdidos, { $duplicated } duplicados, { $reordered } retenidos, { $corrupted } alterados
relay-not-taken = { $count ->
    [one] El sistema se negó a enviar { $count }.
   *[other] El sistema se negó a enviar { $count }.
 }
run-small-buffer = El sistema dio a este socket { $granted } KiB de espacio para recibir, en vez de { $asked }: los mensajes rápidos pueden
    desbordarlo, y cuentan como pérdida en este equipo. Para permitir más, como root: sysctl -w net.core.rmem_max={ $bytes }
run-small-ring = El sistema dio a la captura { $granted } KiB de memoria, en vez de { $asked }: a alta velocidad puede perder paquetes.
command-server = servidor
command-client = cliente
command-impair = simulador
command-analyze = analizar
demo-setting = Buscando tres equipos dentro de este...
demo-homes = Tres equipos virtuales (espacios de red): cliente, simulador y servidor
demo-loopback = Este sistema no nos da redes propias: { $why }
    Por eso los tres programas comparten la interfaz de loopback de este equipo, con
    direcciones distintas. Lo que eso cuesta: ningún datagrama sale del equipo, y el
    simulador es toda la red que hay. Un lado solo tomaría al otro por vecino sin
    red de por medio, y pondría las pérdidas del simulador a cuenta de su equipo;
    por eso no se muestra lo que cada uno dice solo. Los archivos de ambos lados
    juntos lo muestran.
demo-loopback-cure = Con tres equipos propios, como root:
    { "  " }sudo { $program } demo
    En Ubuntu, sin root cada vez:
    { "  " }sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
demo-folder = Todos los archivos van a { $folder }
demo-server = El servidor empieza, y guarda sus paquetes:
demo-relay = El simulador empieza: la red mala, que anota lo que hace:
demo-client = El cliente envía, y guarda sus paquetes:
demo-relay-ended = Lo que hizo el simulador:
demo-server-ended = Lo que vio el servidor:
demo-analysis = Los archivos de ambos lados juntos, cotejados con lo que anotó el simulador:
demo-files-short = Las capturas (para Wireshark), los registros y la verdad: { $folder }
demo-page = La página, para el navegador: { $page }
demo-files = En { $folder }:
demo-file-captures = { "  " }{ $files }: los paquetes, para abrir en Wireshark
demo-file-journals = { "  " }{ $files }: lo que hicieron las aplicaciones
demo-file-truth = { "  " }{ $files }: lo que el simulador hizo con cada datagrama
demo-file-page = { "  " }{ $files }: el resultado como página, para abrir en el navegador
demo-no-captures = Sin el derecho de capturar, las aplicaciones fueron los únicos testigos: los
    lugares son menos exactos, y no hay nada que abrir en Wireshark. Para darlo, una
    vez (quien pueda ejecutar el programa podrá entonces capturar):
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
ping-ambiguous-late = { $text }: respuesta tardía; a qué sonda responde, nadie lo sabe
ping-hint-refused = Allí no escucha ningún programa. Este ping necesita un servidor UDP, a
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
    [one] un receptor
   *[other] { $clients } receptores
    } en { $address }
transfer-came = Receptor { $number } listo, de { $peer } ({ $ready } de { $clients })
transfer-left = Receptor { $number }, de { $peer }, se fue antes del comienzo
transfer-refused = Rechazado, pues no hay lugar: { $peer }
transfer-started = La transferencia empezó
transfer-joined = Receptor { $number } de { $clients }: { $file }, { $size } bytes, modo { $mode }
transfer-total = total
transfer-progress = { $percent }, { $megabytes } MB
transfer-fragments = Bloques de más de { $most } bytes viajan en fragmentos en una Ethernet: perder uno pierde el bloque entero
run-annotated = Los paquetes con sus veredictos: { $file }
# El monitor.
class-normal = Normal
class-slow = Lenta
class-very-slow = Muy lenta
class-down = Inactiva
class-alternating = oscilando de { $best } a { $worst }
monitor-begin = Monitor: { $target }, una sonda cada { $interval }, con hasta { $timeout } de espera;
    Lenta a partir de { $slow }, Muy lenta a partir de { $very_slow }
monitor-endless = Ctrl-C lo termina.
monitor-line = { $time } { $target }: { $finding }
monitor-reply = { $class }, { $rtt } ms
monitor-silence = { $class }, sin respuesta en { $timeout }
monitor-refused = { $class }, la sonda fue rechazada (ICMP)
monitor-unsent = { $target }: el sistema no acepta sondas ({ $error }); sigo intentándolo, y eso no
    cuenta como pérdida
monitor-unresolved = { $target }: el nombre no tiene dirección ahora ({ $detail }); sigo
    intentándolo, y eso no cuenta como pérdida
monitor-unhindered = { $target }: las mediciones continúan
monitor-slept = { $target }: este equipo o este programa durmió { $time }; lo que se midió en
    ese tiempo no cuenta
monitor-late = { $target }: la respuesta a la sonda { $n } llegó demasiado tarde, en { $rtt }
monitor-other-source = { $target }: llegó un datagrama de { $from }, que no es la dirección y el puerto del objetivo
monitor-moved = { $target } es ahora { $peer }
monitor-alert = Alerta: { $target }: { $class } desde { $since }
monitor-log-failed = No se pudo escribir el registro: { $detail }
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
mail-again = El correo se intentará de nuevo en { $pause } (en espera: { $waiting })
mail-given-up = El correo "{ $subject }" a { $to } no se intentará más ({ $tries ->
    [one] { $tries } intento
   *[other] { $tries } intentos
 })
mail-no-room = Demasiados correos en espera: "{ $subject }" a { $to } no se enviará
mail-unsent = No se envió: "{ $subject }" a { $to }
mail-last-round = Enviando lo que aún espera (correos: { $count }); después de Ctrl-C, durante { $grace } como máximo
mail-too-many = Demasiadas alertas a la vez: una no se hizo correo
mail-unreachable = No se llega al servidor de correo { $server }: { $detail }
mail-timeout = El servidor de correo { $server } no respondió a tiempo ({ $detail })
mail-tls = La conexión segura con el servidor de correo { $server } falló: { $detail }
mail-login = El servidor de correo { $server } rechazó el usuario o la contraseña: { $detail }
mail-busy = El servidor de correo { $server } no aceptó el mensaje por ahora: { $detail }
mail-refused = El servidor de correo { $server } rechazó el mensaje: { $detail }
mail-broken = El servidor de correo { $server } no respondió con SMTP: { $detail }
mail-too-long = El servidor de correo { $server } envió una respuesta de más de { $detail } bytes, que no es SMTP
mail-password = Contraseña de { $user } en el servidor de correo:{" "}
mail-password-open = Otros usuarios pueden leer { $file }: chmod 600 les cierra la contraseña
monitor-capturing = Guardando los últimos paquetes de { $device }; la captura de cada alerta va a { $folder }
monitor-evidence = Captura de la alerta: { $file }
monitor-no-evidence = Esta alerta queda sin captura: { $detail }
monitor-evidence-gone = los paquetes de estas sondas ya no están en la memoria
monitor-capture-failed = La captura terminó; las mediciones siguen sin ella: { $detail }
mail-without-file = El correo se intentará sin el adjunto
mail-evidence =
    Paquetes: { $summary }
    El informe va adjunto; la captura: { $file }
monitor-metrics = Métricas en http://{ $address }/metrics
