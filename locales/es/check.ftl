check-summary =
    { $path }: { $met ->
        [one] { $met } punto cumplido
       *[other] { $met } puntos cumplidos
    }, { $not } no cumplidos, { $open } que no se puede decir
check-met = cumplido
check-not-met = NO CUMPLIDO
check-cannot-be-told = no se puede decir
check-details-hint = --details muestra el motivo y las evidencias de cada punto.
check-evidence = Véase { $evidence }.
check-frames =
    { $count ->
        [one] trama { $frames }
       *[other] tramas { $frames }
    }
check-submission = entrega
check-legend = ✓ cumplido, ✗ no cumplido, ? no se puede decir
check-not-met-heading = Lo que no se cumple
check-shared-heading = Capturas que varias entregas tienen en común
check-shared-file = El mismo archivo: { $files }
check-shared-packets = Los mismos paquetes en archivos distintos: { $files }
check-unused = { $file } no se usó: hay otro archivo de su tipo, o no dice de qué lado es.

check-point-captures = Una captura de cada lado
check-point-same-run = Las dos capturas son de la misma ejecución
check-point-two-homes = Dos domicilios distintos
check-point-packets = Solo paquetes de esta aplicación
check-point-from-first = Captura desde el primer mensaje
check-point-numbering = Numerados desde 1, sin huecos
check-point-count = Treinta mensajes
check-point-pauses = 10 s de pausa cada 10 mensajes
check-point-final-wait = 10 s de espera al final
check-point-acks = Un ACK con el número correcto para cada mensaje recibido
check-point-loss-rate = La tasa de mensajes perdidos
check-point-names = Los nombres del grupo

check-reason-both-captures = Están la del cliente y la del servidor.
check-reason-no-server-capture = Hay una del lado del cliente y ninguna del lado del servidor.
check-reason-no-client-capture = Hay una del lado del servidor y ninguna del lado del cliente.
check-reason-no-capture = No hay captura.
check-reason-no-capture-file = Falta una captura. { $file } puede ser un registro de los paquetes en otra forma, que aquí no prueba nada.
check-reason-no-messages = No se encontraron mensajes numerados en aquello por lo que esto se juzgaría.
check-reason-one-side = Solo hay archivos de un lado.
check-reason-same-capture = Lo que se entregó como dos capturas es una sola: los paquetes tienen las mismas marcas de tiempo, o marcas que difieren en una constante.
check-reason-several-runs = Los archivos del servidor contienen varias ejecuciones, y más de una encaja con la del cliente.
check-reason-nothing-shared = Ningún mensaje está en las dos.
check-reason-fits-badly = Las dos muestran mensajes con los mismos números, pero hay demasiados que solo están en una.
check-reason-does-not-fit = Los mensajes del servidor no pueden ser los del cliente: números, orden o tiempos se contradicen.
check-reason-clocks-agree = Las dos muestran los mismos mensajes a la misma hora: las marcas difieren en { $apart_ns }.
check-reason-identified = Los propios paquetes muestran que ambas son de la misma ejecución; las marcas difieren en { $apart_ns }.
check-reason-clock-set = Se ajustó un reloj durante la ejecución, de modo que las marcas de tiempo no dicen nada.
check-reason-clocks-set = Los mensajes solo encajan si se ajustaron relojes varias veces durante la ejecución: o se ajustaron, o son dos ejecuciones.
check-reason-coarse-stamps = Las marcas de tiempo cuentan en pasos demasiado largos para decir algo.
check-reason-contradictions = Las marcas están a { $apart_ns } unas de otras, y mensajes que una captura muestra que pasaron por el otro equipo no están en la captura de este: { $numbers }.
check-reason-contradicted = Las marcas están a { $apart_ns } unas de otras, y mensajes que una captura muestra que pasaron por el otro equipo no están en la captura de este: { $numbers }. O los perdió, o son dos ejecuciones.
check-reason-clocks-apart = Los mensajes encajan, pero las marcas están a { $apart_ns } unas de otras: o un reloj estaba mal en esa medida, o son dos ejecuciones.
check-reason-one-host = Los dos extremos están en un mismo equipo: { $client } y { $server }.
check-reason-one-network = Los dos extremos son vecinos en una misma red, { $client } y { $server }, sin router ni traducción de direcciones entre ellos: una sola casa, o dos en una misma red privada virtual.
check-reason-addresses-unknown = Hacen falta las capturas de los dos lados para ver qué direcciones tiene cada extremo.
check-reason-not-one-run = No está probado que las dos capturas sean de la misma ejecución; por eso no se pueden comparar las direcciones.
check-reason-one-public-address = El cliente, { $client }, llega al servidor desde la misma dirección a la que llama, { $server }: los dos pueden estar detrás de un mismo router, o puede haber un intermediario entre ellos.
check-reason-client-translated = Hay traducción de direcciones entre ellos: el cliente es { $client } en casa, y el servidor lo ve como { $seen }.
check-reason-server-translated = Hay traducción de direcciones entre ellos: el servidor es { $server } en casa, y el cliente lo llama en { $called }.
check-reason-different-networks = Los dos extremos están en redes distintas: { $client } y { $server }.
check-reason-no-translation = No se ve traducción de direcciones ni redes públicas distintas entre { $client } y { $server }.
check-reason-foreign-packets =
    { $count ->
        [one] { $count } de { $packets } paquetes es de otras aplicaciones.
       *[other] { $count } de { $packets } paquetes son de otras aplicaciones.
    }
check-reason-unread-packets = Algunos paquetes están tan cortados, o son de un tipo de enlace tal, que nadie puede decir qué son.
check-reason-only-ours = Los { $packets } paquetes son todos de este intercambio.
check-reason-first-there = El primer mensaje está: el número { $first }.
check-reason-late-start = { $file } empieza con el mensaje { $first }, y antes de él pasaron por ese equipo: { $numbers }.
check-reason-awake-before = { $file } empieza con el mensaje { $first }; la captura ya estaba activa antes, y no hubo nada más que ver.
check-reason-first-missing = { $file } empieza con el mensaje { $first }: los anteriores se perdieron, o la captura empezó tarde.
check-reason-without-holes = Mensajes 1 a { $last }.
check-reason-from-zero = El primer mensaje lleva el número 0.
check-reason-from-zero-perhaps = Hay un mensaje número 0; no se ve si es el primero o un saludo.
check-reason-starts-later = El primer mensaje que envió el cliente lleva el número { $first }.
check-reason-holes = El cliente envió mensajes hasta el { $last }, pero ninguno con estos números: { $numbers }.
check-reason-start-unseen = El número más bajo que se vio es { $first }; no se ve si el cliente envió otros antes.
check-reason-holes-unproven = Estos números no se vieron: { $numbers }. Sin la bitácora del cliente, nadie puede decir si se saltaron o se perdieron en su propio equipo.
check-reason-more = { $count } mensajes distintos, y se piden { $asked }.
check-reason-more-perhaps = Se vieron { $count } números distintos, y se piden { $asked } mensajes; algunos pueden ser de otros textos, o haberse alterado en el camino.
check-reason-as-many = { $count } mensajes distintos.
check-reason-fewer = { $count } mensajes distintos, y se piden { $asked }.
check-reason-fewer-seen = Se vieron { $count } mensajes distintos de los { $asked } pedidos; no se ve si hubo más.
check-reason-too-few = No se vio ningún mensaje después del décimo.
check-reason-long-enough =
    { $count ->
        [one] La pausa dura { $pause_ns }.
       *[other] La más corta de { $count } pausas dura { $pause_ns }.
    }
check-reason-short-pause = Del mensaje { $before } al mensaje { $after } pasaron { $pause_ns }.
check-reason-edges-unseen = Los mensajes de ambos lados de la pausa no se vieron todos; del { $before } al { $after } pasaron { $pause_ns }.
check-reason-one-clock = Del mensaje { $before } al mensaje { $after } pasaron { $pause_ns } según un solo reloj, que pudo haberse ajustado en esa pausa.
check-reason-end-unseen = La pausa más corta que se vio dura { $pause_ns }; la ejecución no se vio hasta el final.
check-reason-seen-by-the-server = En el servidor, del mensaje { $before } al mensaje { $after } pasaron { $pause_ns }; cuánto pausó el cliente solo se sabe con un margen de unos segundos.
check-reason-no-client-journal = Solo la bitácora del cliente sabe cuándo dejó de esperar; una captura no.
check-reason-waited = El cliente esperó { $waited_ns } después del último mensaje.
check-reason-left-early = El cliente terminó { $waited_ns } después del último mensaje.
check-reason-journal-broken = La bitácora se interrumpe antes de su final.
check-reason-wrong-number = Hay respuestas con el número de un mensaje que no se había enviado, mientras a otros les falta la respuesta: ACK { $numbers }.
check-reason-altered-perhaps = En el cliente, algunas respuestas no encajan con los mensajes: { $numbers }. Pueden haberse alterado en el camino.
check-reason-not-an-ack = El servidor devuelve el propio mensaje en vez de un ACK: { $numbers }.
check-reason-no-word-ack = Las respuestas llevan el número, y la palabra ACK no está en ellas: { $numbers }.
check-reason-no-numbers = Las respuestas del servidor no llevan número.
check-reason-other-words = Las respuestas llevan el número, pero no empiezan con ACK: { $numbers }. Hay que leer lo que dicen.
check-reason-withheld = La bitácora del servidor dice que retuvo respuestas: a los mensajes { $numbers }.
check-reason-all-answered = { $of } mensajes recibidos, y cada uno se respondió con su número.
check-reason-answers-refused = { $of } mensajes recibidos, y cada uno se respondió con su número; el sistema rechazó el envío de las respuestas a { $numbers }.
check-reason-unanswered = El servidor recibió estos mensajes y no los respondió: { $numbers }.
check-reason-unanswered-perhaps = No se vio respuesta a estos mensajes: { $numbers }. No se ve si la aplicación del servidor los recibió.
check-reason-no-client = Solo el lado del cliente sabe qué respuestas llegaron.
check-reason-rate-known = { $ratio }: { $lost } de { $of } mensajes no se respondieron.
check-reason-rate-at-least = Al menos { $least_ratio }: se contaron respuestas sin número, y una que la red duplicó oculta una pérdida.
check-reason-rate-between = Entre { $least_ratio } y { $most_ratio }: de algunos mensajes nadie puede decir si se respondieron.
check-reason-wire-rate-known = { $ratio } según la captura del cliente: a { $lost } de { $of } mensajes no llegó respuesta. Lo que recibió la aplicación, solo lo sabría su bitácora.
check-reason-wire-rate-between = Entre { $least_ratio } y { $most_ratio } según la captura del cliente: de algunos mensajes nadie puede decir si se respondieron. Lo que recibió la aplicación, solo lo sabría su bitácora.
check-reason-names-there =
    { $count ->
        [one] { $count } nombre.
       *[other] { $count } nombres.
    }
check-reason-names-empty = El archivo está, y no hay ningún nombre en él.
check-reason-names-unread = El archivo está y no tiene ninguna línea con un nombre; puede haber nombres en los comentarios, o es una tabla o un documento.
check-reason-no-names = No hay archivo con los nombres (nomes.txt).
check-reason-no-names-given = No había archivo con los nombres (nomes.txt) entre los archivos examinados.
check-reason-names-elsewhere = No hay nomes.txt; otro texto entre los archivos puede contener los nombres.

error-no-submission = no se encontraron capturas, ni bitácoras, ni un nomes.txt en { $path }
