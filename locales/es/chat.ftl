about-chat = Conversar, por TCP o por UDP, guardando los paquetes
about-chat-servidor = Reenviar lo que cada uno dice a todos los demás
about-chat-cliente = Entrar en un chat
examples-chat = Ejemplos:
    { "  " }medidor chat servidor --capture server.pcap
    { "  " }medidor chat cliente 203.0.113.2 --capture client.pcap
    { "  " }medidor analizar server.pcap
examples-chat-servidor = Ejemplos:
    { "  " }medidor chat servidor                     por TCP, en el puerto 12345
    { "  " }medidor chat servidor --udp --capture server.pcap
    { "  " }medidor chat servidor --udp --open        para clientes simples

    Quien está en el chat escribe /nick NOMBRE, /ping y /sair. Ctrl-C se despide
    de todos y cierra.
examples-chat-cliente = Ejemplos:
    { "  " }medidor chat cliente                      servidor en este equipo
    { "  " }medidor chat cliente 203.0.113.2 --nick Ana --capture client.pcap
    { "  " }printf '¡Hola!\n' | medidor chat cliente --udp

    En el chat: /nick NOMBRE, /ping, /sair.
help-tcp = Por TCP, que ya es lo predeterminado
help-udp = Por UDP
help-chat-servidor-listen = Dónde escuchar: dirección:puerto, solo el puerto, IPv4 o [IPv6]
help-open = Por UDP: quien diga algo está en el chat, sin probar que recibe lo que va a su dirección; ya es así cuando se escucha en una dirección de loopback. docs/coursework.md dice qué se arriesga
help-members = Cuántos caben en el chat a la vez
help-per-address = Cuántos de ellos pueden venir de una sola dirección IP
help-chat-servidor-rate-limit = Textos por segundo de cada uno; 0 para no limitar
help-idle = Por UDP: quien calle durante este tiempo es olvidado
help-chat-servidor-timeout = Por TCP: un equipo que no da señales de vida durante este tiempo se ha ido
help-chat-servidor-duration = Terminar después de este tiempo, como 10m o 1h30m
help-chat-cliente-host = El servidor; el puerto predeterminado es 12345
help-nick = Nombre en el chat
help-chat-cliente-bind = Dirección y puerto locales, como 0.0.0.0:6000
help-reconnect = Volver cuando se pierde la conexión, intentándolo cada vez más despacio
help-chat-cliente-interval = De una línea a la siguiente, cuando vienen de un archivo o de otro programa
help-chat-cliente-timeout = Por TCP: un servidor que no da señales de vida durante este tiempo se ha ido
chat-server = Chat por { $transport } en { $address }
chat-served = Conexiones atendidas: { $count }
chat-open-risk = Chat abierto: quien falsifique la dirección de otro puede enviarle mensajes por aquí
chat-client = En el chat de { $server } por { $transport }, como { $local }
chat-welcome = Usted es { $you }. { $others ->
    [0] Nadie más está en el chat.
    [one] Otra persona está en el chat.
   *[other] Otras { $others } personas están en el chat.
 } /nick NOMBRE, /ping, /sair
chat-joined = { $who } entró en el chat
chat-named = { $was } ahora es { $now }
chat-left = { $who } salió del chat: { $why }
chat-parting-quit = se despidió
chat-parting-closed = cerró la conexión
chat-parting-reset = la conexión fue interrumpida
chat-parting-vanished = su equipo no da señales de vida
chat-parting-too-slow = no leía los mensajes
chat-parting-idle = calló durante demasiado tiempo
chat-parting-refused = ya nadie escucha en su dirección
chat-parting-closing = el servidor cerró
chat-bad-nick = No sirve como nombre: una palabra de hasta { $most } letras, cifras, - _ . '
chat-taken-nick = Ese nombre ya es de otra persona
chat-too-long = Solo se leyeron los primeros { $most } bytes de la línea; el resto fue rechazado
chat-too-fast = Demasiados mensajes a la vez: algunos no fueron reenviados
chat-too-slow = Usted fue desconectado: no leía los mensajes, y los últimos se perdieron
chat-full = El chat está lleno
chat-full-for-address = Ya hay demasiados de su dirección en el chat
chat-closing = El servidor está cerrando. ¡Hasta luego!
chat-pong = ping: { $time }
chat-no-pong = ping: ninguna respuesta
chat-again = { $why }; nuevo intento en { $time }
chat-back = De vuelta en el chat
chat-not-sent = No enviado: { $error }
chat-broken = Fin del chat: { $why }
chat-broken-closed = el servidor cerró la conexión
chat-broken-refused = nadie está escuchando allí
error-chat-connect = no hay conexión con { $server }: { $detail }
error-chat-form = El resultado de un chat no tiene esa forma: { $option }
error-no-chat = No hay chat en esos archivos (--port dice en qué puerto escucha el servidor)
help-analisar-chat = Son de un chat, aunque ningún diario lo diga
