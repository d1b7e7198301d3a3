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
verdict-nothing-to-count = Tasa de pérdida: — (no se sabe qué pasó con ningún mensaje enviado)
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
        [one] { $requests } mensaje visto
       *[other] { $requests } mensajes vistos
    }, { $delivered ->
        [0] ninguno con respuesta.
        [one] { $delivered } con respuesta.
       *[other] { $delivered } con respuesta.
    }
verdict-by-capture =
    Contado según la captura, porque no hay registro del cliente. Sin él no se conoce el plazo, y una respuesta tardía
    cuenta como entregada.
verdict-late =
    Sin respuesta en el { $patience ->
        [none] plazo
       *[other] plazo de { $patience }
    }: { $late ->
        [one] { $late } respuesta llegó tarde
       *[other] { $late } respuestas llegaron tarde
    } y { $lost ->
        [0] no falta ninguna.
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
        [one] No se vio { $lost } respuesta.
       *[other] No se vieron { $lost } respuestas.
    }
verdict-not-sent =
    { $count ->
        [one] { $count } mensaje no se envió porque el sistema lo rechazó; no cuenta en la tasa.
       *[other] { $count } mensajes no se enviaron porque el sistema los rechazó; no cuentan en la tasa.
    }
verdict-inconclusive =
    { $count ->
        [one] No se puede determinar si llegó la respuesta de { $count } mensaje.
       *[other] No se puede determinar si llegaron las respuestas de { $count } mensajes.
    }
verdict-same-host = Cliente y servidor están en el mismo equipo: ningún mensaje pasó por una red.
verdict-answered =
    Respondidos: { $answered } de { $received ->
        [one] { $received } mensaje que llegó
       *[other] { $received } mensajes que llegaron
    } al servidor
verdict-lost-at-server =
    { $lost ->
        [one] { $lost } mensaje se perdió en el equipo o en el programa del servidor.
       *[other] { $lost } mensajes se perdieron en el equipo o en el programa del servidor.
    }
verdict-no-gaps = No faltan números entre el primer mensaje y el último.
verdict-gaps =
    { $count ->
        [one] Falta { $count } número: { $numbers }. O el mensaje se perdió en el camino, o el cliente no lo envió.
       *[other] Faltan { $count } números: { $numbers }. O esos mensajes se perdieron en el camino, o el cliente no los
        envió.
    }
verdict-server-alone =
    Solo con los archivos del servidor no se puede saber si las respuestas llegaron: para la tasa de pérdida, incluya el
    registro o la captura del cliente.

## Quién habló con quién

flow-heading = Conversación { $id } de { $of }
flow-ends = Quién habló con quién
flow-client = Cliente: { $client }
flow-client-behind-nat = Cliente: { $client }, visto por el servidor como { $seen }
flow-client-seen = Cliente, visto por el servidor: { $client }
flow-server = Servidor: { $server }
flow-patience = Plazo para cada respuesta: { $patience }
flow-epoch = La numeración empezó de nuevo: esta es la ejecución { $epoch } de este cliente.

## El camino

path-heading = Camino de los mensajes
path-point = mensajes distintos en cada punto
path-application = programa
path-wire = captura
path-arrows = →: del cliente al servidor; ←: la respuesta, de vuelta.
path-dash = —: este punto no se observó, o lo que pasó por ahí no lleva número.
path-same-host = En un mismo equipo, una sola trama cuenta en los dos puntos de la captura en cada sentido.
path-loss-forward = Pérdida en la red, de ida: { $ratio } ({ $lost } de { $of }; intervalo del 95 %: { $low } a { $high })
path-loss-forward-range =
    Pérdida en la red, de ida: de { $ratio } a { $most } ({ $lost } a { $worst } de { $of }; intervalo del 95 %: { $low } a
    { $high })
path-loss-return = Pérdida en la red, de vuelta: { $ratio } ({ $lost } de { $of }; intervalo del 95 %: { $low } a { $high })
path-loss-return-range =
    Pérdida en la red, de vuelta: de { $ratio } a { $most } ({ $lost } a { $worst } de { $of }; intervalo del 95 %: { $low } a
    { $high })

point-client-sent = enviados por el programa del cliente
point-client-wire-out = en la interfaz de red del cliente
point-server-wire-in = en la interfaz de red del servidor
point-server-received = recibidos por el programa del servidor
point-server-sent = respondidos por el programa del servidor
point-server-wire-out = respuestas en la interfaz de red del servidor
point-client-wire-in = respuestas en la interfaz de red del cliente
point-client-received = respuestas recibidas por el programa del cliente

## Dónde se perdieron

losses-heading =
    { $count ->
        [one] Dónde se perdió el mensaje
       *[other] Dónde se perdieron los { $count } mensajes
    }
losses-by-party =
    En la red: { $network }; en equipos y programas: { $hosts }; sin poder distinguir: { $either }.
losses-one =
    { $place }: { $count ->
        [one] mensaje { $numbers }
       *[other] { $count } mensajes ({ $numbers })
    }
losses-several =
    { $count ->
        [one] Mensaje { $numbers }
       *[other] { $count } mensajes ({ $numbers })
    } en uno de estos tramos, sin poder determinar en cuál: { $place }
losses-nowhere =
    { $count ->
        [one] Mensaje { $numbers }
       *[other] { $count } mensajes ({ $numbers })
    }: no se puede determinar dónde
losses-reason = Motivo: { $reason }.
losses-reason-of = Motivo, en los mensajes { $numbers }: { $reason }.
losses-in-a-row = Mayor racha de pérdidas: { $length } mensajes seguidos, a partir del mensaje { $first }.

segment-client-host-out = salida del equipo del cliente
segment-network-forward = red de ida
segment-server-host-in = entrada del equipo del servidor
segment-server-app = programa del servidor
segment-server-host-out = salida del equipo del servidor
segment-network-return = red de vuelta
segment-client-host-in = entrada del equipo del cliente

meaning-client-host-out = El programa lo envió, pero no apareció en la interfaz del cliente.
meaning-network-forward = Salió por la interfaz del cliente y no llegó a la del servidor.
meaning-server-host-in = Llegó a la interfaz del servidor, pero el programa no lo leyó.
meaning-server-app = El programa del servidor lo leyó, pero no envió la respuesta.
meaning-server-host-out = El servidor respondió, pero la respuesta no apareció en su interfaz.
meaning-network-return = La respuesta salió por la interfaz del servidor y no llegó a la del cliente.
meaning-client-host-in = La respuesta llegó a la interfaz del cliente, pero el programa no la leyó.

advice-client-host-out = envíe más despacio; revise los filtros de salida y si el router responde (ARP).
advice-network-forward = sospeche de Wi-Fi o congestión: repita por cable, a otra hora.
advice-network-forward-all = revise la redirección de puertos en el router del servidor, la dirección pública y el CGNAT.
advice-server-host-in = revise el firewall del servidor y que escuche en este puerto; si su búfer estaba lleno, envíe más despacio.
advice-server-app = lea el motivo; si no lo hay, revise el programa del servidor.
advice-server-host-out = envíe más despacio; revise los filtros de salida del equipo del servidor.
advice-network-return = sospeche de Wi-Fi o congestión: repita por cable, a otra hora.
advice-network-return-all = con respuestas a una dirección fija, revise la regla en el router del cliente; si no, su firewall.
advice-client-host-in = revise el firewall del cliente; si su búfer estaba lleno, envíe más despacio.

evidence-heading = Evidencias de cada mensaje perdido
evidence-message = Mensaje { $n }
evidence-more = Y { $count } más, en la página y en el archivo CSV.

reason-error-forbidden = el sistema prohibió el envío ({ $error }: en general, es un firewall de salida)
reason-error-dropped = el sistema aceptó el mensaje y después lo descartó, en una cola llena o en un filtro de salida ({ $error })
reason-error-full = la cola de envío del sistema estaba llena ({ $error })
reason-error-no-route = el sistema no tenía ruta hasta el destino ({ $error })
reason-error-refused = el destino lo rechazó ({ $error })
reason-error-too-large = el mensaje es demasiado grande para el camino ({ $error })
reason-error-other = error del sistema: { $error }
reason-port-unreachable = puerto inalcanzable, según { $from }: ningún programa escucha en él, o un firewall lo bloquea
reason-icmp = error ICMP enviado por { $from } (tipo { $type }, código { $code })
reason-from-self = este equipo
reason-simulated-drop = pérdida simulada: el servidor lo descartó a propósito
reason-rate-limit = el servidor limita las respuestas a cada cliente
reason-closing = el servidor se estaba cerrando
reason-bad-checksum = la suma de verificación (checksum) llegó mal
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
unclear-heading = Sin conclusión
unclear-numbers =
    { $count ->
        [one] No se puede determinar si llegó la respuesta de { $count } mensaje: { $numbers }
       *[other] No se puede determinar si llegaron las respuestas de { $count } mensajes: { $numbers }
    }
unclear-too-soon =
    { $count ->
        [one] La captura termina { $time } después del mensaje { $numbers }: demasiado pronto para saberlo.
       *[other] La captura termina como máximo { $time } después de los mensajes { $numbers }: demasiado pronto para saberlo.
    }

odd-heading = Otras observaciones
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
odd-reordered-forward = Fuera de orden, de ida: { $count } de { $of }, extensión máxima { $extent }
odd-reordered-return = Fuera de orden, de vuelta: { $count } de { $of }, extensión máxima { $extent }
odd-malformed =
    { $count ->
        [one] Sin número: { $count } mensaje recibido
       *[other] Sin número: { $count } mensajes recibidos
    }
odd-never-sent =
    { $count ->
        [one] Respuesta a un número que nunca se envió: { $count }
       *[other] Respuestas a números que nunca se enviaron: { $count }
    }
odd-other-source =
    { $count ->
        [one] Respuesta de una dirección que no es la del servidor: { $count }
       *[other] Respuestas de una dirección que no es la del servidor: { $count }
    }

## Retardos

delay-heading = Tiempo de ida y vuelta (RTT), en { $unit }
delay-heading-server = Tiempo en el servidor, en { $unit }
delay-samples = muestras
delay-min = mín
delay-mean = media
delay-median = mediana
delay-p95 = p95
delay-max = máx
delay-stddev = desv. est.
delay-application = programa
delay-kernel = sistema
delay-wire = captura
delay-network = solo la red
delay-residence = en el servidor
delay-legend =
    programa: de send() a recv(); sistema: entre las marcas de tiempo del sistema operativo; captura: entre las tramas en
    la interfaz del cliente; solo la red: la captura menos el tiempo en el servidor.
delay-dash = —: no se midió.
delay-jitter = Jitter (RFC 3550) de ida y vuelta: { $jitter }
delay-heading-one-way = Retardo en cada sentido, en { $unit }
delay-forward = ida
delay-return = vuelta
delay-legend-one-way = ±: incertidumbre, porque los relojes de los dos equipos no marcan la misma hora.
delay-variation-forward = Variación del retardo de ida (RFC 3393): mediana { $median }, p95 { $p95 }, máximo { $max }
delay-variation-return = Variación del retardo de vuelta (RFC 3393): mediana { $median }, p95 { $p95 }, máximo { $max }
delay-clock-offset = Reloj del servidor menos el del cliente: entre { $low } y { $high }

conduct-heading = Rendimiento del propio medidor
conduct-behind = Retraso en el envío: mediana { $median }, máximo { $max }
conduct-in-send = Tiempo dentro de send(): mediana { $median }, máximo { $max }

## Los testigos

witness-heading = Evidencias
witness-line = { $name }: { $file } ({ $whole })
witness-client-journal = registro del cliente
witness-client-capture = captura del cliente
witness-server-capture = captura del servidor
witness-server-journal = registro del servidor
witness-whole = sin lagunas
witness-not-whole = con lagunas
witness-assumed = supuestamente sin lagunas, pero sin prueba de ello
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
    }; descartados: no se sabe (solo lo muestra el final de un registro).
witness-interface-dropped =
    { $count ->
        [one] { $count } paquete perdido por la propia interfaz de red.
       *[other] { $count } paquetes perdidos por la propia interfaz de red.
    }
witness-damaged = Archivo dañado a partir del byte { $count }.
witness-failure = La captura se detuvo antes del final de la medición: { $reason }
witness-ended-done = Terminó normalmente.
witness-ended-duration = Terminó después de la duración pedida.
witness-ended-interrupted = Terminó a petición (Ctrl-C o SIGTERM).
witness-ended-nowhere = No tiene final: el programa se mató o el archivo se cortó.
witness-records-lost =
    { $count ->
        [one] { $count } línea perdida.
       *[other] { $count } líneas perdidas.
    }
witness-socket-drops =
    { $count ->
        [0] Ningún mensaje descartado en el socket.
        [one] { $count } mensaje descartado en el socket.
       *[other] { $count } mensajes descartados en el socket.
    }
witness-no-capture =
    No hubo captura, así que no se puede saber qué pasó entre los programas. Con --capture en los dos lados, medidor dice
    dónde se perdió cada mensaje.

outcome-delivered = respondido
outcome-late = tardío
outcome-not-sent = no enviado
outcome-lost = perdido
outcome-answered = respondido por el servidor
outcome-inconclusive = sin conclusión

## Avisos

warnings-heading =
    { $count ->
        [one] Aviso
       *[other] Avisos ({ $count })
    }
warnings-advice = Qué hacer: { $advice }

warning-capture-dropped =
    { $count ->
        [one] La captura { $file } descartó { $count } paquete (búfer lleno).
       *[other] La captura { $file } descartó { $count } paquetes (búfer lleno).
    } En esos momentos, un mensaje que falta en la captura no prueba nada.
advice-capture-dropped = repita con una tasa menor, guarde menos de cada paquete (--snaplen 128) o dé a la captura un búfer mayor (tcpdump y dumpcap: -B).
warning-interface-dropped =
    { $count ->
        [one] La interfaz de red perdió { $count } paquete antes de que la captura { $file } lo viera.
       *[other] La interfaz de red perdió { $count } paquetes antes de que la captura { $file } los viera.
    }
advice-interface-dropped = repita con una tasa menor y con menos carga en el equipo.
warning-capture-failed = La captura { $file } se detuvo antes del final de la medición: { $reason }
advice-capture-failed = compruebe si hay espacio en el disco y si la interfaz siguió activa, y repita.
warning-capture-damaged =
    El archivo { $file } está dañado ({ $flaw ->
        [breaks_off] se interrumpe: { $found_bytes } de los { $wanted_bytes } bytes del último bloque
        [malformed] bloque mal formado
       *[other] { $reason }
    }); { $offset_bytes ->
        [none] se usó lo que viene antes.
       *[other] se usó lo que viene antes del byte { $offset_bytes }.
    }
advice-capture-damaged = copie otra vez el archivo original, o repita la captura y termínela con Ctrl-C.
warning-capture-assumed =
    Ningún registro acompaña a la captura { $file }: se supone que estuvo activa de la primera a la última trama de esta
    conversación.
advice-capture-assumed = analice la captura junto con el registro de la misma medición, o capture con --capture.
warning-filter-blind =
    El filtro de la captura { $role ->
        [client] del cliente
       *[other] del servidor
    } no deja pasar { $direction ->
        [forward] los mensajes del cliente al servidor
       *[other] las respuestas del servidor al cliente
    }: que no aparezcan no prueba nada.
advice-filter-blind = use el filtro predeterminado, o uno que acepte los dos sentidos.
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
    } Cerca de ellos, un mensaje que falta en la captura no prueba nada.
advice-super-packets = desactive esto antes de capturar: ethtool -K INTERFAZ gro off gso off rx-gro-list off rx-udp-gro-forwarding off; y no envíe con UDP_SEGMENT.
warning-illegible-packets =
    { $count ->
        [one] La captura { $file } cortó { $count } paquete antes del número.
       *[other] La captura { $file } cortó { $count } paquetes antes del número.
    } Cerca de ellos, un mensaje que falta en la captura no prueba nada.
advice-illegible-packets = capture con un snaplen mayor (tcpdump -s 0).
warning-unread-packets =
    { $count ->
        [one] La captura { $file } contiene { $count } paquete de un tipo de enlace que medidor no lee.
       *[other] La captura { $file } contiene { $count } paquetes de tipos de enlace que medidor no lee.
    } Cerca de ellos, un mensaje que falta en la captura no prueba nada.
advice-unread-packets = capture solo en la interfaz de la medición, en Ethernet o en "any".
warning-incomplete-fragments =
    { $count ->
        [one] La captura { $file } tiene solo una parte de los fragmentos de { $count } datagrama.
       *[other] La captura { $file } tiene solo una parte de los fragmentos de { $count } datagramas.
    } No se puede determinar si llegaron completos y, cerca de ellos, un mensaje que falta en la captura no prueba nada.
advice-incomplete-fragments = haga que el filtro de captura acepte también los demás fragmentos: solo el primero lleva los puertos, y "udp port 5005" excluye los otros.
warning-unidentified-texts =
    { $count ->
        [one] La captura { $file } contiene { $count } texto que su número no identifica.
       *[other] La captura { $file } contiene { $count } textos que sus números no identifican.
    } Esta captura no se usa para esa conversación.
advice-unidentified-texts = numere los mensajes en cifras decimales, en orden creciente: 1, 2, 3.
warning-unused-file = { $file } no se usó: { $reason ->
        [given_twice] el mismo archivo o los mismos paquetes ya están entre los demás.
        [empty] está vacío.
        [compressed] esa compresión no se admite.
        [other_run] no pertenece a ninguna de las capturas.
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
    El registro { $file } no tiene final{ $line ->
        [none] { "" }
       *[other] {" "}y no se puede leer a partir de la línea { $line }
    }: no se sabe qué vino después.
advice-journal-broken = termine el programa con Ctrl-C en vez de matarlo, y copie el archivo completo.
warning-journal-gap =
    { $count ->
        [one] El registro { $file } perdió { $count } línea (disco demasiado lento).
       *[other] El registro { $file } perdió { $count } líneas (disco demasiado lento).
    }
advice-journal-gap = escriba en un disco más rápido, o envíe con una tasa menor.
warning-contradiction =
    { $wire ->
        [true] A la captura
       *[other] Al registro
    } { $role ->
        [client] del cliente
       *[other] del servidor
    } le falta { $count ->
        [one] { $count } mensaje que pasó por allí con certeza
       *[other] { $count } mensajes que pasaron por allí con certeza
    }; por eso, un mensaje que falta allí ya no prueba nada.
advice-contradiction = compruebe si los archivos son de la misma medición y si la captura era de la interfaz correcta.
warning-clock-step =
    { $seconds ->
        [none] Se ajustó uno de los relojes durante la medición: las marcas de tiempo de los dos lados no concuerdan.
       *[other] El reloj del equipo que escribió { $file } se ajustó en { $seconds } s durante la medición.
    }
advice-clock-step = sincronice los relojes antes de medir; los retardos en cada sentido no son fiables.
warning-clocks-apart =
    El reloj del servidor menos el del cliente da { $seconds } s: los archivos pueden ser de mediciones distintas.
advice-clocks-apart = compruebe si los archivos son de la misma medición, y ponga los relojes en hora.
warning-flow-tie =
    Varios flujos del servidor pueden ser de este cliente: { $flows }. El resultado dice solo lo que vale para todos.
advice-flow-tie = más evidencias los distinguen: los registros de los dos lados, o capturas con los encabezados IP; o
    elija uno con --flow y su número.
warning-other-run =
    Ningún flujo del servidor es de este cliente: { $fact }. El resultado usa solo los archivos del cliente.
advice-other-run = indique los archivos del servidor de la misma ejecución.
warning-member-tie =
    No se puede determinar de qué participante son los archivos de { $member }: { $members }. Quedan fuera, y el resultado
    usa solo los del servidor.
advice-member-tie = los registros de los dos lados, o capturas del chat completo, muestran de quién son.
warning-member-missing =
    Ningún participante en los archivos del servidor corresponde a { $member }: sus textos se analizan sin los archivos
    del servidor.
advice-member-missing = compruebe si los archivos son del mismo chat.
warning-perhaps-other-run =
    El flujo { $flows } del servidor puede ser de este cliente, pero nada lo prueba. El resultado usa solo los archivos del
    cliente.
advice-perhaps-other-run = si usted sabe que lo es, elíjalo con --flow y su número; los registros de los dos lados lo
    probarían.
candidates-other-run = Los archivos del servidor no son de esta ejecución: { $fact }.
candidates-heading = Cuál de los flujos del servidor es de este cliente
candidates-possible = El flujo { $number } ({ $client }) es posible.
candidates-possible-losses = El flujo { $number } ({ $client }) es posible. Las pérdidas serían: { $losses }.
candidates-missing = El flujo correcto puede no estar en estos archivos.
candidates-agreed = El resultado dice solo lo que vale en todos los casos.
candidates-undetermined = { $count } en uno de varios lugares
refuted-by =
    { $fact ->
        [nothing_shared] no hay ningún mensaje en común
        [other_texts] los textos son distintos
        [other_numbers] el servidor recibió números que el cliente nunca envió
        [slower_than_the_wait] el servidor tardó más en responder de lo que el cliente esperó
        [other_time] las respuestas habrían llegado antes que las solicitudes
        [other_port] en un mismo equipo, los puertos son distintos
        [clock_step] los tiempos solo encajan si se ajustó un reloj, y los dos registros prueban que no se ajustó ninguno
        [clock_steps] los tiempos solo encajan si se ajustó un reloj al menos dos veces durante la ejecución
        [same_wire] las dos capturas son del mismo punto de la red
        [taken] está probado que es de otro cliente
        [other_proven] está probado que otro flujo es el de este cliente
        [no_assignment] cada uno de los otros clientes necesita un flujo, y no queda ninguno para este
        [not_chosen] se eligió otro
       *[other] no encaja
    }
warning-other-flows =
    { $count ->
        [one] Los archivos del servidor contienen { $count } conversación más, de otro cliente o de otra ejecución.
       *[other] Los archivos del servidor contienen { $count } conversaciones más, de otros clientes o de otras
        ejecuciones.
    }
advice-other-flows = nada, si otros también usaron el servidor; para elegir otra conversación, use --flow.
warning-side-assumed =
    { $file } no muestra ningún router entre los dos equipos, y nada en él indica cuál de ellos lo capturó. Se lee como
    captura del cliente.
advice-side-assumed = si es del servidor, analícelo con --server { $file }.
warning-application-only =
    No hay captura, y solo con los datos de los programas no se puede saber en qué equipo, o si en la red, se perdió un
    mensaje.
advice-application-only = ejecute con --capture ARCHIVO.
warning-same-host =
    Cliente y servidor están en el mismo equipo: no hay red entre ellos, y ninguna pérdida se atribuye a la red.
advice-same-host = para medir una red, ejecute el servidor en otro equipo.
warning-nobody-listening =
    { $server ->
        [none] Ningún programa escucha en el puerto del servidor, o un firewall lo bloquea
       *[other] Ningún programa escucha en { $server }, o un firewall bloquea el puerto
    }: { $count ->
        [one] se rechazó { $count } mensaje.
       *[other] se rechazaron { $count } mensajes.
    }
advice-nobody-listening = inicie el servidor antes que el cliente, y compruebe el puerto, la redirección de puertos en
    el router y el firewall.
warning-nothing-passed =
    { $direction ->
        [forward] Ninguno de los { $count } mensajes que salieron del cliente llegó a la interfaz de red del servidor.
        [return] Ninguna de las { $count } respuestas que salieron del servidor llegó a la interfaz de red del cliente.
        [unseen] Estos archivos no muestran respuesta a ninguno de los { $count } mensajes: no volvió ninguna, o la captura no dejó entrar las respuestas.
       *[other] Ninguno de los { $count } mensajes tuvo respuesta, y estos archivos no muestran hasta dónde llegaron.
    }
advice-nothing-passed =
    { $direction ->
        [return] compruebe que el router del cliente deja entrar las respuestas: si el servidor responde a una dirección fija (--reply-to), el router necesita una regla de redirección para ese puerto UDP.
        [unseen] compruebe que el filtro de la captura acepta los dos sentidos (udp port 5005, no udp dst port 5005). Si los acepta, compruebe, en este orden: que el servidor esté en marcha; la dirección escrita en el cliente; la redirección del puerto UDP en el router del servidor; el firewall del servidor.
       *[other] compruebe, en este orden: que el servidor esté en marcha; la dirección escrita en el cliente; la redirección del puerto UDP en el router del servidor, a la dirección interna correcta; un segundo NAT delante de él (CGNAT); el firewall del servidor. La captura del servidor mostraría dónde se detienen.
    }
warning-one-network =
    { $way ->
        [unchanged] El servidor ve al cliente con su dirección local, { $address }: no hay NAT entre los dos, así que están en la misma red, o un túnel une sus redes.
       *[returned] El servidor ve al cliente con la dirección { $address }, la misma a la que envía el cliente: los dos están detrás del mismo router, o hay un intermediario entre ellos.
    }
advice-one-network = para medir entre dos casas, conecte uno de los equipos a Internet por otra línea.
warning-socket-drops =
    { $count ->
        [one] El sistema descartó { $count } mensaje en el socket del programa (registro { $file }).
       *[other] El sistema descartó { $count } mensajes en el socket del programa (registro { $file }).
    }
advice-socket-drops = el programa no leyó a tiempo, su búfer era demasiado pequeño para una ráfaga o llegaron paquetes corruptos: envíe con una tasa menor o permita búferes mayores (como root: sysctl -w net.core.rmem_max=8388608).
warning-other-source =
    { $count ->
        [one] { $count } respuesta vino de una dirección que no es la del servidor: { $sources }.
       *[other] { $count } respuestas vinieron de direcciones que no son la del servidor: { $sources }.
    }
advice-other-source = compruebe la dirección del servidor; un servidor con varias direcciones puede responder desde otra.
warning-unnumbered-replies =
    { $count ->
        [one] { $count } texto sin número volvió del servidor: no se puede saber a qué mensaje responde.
       *[other] { $count } textos sin número volvieron del servidor: no se puede saber a qué mensajes responden.
    }
advice-unnumbered-replies = haga que el servidor responda con el número del mensaje (el de medidor lo hace con --reply ack).
warning-replies-at-server =
    { $count ->
        [one] { $count } respuesta (ACK) llegó a un servidor, y un servidor no contesta a respuestas.
       *[other] { $count } respuestas (ACK) llegaron a un servidor, y un servidor no contesta a respuestas.
    }
advice-replies-at-server = compruebe que no haya dos servidores enviándose el uno al otro.
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
advice-rate-limited = envíe con una tasa menor.
warning-fragments =
    { $count ->
        [one] La captura { $file } contiene { $count } fragmento: hay mensajes mayores de lo que el camino permite.
       *[other] La captura { $file } contiene { $count } fragmentos: hay mensajes mayores de lo que el camino permite.
    }
advice-fragments = use mensajes más pequeños: si se pierde un fragmento, se pierde el mensaje completo.
warning-foreign-packets =
    { $count ->
        [one] La captura { $file } contiene { $count } paquete que no es de esta medición.
       *[other] La captura { $file } contiene { $count } paquetes que no son de esta medición.
    }
advice-foreign-packets = capture con un filtro que solo deje pasar el puerto de la medición.

score-heading =
    Comparación con lo que hizo el simulador: { $right } de { $judged ->
        [one] { $judged } veredicto correcto
       *[other] { $judged } veredictos correctos
    }; { $exact ->
        [one] { $exact } señala
       *[other] { $exact } señalan
    } un solo lugar
score-wrong =
    { $wrong ->
        [one] { $wrong } equivocado
       *[other] { $wrong } equivocados
    }, { $undecided } sin conclusión.
score-mistake = Mensaje { $n }: en realidad: { $truth }; veredicto: { $found }
score-passed = no se perdió en la red
witness-not-kept = no guardado en archivo
ping-counts =
    { $sent ->
        [one] { $sent } enviada
       *[other] { $sent } enviadas
    }, { $received ->
        [one] { $received } recibida
       *[other] { $received } recibidas
    }
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
        [one] { $count } respuesta no tiene número y llegó cuando más de una sonda esperaba respuesta: no se puede determinar a cuál responde ni cuánto tardó.
       *[other] { $count } respuestas no tienen número y llegaron cuando más de una sonda esperaba respuesta: no se puede determinar a cuáles responden ni cuánto tardaron.
    }
ping-rtt = RTT mínimo/medio/máximo/desviación estándar: { $min }/{ $mean }/{ $max }/{ $stddev }{"\u00A0"}s
ping-no-rtt = RTT: — (ninguna respuesta de una sonda conocida)
ping-rtt-error = El programa añade { $application } al RTT medido en la interfaz (mediana){ $kernel ->
        [none] {""}
       *[other] ; el sistema añade { $kernel }
    }
ping-wire-heading = Lo que muestra la captura de las sondas que agotaron el plazo
ping-wire-nothing = { $numbers }: ninguna respuesta en la interfaz
ping-wire-unknown = { $numbers }: la captura no muestra si llegó una respuesta
ping-wire-late = { $n }: la respuesta estaba en la interfaz a los { $wire }{"\u00A0"}s, y el programa había desistido a los { $timeout }{"\u00A0"}s
ping-wire-slow = { $n }: la respuesta estaba en la interfaz a los { $wire }{"\u00A0"}s, { $read ->
        [none] pero el programa la leyó demasiado tarde
       *[other] pero el programa la leyó a los { $read }{"\u00A0"}s
    }, después del plazo de { $timeout }{"\u00A0"}s
ping-wire-unread = { $n }: la respuesta estaba en la interfaz a los { $wire }{"\u00A0"}s, pero el programa no la leyó (había desistido a los { $timeout }{"\u00A0"}s)
ping-wire-more =
    { $count ->
        [one] { $count } respuesta más estaba en la interfaz: { $numbers }
       *[other] { $count } respuestas más estaban en la interfaz: { $numbers }
    }
plot-title = Tiempo de ida y vuelta: • a tiempo, ○ tardía, × sin respuesta
transfer-column-number = nº
transfer-column-success = completo
transfer-column-client-port = p. clie.
transfer-column-server-port = p. serv.
transfer-column-received = recibidos
transfer-column-sent = enviados
transfer-column-time = tiempo
transfer-column-rate = tasa
transfer-yes = sí
transfer-no = no
transfer-log-begun = inicio
transfer-log-file = archivo
transfer-log-size = tamaño
transfer-log-mode = modo
transfer-log-clients = receptores
transfer-log-peer = otro lado
transfer-ended = Receptor { $number }: terminó antes de tiempo: { $why }
transfer-unsent = Receptor { $number }: bloques que el sistema se negó a enviar: { $count }
transfer-lost = Receptor { $number }: de { $sent } bloques, { $count ->
        [one] { $count } no llegó
       *[other] { $count } no llegaron
    } ({ $ratio })
transfer-wires = Receptor { $number }: bloques distintos en la interfaz de red del emisor: { $out }; de ellos, en la del receptor: { $came }
transfer-lost-range = Receptor { $number }: de { $least } a { $most } de { $sent } bloques no llegaron: no se pueden distinguir los bloques de contenido igual de las copias que hizo la red
transfer-lost-replaced = Receptor { $number }: no falta nada, el archivo está completo. De los { $sent } bloques, hasta { $most } tienen el mismo contenido que otros: no se puede saber si la red perdió algunos de ellos y copió otros tantos
transfer-shares = { "    " }Perdidos en la red: { $network }; en el equipo del receptor: { $receiver }, de ellos en el búfer del socket (contador de descartes): { $socket }; en el equipo del emisor: { $sender }; sin saber dónde: { $unknown }
transfer-unknown = { "    " }Sin saber dónde: { $count } en uno de estos: { $parts }
transfer-part-sender-host = el equipo del emisor
transfer-part-network = la red
transfer-part-receiver-host = el equipo del receptor
transfer-points = { "    " }Bloques enviados por el programa: { $sent }, en la interfaz de red del emisor: { $out }, en la interfaz de red del receptor: { $in }, leídos por el programa: { $read }
transfer-do-buffer = { "    " }En el receptor: sudo sysctl -w net.core.rmem_max={ $bytes }, luego medidor recibir --buffer { $bytes }
transfer-do-rate = { "    " }En el emisor: --rate { $rate }
transfer-do-reliable = { "    " }Si no puede faltar ningún bloque: --mode quic o --mode tcp, que retransmiten lo que la red pierde
transfer-do-sender-host = { "    " }En el emisor: compruebe las reglas OUTPUT del firewall y si hay colas llenas (tc -s qdisc)
transfer-do-receiver-host = { "    " }En el receptor: compruebe las reglas INPUT del firewall y si hay sumas de verificación erróneas (nstat UdpInCsumErrors)
transfer-do-capture-sender = { "    " }Para saber más: --capture en el emisor, luego medidor analizar con los archivos de los dos lados
transfer-do-capture-receiver = { "    " }Para saber más: --capture en el receptor, luego medidor analizar con los archivos de los dos lados
transfer-map = { "    " }Pérdidas a lo largo del archivo (bloques por barra: { $blocks }; barra más alta: { $most } perdidos):
    { "    " }{ $map }
transfer-course = Receptor { $number }: tasa a lo largo del tiempo (cada barra { $time }, la más alta { $most } MB/s):
    { "    " }{ $course }
transfer-transport = Receptor { $number }: datagramas QUIC enviados: { $sent }, recibidos: { $received }; paquetes retransmitidos: { $lost }; reducciones de la tasa: { $slowed }; tiempo de ida y vuelta: { $rtt }
transfer-wire-sender = Receptor { $number }: en la interfaz de red del emisor, paquetes con datos: { $packets }, bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , retransmitidos: { $repeated }
    }
transfer-wire-receiver = Receptor { $number }: en la interfaz de red del receptor, paquetes con datos: { $packets }, bytes: { $bytes }{ $repeated ->
        [none] {""}
       *[other] , recibidos de nuevo: { $repeated }
    }
transfer-socket-drops = Descartados en el socket de este receptor (búfer lleno o suma de verificación errónea): { $count }
    { "    " }use un búfer mayor (--buffer, sysctl net.core.rmem_max)
transfer-missing = { "    " }tramos de bloques que faltan: { $count } ({ $ranges })
transfer-saved = Archivo: { $file }
transfer-partial = Incompleto: { $file }
transfer-trouble-disk-full = disco lleno
transfer-trouble-file = no se pudo leer o escribir el archivo
transfer-trouble-too-large = el archivo es mayor que --max-size
transfer-trouble-bad-name = el nombre del archivo no es válido
transfer-trouble-other-mode = el receptor no acepta este modo
transfer-trouble-interrupted = interrumpido
transfer-trouble-refused = ningún programa escucha en el puerto del receptor
transfer-trouble-connection = se cortó la conexión
transfer-trouble-silence = no llegó nada durante demasiado tiempo
transfer-trouble-dialect = el otro lado envió algo inesperado
transfer-trouble-absent = no se conectó
transfer-run = { $mode }, { $size } bytes, { $clients ->
    [one] { $clients } receptor
   *[other] { $clients } receptores
    }
chat-report-title = Chat por { $transport }: { $members ->
    [one] { $members } participante
   *[other] { $members } participantes
 }, { $messages ->
    [one] { $messages } mensaje
   *[other] { $messages } mensajes
 }
chat-report-killed = El registro del servidor se interrumpe: el programa se mató, o el equipo se paró.
chat-report-connections = Conexiones en { $file }
chat-report-connection = Conexión { $id }: { $client } con { $server }, { $time }
chat-report-handshake = Handshake de tres vías en { $time }: SYN (trama { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-half-handshake = El handshake de tres vías está incompleto: SYN (trama { $syn }), SYN+ACK ({ $synack }), ACK ({ $ack }).
chat-report-no-handshake = El handshake de tres vías no está en la captura, que empezó después.
chat-report-from-client = Del cliente: { $messages ->
    [one] { $messages } mensaje
   *[other] { $messages } mensajes
 }, { $bytes ->
    [one] { $bytes } byte
   *[other] { $bytes } bytes
 } en { $segments ->
    [one] { $segments } segmento
   *[other] { $segments } segmentos
 }, { $retransmissions ->
    [0] ninguno retransmitido.
    [one] { $retransmissions } retransmitido.
   *[other] { $retransmissions } retransmitidos.
 }
chat-report-from-server = Del servidor: { $bytes ->
    [one] { $bytes } byte
   *[other] { $bytes } bytes
 } en { $segments ->
    [one] { $segments } segmento
   *[other] { $segments } segmentos
 }, { $retransmissions ->
    [0] ninguno retransmitido.
    [one] { $retransmissions } retransmitido.
   *[other] { $retransmissions } retransmitidos.
 }
chat-report-late = { $count ->
    [one] { $count } llegó después de otro más nuevo: retransmitido o fuera de orden.
   *[other] { $count } llegaron después de otros más nuevos: retransmitidos o fuera de orden.
 }
chat-report-missing = { $count ->
    [one] Falta { $count } byte en la captura.
   *[other] Faltan { $count } bytes en la captura.
 }
chat-report-close-fin = Cerrada normalmente: primero { $by } (FIN, trama { $fin }), después { $other } (FIN, trama { $otherfin }).
chat-report-close-half = Cerrada en un solo sentido: { $by } (FIN, trama { $fin }); del otro lado, nada hasta el final de la captura.
chat-report-close-rst = Interrumpida: { $by } envió RST (trama { $rst }).
chat-report-close-rst-after = Interrumpida: después del FIN de { $after } (trama { $afterfin }), { $by } envió RST (trama { $rst }).
chat-report-close-refused = Rechazada: ningún programa escuchaba en el puerto (RST, trama { $rst }).
chat-report-close-unanswered = No llegó a abrirse: el SYN quedó sin respuesta.
chat-report-close-one-sided = La captura muestra un solo sentido, así que no muestra cómo terminó la conexión.
chat-report-close-silence = La captura no muestra nada más enviado por { $by }; el otro lado retransmitió sin éxito hasta el final.
chat-report-close-open = Sigue abierta al final de la captura.
chat-report-the-client = el cliente
chat-report-the-server = el servidor
chat-report-datagrams = Datagramas
chat-report-inward = Al servidor: { $datagrams ->
    [one] { $datagrams } enviado
   *[other] { $datagrams } enviados
 }, { $delivered ->
    [one] { $delivered } llegó
   *[other] { $delivered } llegaron
 }, { $lost ->
    [one] { $lost } perdido
   *[other] { $lost } perdidos
 }, { $notsent ->
    [one] { $notsent } rechazado
   *[other] { $notsent } rechazados
 } por el sistema, { $left ->
    [one] { $left } del que solo se vio la salida
   *[other] { $left } de los que solo se vio la salida
 }, { $inconclusive ->
    [one] { $inconclusive } incierto
   *[other] { $inconclusive } inciertos
 }, { $duplicates ->
    [one] { $duplicates } duplicado
   *[other] { $duplicates } duplicados
 }
chat-report-outward = A los participantes: { $datagrams ->
    [one] { $datagrams } enviado
   *[other] { $datagrams } enviados
 }, { $delivered ->
    [one] { $delivered } llegó
   *[other] { $delivered } llegaron
 }, { $lost ->
    [one] { $lost } perdido
   *[other] { $lost } perdidos
 }, { $notsent ->
    [one] { $notsent } rechazado
   *[other] { $notsent } rechazados
 } por el sistema, { $left ->
    [one] { $left } del que solo se vio la salida
   *[other] { $left } de los que solo se vio la salida
 }, { $inconclusive ->
    [one] { $inconclusive } incierto
   *[other] { $inconclusive } inciertos
 }, { $duplicates ->
    [one] { $duplicates } duplicado
   *[other] { $duplicates } duplicados
 }
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
chat-report-way-in = Hacia el servidor: { $outcome }{ $place }
chat-report-copies = Copias: { $to }; { $delivered ->
    [one] { $delivered } llegó
   *[other] { $delivered } llegaron
 }, { $left ->
    [one] { $left } de la que solo se vio la salida
   *[other] { $left } de las que solo se vio la salida
 }, { $lost ->
    [one] { $lost } perdida
   *[other] { $lost } perdidas
 }, { $notsent ->
    [one] { $notsent } no enviada
   *[other] { $notsent } no enviadas
 }, { $inconclusive ->
    [one] { $inconclusive } incierta
   *[other] { $inconclusive } inciertas
 }
chat-report-copies-tcp = Copias: { $to }; { $delivered ->
    [one] { $delivered } confirmada
   *[other] { $delivered } confirmadas
 } por el otro equipo, { $left ->
    [one] { $left } enviada
   *[other] { $left } enviadas
 } sin confirmación visible, { $notsent ->
    [one] { $notsent } no enviada
   *[other] { $notsent } no enviadas
 }
chat-report-copy = Copia para { $who }: { $outcome }{ $place }
chat-report-alike = (hay otras con el mismo texto: es seguro cuántas se perdieron, pero no cuáles)
chat-report-no-problem = { $count ->
    [one] Uno más, sin problemas visibles; --details lo muestra.
   *[other] { $count } más, sin problemas visibles; --details los muestra.
 }
chat-report-more = Y { $count } más.
chat-outcome-delivered = llegó
chat-outcome-lost = perdida
chat-outcome-not-sent = no enviada
chat-outcome-left = solo se vio salir
chat-outcome-inconclusive = incierta
chat-segment-member-host-out = salida del equipo del participante
chat-segment-network-in = red hasta el servidor
chat-segment-server-host-in = entrada del equipo del servidor
chat-segment-server-app = programa del servidor
chat-segment-server-host-out = salida del equipo del servidor
chat-segment-network-out = red hasta el participante
chat-segment-member-host-in = entrada del equipo del participante
chat-segment-undetermined = uno de varios tramos
evidence-until = Estos paquetes llegan hasta { $until }; una respuesta que llegue después no está entre ellos.
evidence-lost-here = { $count ->
    [one] La respuesta a la sonda { $numbers } estaba en la interfaz de red a tiempo: este equipo la perdió o aún la retiene.
   *[other] Las respuestas a las sondas { $numbers } estaban en la interfaz de red a tiempo: este equipo las perdió o aún las retiene.
 }
evidence-held-here = { $count ->
    [one] La respuesta a la sonda { $numbers } estaba en la interfaz de red a tiempo: este equipo la entregó demasiado tarde.
   *[other] Las respuestas a las sondas { $numbers } estaban en la interfaz de red a tiempo: este equipo las entregó demasiado tarde.
 }
evidence-kept-here = { $count ->
    [one] La sonda { $numbers } no llegó a la interfaz de red hasta { $until }: este equipo la retuvo.
   *[other] Las sondas { $numbers } no llegaron a la interfaz de red hasta { $until }: este equipo las retuvo.
 }
evidence-late-on-wire = { $count ->
    [one] La respuesta a la sonda { $numbers } llegó a la interfaz de red demasiado tarde: la demora fue en la red o en el otro lado.
   *[other] Las respuestas a las sondas { $numbers } llegaron a la interfaz de red demasiado tarde: la demora fue en la red o en el otro lado.
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
    [one] La sonda { $numbers } salió por la interfaz de red y ninguna respuesta de { $peer } llegó hasta { $until }: la pérdida o la demora fue en la red o en el otro lado.
   *[other] Las sondas { $numbers } salieron por la interfaz de red y ninguna respuesta de { $peer } llegó hasta { $until }: la pérdida o la demora fue en la red o en el otro lado.
 }
evidence-lost-on-host = { $count ->
    [one] La sonda { $numbers } salió y ninguna respuesta de { $peer } llegó hasta { $until }: la pérdida o la demora fue en este equipo, que es también el del servidor.
   *[other] Las sondas { $numbers } salieron y ninguna respuesta de { $peer } llegó hasta { $until }: la pérdida o la demora fue en este equipo, que es también el del servidor.
 }
evidence-refused = { $count ->
    [one] La sonda { $numbers } fue rechazada con un error ICMP: { $reason }.
   *[other] Las sondas { $numbers } fueron rechazadas con errores ICMP: { $reason }.
 }
evidence-icmp = { $count ->
    [one] La sonda { $numbers } recibió un error ICMP: { $reason }.
   *[other] Las sondas { $numbers } recibieron errores ICMP: { $reason }.
 }
evidence-unknown = { $count ->
    [one] La captura no muestra qué pasó con la sonda { $numbers }.
   *[other] La captura no muestra qué pasó con las sondas { $numbers }.
 }
evidence-rtt = La sonda { $n } tardó { $wire } en la interfaz de red; el programa midió { $application }.
