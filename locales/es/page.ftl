# El resultado como página para navegadores.

page-skip = Ir al resultado
page-footer = Escrito por medidor. Esta página contiene todo lo que muestra; no pide nada a la red. Los tiempos se cuentan desde el primer mensaje.
page-lost-where = Dónde se perdieron:
page-begun = Inicio: { $time }
page-more-flows = Aquí aparecen { $shown } de { $all } conversaciones; --json las cuenta todas.
page-no-warnings = Ninguna advertencia

page-point = Punto
page-witness = visto por
page-messages = mensajes

page-ladder = El camino de cada mensaje
page-ladder-how = Una fila por mensaje, de la aplicación del cliente a la del servidor y de vuelta. Las filas están siempre a la misma distancia, sea cual sea el tiempo entre ellas.
page-ladder-about = Una fila por mensaje: su línea va del cliente al servidor y vuelve, y termina en una cruz donde se perdió el mensaje. La tabla de abajo dice lo mismo en palabras.
page-ladder-part = Se dibujan { $shown } de { $all } mensajes: los que no pasaron sin más.
page-legend-seen = visto ahí (una trama de una captura o una línea de un diario)
page-legend-lost = perdido en este tramo
page-legend-somewhere = en algún lugar del tramo discontinuo: los archivos no dicen dónde
page-lane-client-app = app del cliente
page-lane-client-wire = interfaz del cliente
page-lane-server-wire = interfaz del servidor
page-lane-server-app = app del servidor
page-lane-one-wire = interfaz (un solo equipo)
page-lane-network = red
page-somewhere = en algún lugar aquí
page-rung = Mensaje { $n }: { $what }
page-lost-at = perdido: { $place }
page-lost-between = perdido: en algún lugar, de { $first } a { $last }
page-lost-of = perdido, en uno de { $count } lugares
page-lost-somewhere = perdido, en uno de estos: { $places }
page-zoom = Tamaño del dibujo
page-zoom-in = más grande
page-zoom-out = más pequeño
page-zoom-all = todo a la vez
page-zoom-own = tamaño normal

page-table = Los mensajes, uno a uno
page-table-part = En esta tabla están { $shown } de { $all } mensajes, primero los que no pasaron sin más; --csv los escribe todos.
page-search = Buscar (un número o cualquier texto)
page-outcome = Desenlace
page-outcome-all = todos
page-shown = { $shown } de { $all } filas
page-number = N.º
page-left = Enviado en
page-rtt = RTT
page-evidence = Evidencia
page-conversation = La conversación entera en Wireshark:
page-copy = copiar
page-copied = copiado
page-copy-label =
    { $n ->
        [none] Copiar el filtro de visualización para { $file }
       *[other] Copiar el filtro de visualización del mensaje { $n } en { $file }
    }

page-frame = { $file }, trama { $frame }
page-by-others = lo muestra lo que vino después
page-last-seen = Visto por última vez: { $point } ({ $where }).
page-missing =
    Falta de ahí en adelante: { $point }{ $file ->
        [none] .
       *[other] {" "}({ $file }: { $sure }).
    }
page-whole = no se le escapó nada
page-gaps = tiene huecos, pero ninguno alrededor de ese momento
page-assumed = se supone que estaba despierto entonces, sin prueba
page-gap = En { $file } estaría entre la trama { $low_frame } (mensaje { $low }) y la trama { $high_frame } (mensaje { $high }).
page-sure-whole = Grado de certeza: seguro, si los archivos son honestos. Se vio antes de este tramo, y a quien observaba detrás de él no se le escapó nada.
page-sure-gaps = Grado de certeza: seguro para ese momento, si los archivos son honestos. Quien no lo vio tiene huecos, pero ninguno alrededor de ese momento.
page-sure-assumed = Grado de certeza: probable. Que quien no lo vio estuviera observando entonces es una suposición; nada lo prueba.
page-sure-told = Grado de certeza: el de quien informó de la pérdida.
page-sure-stretch =
    Grado de certeza: que se perdió es seguro; dónde, no. { $count ->
        [one] Queda un lugar posible
       *[other] Quedan { $count } lugares posibles
    }, porque nadie observaba entre ellos.
page-sure-nowhere = Grado de certeza: nadie vio dónde. Ningún archivo muestra señal de él en el camino.
page-sure-late-wire = Grado de certeza: solo la captura vio llegar la respuesta, y ahí llegó tarde.
page-sure-inconclusive = Grado de certeza: ninguno. Ningún archivo prueba que la respuesta llegó, y ninguno prueba que no.
page-duplicates =
    { $count ->
        [one] Se vio { $count } copia de más de él o de su respuesta.
       *[other] Se vieron { $count } copias de más de él o de su respuesta.
    }
page-altered = Su texto, o el de su respuesta, cambió en el camino.

page-loss = Pérdida a lo largo del tiempo
page-loss-how = Cada barra es un tramo de { $width }: lo que pasó está por encima de la línea, lo que no, por debajo. Cada mitad tiene su propia escala.
page-legend-came = pasó (por encima de la línea)
page-legend-lost-late = perdido o tardío (por debajo de la línea)
page-legend-open = no enviado, o no se sabe (por debajo de la línea)
page-loss-bin = Desde { $from } s: { $came } pasaron, { $lost } perdidos o tardíos, { $open } no enviados o desconocidos
page-chart-about = Dibujado con los números de timeline y distribution del documento del resultado (--json); las tablas de esta página los resumen.
page-seconds = segundos desde el primer mensaje

page-rtts = Tiempo de ida y vuelta a lo largo del tiempo
page-rtts-how = Los puntos son medias, las líneas van del menor al mayor del mismo tramo de tiempo; ▲ representa más de lo que muestra la escala. Los cuatro se miden en cuatro lugares, y todos tienen la misma escala.
page-rtt-bin =
    { $count ->
        [one] { $count } muestra: { $mean }
       *[other] { $count } muestras: de { $min } a { $max }, media { $mean }
    }
page-spread = Distribución del tiempo de ida y vuelta
page-spread-how = Cada barra cuenta los mensajes cuya ida y vuelta tardó eso, en pasos de { $width }; la última contiene también todos los más largos.
page-spread-sums = mediana { $median }, p95 { $p95 }, máximo { $max }
page-spread-bin = de { $from } a { $to }: { $count }
page-spread-last = { $from } y más: { $count }

# Lo que se anota en los paquetes de una captura.

comment-frame = Mensaje { $n }: { $fate }
comment-copy = Mensaje { $n } (una copia más): { $fate }

# Transferencias.

page-comparison = Transferencias lado a lado
page-transfer =
    { $whole } de { $count ->
        [one] { $count } receptor tiene
       *[other] { $count } receptores tienen
    } el archivo entero ({ $mode }){ $unknown ->
        [0] {""}
       *[other] ; de { $unknown } no se sabe
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
page-transfer-part = { $shown } de { $all } receptores aparecen uno a uno; la tabla los trae todos.
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
    } en uno de estos lugares, no se sabe en cuál: { $places }
page-map = Pérdidas a lo largo del archivo
page-map-how =
    { $blocks ->
        [one] Cada barra representa un bloque del archivo; está ahí donde el bloque se perdió.
       *[other] Cada barra representa { $blocks } bloques del archivo, la última quizá menos; su altura dice cuántos de ellos se perdieron.
    }
page-map-cell =
    Desde el bloque { $first }, { $blocks ->
        [one] { $blocks } bloque
       *[other] { $blocks } bloques
    }: { $lost } perdidos
page-course = Tasa a lo largo del tiempo
page-course-received = Lo que llegó al receptor, en pasos de { $width }.
page-course-sent = Lo que salió del emisor, en pasos de { $width }.
page-course-cell = Tras { $from }: { $rate }
page-witness-sender =
    { $kind ->
        [capture] Captura del emisor
       *[journal] Diario del emisor
    }: { $file } ({ $whole })
page-witness-receiver =
    { $kind ->
        [capture] Captura
       *[journal] Diario
    } del receptor{ $number ->
        [none] {""}
       *[other] {" "}{ $number }
    }: { $file } ({ $whole })

# Chats.

page-chat-connection = Conexión
page-chat-bytes-client = bytes del cliente
page-chat-bytes-server = bytes del servidor
page-chat-again-client = repetidos por el cliente
page-chat-again-server = repetidos por el servidor
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
page-chat-journal = diario
