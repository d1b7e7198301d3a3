//! Forged submissions: one lie each, told in the files as forgers tell it.

use medidor::core::document::check::Requirement;
use medidor::core::time::SECOND;

use super::draw::{Content, Draft, Shown, schedule};
use crate::worlds::draw::parts::{choose, public_address};
use crate::worlds::pcap::Packet;
use crate::worlds::world::{Fault, Link, MS, SERVER_PORT, US};

/// What a submission lies about, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// The server's capture is the client's file, or the client's the server's.
    Copied,
    /// It is the other one with stamps that differ by a constant.
    Shifted,
    /// It is made from the client's capture with the addresses and hop limits that the server would have seen.
    Rewritten,
    /// A pause is too short, or there is none.
    ShortPause,
    /// Fewer than thirty messages.
    Fewer,
    /// More of them.
    More,
    /// Packets of other applications.
    Foreign,
    /// The last words tell another loss rate than the packets.
    WrongRate,
    /// There is no name in the file of names.
    NoNames,
    /// One side's capture is missing.
    OneSide,
    /// The server answers with the next number, or with the message itself.
    WrongAcks,
    /// The client's capture begins in the middle.
    LateStart,
}

impl Lie {
    pub const ALL: [Self; 12] = [
        Self::Copied,
        Self::Shifted,
        Self::Rewritten,
        Self::ShortPause,
        Self::Fewer,
        Self::More,
        Self::Foreign,
        Self::WrongRate,
        Self::NoNames,
        Self::OneSide,
        Self::WrongAcks,
        Self::LateStart,
    ];

    /// The point that is not met.
    pub const fn point(self) -> Requirement {
        match self {
            Self::Copied | Self::Shifted | Self::Rewritten => Requirement::SameRun,
            Self::ShortPause => Requirement::Pauses,
            Self::Fewer | Self::More => Requirement::Count,
            Self::Foreign => Requirement::Packets,
            Self::WrongRate => Requirement::LossRate,
            Self::NoNames => Requirement::Names,
            Self::OneSide => Requirement::Captures,
            Self::WrongAcks => Requirement::Acks,
            Self::LateStart => Requirement::FromFirst,
        }
    }

    /// Whether the files show it: a capture that shows twenty messages may have ended early.
    pub const fn is_shown(self) -> bool {
        !matches!(self, Self::Fewer)
    }

    pub fn change_world(self, draft: &mut Draft) {
        let rng = &mut draft.rng;
        let run = &mut draft.world.clients[0];
        let mut faults: Vec<Fault> = run.messages.iter().map(|message| message.fault).collect();
        match self {
            Self::ShortPause => {
                let pause = choose(rng, &[(run.interval, 2), (5 * SECOND, 1), (9 * SECOND, 1)]);
                let is_one = rng.bool();
                schedule(run, &faults, pause, rng);
                if is_one {
                    // The other one is as long as it should be.
                    let from = if rng.bool() { 10 } else { 20 };
                    run.messages[from..].iter_mut().for_each(|message| message.sent += 10 * SECOND - pause);
                }
            }
            Self::Fewer => {
                faults.truncate(rng.usize(12..30));
                schedule(run, &faults, 10 * SECOND, rng);
            }
            Self::More => {
                faults.extend(vec![Fault::None; rng.usize(1..11)]);
                schedule(run, &faults, 10 * SECOND, rng);
            }
            _ => {}
        }
        draft.spans = [(draft.spans[0].0, draft.world.clients[0].stop + SECOND); 2];
    }

    pub fn change_files(self, draft: &mut Draft) {
        match self {
            Self::Copied => copy(draft, 0),
            Self::Shifted => {
                let by = choose(
                    &mut draft.rng,
                    &[(US, 2), (5 * MS, 1), (SECOND, 1), (3_600 * SECOND, 1), (86_400 * SECOND, 1)],
                );
                copy(draft, by);
            }
            Self::Rewritten => rewrite(draft),
            Self::Foreign => foreign(draft),
            Self::WrongRate => {
                let messages = &draft.world.clients[0].messages;
                let lost = messages.iter().filter(|message| message.fault != Fault::None).count() as u64;
                draft.made.lost = Some((lost, 30));
                let time = messages[29].sent + 10 * SECOND;
                draft.say(time, &format!("Fim: taxa de perda {}%", 7 * (lost + 1)));
                draft.made.files.push(("saida.txt".into(), b"Taxa de perda: 0.00%\n".to_vec()));
            }
            Self::NoNames => {
                let nothing: [&[u8]; 4] =
                    [b"", b"\n\n", b"# Nomes dos integrantes do grupo\n", b"Integrantes:\n1.\n2.\n"];
                draft.names = Some(("nomes.txt".into(), nothing[draft.rng.usize(0..4)].to_vec()));
            }
            Self::OneSide => {
                let side = draft.rng.usize(0..2);
                draft.sides.remove(side);
            }
            Self::WrongAcks => {
                let is_echo = draft.rng.bool();
                for side in &mut draft.sides {
                    let mut asked = String::new();
                    for (is_request, packet) in side.packets() {
                        if is_request {
                            asked.clone_from(&packet.text);
                        } else if is_echo {
                            packet.text.clone_from(&asked);
                        } else {
                            let number: String = packet.text.chars().filter(char::is_ascii_digit).collect();
                            packet.text = format!("ACK {}", number.parse::<u64>().expect("a number") + 1);
                        }
                    }
                }
            }
            Self::LateStart => {
                let first = draft.world.clients[0].messages[draft.rng.usize(4..9)].sent;
                draft.sides[0].frames.retain(|frame| frame.time >= first);
            }
            _ => {}
        }
    }
}

/// Makes one side's capture of the other's, with stamps that differ by a constant.
fn copy(draft: &mut Draft, by: i64) {
    let from = draft.rng.usize(0..2);
    let to = 1 - from;
    let copied = draft.sides[from].clone();
    let name = std::mem::replace(&mut draft.sides[to], copied).name;
    draft.sides[to].name = name;
    draft.sides[to].shift = by;
}

/// Makes the server's capture of the client's: the same times, perhaps by another clock, and addresses and hop limits as the
/// server would see them.
fn rewrite(draft: &mut Draft) {
    let by = choose(&mut draft.rng, &[(0, 1), (12 * MS, 1), (-3 * SECOND, 1)]);
    let name = draft.sides[1].name.clone();
    draft.sides[1] = draft.sides[0].clone();
    draft.sides[1].name = name;
    draft.sides[1].shift = by;
    let seen = std::net::SocketAddrV4::new(public_address(&mut draft.rng), draft.world.clients[0].port);
    let own = std::net::SocketAddrV4::new([192, 168, 2, 20].into(), SERVER_PORT);
    let routers = draft.world.clients[0].path.routers;
    for (is_request, packet) in draft.sides[1].packets() {
        let Packet { from, to, hop_limit, is_sent, .. } = packet;
        if is_request {
            (*from, *to, *hop_limit) = (seen, own, *hop_limit - routers);
        } else {
            (*from, *to, *hop_limit) = (own, seen, 64);
        }
        *is_sent = !is_request;
    }
}

/// Adds packets of other applications to a capture.
fn foreign(draft: &mut Draft) {
    let side = draft.rng.usize(0..2);
    draft.sides[side].link = Link::Ethernet;
    let own = std::net::SocketAddrV4::new(draft.world.hosts[side].ip, 51_000);
    let (first, last) = (draft.world.clients[0].start, draft.world.clients[0].stop);
    for _ in 0..draft.rng.usize(1..5) {
        let time = draft.rng.i64(first..last);
        let content = if draft.rng.bool() {
            let to = std::net::SocketAddrV4::new([8, 8, 8, 8].into(), [53, 123, 443][draft.rng.usize(0..3)]);
            let text = "\u{1}\u{0}example".to_owned();
            Content::Packet(Packet { from: own, to, hop_limit: 64, id: 7, is_sent: true, is_relinked: false, text })
        } else {
            let mut tcp = vec![8, 0, 0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0];
            tcp.extend(own.ip().octets());
            tcp.extend([
                93, 184, 216, 34, 0xc7, 0x38, 1, 0xbb, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0,
            ]);
            Content::Other(tcp)
        };
        draft.sides[side].add(Shown { time, content, is_request: false });
    }
}
