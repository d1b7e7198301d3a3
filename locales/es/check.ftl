check-summary =
    { $path }: { $met ->
        [one] { $met } punto cumplido
       *[other] { $met } puntos cumplidos
    }, { $not ->
        [one] { $not } no cumplido
       *[other] { $not } no cumplidos
    }, { $open } sin poder determinar
check-met = cumplido
check-not-met = NO CUMPLIDO
check-cannot-be-told = no se puede determinar
check-details-hint = --details muestra el motivo y las evidencias de cada punto.
check-judged = Evaluadas: { $files }
check-nothing = { $path }: nada que comprobar (hay: { $files })
check-page-title = Comprobación de { $count } entregas
check-evidence = Véase { $evidence }.
check-frames =
    { $count ->
        [one] trama { $frames }
       *[other] tramas { $frames }
    }
check-submission = entrega
check-legend = ✓ cumplido, ✗ no cumplido, ? no se puede determinar
check-not-met-heading = Lo que no se cumple
check-shared-heading = Capturas que varias entregas tienen en común
check-shared-file = El mismo archivo: { $files }
check-shared-packets = Los mismos paquetes en archivos distintos: { $files }
check-unused = { $file } no se usó: hay otro archivo del mismo tipo, o nada indica de qué lado es.

check-point-captures = Una captura de cada lado
check-point-same-run = Las dos capturas son de la misma ejecución
check-point-two-homes = Dos casas distintas
check-point-packets = Solo paquetes de este programa
check-point-from-first = Captura desde el primer mensaje
check-point-numbering = Numerados desde 1, sin saltos
check-point-count = Treinta mensajes
check-point-pauses = 10 s de pausa cada 10 mensajes
check-point-final-wait = 10 s de espera al final
check-point-acks = Un ACK con el número correcto para cada mensaje recibido
check-point-loss-rate = La tasa de mensajes perdidos
check-point-names = Los nombres del grupo

check-reason-both-captures = Hay una del lado del cliente y una del lado del servidor.
check-reason-no-server-capture = Hay una del lado del cliente y ninguna del lado del servidor.
check-reason-no-client-capture = Hay una del lado del servidor y ninguna del lado del cliente.
check-reason-no-capture = No hay captura.
check-reason-no-capture-file = Falta una captura. { $file } puede ser una lista de los paquetes en otro formato, que no prueba nada aquí.
check-reason-no-messages = Los archivos para este punto no contienen mensajes numerados.
check-reason-one-side = Solo hay archivos de un lado.
check-reason-same-capture = Las dos capturas entregadas son la misma: los paquetes tienen las mismas marcas de tiempo, o marcas que difieren en una constante.
check-reason-several-runs = Los archivos del servidor contienen varias ejecuciones, y más de una encaja con la del cliente.
check-reason-nothing-shared = Ningún mensaje está en las dos.
check-reason-fits-badly = Las dos muestran mensajes con los mismos números, pero muchos están en solo una de ellas.
check-reason-does-not-fit = Los mensajes del servidor no pueden ser los del cliente: números, orden o tiempos se contradicen.
check-reason-clocks-agree = Las dos muestran los mismos mensajes a la misma hora: las marcas de tiempo difieren en { $apart_ns }.
check-reason-identified = Los propios paquetes muestran que las dos son de la misma ejecución; las marcas de tiempo difieren en { $apart_ns }.
check-reason-clock-set = Se ajustó un reloj durante la ejecución, y por eso las marcas de tiempo no prueban nada.
check-reason-clocks-set = Los mensajes solo encajan si se ajustaron relojes varias veces durante la ejecución: o se ajustaron, o son dos ejecuciones.
check-reason-coarse-stamps = Las marcas de tiempo son demasiado imprecisas para mostrarlo.
check-reason-contradictions = Las marcas de tiempo difieren en { $apart_ns }, y mensajes que, según una captura, pasaron por el otro equipo no están en la captura de este: { $numbers }.
check-reason-contradicted = Las marcas de tiempo difieren en { $apart_ns }, y mensajes que, según una captura, pasaron por el otro equipo no están en la captura de este: { $numbers }. O esa captura los perdió, o son dos ejecuciones.
check-reason-clocks-apart = Los mensajes encajan, pero las marcas de tiempo difieren en { $apart_ns }: o un reloj estaba mal en esa medida, o son dos ejecuciones.
check-reason-one-host = Los dos extremos están en un mismo equipo: { $client } y { $server }.
check-reason-one-network = Los dos extremos son vecinos en la misma red, { $client } y { $server }, sin router ni traducción de direcciones (NAT) entre ellos: una sola casa, o dos en la misma red privada virtual.
check-reason-addresses-unknown = Solo con las capturas de los dos lados se conocen las direcciones de cada extremo.
check-reason-not-one-run = No está probado que las dos capturas sean de la misma ejecución; por eso no se pueden comparar las direcciones.
check-reason-one-public-address = El cliente, { $client }, llega al servidor con la misma dirección a la que envía, { $server }: los dos pueden estar detrás del mismo router, o puede haber un intermediario entre ellos.
check-reason-client-translated = Hay traducción de direcciones (NAT) entre ellos: el cliente es { $client } en casa, y el servidor lo ve como { $seen }.
check-reason-server-translated = Hay traducción de direcciones (NAT) entre ellos: el servidor es { $server } en casa, y el cliente envía a { $called }.
check-reason-different-networks = Los dos extremos están en redes distintas: { $client } y { $server }.
check-reason-no-translation = No hay señales de traducción de direcciones (NAT) ni de redes públicas distintas entre { $client } y { $server }.
check-reason-foreign-packets =
    { $count ->
        [one] { $count } de { $packets } paquetes es de otro programa.
       *[other] { $count } de { $packets } paquetes son de otros programas.
    }
check-reason-unread-packets = Algunos paquetes están tan cortados, o tienen un tipo de enlace tal, que no se puede determinar qué son.
check-reason-only-ours = Los { $packets } paquetes son todos de este intercambio.
check-reason-first-there = El primer mensaje está: el número { $first }.
check-reason-late-start = { $file } empieza con el mensaje { $first }, y antes de él pasaron por ese equipo los mensajes { $numbers }.
check-reason-awake-before = { $file } empieza con el mensaje { $first }; la captura ya estaba activa antes, y no había nada más que ver.
check-reason-first-missing = { $file } empieza con el mensaje { $first }: los anteriores se perdieron, o la captura empezó tarde.
check-reason-without-holes = Mensajes 1 a { $last }.
check-reason-from-zero = El primer mensaje lleva el número 0.
check-reason-from-zero-perhaps = Hay un mensaje con el número 0; no se puede determinar si es el primero o un saludo.
check-reason-starts-later = El primer mensaje que envió el cliente lleva el número { $first }.
check-reason-holes = El cliente envió mensajes hasta el { $last }, pero ninguno con estos números: { $numbers }.
check-reason-start-unseen = El número más bajo que se vio es { $first }; no se puede determinar si el cliente envió otros antes.
check-reason-holes-unproven = Estos números no se vieron: { $numbers }. Sin el registro del cliente, no se puede determinar si se saltaron o se perdieron en su propio equipo.
check-reason-more =
    { $count ->
        [one] { $count } mensaje distinto
       *[other] { $count } mensajes distintos
    }; el enunciado pide { $asked }.
check-reason-more-perhaps = Se vieron { $count } números distintos, y el enunciado pide { $asked } mensajes; algunos pueden ser de otros textos, o haberse alterado en el camino.
check-reason-as-many =
    { $count ->
        [one] { $count } mensaje distinto.
       *[other] { $count } mensajes distintos.
    }
check-reason-fewer =
    { $count ->
        [one] { $count } mensaje distinto
       *[other] { $count } mensajes distintos
    }; el enunciado pide { $asked }.
check-reason-fewer-seen =
    { $count ->
        [one] Se vio { $count } mensaje distinto
       *[other] Se vieron { $count } mensajes distintos
    } de los { $asked } pedidos; no se puede determinar si hubo más.
check-reason-too-few = No se vio ningún mensaje después del décimo.
check-reason-long-enough =
    { $count ->
        [one] La pausa dura { $pause_ns }.
       *[other] La más corta de { $count } pausas dura { $pause_ns }.
    }
check-reason-short-pause = Del mensaje { $before } al mensaje { $after } pasaron solo { $pause_ns }.
check-reason-edges-unseen = No se vieron todos los mensajes de los dos lados de la pausa; del { $before } al { $after } pasaron { $pause_ns }.
check-reason-one-clock = Del mensaje { $before } al mensaje { $after } pasaron { $pause_ns } según un solo reloj, que pudo haberse ajustado durante la pausa.
check-reason-end-unseen = La pausa más corta que se vio dura { $pause_ns }; no se vio el final de la ejecución.
check-reason-seen-by-the-server = En el servidor, del mensaje { $before } al mensaje { $after } pasaron { $pause_ns }; la pausa del cliente solo se conoce con un margen de unos segundos.
check-reason-no-client-journal = Solo el registro del cliente muestra cuándo dejó de esperar; una captura no.
check-reason-waited = El cliente esperó { $waited_ns } después del último mensaje.
check-reason-left-early = El cliente terminó { $waited_ns } después del último mensaje.
check-reason-journal-broken = El registro se interrumpe antes del final.
check-reason-wrong-number = Algunas respuestas llevan el número de un mensaje que no se había enviado, y otros mensajes quedaron sin respuesta: ACK { $numbers }.
check-reason-altered-perhaps = En el cliente, algunas respuestas no encajan con los mensajes: { $numbers }. Pueden haberse alterado en el camino.
check-reason-not-an-ack = El servidor devuelve el propio mensaje en vez de un ACK: { $numbers }.
check-reason-no-word-ack = Las respuestas llevan el número, pero no la palabra ACK: { $numbers }.
check-reason-no-numbers = Las respuestas del servidor no llevan número.
check-reason-other-words = Las respuestas llevan el número, pero no empiezan con ACK: { $numbers }. Hay que leer lo que dicen.
check-reason-withheld = El registro del servidor dice que dejó algunos mensajes sin respuesta a propósito: { $numbers }.
check-reason-all-answered =
    { $of ->
        [one] { $of } mensaje recibido, y se respondió con su número.
       *[other] { $of } mensajes recibidos, y cada uno se respondió con su número.
    }
check-reason-answers-refused =
    { $of ->
        [one] { $of } mensaje recibido, y se respondió con su número;
       *[other] { $of } mensajes recibidos, y cada uno se respondió con su número;
    } el sistema rechazó el envío de la respuesta a: { $numbers }.
check-reason-unanswered = El servidor recibió estos mensajes y no los respondió: { $numbers }.
check-reason-unanswered-perhaps = No se vio respuesta a estos mensajes: { $numbers }. No se puede determinar si el programa del servidor los recibió.
check-reason-no-client = Solo el lado del cliente muestra qué respuestas llegaron.
check-reason-rate-known =
    { $ratio }: { $lost } de { $of ->
        [one] { $of } mensaje
       *[other] { $of } mensajes
    } sin respuesta.
check-reason-rate-at-least = Al menos { $least_ratio }: se contaron respuestas sin número, y una respuesta duplicada por la red oculta una pérdida.
check-reason-rate-between = Entre { $least_ratio } y { $most_ratio }: de algunos mensajes no se puede determinar si se respondieron.
check-reason-wire-rate-known =
    { $ratio } según la captura del cliente: sin respuesta a { $lost } de { $of ->
        [one] { $of } mensaje
       *[other] { $of } mensajes
    }. Solo el registro del cliente mostraría lo que recibió el programa.
check-reason-wire-rate-between = Entre { $least_ratio } y { $most_ratio } según la captura del cliente: de algunos mensajes no se puede determinar si se respondieron. Solo el registro del cliente mostraría lo que recibió el programa.
check-reason-names-there =
    { $count ->
        [one] { $count } nombre.
       *[other] { $count } nombres.
    }
check-reason-names-empty = El archivo está, pero no contiene ningún nombre.
check-reason-names-unread = El archivo está, pero ninguna línea contiene un nombre; puede haber nombres en los comentarios, o es una tabla o un documento.
check-reason-no-names = No hay archivo con los nombres (nomes.txt).
check-reason-no-names-given = No había archivo con los nombres (nomes.txt) entre los archivos examinados.
check-reason-names-elsewhere = No hay nomes.txt; otro archivo de texto puede contener los nombres.

error-no-folders = no hay carpetas con capturas, registros o nomes.txt dentro de { $path }
error-no-submission = ninguna captura, ningún registro y ningún nomes.txt en { $path }
