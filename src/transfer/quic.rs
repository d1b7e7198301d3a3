//! File transfer over QUIC (RFC 9000), one connection per receiver. The receiver identifies the sender by the
//! fingerprint of its certificate, sent on the control connection.
//!
//! Only this mode runs on tokio, a small runtime for each thread that serves or receives. quinn waits by tokio's own reactor,
//! so signals arrive here, as in the other modes, by the flag of [`Signals`](crate::net::signals::Signals): `stop`.

use std::fs::File;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use quinn::rustls;
use quinn::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use quinn::{
    ClientConfig, Connection, Endpoint, EndpointConfig, IdleTimeout, ServerConfig, TokioRuntime, TransportConfig,
    VarInt,
};
use rustls::DigitallySignedStruct;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::accept::ReadyReceiver;
use super::control_connection::ControlConnection;
use super::receive_context::ReceiveContext;
use super::send_context::{SendContext, await_result};
use super::tls_identity::{NAME, TlsIdentity, fingerprint_of};
use super::{HEARTBEAT, IDLE_TIMEOUT, POLL_INTERVAL, trouble_of};
use crate::core::evidence::transfer_records::{ReceiverReport, TransferCounters};
use crate::core::protocol::transfer::TransferError;
use crate::core::protocol::transfer::control::{ControlMessage, Outcome};
use crate::core::time::nanos;

const PIECE: usize = 1 << 18;

/// Bytes that may be on their way unread: what fills a fast path with some delay.
const WINDOW: u32 = 16 << 20;

/// How this protocol is called in the handshake.
const PROTOCOL: &[u8] = b"medidor-transfer/1";

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

fn transport() -> TransportConfig {
    let mut transport = TransportConfig::default();
    transport.max_idle_timeout(IdleTimeout::try_from(IDLE_TIMEOUT).ok());
    transport.keep_alive_interval(Some(Duration::from_secs(1)));
    transport.stream_receive_window(VarInt::from_u32(WINDOW));
    transport.send_window(u64::from(WINDOW));
    transport
}

/// Sends the file to one receiver over its connection, and waits for its last word.
///
/// # Errors
/// Why it did not come to that.
pub fn send(
    receiver: &mut ReadyReceiver,
    context: &SendContext<'_>,
    report: &mut ReceiverReport,
) -> Result<Outcome, TransferError> {
    let socket = receiver.socket.take().ok_or(TransferError::Connection)?;
    let identity = context.config.identity.as_ref().ok_or(TransferError::Connection)?;
    let server = server_config(identity).map_err(|_| TransferError::Connection)?;
    let runtime = runtime().map_err(|_| TransferError::Connection)?;
    receiver.line.send(&ControlMessage::Start)?;
    runtime.block_on(serve(receiver, context, report, socket, server))?;
    await_result(receiver, context.stop)
}

fn server_config(identity: &TlsIdentity) -> io::Result<ServerConfig> {
    let mut tls = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![identity.certificate.clone()], identity.key.clone_key().into())
        .map_err(io::Error::other)?;
    tls.alpn_protocols = vec![PROTOCOL.to_vec()];
    let crypto = quinn::crypto::rustls::QuicServerConfig::try_from(tls).map_err(io::Error::other)?;
    let mut server = ServerConfig::with_crypto(Arc::new(crypto));
    server.transport_config(Arc::new(transport()));
    Ok(server)
}

async fn serve(
    receiver: &mut ReadyReceiver,
    context: &SendContext<'_>,
    report: &mut ReceiverReport,
    socket: UdpSocket,
    server: ServerConfig,
) -> Result<(), TransferError> {
    let endpoint = Endpoint::new(EndpointConfig::default(), Some(server), socket, Arc::new(TokioRuntime))
        .map_err(|_| TransferError::Connection)?;
    let ip = receiver.line.peer().ip();
    let begun = Instant::now();
    // Only the control connection's address, and only with the token, gets the file.
    let (connection, mut stream) = loop {
        check_progress(receiver, context.stop, begun)?;
        let Ok(Some(incoming)) = timeout(POLL_INTERVAL, endpoint.accept()).await else { continue };
        if incoming.remote_address().ip().to_canonical() != ip {
            incoming.refuse();
            continue;
        }
        let Ok(Ok(connection)) = timeout(IDLE_TIMEOUT, incoming).await else { continue };
        let Ok(Ok((stream, mut said))) = timeout(IDLE_TIMEOUT, connection.accept_bi()).await else { continue };
        let mut token = [0; 8];
        if matches!(timeout(IDLE_TIMEOUT, said.read_exact(&mut token)).await, Ok(Ok(())))
            && u64::from_be_bytes(token) == context.config.welcome.token
        {
            break (connection, stream);
        }
    };
    report.client_port = Some(connection.remote_address().port());
    let size = context.config.welcome.size;
    let mut buffer = vec![0; PIECE];
    let mut at = 0;
    while at < size {
        let piece = (size - at).min(PIECE as u64) as usize;
        read(&context.config.source.file, &mut buffer[..piece], at)?;
        let mut written = 0;
        let mut moved = Instant::now();
        while written < piece {
            check_progress(receiver, context.stop, moved)?;
            match timeout(POLL_INTERVAL, stream.write(&buffer[written..piece])).await {
                Ok(Ok(some)) => {
                    written += some;
                    moved = Instant::now();
                    report.bytes_sent = report.bytes_sent.map(|before| before + some as u64);
                    context.progress.add(some as u64);
                }
                Ok(Err(_)) => return Err(TransferError::Connection),
                Err(_) => {}
            }
        }
        at += piece as u64;
    }
    stream.finish().map_err(|_| TransferError::Connection)?;
    let begun = Instant::now();
    // The receiver closes when it has everything; its last word comes on the control connection.
    let mut arrived = std::pin::pin!(stream.stopped());
    while timeout(POLL_INTERVAL, arrived.as_mut()).await.is_err() {
        if context.stop.load(Ordering::Relaxed) {
            return Err(TransferError::Interrupted);
        }
        if begun.elapsed() >= IDLE_TIMEOUT && connection.close_reason().is_some() {
            return Err(TransferError::Connection);
        }
    }
    report.transport = Some(counters(&connection));
    connection.close(VarInt::from_u32(0), b"");
    endpoint.wait_idle().await;
    Ok(())
}

fn counters(connection: &Connection) -> TransferCounters {
    let stats = connection.stats();
    TransferCounters {
        datagrams_sent: stats.udp_tx.datagrams,
        datagrams_received: stats.udp_rx.datagrams,
        bytes_sent: stats.udp_tx.bytes,
        bytes_received: stats.udp_rx.bytes,
        packets_lost: stats.path.lost_packets,
        congestion_events: stats.path.congestion_events,
        rtt_ns: nanos(stats.path.rtt),
    }
}

fn read(file: &File, buffer: &mut [u8], at: u64) -> Result<(), TransferError> {
    file.read_exact_at(buffer, at).map_err(|_| TransferError::File)
}

/// Looks whether the other end gave up, this one is to stop, or nothing has moved for too long.
fn check_progress(receiver: &mut ReadyReceiver, stop: &AtomicBool, moved: Instant) -> Result<(), TransferError> {
    match receiver.line.try_recv()? {
        Some(ControlMessage::Failed { why }) => return Err(why),
        Some(ControlMessage::Progress { .. }) | None => {}
        Some(_) => return Err(TransferError::Dialect),
    }
    if stop.load(Ordering::Relaxed) {
        return Err(TransferError::Interrupted);
    }
    if moved.elapsed() >= IDLE_TIMEOUT { Err(TransferError::Silence) } else { Ok(()) }
}

/// Receives the file from the sender with the expected certificate fingerprint.
///
/// # Errors
/// The reason, if it ended early.
pub fn receive(
    line: &mut ControlConnection,
    socket: UdpSocket,
    mut context: ReceiveContext<'_>,
) -> Result<(), TransferError> {
    let expected = context.offer.fingerprint.clone().ok_or(TransferError::Dialect)?;
    let client = client_config(expected).map_err(|_| TransferError::Connection)?;
    let runtime = runtime().map_err(|_| TransferError::Connection)?;
    runtime.block_on(take_in(line, socket, client, &mut context))
}

fn client_config(expected: String) -> io::Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let known = Arc::new(PinnedCertVerifier { expected, provider: Arc::clone(&provider) });
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(known)
        .with_no_client_auth();
    tls.alpn_protocols = vec![PROTOCOL.to_vec()];
    let crypto = quinn::crypto::rustls::QuicClientConfig::try_from(tls).map_err(io::Error::other)?;
    let mut client = ClientConfig::new(Arc::new(crypto));
    client.transport_config(Arc::new(transport()));
    Ok(client)
}

async fn take_in(
    line: &mut ControlConnection,
    socket: UdpSocket,
    client: ClientConfig,
    context: &mut ReceiveContext<'_>,
) -> Result<(), TransferError> {
    let ReceiveContext {
        offer: session_offer,
        sink: ref mut partial_file,
        received: ref mut received_data,
        progress_meter: progress,
        stop,
        ..
    } = *context;
    let endpoint = Endpoint::new(EndpointConfig::default(), None, socket, Arc::new(TokioRuntime))
        .map_err(|_| TransferError::Connection)?;
    let server = SocketAddr::new(line.peer().ip(), session_offer.port);
    let connecting = endpoint.connect_with(client, server, NAME).map_err(|_| TransferError::Connection)?;
    let connection: Connection = match timeout(IDLE_TIMEOUT, connecting).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(_)) => return Err(TransferError::Connection),
        Err(_) => return Err(TransferError::Silence),
    };
    let (mut say, mut stream) = connection.open_bi().await.map_err(|_| TransferError::Connection)?;
    say.write_all(&session_offer.token.to_be_bytes()).await.map_err(|_| TransferError::Connection)?;
    let (mut known, mut moved) = (Instant::now(), Instant::now());
    loop {
        match timeout(POLL_INTERVAL, stream.read_chunk(PIECE, true)).await {
            Ok(Ok(Some(chunk))) => {
                let bytes = chunk.bytes.len() as u64;
                if received_data.bytes + bytes > session_offer.size {
                    return Err(TransferError::Dialect);
                }
                partial_file.write(&[&chunk.bytes], received_data.bytes).map_err(|error| trouble_of(&error))?;
                received_data.bytes += bytes;
                progress.add(bytes);
                received_data.last();
                moved = Instant::now();
            }
            Ok(Ok(None)) => break,
            Ok(Err(_)) => return Err(TransferError::Connection),
            Err(_) if moved.elapsed() >= IDLE_TIMEOUT => return Err(TransferError::Silence),
            Err(_) => {}
        }
        if stop.load(Ordering::Relaxed) {
            return Err(TransferError::Interrupted);
        }
        if known.elapsed() >= HEARTBEAT {
            line.send(&ControlMessage::Progress { next: 0, received: received_data.bytes })?;
            known = Instant::now();
        }
    }
    received_data.complete = received_data.bytes == session_offer.size;
    received_data.transport = Some(counters(&connection));
    connection.close(VarInt::from_u32(0), b"");
    endpoint.wait_idle().await;
    if received_data.complete { Ok(()) } else { Err(TransferError::Connection) }
}

/// Knows the sender by its certificate's fingerprint, and by nothing else.
#[derive(Debug)]
struct PinnedCertVerifier {
    expected: String,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for PinnedCertVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if fingerprint_of(certificate).eq_ignore_ascii_case(&self.expected) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::InvalidCertificate(rustls::CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
