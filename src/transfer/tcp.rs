//! One TCP connection a receiver, for comparison.

use std::io::{self, Read};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::sendfile::sendfile64;

use super::gate::Guest;
use super::line::{Line, readable};
use super::receiver::Catch;
use super::sender::{Service, last_word};
use super::sink::Sink;
use super::{GLANCE, HEARTBEAT, Meter, PATIENCE, trouble_of};
use crate::core::dialect::transfer::Trouble;
use crate::core::dialect::transfer::control::{Outcome, Say, Welcome};
use crate::core::evidence::transfer::Account;

/// Bytes handed to the kernel, or taken from it, at once.
const PIECE: usize = 1 << 20;

/// How long one call may wait for the other end to take something.
const STEP: Duration = Duration::from_millis(200);

/// Sends the file to one receiver, from the page cache straight to the socket, and waits for its last word.
///
/// # Errors
/// Why it did not come to that.
pub fn send(guest: &mut Guest, service: &Service<'_>, transfer: &mut Account) -> Result<Outcome, Trouble> {
    let data = guest.data.take().ok_or(Trouble::Connection)?;
    let prepared = data.set_nodelay(true).and_then(|()| data.set_write_timeout(Some(STEP)));
    prepared.map_err(|_| Trouble::Connection)?;
    transfer.client_port = data.peer_addr().ok().map(|address| address.port());
    guest.line.say(&Say::Start)?;
    let size = service.order.welcome.size;
    let mut at = 0_i64;
    let mut moved = Instant::now();
    while (at as u64) < size {
        match guest.line.heard()? {
            Some(Say::Failed { why }) => return Err(why),
            Some(Say::Progress { .. }) | None => {}
            Some(_) => return Err(Trouble::Dialect),
        }
        if service.stop.load(Ordering::Relaxed) {
            return Err(Trouble::Interrupted);
        }
        let piece = (size - at as u64).min(PIECE as u64) as usize;
        let before = at;
        match sendfile64(&data, &service.order.source.file, Some(&mut at), piece) {
            Ok(1..) | Err(Errno::EAGAIN | Errno::EINTR) => {}
            // The file has become shorter, or its disk fails.
            Ok(0) | Err(Errno::EIO) => return Err(Trouble::File),
            Err(_) => return Err(parting(guest)),
        }
        let sent = (at - before) as u64;
        if sent > 0 {
            moved = Instant::now();
            transfer.bytes_sent = transfer.bytes_sent.map(|before| before + sent);
            service.meter.add(sent);
        } else if moved.elapsed() >= PATIENCE {
            return Err(Trouble::Silence);
        }
    }
    guest.line.say(&Say::Sent)?;
    last_word(guest, service.stop)
}

/// Why a receiver closed its data connection, where it said so.
fn parting(guest: &mut Guest) -> Trouble {
    let deadline = Instant::now() + HEARTBEAT;
    loop {
        match guest.line.heard() {
            Ok(Some(Say::Failed { why })) => return why,
            Ok(Some(_)) => {}
            Ok(None) if Instant::now() < deadline => readable([guest.line.as_fd()], HEARTBEAT),
            _ => return Trouble::Connection,
        }
    }
}

/// Opens the data connection to the sender.
///
/// # Errors
/// [`Trouble::Connection`].
pub fn connect(line: &Line, welcome: &Welcome) -> Result<TcpStream, Trouble> {
    let open = || -> io::Result<TcpStream> {
        let data = TcpStream::connect_timeout(&line.peer(), PATIENCE)?;
        let mut said = Line::new(data)?;
        let word = Say::Data { token: welcome.token, number: welcome.number };
        said.say(&word).map_err(|_| io::ErrorKind::BrokenPipe)?;
        let data = said.as_stream()?;
        data.set_read_timeout(Some(STEP))?;
        Ok(data)
    };
    open().map_err(|_| Trouble::Connection)
}

/// Takes the file in.
///
/// # Errors
/// Why it ended early; what came until then is in `catch`.
pub fn receive(
    line: &mut Line,
    mut data: &TcpStream,
    sink: &mut Sink,
    size: u64,
    catch: &mut Catch,
    meter: &Meter,
    stop: &AtomicBool,
) -> Result<(), Trouble> {
    let mut buffer = vec![0; PIECE];
    let (mut told, mut last) = (Instant::now(), Instant::now());
    while catch.bytes < size {
        let piece = (size - catch.bytes).min(PIECE as u64) as usize;
        match data.read(&mut buffer[..piece]) {
            Ok(0) => return Err(Trouble::Connection),
            Ok(read) => {
                sink.write(&[&buffer[..read]], catch.bytes).map_err(|error| trouble_of(&error))?;
                catch.bytes += read as u64;
                meter.add(read as u64);
                catch.last();
                last = Instant::now();
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                if last.elapsed() >= PATIENCE {
                    return Err(Trouble::Silence);
                }
            }
            Err(_) => return Err(Trouble::Connection),
        }
        if stop.load(Ordering::Relaxed) {
            return Err(Trouble::Interrupted);
        }
        if told.elapsed() >= HEARTBEAT {
            line.say(&Say::Progress { next: 0, received: catch.bytes })?;
            told = Instant::now();
        }
    }
    // One that sends more than it said has said the wrong size.
    readable([data.as_fd(), line.as_fd()], GLANCE);
    catch.complete = true;
    Ok(())
}
