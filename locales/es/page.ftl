# El resultado como página para navegadores.

page-skip = Ir al resultado
page-footer = Escrito por medidor. Esta página contiene todo lo que muestra; no carga nada de la red. Los tiempos se cuentan desde el primer mensaje.
page-lost-where = Dónde se perdieron:
page-begun = Inicio: { $time }
page-more-flows = Aquí aparecen { $shown } de { $all } conversaciones; --json las contiene todas.
page-no-warnings = Ningún aviso

page-point = Punto
page-witness = visto por
page-messages = mensajes

page-ladder = Camino de cada mensaje
page-ladder-how = Una fila por mensaje, del programa del cliente al del servidor y de vuelta. La distancia entre las filas es siempre la misma, sea cual sea el tiempo entre ellas.
page-ladder-about = Una fila por mensaje: su línea va del cliente al servidor y vuelve, y termina en una X donde se perdió el mensaje. La tabla de abajo dice lo mismo en palabras.
page-ladder-part = Se dibujan { $shown } de { $all } mensajes: los que tuvieron algún problema.
page-legend-seen = visto ahí (una trama de una captura o una línea de un registro)
page-legend-lost = perdido en este tramo
page-legend-somewhere = en algún punto del tramo discontinuo: los archivos no muestran dónde
page-lane-client-app = programa del cliente
page-lane-client-wire = interfaz del cliente
page-lane-server-wire = interfaz del servidor
page-lane-server-app = programa del servidor
page-lane-one-wire = interfaz (un solo equipo)
page-lane-network = red
page-somewhere = en algún punto aquí
page-rung = Mensaje { $n }: { $what }
page-lost-at = perdido: { $place }
page-lost-between = perdido: en algún punto entre { $first } y { $last }
page-lost-of = perdido, en uno de { $count } lugares
page-lost-somewhere = perdido, en uno de estos: { $places }
page-zoom = Tamaño del dibujo
page-zoom-in = más grande
page-zoom-out = más pequeño
page-zoom-all = todo a la vez
page-zoom-own = tamaño normal

page-table = Todos los mensajes
page-table-part = Esta tabla contiene { $shown } de { $all } mensajes, primero los que tuvieron algún problema; --csv los escribe todos.
page-search = Buscar (un número o cualquier texto)
page-outcome = Resultado
page-outcome-all = todos
page-shown = { $shown } de { $all } filas
page-number = N.º
page-left = Enviado en
page-rtt = RTT
page-evidence = Evidencia
page-conversation = La conversación completa en Wireshark:
page-copy = copiar
page-copied = copiado
page-copy-label =
    { $n ->
        [none] Copiar el filtro de visualización para { $file }
       *[other] Copiar el filtro de visualización del mensaje { $n } en { $file }
    }

page-frame = { $file }, trama { $frame }
page-by-others = lo muestran paquetes posteriores
page-last-seen = Visto por última vez: { $point } ({ $where }).
page-missing =
    Falta de ahí en adelante: { $point }{ $file ->
        [none] .
       *[other] {" "}({ $file }: { $sure }).
    }
page-whole = sin lagunas
page-gaps = con lagunas, pero ninguna alrededor de ese momento
page-assumed = supuestamente en marcha en ese momento, sin prueba
page-gap = En { $file } estaría entre la trama { $low_frame } (mensaje { $low }) y la trama { $high_frame } (mensaje { $high }).
page-sure-whole = Grado de certeza: seguro, si los archivos son auténticos. Se vio antes de este tramo, y los archivos posteriores a él no tienen lagunas.
page-sure-gaps = Grado de certeza: seguro para ese momento, si los archivos son auténticos. El archivo en el que falta tiene lagunas, pero ninguna alrededor de ese momento.
page-sure-assumed = Grado de certeza: probable. Se supone que el archivo en el que falta cubre ese momento; nada lo prueba.
page-sure-told = Grado de certeza: el mismo del aviso que informó de la pérdida.
page-sure-stretch =
    Grado de certeza: es seguro que se perdió, pero no dónde. { $count ->
        [one] Es posible { $count } lugar
       *[other] Son posibles { $count } lugares
    }, porque no se registró nada entre ellos.
page-sure-nowhere = Grado de certeza: no se puede determinar dónde. Ningún archivo lo muestra en el camino.
page-sure-late-wire = Grado de certeza: solo la captura vio llegar la respuesta, y ahí llegó tarde.
page-sure-inconclusive = Grado de certeza: ninguno. Ningún archivo prueba que la respuesta llegó, y ninguno prueba que no llegó.
page-duplicates =
    { $count ->
        [one] Se vio { $count } copia de más de él o de su respuesta.
       *[other] Se vieron { $count } copias de más de él o de su respuesta.
    }
page-altered = Su texto, o el de su respuesta, se alteró en el camino.

page-loss = Pérdida a lo largo del tiempo
page-loss-how = Cada barra es un intervalo de { $width }: lo que llegó está por encima de la línea; el resto, por debajo. Cada mitad tiene su propia escala.
page-legend-came = llegó (por encima de la línea)
page-legend-lost-late = perdido o tardío (por debajo de la línea)
page-legend-open = no enviado, o no se puede determinar (por debajo de la línea)
page-loss-bin = Desde { $from } s: { $came ->
    [one] { $came } llegó
   *[other] { $came } llegaron
 }, { $lost ->
    [one] { $lost } perdido o tardío
   *[other] { $lost } perdidos o tardíos
 }, { $open ->
    [one] { $open } no enviado o desconocido
   *[other] { $open } no enviados o desconocidos
 }
page-chart-about = Dibujado con timeline y distribution del documento del resultado (--json); las tablas de esta página los resumen.
page-seconds = segundos desde el primer mensaje

page-rtts = Tiempo de ida y vuelta a lo largo del tiempo
page-rtts-how = Los puntos son medias, las líneas van del menor al mayor valor del mismo intervalo; ▲ marca valores por encima de la escala. Los cuatro gráficos se miden en cuatro lugares y tienen la misma escala.
page-rtt-bin =
    { $count ->
        [one] { $count } muestra: { $mean }
       *[other] { $count } muestras: de { $min } a { $max }, media { $mean }
    }
page-spread = Distribución del tiempo de ida y vuelta
page-spread-how = Cada barra cuenta los mensajes con ese tiempo de ida y vuelta, en pasos de { $width }; la última contiene también todos los más largos.
page-spread-sums = mediana { $median }, p95 { $p95 }, máximo { $max }
page-spread-bin = de { $from } a { $to }: { $count }
page-spread-last = { $from } y más: { $count }

# Lo que se anota en los paquetes de una captura.

comment-frame = Mensaje { $n }: { $fate }
comment-copy = Mensaje { $n } (copia de más): { $fate }

# Transferencias.

page-comparison = Transferencias lado a lado
page-transfer =
    { $whole } de { $count ->
        [one] { $count } receptor
       *[other] { $count } receptores
    } con el archivo completo ({ $mode }){ $unknown ->
        [0] {""}
        [one] ; { $unknown } desconocido
       *[other] ; { $unknown } desconocidos
    }
page-transfer-file =
    Archivo: { $name ->
        [none] —
       *[other] { $name }
    }, { $size ->
        [none] tamaño desconocido
        [one] { $size } byte
       *[other] { $size } bytes
    }
page-transfer-part = { $shown } de { $all } receptores aparecen uno a uno; la tabla los contiene todos.
page-receiver = Receptor { $number }
page-blocks = bloques
page-blocks-sent = enviados por el programa
page-blocks-out = en la interfaz de red del emisor
page-blocks-in = en la interfaz de red del receptor
page-blocks-read = leídos por el programa
page-blocks-lost =
    { $count ->
        [one] { $count } bloque perdido
       *[other] { $count } bloques perdidos
    }: { $place }
page-blocks-somewhere =
    { $count ->
        [one] { $count } bloque perdido
       *[other] { $count } bloques perdidos
    } en uno de estos lugares, sin poder determinar en cuál: { $places }
page-map = Pérdidas a lo largo del archivo
page-map-how =
    { $blocks ->
        [one] Cada barra es un bloque del archivo que se perdió.
       *[other] Cada barra representa { $blocks } bloques del archivo, la última quizá menos; su altura muestra cuántos de ellos se perdieron.
    }
page-map-cell =
    Desde el bloque { $first }, { $blocks ->
        [one] { $blocks } bloque
       *[other] { $blocks } bloques
    }: { $lost ->
        [one] { $lost } perdido
       *[other] { $lost } perdidos
    }
page-course = Tasa a lo largo del tiempo
page-course-received = Lo que llegó al receptor, en pasos de { $width }.
page-course-sent = Lo que salió del emisor, en pasos de { $width }.
page-course-cell = Tras { $from }: { $rate }
page-witness-sender =
    { $kind ->
        [capture] Captura del emisor
       *[journal] Registro del emisor
    }: { $file } ({ $whole })
page-witness-receiver =
    { $kind ->
        [capture] Captura
       *[journal] Registro
    } del receptor{ $number ->
        [none] {""}
       *[other] {" "}{ $number }
    }: { $file } ({ $whole })

# Chats.

page-chat-connection = Conexión
page-chat-bytes-client = bytes del cliente
page-chat-bytes-server = bytes del servidor
page-chat-again-client = retransmitidos por el cliente
page-chat-again-server = retransmitidos por el servidor
page-chat-copy = Copiar el filtro de visualización de: { $what }
page-chat-kind = Tipo
page-chat-message = mensaje
page-chat-control = para el servidor
page-chat-notice = aviso
page-chat-from = De
page-chat-text = Texto
page-chat-way-in = Hasta el servidor
page-chat-taken = confirmadas
page-chat-capture = captura
page-chat-journal = registro
