"""A real mail server for the tests, with STARTTLS and authentication.

usage: smtp_server.py FOLDER PORT CERTIFICATE KEY [implicit]

Saves messages in FOLDER as 1.eml, 2.eml ... The file FOLDER/mode sets the reply to the next message: "busy" (451),
"refuse" (550), "refuse-file" (552 if it has an attachment) or "hang" (no reply); otherwise the server accepts it.
With PORT 0 the system chooses a free port; "implicit" means TLS from the start.
"""
import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

folder, port, certificate, key = sys.argv[1:5]
implicit = "implicit" in sys.argv[5:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


def mode():
    try:
        with open(os.path.join(folder, "mode"), encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def authenticate(server, session, envelope, mechanism, data):
    fits = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ana@example.org", b"hunter2")
    print("login" if fits else "wrong login", flush=True)
    return AuthResult(success=fits, handled=fits)


class Handler:
    count = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if mode() == "hang":
            print("hanging", flush=True)
            await asyncio.sleep(3600)
        return responses

    async def handle_DATA(self, server, session, envelope):
        if mode() == "busy":
            print("busy", flush=True)
            return "451 come again later"
        if mode() == "refuse" or mode() == "refuse-file" and b"multipart" in envelope.content:
            print("refused", flush=True)
            return "550 not here, hunter2" if mode() == "refuse" else "552 too large"
        Handler.count += 1
        with open(os.path.join(folder, f"{Handler.count}.eml"), "wb") as file:
            file.write(envelope.content)
        print(f"taken {Handler.count} from {envelope.mail_from} to {','.join(envelope.rcpt_tos)}", flush=True)
        return "250 taken"


def session():
    return SMTP(
        Handler(),
        hostname="mail.test",
        tls_context=None if implicit else context,
        require_starttls=not implicit,
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=not implicit,
    )


async def main():
    server = await asyncio.get_running_loop().create_server(
        session, "127.0.0.1", int(port), ssl=context if implicit else None
    )
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(main())
