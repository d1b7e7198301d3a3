about-chat = Conversa por TCP o UDP y captura los paquetes
about-chat-servidor = Reenvía los mensajes de cada participante a todos los demás
about-chat-cliente = Entra en un chat
examples-chat = Ejemplos:
    { "  " }medidor chat servidor --capture server.pcap
    { "  " }medidor chat cliente 203.0.113.2 --capture client.pcap
    { "  " }medidor analizar server.pcap
examples-chat-servidor = Ejemplos:
    { "  " }medidor chat servidor                     por TCP, en el puerto 12345
    { "  " }medidor chat servidor --udp --capture server.pcap
    { "  " }medidor chat servidor --udp --open        para clientes simples

    Quien está en el chat escribe /nick NOMBRE, /ping y /sair. Ctrl-C avisa a
    todos y cierra el chat.
examples-chat-cliente = Ejemplos:
    { "  " }medidor chat cliente                      servidor en este equipo
    { "  " }medidor chat cliente 203.0.113.2 --nick Ana --capture client.pcap
    { "  " }printf '¡Hola!\n' | medidor chat cliente --udp

    En el chat: /nick NOMBRE, /ping, /sair.
help-tcp = Por TCP (predeterminado)
help-udp = Por UDP
help-chat-servidor-listen = Dónde escuchar: dirección:puerto, solo el puerto, IPv4 o [IPv6]
help-open = Por UDP: quien envía un mensaje está en el chat, sin probar que recibe en la dirección desde la que envía; siempre es así en una dirección de loopback. docs/coursework.md explica el riesgo
help-members = Cuántos participantes acepta el chat a la vez
help-per-address = Cuántos de ellos pueden venir de una sola dirección IP
help-chat-servidor-rate-limit = Mensajes por segundo de cada participante; 0 para no limitar
help-idle = Por UDP: quita a quien esté en silencio durante este tiempo
help-chat-servidor-timeout = Por TCP: desconecta un equipo que no responde durante este tiempo
help-chat-servidor-duration = Termina después de este tiempo, por ejemplo 10m o 1h30m
help-chat-cliente-host = El servidor; el puerto predeterminado es 12345
help-nick = Su nombre en el chat
help-chat-cliente-bind = Dirección y puerto locales, por ejemplo 0.0.0.0:6000
help-reconnect = Se vuelve a conectar cuando se pierde la conexión, con pausas cada vez mayores
help-chat-cliente-interval = Tiempo entre una línea y la siguiente, cuando vienen de un archivo o de otro programa
help-chat-cliente-timeout = Por TCP: se desconecta de un servidor que no responde durante este tiempo
chat-server = Chat por { $transport } en { $address }
chat-served = Conexiones atendidas: { $count }
chat-open-risk = Chat abierto: quien falsifique la dirección de otra persona puede enviarle mensajes por este servidor
chat-client = En el chat de { $server } por { $transport }, como { $local }
chat-welcome = Usted es { $you }. { $others ->
    [0] No hay nadie más en el chat.
    [one] Hay { $others } persona más en el chat.
   *[other] Hay { $others } personas más en el chat.
 } /nick NOMBRE, /ping, /sair
chat-joined = { $who } entró en el chat
chat-named = { $was } ahora es { $now }
chat-left = { $who } salió del chat: { $why }
chat-parting-quit = se despidió
chat-parting-closed = cerró la conexión
chat-parting-reset = se interrumpió la conexión
chat-parting-vanished = su equipo no responde
chat-parting-too-slow = no leía los mensajes
chat-parting-idle = estuvo en silencio demasiado tiempo
chat-parting-refused = ya ningún programa escucha en su dirección
chat-parting-closing = el servidor se cerró
chat-bad-nick = Nombre no válido: use una palabra de hasta { $most } letras, cifras, - _ . '
chat-taken-nick = Ese nombre ya es de otra persona
chat-too-long = Solo se leyeron los primeros { $most } bytes de la línea; el resto se descartó
chat-too-fast = Demasiados mensajes a la vez: algunos no se reenviaron
chat-too-slow = Se le desconectó: no leía los mensajes, y los últimos se perdieron
chat-full = El chat está lleno
chat-full-for-address = Ya hay demasiados participantes de su dirección en el chat
chat-closing = El servidor se está cerrando. ¡Hasta luego!
chat-pong = ping: { $time }
chat-no-pong = ping: ninguna respuesta
chat-again = { $why }; nuevo intento en { $time }
chat-back = De vuelta en el chat
chat-not-sent = No enviado: { $error }
chat-broken = Fin del chat: { $why }
chat-broken-closed = el servidor cerró la conexión
chat-broken-refused = ningún programa escucha en ese puerto
error-chat-connect = no se pudo conectar con { $server }: { $detail }
error-chat-form = { $option } no vale para un chat
error-no-chat = no hay ningún chat en esos archivos (--port dice en qué puerto escucha el servidor)
help-analisar-chat = Los archivos son de un chat, aunque ningún registro lo diga
