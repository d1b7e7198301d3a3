# El resultado de una medición, para personas.

figures-more = { $numbers } y { $more } más

## El veredicto

verdict-loss =
    Tasa de pérdida: { $ratio } ({ $lost } de { $of ->
        [one] { $of } mensaje
       *[other] { $of } mensajes
    }; intervalo del 95 %: { $low } a { $high })
verdict-loss-range =
    Tasa de pérdida: de { $ratio } a { $most } ({ $lost } a { $worst } de { $of ->
        [one] { $of } mensaje
       *[other] { $of } mensajes
    }; intervalo del 95 %: { $low } a { $high })
verdict-loss-at-least =
    Tasa de pérdida: al menos { $ratio } ({ $lost } o más de { $of ->
        [one] { $of } mensaje
       *[other] { $of } mensajes
    }; intervalo del 95 %: { $low } a { $high })
verdict-nothing-to-count = Tasa de pérdida: — (no hay mensaje enviado cuyo destino se conozca)
verdict-sent =
    { $sent ->
        [0] Ningún mensaje enviado.
        [one] { $sent } mensaje enviado
       *[other] { $sent } mensajes enviados
    }{ $sent ->
        [0] { "" }
       *[other] , { $delivered ->
            [0] ninguno respondido dentro del plazo.
            [one] { $delivered } respondido dentro del plazo.
           *[other] { $delivered } respondidos dentro del plazo.
        }
    }
verdict-seen =
    { $requests ->
        [one] { $requests } mensaje conocido
       *[other] { $requests } mensajes conocidos
    }, { $delivered ->
        [0] ninguno con respuesta.
        [one] { $delivered } con respuesta.
       *[other] { $delivered } con respuesta.
    }
verdict-by-capture =
    Contado por la captura, pues no hay bitácora del cliente: sin ella no se conoce el plazo, y una respuesta tardía
    cuenta como entregada.
verdict-late =
    De los no respondidos en el { $patience ->
        [none] plazo
       *[other] plazo de { $patience }
    }, { $late ->
        [one] { $late } respuesta llegó tarde
       *[other] { $late } respuestas llegaron tarde
    } y { $lost ->
        [0] ninguna dejó de llegar.
        [one] { $lost } nunca llegó.
       *[other] { $lost } nunca llegaron.
    }
verdict-never-came =
    { $lost ->
        [one] { $lost } respuesta nunca llegó; ninguna llegó tarde.
       *[other] { $lost } respuestas nunca llegaron; ninguna llegó tarde.
    }
verdict-not-seen =
    { $lost ->
        [one] { $lost } respuesta no fue vista.
       *[other] { $lost } respuestas no fueron vistas.
    }
verdict-not-sent =
    { $count ->
        [one] { $count } mensaje no se envió, pues el sistema lo rechazó; no cuenta en la tasa.
       *[other] { $count } mensajes no se enviaron, pues el sistema los rechazó; no cuentan en la tasa.
    }
verdict-inconclusive =
    { $count ->
        [one] De { $count } mensaje no se puede decir si llegó la respuesta.
       *[other] De { $count } mensajes no se puede decir si llegó la respuesta.
    }
verdict-same-host = Cliente y servidor están en el mismo equipo: nada de esto cruzó una red.
verdict-answered =
    Respondidos: { $answered } de { $received ->
        [one] { $received } mensaje que llegó
       *[other] { $received } mensajes que llegaron
    } al servidor
verdict-lost-at-server =
    { $lost ->
        [one] { $lost } mensaje se perdió en el equipo o en la aplicación del servidor.
       *[other] { $lost } mensajes se perdieron en el equipo o en la aplicación del servidor.
    }
verdict-no-gaps = No faltan números entre el primer mensaje y el último.
verdict-gaps =
    { $count ->
        [one] Falta { $count } número en la numeración: { $numbers }. O el mensaje se perdió en el camino, o el cliente no lo
        envió.
       *[other] Faltan { $count } números en la numeración: { $numbers }. O esos mensajes se perdieron en el camino, o el
        cliente no los envió.
    }
verdict-server-alone =
    Solo desde el lado del servidor no se puede saber si las respuestas llegaron: para la tasa de pérdida hace falta la
    bitácora o la captura del cliente.

## Quién habló con quién

flow-heading = Conversación { $id } de { $of }
flow-ends = Quién habló con quién
flow-client = Cliente: { $client }
flow-client-behind-nat = Cliente: { $client }, visto por el servidor como { $seen }
flow-client-seen = Cliente, tal como lo ve el servidor: { $client }
flow-server = Servidor: { $server }
flow-patience = Plazo para cada respuesta: { $patience }
flow-epoch = La numeración empezó de nuevo: esta es la ejecución { $epoch } de este cliente.

## El camino

path-heading = El camino de los mensajes
path-point = mensajes distintos en cada punto
path-application = aplicación
path-wire = captura
path-arrows = →: del cliente al servidor; ←: la respuesta, de vuelta.
path-dash = —: nadie observó este punto, o lo visto ahí no lleva número.
path-same-host = En un mismo equipo, una sola trama vale por los dos puntos de la captura en cada sentido.
path-loss-forward = Pérdida en la red, a la ida: { $ratio } ({ $lost } de { $of }; intervalo del 95 %: { $low } a { $high })
path-loss-forward-range =
    Pérdida en la red, a la ida: de { $ratio } a { $most } ({ $lost } a { $worst } de { $of }; intervalo del 95 %: { $low } a
    { $high })
path-loss-return = Pérdida en la red, a la vuelta: { $ratio } ({ $lost } de { $of }; intervalo del 95 %: { $low } a { $high })
path-loss-return-range =
    Pérdida en la red, a la vuelta: de { $ratio } a { $most } ({ $lost } a { $worst } de { $of }; intervalo del 95 %: { $low } a
    { $high })

point-client-sent = enviados por la aplicación cliente
point-client-wire-out = en la interfaz de red del cliente
point-server-wire-in = en la interfaz de red del servidor
point-server-received = recibidos por la aplicación servidor
point-server-sent = respondidos por la aplicación servidor
point-server-wire-out = respuestas en la interfaz de red del servidor
point-client-wire-in = respuestas en la interfaz de red del cliente
point-client-received = respuestas recibidas por la aplicación cliente

## Dónde se perdieron

losses-heading =
    { $count ->
        [one] Dónde se perdió el mensaje
       *[other] Dónde se perdieron los { $count } mensajes
    }
losses-by-party =
    En la red: { $network }; en equipos o aplicaciones: { $hosts }; en una cosa o en la otra: { $either }.
losses-one =
    { $place }: { $count ->
        [one] mensaje { $numbers }
       *[other] { $count } mensajes ({ $numbers })
    }
losses-several =
    { $count ->
        [one] Mensaje { $numbers }
       *[other] { $count } mensajes ({ $numbers })
    } en uno de estos tramos, sin que se pueda decir en cuál: { $place }
losses-nowhere =
    { $count ->
        [one] Mensaje { $numbers }
       *[other] { $count } mensajes ({ $numbers })
    } sin ningún indicio del lugar
losses-reason = Motivo: { $reason }.
losses-reason-of = Motivo, en los mensajes { $numbers }: { $reason }.
losses-in-a-row = La mayor racha de pérdidas: { $length } mensajes seguidos, a partir del { $first }.

segment-client-host-out = salida del equipo del cliente
segment-network-forward = red a la ida
segment-server-host-in = entrada del equipo del servidor
segment-server-app = aplicación del servidor
segment-server-host-out = salida del equipo del servidor
segment-network-return = red a la vuelta
segment-client-host-in = entrada del equipo del cliente

meaning-client-host-out =
    Es decir: la aplicación lo envió, pero el mensaje no apareció en la interfaz de red (causas comunes: cola llena,
    filtro de salida, ARP sin respuesta).
meaning-network-forward =
    Es decir: el mensaje salió por la interfaz del cliente y no llegó a la del servidor (causas comunes: congestión, NAT,
    reenvío de puertos, Wi-Fi).
meaning-server-host-in =
    Es decir: el mensaje llegó a la interfaz del servidor, pero la aplicación no lo leyó (causas comunes: cortafuegos,
    búfer del socket lleno, nadie en el puerto).
meaning-server-app = Es decir: la aplicación del servidor leyó el mensaje, pero no envió la respuesta.
meaning-server-host-out =
    Es decir: el servidor respondió, pero la respuesta no apareció en su interfaz de red (causas comunes: cola llena,
    filtro de salida).
meaning-network-return =
    Es decir: la respuesta salió por la interfaz del servidor y no llegó a la del cliente (causas comunes: congestión,
    NAT, Wi-Fi).
meaning-client-host-in =
    Es decir: la respuesta llegó a la interfaz del cliente, pero la aplicación no la leyó (causas comunes: cortafuegos,
    búfer del socket lleno).

reason-error-forbidden = el sistema prohibió el envío ({ $error }: en general, un cortafuegos a la salida)
reason-error-dropped = el sistema aceptó el mensaje y él mismo lo descartó, en una cola llena o en un filtro de salida ({ $error })
reason-error-full = la cola de envío del sistema estaba llena ({ $error })
reason-error-no-route = el sistema no tenía ruta hasta el destino ({ $error })
reason-error-refused = el destino lo rechazó ({ $error })
reason-error-too-large = el mensaje es demasiado grande para el camino ({ $error })
reason-error-other = error del sistema: { $error }
reason-port-unreachable = puerto inalcanzable, según { $from }: nadie escucha en él, o un firewall rechaza
reason-icmp = error ICMP enviado por { $from } (tipo { $type }, código { $code })
reason-from-self = este equipo
reason-simulated-drop = pérdida simulada: el servidor lo descartó a propósito
reason-rate-limit = el servidor limita las respuestas a cada cliente
reason-closing = el servidor se estaba cerrando
reason-bad-checksum = la suma de verificación (checksum) era incorrecta al llegar
reason-socket-overflow = el búfer del socket del servidor estaba lleno
reason-capture-ends = la captura termina { $time } después: demasiado pronto para saberlo
reason-unknown = motivo desconocido
reason-many = otros motivos

unsent-heading =
    { $count ->
        [one] No enviado
       *[other] No enviados ({ $count })
    }
unsent-reason =
    { $reason }: { $count ->
        [one] mensaje { $numbers }
       *[other] { $count } mensajes ({ $numbers })
    }
late-heading = Tardías
late-numbers =
    { $count ->
        [one] { $count } respuesta llegó después de su plazo: { $numbers }
       *[other] { $count } respuestas llegaron después de su plazo: { $numbers }
    }
unclear-heading = Sin veredicto
unclear-numbers =
    { $count ->
        [one] De { $count } mensaje no se puede decir si llegó la respuesta: { $numbers }
       *[other] De { $count } mensajes no se puede decir si llegó la respuesta: { $numbers }
    }
unclear-too-soon =
    { $count ->
        [one] La captura termina { $time } después del mensaje { $numbers }: demasiado pronto para saberlo.
       *[other] La captura termina { $time } o menos después de los mensajes { $numbers }: demasiado pronto para saberlo.
    }

odd-heading = Ni perdidos ni entregados
odd-duplicates =
    { $count ->
        [one] Duplicados: { $count } copia de más (mensaje { $numbers })
       *[other] Duplicados: { $count } copias de más (mensajes { $numbers })
    }
odd-altered =
    { $count ->
        [one] Texto alterado en el camino: { $count } mensaje ({ $numbers })
       *[other] Texto alterado en el camino: { $count } mensajes ({ $numbers })
    }
odd-reordered =
    { $count ->
        [one] Fuera de orden a la llegada: { $count } mensaje
       *[other] Fuera de orden a la llegada: { $count } mensajes
    }
odd-reordered-forward = Fuera de orden a la ida: { $count } de { $of }, extensión máxima { $extent }
odd-reordered-return = Fuera de orden a la vuelta: { $count } de { $of }, extensión máxima { $extent }
odd-malformed =
    { $count ->
        [one] Sin número en el texto: { $count } mensaje recibido
       *[other] Sin número en el texto: { $count } mensajes recibidos
    }
odd-never-sent =
    { $count ->
        [one] Respuesta a un número que nunca se envió: { $count }
       *[other] Respuestas a números que nunca se enviaron: { $count }
    }
odd-other-source =
    { $count ->
        [one] Respuesta de otro origen que no es el servidor: { $count }
       *[other] Respuestas de otro origen que no es el servidor: { $count }
    }

## Retardos

delay-heading = Tiempo de ida y vuelta (RTT), en { $unit }
delay-heading-server = Permanencia en el servidor, en { $unit }
delay-samples = muestras
delay-min = mín
delay-mean = media
delay-median = mediana
delay-p95 = p95
delay-max = máx
delay-stddev = desv. est.
delay-application = aplicación
delay-kernel = sistema
delay-wire = captura
delay-network = solo la red
delay-residence = en el servidor
delay-legend =
    aplicación: de send() a recv(); sistema: entre las marcas de tiempo del núcleo del sistema operativo; captura: entre
    las tramas en la interfaz del cliente; solo la red: la captura menos la permanencia en el servidor.
delay-dash = —: no se midió.
delay-jitter = Fluctuación o jitter (RFC 3550) de la ida y vuelta: { $jitter }
delay-heading-one-way = Retardo en cada sentido, en { $unit }
delay-forward = ida
delay-return = vuelta
delay-legend-one-way = ±: la incertidumbre que queda porque los relojes de los dos equipos no marcan la misma hora.
delay-variation-forward = Variación del retardo a la ida (RFC 3393): mediana { $median }, p95 { $p95 }, máximo { $max }
delay-variation-return = Variación del retardo a la vuelta (RFC 3393): mediana { $median }, p95 { $p95 }, máximo { $max }
delay-clock-offset = El reloj del servidor menos el del cliente: entre { $low } y { $high }

conduct-heading = Conducta del propio medidor
conduct-behind = Envíos después de la hora prevista: mediana { $median }, máximo { $max }
conduct-in-send = Tiempo dentro de send(): mediana { $median }, máximo { $max }

## Los testigos

witness-heading = En qué se apoya esto
witness-line = { $name }: { $file } ({ $whole })
witness-client-journal = bitácora del cliente
witness-client-capture = captura del cliente
witness-server-capture = captura del servidor
witness-server-journal = bitácora del servidor
witness-whole = no dejó de registrar nada
witness-not-whole = dejó de registrar algo
witness-assumed = se supone que no falta nada, sin prueba de ello
witness-packets =
    { $packets ->
        [0] Ningún paquete capturado
        [one] { $packets } paquete capturado
       *[other] { $packets } paquetes capturados
    }, { $dropped ->
        [0] ninguno descartado.
        [one] { $dropped } descartado.
       *[other] { $dropped } descartados.
    }
witness-packets-dropped-unknown =
    { $packets ->
        [0] Ningún paquete capturado
        [one] { $packets } paquete capturado
       *[other] { $packets } paquetes capturados
    }; descartados: no se sabe (solo el final de una bitácora lo diría).
witness-interface-dropped =
    { $count ->
        [one] { $count } paquete perdido por la propia interfaz de red.
       *[other] { $count } paquetes perdidos por la propia interfaz de red.
    }
witness-damaged = Archivo dañado a partir del byte { $count }.
witness-failure = La captura se detuvo antes que la medición: { $reason }
witness-ended-done = Terminó normalmente.
witness-ended-duration = Terminó al cabo de la duración pedida.
witness-ended-interrupted = Terminó a petición (Ctrl-C o SIGTERM).
witness-ended-nowhere = No tiene final: el programa fue matado o el archivo fue cortado.
witness-records-lost =
    { $count ->
        [one] { $count } registro perdido.
       *[other] { $count } registros perdidos.
    }
witness-socket-drops =
    { $count ->
        [0] Ningún mensaje descartado en el socket.
        [one] { $count } mensaje descartado en el socket.
       *[other] { $count } mensajes descartados en el socket.
    }
witness-no-capture =
    No hubo captura: nadie vio lo que pasó entre las aplicaciones. Con --capture en los dos lados, cada pérdida recibe un
    lugar.

outcome-delivered = respondido
outcome-late = tardío
outcome-not-sent = no enviado
outcome-lost = perdido
outcome-answered = respondido por el servidor
outcome-inconclusive = sin veredicto

## Avisos

warnings-heading =
    { $count ->
        [one] Aviso
       *[other] Avisos ({ $count })
    }
warnings-advice = Qué hacer: { $advice }

warning-capture-dropped =
    { $count ->
        [one] La captura { $file } descartó { $count } paquete por falta de espacio.
       *[other] La captura { $file } descartó { $count } paquetes por falta de espacio.
    } En los momentos del descarte, no ver un mensaje no prueba nada.
advice-capture-dropped = repita con una tasa menor, guarde menos de cada paquete (--snaplen 128) o dé a la captura un búfer mayor (tcpdump y dumpcap: -B).
warning-interface-dropped =
    { $count ->
        [one] La interfaz de red perdió { $count } paquete antes de que la captura { $file } lo viera.
       *[other] La interfaz de red perdió { $count } paquetes antes de que la captura { $file } los viera.
    }
advice-interface-dropped = repita a un ritmo menor y con menos carga en el equipo.
warning-capture-failed = La captura { $file } se detuvo antes que la medición: { $reason }
advice-capture-failed = vea si hay espacio en el disco y si la interfaz siguió activa, y repita.
warning-capture-damaged =
    El archivo { $file } está dañado ({ $flaw ->
        [breaks_off] se interrumpe: { $found_bytes } de los { $wanted_bytes } bytes del último registro
        [malformed] un registro que no sigue el formato
       *[other] { $reason }
    }); { $offset_bytes ->
        [none] se usó lo que viene antes.
       *[other] se usó lo que viene antes del byte { $offset_bytes }.
    }
advice-capture-damaged = copie otra vez el archivo original, o repita la captura y termínela con Ctrl-C.
warning-capture-assumed =
    Ninguna bitácora habla por la captura { $file }: se supone que estuvo activa de la primera a la última trama de esta
    conversación.
advice-capture-assumed = analícela junto con la bitácora de la misma medición, o capture con --capture.
warning-filter-blind =
    El filtro de la captura { $role ->
        [client] del cliente
       *[other] del servidor
    } no deja pasar { $direction ->
        [forward] los mensajes del cliente al servidor
       *[other] las respuestas del servidor al cliente
    }: no verlos no prueba nada.
advice-filter-blind = use el filtro predeterminado, o uno que admita los dos sentidos.
warning-snaplen-blind =
    La captura { $role ->
        [client] del cliente
       *[other] del servidor
    } guarda tan poco de cada paquete que el número { $direction ->
        [forward] de los mensajes
       *[other] de las respuestas
    } queda fuera.
advice-snaplen-blind = capture con un snaplen mayor.
warning-super-packets =
    { $count ->
        [one] La captura { $file } contiene { $count } paquete que junta varios mensajes (GRO o GSO).
       *[other] La captura { $file } contiene { $count } paquetes que juntan varios mensajes (GRO o GSO).
    } Alrededor de ellos, lo que falta en la captura no prueba nada.
advice-super-packets = desactive la unión antes de capturar: ethtool -K INTERFAZ gro off gso off rx-gro-list off rx-udp-gro-forwarding off; y no envíe con UDP_SEGMENT.
warning-illegible-packets =
    { $count ->
        [one] La captura { $file } cortó { $count } paquete antes del número.
       *[other] La captura { $file } cortó { $count } paquetes antes del número.
    } Alrededor de ellos, lo que falta en la captura no prueba nada.
advice-illegible-packets = capture con un snaplen mayor (tcpdump -s 0).
warning-unread-packets =
    { $count ->
        [one] La captura { $file } contiene { $count } paquete de un tipo de enlace que medidor no lee.
       *[other] La captura { $file } contiene { $count } paquetes de tipos de enlace que medidor no lee.
    } Alrededor de ellos, lo que falta en la captura no prueba nada.
advice-unread-packets = capture solo en la interfaz de la medición, en Ethernet o en "any".
warning-incomplete-fragments =
    { $count ->
        [one] La captura { $file } tiene solo una parte de los fragmentos de { $count } datagrama.
       *[other] La captura { $file } tiene solo una parte de los fragmentos de { $count } datagramas.
    } No se puede determinar si llegaron completos y, cerca de ellos, lo que la captura no muestra no prueba nada.
advice-incomplete-fragments = haga que el filtro de captura acepte también los demás fragmentos: solo el primero lleva los puertos, y "udp port 5005" excluye los otros.
warning-unidentified-texts =
    { $count ->
        [one] La captura { $file } contiene { $count } texto que su número no identifica.
       *[other] La captura { $file } contiene { $count } textos que sus números no identifican.
    } Esta captura no sirve para juzgar esa conversación.
advice-unidentified-texts = numere los mensajes en cifras decimales, en orden creciente: 1, 2, 3.
warning-unused-file = { $file } no se usó: { $reason ->
        [given_twice] el mismo archivo o los mismos paquetes ya están entre los demás.
        [empty] está vacío.
        [compressed] esa compresión no se admite.
        [other_run] no describe ninguna de las capturas.
        [other_protocol] es un registro de otro tipo de medición.
        [unreadable] no se puede leer.
       *[other] no es captura ni registro.
    }
advice-unused-file = compruebe si pertenece a esta medición; si no, ignore este aviso.
warning-copies-folded =
    { $count ->
        [one] La captura { $file } contiene { $count } copia de un paquete, vista en otra interfaz o a ambos lados de un router o de una VLAN. No se contó.
       *[other] La captura { $file } contiene { $count } copias de paquetes, vistas en otra interfaz o a ambos lados de un router o de una VLAN. No se contaron.
    }
advice-copies-folded = no hace falta hacer nada. Para evitar copias, capture en una sola interfaz o duplique un solo puerto del switch.
warning-journal-broken =
    La bitácora { $file } no tiene final{ $line ->
        [none] { "" }
       *[other] {" "}y deja de ser legible en la línea { $line }
    }: lo que vino después no se sabe.
advice-journal-broken = termine el programa con Ctrl-C en vez de matarlo, y copie el archivo entero.
warning-journal-gap =
    { $count ->
        [one] La bitácora { $file } perdió { $count } registro por falta de tiempo para escribir.
       *[other] La bitácora { $file } perdió { $count } registros por falta de tiempo para escribir.
    }
advice-journal-gap = escriba en un disco más rápido, o envíe a un ritmo menor.
warning-contradiction =
    { $wire ->
        [true] La captura
       *[other] La bitácora
    } { $role ->
        [client] del cliente
       *[other] del servidor
    } no vio { $count ->
        [one] { $count } mensaje que pasó por allí con certeza
       *[other] { $count } mensajes que pasaron por allí con certeza
    }; lo demás que falta allí ya no cuenta como prueba.
advice-contradiction = revise si los archivos son de la misma medición y si la captura era de la interfaz correcta.
warning-clock-step =
    { $seconds ->
        [none] Uno de los relojes se ajustó durante la medición: las marcas de tiempo de los dos lados no concuerdan.
       *[other] El reloj del equipo de { $file } se ajustó en { $seconds } s durante la medición.
    }
advice-clock-step = sincronice los relojes antes de medir; los retardos en cada sentido no son fiables.
warning-clocks-apart =
    El reloj del servidor menos el del cliente da { $seconds } s: los archivos pueden ser de mediciones distintas.
advice-clocks-apart = revise si los archivos son de la misma medición, y ponga los relojes en hora.
warning-flow-tie =
    Varios flujos del servidor pueden ser de este cliente: { $flows }. El veredicto dice solo lo que vale para cada uno.
advice-flow-tie = más evidencia los distingue: los diarios de los dos lados, o capturas con los encabezados IP; o elija
    uno con --flow y su número.
warning-other-run =
    Ningún flujo del servidor es de este cliente: { $fact }. El veredicto se apoya solo en los archivos del
    cliente.
advice-other-run = indique los archivos del servidor de la misma ejecución.
warning-member-tie =
    No se puede determinar de qué participante son los archivos de { $member }: { $members }. Quedan fuera, y el veredicto
    se apoya en los del servidor.
advice-member-tie = los diarios de los dos lados, o capturas del chat entero, muestran de quién son.
warning-member-missing =
    Ninguno de los participantes en los archivos del servidor es el de { $member }: sus textos se juzgan sin los archivos
    del servidor.
advice-member-missing = revise si los archivos son del mismo chat.
warning-perhaps-other-run =
    El flujo { $flows } del servidor puede ser de este cliente, y nada lo prueba. El veredicto se apoya solo en los
    archivos del cliente.
advice-perhaps-other-run = si usted sabe que lo es, elíjalo con --flow y su número; los diarios de los dos lados lo
    prueban.
candidates-other-run = Los archivos del servidor no son de esta ejecución: { $fact }.
candidates-heading = Cuál de los flujos del servidor es el de este cliente
candidates-possible = El flujo { $number } ({ $client }) puede serlo.
candidates-possible-losses = El flujo { $number } ({ $client }) puede serlo. Las pérdidas serían: { $losses }.
candidates-missing = Puede no estar en estos archivos.
candidates-agreed = El veredicto dice solo lo que vale en todos los casos.
candidates-undetermined = { $count } en uno de varios lugares
refuted-by =
    { $fact ->
        [nothing_shared] no hay ningún mensaje en común
        [other_texts] los textos son distintos
        [other_numbers] el servidor recibió números que el cliente nunca envió
        [slower_than_the_wait] el servidor tardó más en responder de lo que el cliente esperó
        [other_time] las respuestas habrían llegado antes que las solicitudes
        [other_port] en un mismo equipo, los puertos son distintos
        [clock_step] los tiempos solo encajan si se ajustó un reloj, y los dos diarios prueban que no se ajustó ninguno
        [clock_steps] los tiempos solo encajan si se ajustó un reloj al menos dos veces durante la ejecución
        [same_wire] las dos capturas son del mismo punto de la red
        [taken] está probado que es de otro cliente
        [other_proven] está probado que otro flujo es el de este cliente
        [no_assignment] los otros flujos no le dejan lugar
        [not_chosen] se eligió otro
       *[other] no encaja
    }
warning-other-flows =
    { $count ->
        [one] Los archivos del servidor contienen { $count } conversación más, de otro cliente o de otra ejecución.
       *[other] Los archivos del servidor contienen { $count } conversaciones más, de otros clientes o de otras
        ejecuciones.
    }
advice-other-flows = nada, si otros también usaron el servidor; para elegir otra, --flow.
warning-side-assumed =
    { $file } no muestra ningún router entre los dos equipos, y nada en él indica cuál de ellos lo capturó. Se lee como
    la captura del cliente.
advice-side-assumed = si es del servidor, analízalo con --server { $file }.
warning-application-only =
    No hay captura: solo hablan las aplicaciones, que no pueden saber en qué equipo, o si en la red, se perdió un
    mensaje.
advice-application-only = ejecute con --capture ARCHIVO.
warning-same-host =
    Cliente y servidor están en el mismo equipo: no hay red entre ellos, y ninguna pérdida se atribuye a la red.
advice-same-host = para medir una red, ejecute el servidor en otro equipo.
warning-nobody-listening =
    { $server ->
        [none] Nadie escucha en el puerto del servidor, o un firewall rechaza
       *[other] Nadie escucha en { $server }, o un firewall rechaza
    }: { $count ->
        [one] { $count } mensaje fue rechazado.
       *[other] { $count } mensajes fueron rechazados.
    }
advice-nobody-listening = inicie el servidor antes que el cliente, y revise el puerto, su reenvío en el router y el
    firewall.
warning-nothing-passed =
    { $direction ->
        [forward] Ninguno de los { $count } mensajes que salieron del cliente llegó a la tarjeta de red del servidor.
        [return] Ninguna de las { $count } respuestas que salieron del servidor llegó a la tarjeta de red del cliente.
        [unseen] Estos archivos no muestran ninguna respuesta a { $count } mensajes: no volvió ninguna, o la captura no dejó entrar las respuestas.
       *[other] Ninguno de los { $count } mensajes tuvo respuesta, y estos archivos no dicen hasta dónde llegaron.
    }
advice-nothing-passed =
    { $direction ->
        [return] compruebe que el router del cliente deja entrar las respuestas: si el servidor responde a una dirección fija (--reply-to), necesita una regla de reenvío para ese puerto UDP.
        [unseen] comprueba que el filtro de la captura admita ambos sentidos (udp port 5005, no udp dst port 5005). Si los admite, comprueba en este orden: que el servidor esté en marcha; la dirección escrita en el cliente; el reenvío del puerto UDP en el router del servidor; el cortafuegos del servidor.
       *[other] compruebe, en este orden: que el servidor esté en marcha; la dirección escrita en el cliente; el reenvío del puerto UDP en el router del servidor, a la dirección interna correcta; un segundo NAT delante de él (CGNAT); el cortafuegos del servidor. La captura del servidor diría dónde se detienen.
    }
warning-one-network =
    { $way ->
        [unchanged] El servidor ve al cliente en su propia dirección local, { $address }: no hay NAT entre los dos, así que están en una sola red, o un túnel une las suyas.
       *[returned] El servidor ve al cliente en { $address }, la dirección a la que el cliente escribió: los dos están detrás de un mismo router, o hay un intermediario entre ellos.
    }
advice-one-network = para medir entre dos viviendas, conecte uno de los equipos a Internet por otra línea.
warning-socket-drops =
    { $count ->
        [one] El sistema descartó { $count } mensaje en el socket de la aplicación (bitácora { $file }).
       *[other] El sistema descartó { $count } mensajes en el socket de la aplicación (bitácora { $file }).
    }
advice-socket-drops = la aplicación no leyó a tiempo, su búfer era demasiado pequeño para una ráfaga o llegaron paquetes corruptos: envíe con una tasa menor o permita búferes mayores (como root: sysctl -w net.core.rmem_max=8388608).
warning-other-source =
    { $count ->
        [one] { $count } respuesta vino de otro origen que no es el servidor: { $sources }.
       *[other] { $count } respuestas vinieron de otro origen que no es el servidor: { $sources }.
    }
advice-other-source = revise la dirección del servidor; un servidor con varias direcciones puede responder desde otra.
warning-unnumbered-replies =
    { $count ->
        [one] { $count } texto sin número volvió del servidor: no se puede saber a qué mensaje responde.
       *[other] { $count } textos sin número volvieron del servidor: no se puede saber a qué mensajes responden.
    }
advice-unnumbered-replies = haga que el servidor responda con el número del mensaje (el de medidor lo hace con --reply ack).
warning-replies-at-server =
    { $count ->
        [one] { $count } respuesta (ACK) llegó a un servidor, que no responde a esas.
       *[other] { $count } respuestas (ACK) llegaron a un servidor, que no responde a esas.
    }
advice-replies-at-server = revise que no haya dos servidores apuntando el uno al otro.
warning-simulated-drop =
    { $count ->
        [one] El servidor descartó { $count } mensaje a propósito, como se le pidió.
       *[other] El servidor descartó { $count } mensajes a propósito, como se le pidió.
    }
advice-simulated-drop = ejecute el servidor sin pérdida simulada para medir la red de verdad.
warning-rate-limited =
    { $count ->
        [one] El servidor dejó { $count } mensaje sin respuesta por su límite para cada cliente.
       *[other] El servidor dejó { $count } mensajes sin respuesta por su límite para cada cliente.
    }
advice-rate-limited = envíe a un ritmo menor.
warning-fragments =
    { $count ->
        [one] La captura { $file } contiene { $count } fragmento: hay mensajes mayores de lo que el camino admite.
       *[other] La captura { $file } contiene { $count } fragmentos: hay mensajes mayores de lo que el camino admite.
    }
advice-fragments = use mensajes más pequeños: perder un solo fragmento es perder el mensaje entero.
warning-foreign-packets =
    { $count ->
        [one] La captura { $file } contiene { $count } paquete que no es de esta medición.
       *[other] La captura { $file } contiene { $count } paquetes que no son de esta medición.
    }
advice-foreign-packets = capture con un filtro que solo deje pasar el puerto de la medición.

score-heading = Contra la verdad conocida: { $right } de { $judged } veredictos correctos; { $exact } señalan el lugar exacto
score-wrong = { $wrong } equivocados, { $undecided } sin veredicto.
score-mistake = Mensaje { $n }: verdad: { $truth }; veredicto: { $found }
score-passed = no se perdió en la red
witness-not-kept = no guardado en archivo
ping-counts = { $sent } enviadas, { $received } recibidas
ping-loss = Pérdida: { $ratio } ({ $lost } de { $of } sin respuesta; intervalo del 95 %: { $low } a { $high })
ping-loss-range = Pérdida: { $ratio } a { $most } ({ $lost } a { $worst } de { $of } sin respuesta; intervalo del 95 %: { $low } a { $high })
ping-loss-at-least = Pérdida: al menos { $ratio } ({ $lost } o más de { $of } sin respuesta; intervalo del 95 %: { $low } a { $high })
ping-late-count =
    { $count ->
        [one] { $count } respuesta llegó después de su plazo de { $timeout }{"\u00A0"}s: tardía, no perdida.
       *[other] { $count } respuestas llegaron después de su plazo de { $timeout }{"\u00A0"}s: tardías, no perdidas.
    }
ping-ambiguous-count =
    { $count ->
        [one] { $count } respuesta no lleva número y llegó cuando faltaba la de más de una sonda: a cuál responde, y después de cuánto tiempo, no se puede decir.
       *[other] { $count } respuestas no llevan número y llegaron cuando faltaba la de más de una sonda: a cuáles responden, y después de cuánto tiempo, no se puede decir.
    }
ping-rtt = RTT mínimo/medio/máximo/desviación estándar: { $min }/{ $mean }/{ $max }/{ $stddev }{"\u00A0"}s
ping-no-rtt = RTT: — (ninguna respuesta de la que se sepa a qué sonda responde)
ping-rtt-error = Más allá del RTT en la captura de los mismos paquetes, mediana: aplicación { $application }{ $kernel ->
        [none] {""}
       *[other] , sistema { $kernel }
    }
ping-wire-heading = Lo que la captura dice de aquellas cuyo plazo pasó
ping-wire-nothing = { $numbers }: ninguna respuesta en la interfaz
ping-wire-unknown = { $numbers }: la captura no puede decir si llegó respuesta
ping-wire-late = { $n }: la respuesta estaba en la interfaz a los { $wire }{"\u00A0"}s, el programa había desistido a los { $timeout }{"\u00A0"}s
ping-wire-slow = { $n }: la respuesta estaba en la interfaz a los { $wire }{"\u00A0"}s, { $read ->
        [none] y el programa la leyó demasiado tarde
       *[other] y el programa la leyó a los { $read }{"\u00A0"}s
    }: después de { $timeout }{"\u00A0"}s
ping-wire-unread = { $n }: la respuesta estaba en la interfaz a los { $wire }{"\u00A0"}s, y el programa no la leyó (había desistido a los { $timeout }{"\u00A0"}s)
ping-wire-more =
    { $count ->
        [one] { $count } respuesta más estaba en la interfaz: { $numbers }
       *[other] { $count } respuestas más estaban en la interfaz: { $numbers }
    }
plot-title = Tiempo de ida y vuelta: • a tiempo, ○ tardía, × sin respuesta
transfer-column-number = nº
transfer-column-success = entero
transfer-column-client-port = p. clie.
transfer-column-server-port = p. serv.
transfer-column-received = recibidos
transfer-column-sent = enviados
transfer-column-time = tiempo
transfer-column-rate = tasa
transfer-yes = sí
transfer-no = no
transfer-log-begun = comienzo
transfer-log-file = archivo
transfer-log-size = tamaño
transfer-log-mode = modo
transfer-log-clients = receptores
transfer-log-peer = otro extremo
transfer-ended = Receptor { $number }: terminó antes de tiempo: { $why }
transfer-unsent = Receptor { $number }: bloques que este sistema rehusó enviar: { $count }
transfer-lost = Receptor { $number }: { $count } de { $sent } bloques no llegaron ({ $ratio })
transfer-wires = Receptor { $number }: de { $out } bloques diferentes en la red del emisor, en la red del receptor: { $came }
transfer-lost-range = Receptor { $number }: de { $least } a { $most } de { $sent } bloques no llegaron: no se pueden distinguir los bloques de contenido igual de las copias que hizo la red
transfer-lost-replaced = Receptor { $number }: no falta nada, el archivo está completo. De los { $sent } bloques, hasta { $most } tienen el mismo contenido que otros: si la red perdió algunos e hizo otras tantas copias, nada lo muestra
transfer-shares = { "    " }Perdidos por la red: { $network }; por el equipo del receptor: { $receiver }, de ellos en el búfer del socket, según su contador: { $socket }; por el equipo del emisor: { $sender }; sin saber dónde: { $unknown }
transfer-unknown = { "    " }Sin saber dónde, { $count } en uno de estos: { $parts }
transfer-part-sender-host = el equipo del emisor
transfer-part-network = la red
transfer-part-receiver-host = el equipo del receptor
transfer-points = { "    " }Bloques enviados por el programa: { $sent }, en el cable del emisor: { $out }, en el cable del receptor: { $in }, leídos por el programa: { $read }
transfer-do-buffer = { "    " }Qué hacer, en el receptor: sudo sysctl -w net.core.rmem_max={ $bytes }, luego medidor receber --buffer { $bytes }
transfer-do-rate = { "    " }Qué hacer, en el emisor: --rate { $rate }
transfer-do-reliable = { "    " }Qué hacer, donde cada bloque hace falta: --mode quic o --mode tcp, que reenvían lo que la red pierde
transfer-do-sender-host = { "    " }Qué hacer, en el emisor: ver las reglas OUTPUT del cortafuegos y las colas llenas (tc -s qdisc)
transfer-do-receiver-host = { "    " }Qué hacer, en el receptor: ver las reglas INPUT del cortafuegos y las sumas erróneas (nstat UdpInCsumErrors)
transfer-do-capture-sender = { "    " }Para saber más: --capture en el emisor, luego medidor analisar con los archivos de ambos lados
transfer-do-capture-receiver = { "    " }Para saber más: --capture en el receptor, luego medidor analisar con los archivos de ambos lados
transfer-map = { "    " }Pérdidas a lo largo del archivo, un signo por { $blocks } bloques, el más alto por { $most } perdidos:
    { "    " }{ $map }
transfer-course = Receptor { $number }: tasa a lo largo del tiempo, un signo por { $time }, el más alto por { $most } MB/s:
    { "    " }{ $course }
transfer-transport = Receptor { $number }: datagramas QUIC enviados: { $sent }, recibidos: { $received }; paquetes dados por perdidos y reenviados: { $lost }; veces que redujo la tasa: { $slowed }; ida y vuelta: { $rtt }
transfer-wire-sender = Receptor { $number }: en el cable del emisor, paquetes con contenido: { $packets }, sus bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , reenviados: { $repeated }
    }
transfer-wire-receiver = Receptor { $number }: en el cable del receptor, paquetes con contenido: { $packets }, sus bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , venidos de nuevo: { $repeated }
    }
transfer-socket-drops = El socket de este receptor descartó, por falta de espacio o suma errónea: { $count }
    { "    " }aumente el espacio (--buffer, sysctl net.core.rmem_max)
transfer-missing = { "    " }tramos de bloques que faltan: { $count } ({ $ranges })
transfer-saved = Archivo: { $file }
transfer-partial = Incompleto: { $file }
transfer-trouble-disk-full = disco lleno
transfer-trouble-file = no se pudo leer o escribir el archivo
transfer-trouble-too-large = el archivo es mayor que --max-size
transfer-trouble-bad-name = el nombre del archivo no sirve
transfer-trouble-other-mode = el modo no es el que acepta el receptor
transfer-trouble-interrupted = interrumpido
transfer-trouble-refused = ningún programa lee en el puerto del receptor
transfer-trouble-connection = se cortó la conexión
transfer-trouble-silence = no llegó nada por demasiado tiempo
transfer-trouble-dialect = lo que llegó no sigue este dialecto
transfer-trouble-absent = no llegó
transfer-run = { $mode }, { $size } bytes, { $clients ->
    [one] un receptor
   *[other] { $clients } receptores
    }
chat-report-title = Chat por { $transport }: { $members ->
    [one] { $members } participante
   *[other] { $members } participantes
 }, { $messages ->
    [one] { $messages } mensaje
   *[other] { $messages } mensajes
 }
chat-report-killed = El diario del servidor termina a medias: el programa fue matado, o el equipo se paró.
chat-report-connections = Conexiones en { $file }
chat-report-connection = Conexión { $id }: { $client } con { $server }, { $time }
chat-report-handshake = Abierta en tres pasos, en { $time }: SYN (trama { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-half-handshake = La apertura no está entera: SYN (trama { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-no-handshake = La apertura no está en la captura, que empezó después.
chat-report-from-client = Del cliente: { $messages ->
    [one] { $messages } mensaje
   *[other] { $messages } mensajes
 }, { $bytes } bytes en { $segments } segmentos, { $retransmissions ->
    [0] ninguno repetido.
    [one] { $retransmissions } repetido.
   *[other] { $retransmissions } repetidos.
 }
chat-report-from-server = Del servidor: { $bytes } bytes en { $segments } segmentos, { $retransmissions ->
    [0] ninguno repetido.
    [one] { $retransmissions } repetido.
   *[other] { $retransmissions } repetidos.
 }
chat-report-late = { $count ->
    [one] { $count } llegó después de otros más nuevos: repetido, o adelantado.
   *[other] { $count } llegaron después de otros más nuevos: repetidos, o adelantados.
 }
chat-report-missing = Faltan { $count } bytes en la captura.
chat-report-close-fin = Cerrada en orden: primero { $by } (FIN, trama { $fin }), después { $other } (FIN, trama { $otherfin }).
chat-report-close-half = Cerrada en un solo sentido: { $by } (FIN, trama { $fin }); del otro, nada hasta el fin de la captura.
chat-report-close-rst = Interrumpida: { $by } envió RST (trama { $rst }).
chat-report-close-rst-after = Interrumpida: después del FIN de { $after } (trama { $afterfin }), { $by } envió RST (trama { $rst }).
chat-report-close-refused = Rechazada: nadie escuchaba en el puerto (RST, trama { $rst }).
chat-report-close-unanswered = Nunca se abrió: el SYN quedó sin respuesta.
chat-report-close-one-sided = La captura muestra un solo sentido: cómo terminó la conexión, no lo dice.
chat-report-close-silence = La captura no muestra nada más que { $by } haya enviado; el otro repitió en vano hasta el final.
chat-report-close-open = Abierta hasta el fin de la captura.
chat-report-the-client = el cliente
chat-report-the-server = el servidor
chat-report-datagrams = Datagramas
chat-report-inward = Al servidor: { $datagrams } enviados, { $delivered } llegaron, { $lost } perdidos, { $notsent } rechazados por el sistema, { $left } vistos salir, { $inconclusive } inciertos, { $duplicates } duplicados
chat-report-outward = A los participantes: { $datagrams } enviados, { $delivered } llegaron, { $lost } perdidos, { $notsent } rechazados por el sistema, { $left } vistos salir, { $inconclusive } inciertos, { $duplicates } duplicados
chat-report-lost-at = { $place }: { $count }
chat-report-members = Participantes
chat-report-column-member = Participante
chat-report-column-datagrams = datagramas
chat-report-column-sent-to = copias y avisos
chat-report-column-arrived = llegaron
chat-report-column-copies = copias
chat-report-column-lost = perdidas
chat-report-messages = Mensajes
chat-report-message = { $who }: { $text }
chat-report-message-frames = { $who }: { $text } (trama { $frames })
chat-report-withheld = No reenviado: demasiados mensajes a la vez.
chat-report-way-in = Camino del servidor: { $outcome }{ $place }
chat-report-copies = Copias: { $to }; { $delivered } llegaron, { $left } vistas salir, { $lost } perdidas, { $notsent } no enviadas, { $inconclusive } inciertas
chat-report-copies-tcp = Copias: { $to }; { $delivered } confirmadas por el otro equipo, { $left } enviadas sin confirmación vista, { $notsent } no enviadas
chat-report-copy = La de { $who }: { $outcome }{ $place }
chat-report-alike = (hay otras iguales: cuántas se perdieron es cierto, cuáles no)
chat-report-no-problem = { $count ->
    [one] Uno más, sin problemas visibles; --details lo muestra.
   *[other] { $count } más, sin problemas visibles; --details los muestra.
 }
chat-report-more = Y { $count } más.
chat-outcome-delivered = llegó
chat-outcome-lost = perdida
chat-outcome-not-sent = no enviada
chat-outcome-left = vista salir
chat-outcome-inconclusive = incierta
chat-segment-member-host-out = equipo del participante, a la salida
chat-segment-network-in = red, hasta el servidor
chat-segment-server-host-in = equipo del servidor, a la entrada
chat-segment-server-app = programa del servidor
chat-segment-server-host-out = equipo del servidor, a la salida
chat-segment-network-out = red, hasta el participante
chat-segment-member-host-in = equipo del participante, a la entrada
chat-segment-undetermined = uno de varios tramos
evidence-until = Estos paquetes llegan hasta { $until }; una respuesta que venga después no está entre ellos.
evidence-lost-here = { $count ->
    [one] La respuesta a la sonda { $numbers } estaba en la placa de red a tiempo: este equipo la perdió o aún la retiene.
   *[other] Las respuestas a las sondas { $numbers } estaban en la placa de red a tiempo: este equipo las perdió o aún las retiene.
 }
evidence-held-here = { $count ->
    [one] La respuesta a la sonda { $numbers } estaba en la placa de red a tiempo: este equipo la entregó demasiado tarde.
   *[other] Las respuestas a las sondas { $numbers } estaban en la placa de red a tiempo: este equipo las entregó demasiado tarde.
 }
evidence-kept-here = { $count ->
    [one] La sonda { $numbers } no llegó a la placa de red hasta { $until }: este equipo la retuvo.
   *[other] Las sondas { $numbers } no llegaron a la placa de red hasta { $until }: este equipo las retuvo.
 }
evidence-late-on-wire = { $count ->
    [one] La respuesta a la sonda { $numbers } llegó a la placa de red demasiado tarde: la demora fue en la red o del otro lado.
   *[other] Las respuestas a las sondas { $numbers } llegaron a la placa de red demasiado tarde: la demora fue en la red o del otro lado.
 }
evidence-late-on-host = { $count ->
    [one] La respuesta a la sonda { $numbers } llegó demasiado tarde: la demora fue en este equipo, que es también el del servidor.
   *[other] Las respuestas a las sondas { $numbers } llegaron demasiado tarde: la demora fue en este equipo, que es también el del servidor.
 }
evidence-other-source = { $count ->
    [one] La sonda { $numbers } salió y hasta { $until } no llegó respuesta de { $peer }; pero a su puerto llegó un datagrama de { $reason }.
   *[other] Las sondas { $numbers } salieron y hasta { $until } no llegó respuesta de { $peer }; pero a sus puertos llegaron datagramas de { $reason }.
 }
evidence-lost-beyond = { $count ->
    [one] La sonda { $numbers } salió por la placa de red y ninguna respuesta de { $peer } llegó hasta { $until }: la pérdida o la demora fue en la red o del otro lado.
   *[other] Las sondas { $numbers } salieron por la placa de red y ninguna respuesta de { $peer } llegó hasta { $until }: la pérdida o la demora fue en la red o del otro lado.
 }
evidence-lost-on-host = { $count ->
    [one] La sonda { $numbers } salió y ninguna respuesta de { $peer } llegó hasta { $until }: la pérdida o la demora fue en este equipo, que es también el del servidor.
   *[other] Las sondas { $numbers } salieron y ninguna respuesta de { $peer } llegó hasta { $until }: la pérdida o la demora fue en este equipo, que es también el del servidor.
 }
evidence-refused = { $count ->
    [one] La sonda { $numbers } fue rechazada por ICMP: { $reason }.
   *[other] Las sondas { $numbers } fueron rechazadas por ICMP: { $reason }.
 }
evidence-icmp = { $count ->
    [one] La sonda { $numbers } recibió un error ICMP: { $reason }.
   *[other] Las sondas { $numbers } recibieron errores ICMP: { $reason }.
 }
evidence-unknown = { $count ->
    [one] La captura no muestra qué pasó con la sonda { $numbers }.
   *[other] La captura no muestra qué pasó con las sondas { $numbers }.
 }
evidence-rtt = La sonda { $n } tardó { $wire } en la placa de red; el programa midió { $application }.
