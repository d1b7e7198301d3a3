//! Honest submissions with what happens to honest people: clocks that are set, other texts, trials, odd files.

use std::fmt::Write as _;

use medidor::core::document::path::SegmentName::{NetworkForward, NetworkReturn};
use medidor::core::time::SECOND;

use super::draw::{Content, Draft, Shown, SideCapture, schedule};
use crate::worlds::draw::parts::choose;
use crate::worlds::world::{Fault, Link, MS, US};

/// A kind of honest submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Honest {
    /// Nothing but losses of the network.
    Clean,
    /// The same with medidor's journals beside the captures.
    CleanWhole,
    /// One clock is set in the run.
    ClockSet,
    /// Both are, at different moments.
    ClocksSet,
    /// A clock is wrong by minutes or days.
    ClockWrong,
    /// A clock drifts or is slewed.
    ClockSlewed,
    /// Stamps of 1 ms to a minute in one capture or both, or stamps that stand still.
    CoarseStamps,
    /// Stamps of a clock that ticks 64 times a second.
    TickingStamps,
    /// A text before the thirty messages.
    FirstWords,
    /// One after them.
    LastWords,
    /// Another run before or after, in either capture.
    Trial,
    /// Frames that no application sends.
    LinkControl,
    /// A number is altered on its way.
    Altered,
    /// Texts with NULs behind them.
    NulTails,
    /// Each text has words of its own.
    FreeTexts,
    /// A capture is handed in as a text.
    LogAsText,
    /// The names are in another file or encoding.
    NamesElsewhere,
    /// A capture lacks packets.
    Gaps,
    /// A radio that holds datagrams up, doubles and loses them.
    Rough,
    /// The NAT takes a new port in mid-run.
    Rebind,
}

impl Honest {
    pub const ALL: [Self; 20] = [
        Self::Clean,
        Self::CleanWhole,
        Self::ClockSet,
        Self::ClocksSet,
        Self::ClockWrong,
        Self::ClockSlewed,
        Self::CoarseStamps,
        Self::TickingStamps,
        Self::FirstWords,
        Self::LastWords,
        Self::Trial,
        Self::LinkControl,
        Self::Altered,
        Self::NulTails,
        Self::FreeTexts,
        Self::LogAsText,
        Self::NamesElsewhere,
        Self::Gaps,
        Self::Rough,
        Self::Rebind,
    ];

    pub fn change_world(self, draft: &mut Draft) {
        match self {
            Self::ClockSet => {
                let host = draft.rng.usize(0..2);
                set_clock(draft, host);
            }
            Self::ClocksSet => {
                (0..2).for_each(|host| set_clock(draft, host));
                // Both in one place and by as much would be a shorter pause, for all that any file shows.
                let [(first, _), (second, _)] = [0, 1].map(|host: usize| draft.world.hosts[host].clock.steps[0]);
                if (first - second).abs() < 11 * SECOND {
                    draft.world.hosts[1].clock.steps.clear();
                }
            }
            Self::ClockWrong => {
                let by = choose(
                    &mut draft.rng,
                    &[(5 * SECOND, 1), (15 * SECOND, 1), (3_600 * SECOND, 1), (86_400 * SECOND, 1)],
                );
                let host = draft.rng.usize(0..2);
                draft.world.hosts[host].clock.offset += if draft.rng.bool() { by } else { -by };
                if draft.rng.bool() {
                    set_clock(draft, host);
                }
            }
            Self::ClockSlewed => {
                let ppb = choose(&mut draft.rng, &[(200_000, 1), (-500_000, 1), (20_000_000, 1), (-80_000_000, 1)]);
                let from = moment(draft);
                let host = draft.rng.usize(0..2);
                let length = draft.rng.i64(SECOND..20 * SECOND);
                draft.world.hosts[host].clock.slews.push((from, from + length, ppb));
            }
            Self::CleanWhole => {
                draft.has_journals = true;
                draft.world.clients[0].request = "Mensagem {n}";
                draft.world.servers[0].reply = "ACK {n}";
                // The capture begins before the program sends, and ends after it.
                let (start, stop) = (draft.world.clients[0].start, draft.world.clients[0].stop);
                draft.world.servers[0].start = start - 5 * SECOND;
                draft.world.servers[0].stop = stop + 5 * SECOND;
                draft.spans =
                    [(start - 20 * MS, stop + 150 * MS), (start - 5 * SECOND - 20 * MS, stop + 5 * SECOND + 150 * MS)];
            }
            Self::Trial => trial(draft),
            Self::Rough => {
                let rng = &mut draft.rng;
                let path = &mut draft.world.clients[0].path;
                for delay in [&mut path.forward, &mut path.back] {
                    delay.1 = rng.i64(50 * MS..600 * MS);
                }
                for message in &mut draft.world.clients[0].messages[1..28] {
                    let at = if rng.bool() { NetworkForward } else { NetworkReturn };
                    match rng.u8(0..6) {
                        0 => message.fault = Fault::Doubled { at, lag: rng.i64(1..200 * MS), second: None },
                        1 => message.fault = Fault::Slow { at, by: rng.i64(MS..3 * SECOND) },
                        2 => message.fault = Fault::Lost(at),
                        _ => {}
                    }
                }
            }
            Self::Rebind => {
                let at = moment(draft);
                let port = draft.rng.u16(20_000..30_000);
                if let Some(nat) = &mut draft.world.clients[0].path.nat {
                    let ip = *nat.bindings[0].1.ip();
                    nat.bindings.push((at, std::net::SocketAddrV4::new(ip, port)));
                }
            }
            _ => {}
        }
    }

    pub fn change_files(self, draft: &mut Draft) {
        match self {
            Self::CoarseStamps => {
                let tick = choose(
                    &mut draft.rng,
                    &[
                        (MS, 2),
                        (10 * MS, 2),
                        (100 * MS, 1),
                        (SECOND, 3),
                        (10 * SECOND, 1),
                        (60 * SECOND, 1),
                        (1_000_000 * SECOND, 1),
                    ],
                );
                draft.some_sides().into_iter().for_each(|side| draft.sides[side].tick_ns = tick);
            }
            Self::TickingStamps => {
                let tick = choose(&mut draft.rng, &[(15_625 * US, 2), (15_600_100, 1), (16_666_667, 1)]);
                draft.some_sides().into_iter().for_each(|side| draft.sides[side].tick_ns = tick);
            }
            Self::FirstWords => {
                let words =
                    ["Grupo 3 comecando", "teste 10", "30 mensagens, pausa de 10 s", "Início: 1764358013", "oi 2"];
                let first = draft.world.clients[0].messages[0].sent;
                let time = first - choose(&mut draft.rng, &[(20 * MS, 1), (SECOND, 1), (8 * SECOND, 1)]);
                let words = words[draft.rng.usize(0..words.len())];
                draft.say(time, words);
            }
            Self::LastWords => {
                let words = [
                    "Fim: 3 de 30 perdidas (10.0%)",
                    "tempo total 31.5 s",
                    "Fim 31",
                    "tchau 32",
                    "Taxa de perda: 6.67%",
                    "Fim: 1764358013.25",
                    "FIM 20",
                ];
                let last = draft.world.clients[0].messages[29].sent;
                let time = last + choose(&mut draft.rng, &[(20 * MS, 1), (SECOND, 1), (10 * SECOND, 3)]);
                let words = words[draft.rng.usize(0..words.len())];
                draft.say(time, words);
            }
            Self::LinkControl => link_control(draft),
            // The trial went to another port of the server.
            Self::Trial => {
                let Some(port) = draft.trial_port else { return };
                let seen_port = draft.world.clients[1].path.nat.as_ref().map_or(port, |nat| nat.bindings[0].1.port());
                for (is_request, packet) in draft.sides.iter_mut().flat_map(SideCapture::packets) {
                    let (client, server) =
                        if is_request { (&packet.from, &mut packet.to) } else { (&packet.to, &mut packet.from) };
                    if [port, seen_port].contains(&client.port()) {
                        server.set_port(6006);
                    }
                }
            }
            Self::Altered => alter(draft),
            Self::NulTails => {
                let length = draft.rng.usize(1..40);
                let is_reply_too = draft.rng.bool();
                for side in &mut draft.sides {
                    for (is_request, packet) in side.packets() {
                        if is_request || is_reply_too {
                            packet.text.push_str(&"\0".repeat(length));
                        }
                    }
                }
            }
            Self::FreeTexts => say_anything(draft),
            Self::LogAsText => log_as_text(draft),
            Self::NamesElsewhere => names_elsewhere(draft),
            Self::Gaps => {
                let rng = &mut draft.rng;
                for side in &mut draft.sides {
                    let rate = [0.0, 0.02, 0.1, 0.3][rng.usize(0..4)];
                    let mut frame = 0;
                    side.frames.retain(|_| {
                        frame += 1;
                        frame <= 2 || rng.f64() >= rate
                    });
                }
            }
            _ => {}
        }
    }
}

/// Alters a digit at the receiver's host: of a request at the server, or of a reply at the client.
fn alter(draft: &mut Draft) {
    let is_request = draft.rng.bool();
    let index = draft.rng.usize(1..21);
    let bit = 1 << draft.rng.u8(0..3);
    let mut way = draft.sides[usize::from(is_request)].packets().filter(|(way, _)| *way == is_request);
    let Some((_, packet)) = way.nth(index) else { return };
    let at = packet.text.rfind(|c: char| c.is_ascii_digit()).expect("a number");
    let digit = ((packet.text.as_bytes()[at] - b'0') ^ bit) % 10;
    packet.text.replace_range(at..=at, &digit.to_string());
}

/// Gives each text words of its own, the same in both captures.
fn say_anything(draft: &mut Draft) {
    let words = ["oi", "tudo bem?", "são 14h30 aqui", "ok", "kkk", "vamos ver 2 vezes", "até já"];
    let seed = draft.rng.u64(..);
    for (_, packet) in draft.sides.iter_mut().flat_map(SideCapture::packets).filter(|(is_request, _)| *is_request) {
        let text = packet.text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let number: u64 =
            text[text.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1)..].parse().expect("a number");
        let word = words[(seed.wrapping_mul(number * 2 + 1) >> 40) as usize % words.len()];
        packet.text = format!("{number}) {word}");
    }
}

/// A moment in the run.
fn moment(draft: &mut Draft) -> i64 {
    let messages = &draft.world.clients[0].messages;
    let (first, last) = (messages[0].sent, messages[29].sent);
    let pauses = [10, 20].map(|n| i64::midpoint(messages[n].sent, messages[n - 1].sent));
    let anywhere = draft.rng.i64(first..last);
    choose(&mut draft.rng, &[(pauses[0], 1), (pauses[1], 1), (anywhere, 1)])
}

/// Sets a clock, by little or much.
fn set_clock(draft: &mut Draft, host: usize) {
    let at = moment(draft);
    let by =
        choose(&mut draft.rng, &[(50 * MS, 1), (150 * MS, 3), (2 * SECOND, 1), (12 * SECOND, 1), (3_600 * SECOND, 1)]);
    let by = draft.rng.i64(by / 2..by);
    let by = if draft.rng.bool() { by } else { -by };
    draft.world.hosts[host].clock.steps.push((at, by));
}

/// Another run before or after the real one, with few messages or as many, from the same port or another; captures that begin or
/// end between the runs do not show it.
fn trial(draft: &mut Draft) {
    let real = draft.world.clients[0].clone();
    let mut trial = real.clone();
    let count = choose(&mut draft.rng, &[(1, 2), (3, 2), (12, 1), (30, 1)]);
    let is_before = draft.rng.bool();
    let length = real.stop - real.start;
    trial.start = if is_before { real.start - length - 5 * SECOND } else { real.stop + 5 * SECOND };
    schedule(&mut trial, &vec![Fault::None; count], 10 * SECOND, &mut draft.rng);
    trial.stop = trial.stop.min(trial.start + length);
    if draft.rng.bool() {
        draft.other_port(&mut trial);
    }
    if draft.rng.u8(0..4) == 0 {
        trial.request = "teste {n}";
    }
    draft.trial_port = draft.rng.bool().then_some(trial.port).filter(|port| *port != real.port);
    let (from, to) = if is_before { (trial.start - 40 * SECOND, real.stop) } else { (real.start, trial.stop) };
    let whole = (from, to + SECOND);
    let without = (real.start - 2 * SECOND, real.stop + SECOND);
    let shown = draft.some_sides();
    draft.spans = [0, 1].map(|side| if shown.contains(&side) { whole } else { without });
    draft.world.clients.push(trial);
}

/// Frames of the network's own on a wire.
fn link_control(draft: &mut Draft) {
    let arp = [&[8, 6, 0, 1, 8, 0, 6, 4, 0, 1][..], &[0; 18]].concat();
    let lldp = [&[0x88, 0xcc][..], &[2, 7, 4, 2, 0, 0, 0, 0, 1, 4, 2, 5, 49, 6, 2, 0, 120, 0, 0]].concat();
    let spanning_tree = [&[0, 38, 0x42, 0x42, 3][..], &[0; 35]].concat();
    let eapol = vec![0x88, 0x8e, 1, 1, 0, 0];
    let neighbour = {
        let mut packet = vec![0x86, 0xdd, 0x60, 0, 0, 0, 0, 24, 58, 255];
        packet.extend([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        packet.extend([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 2]);
        packet.extend([135, 0, 0, 0, 0, 0, 0, 0]);
        packet.extend([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
        packet
    };
    let igmp = {
        let mut packet = vec![8, 0, 0x45, 0, 0, 28, 0, 1, 0, 0, 1, 2, 0, 0, 192, 168, 1, 10, 224, 0, 0, 1];
        packet.extend([0x16, 0, 0, 0, 224, 0, 0, 251]);
        packet
    };
    let kinds = [arp, lldp, spanning_tree, eapol, neighbour, igmp];
    let (first, last) = (draft.world.clients[0].start - SECOND, draft.world.clients[0].stop);
    for side in draft.some_sides() {
        draft.sides[side].link = Link::Ethernet;
        for _ in 0..draft.rng.usize(1..6) {
            let content = Content::Other(kinds[draft.rng.usize(0..kinds.len())].clone());
            draft.sides[side].add(Shown { time: draft.rng.i64(first..last), content, is_request: false });
        }
    }
}

/// Instead of one capture, or of both, what tcpdump or a table says of it.
fn log_as_text(draft: &mut Draft) {
    let form = draft.rng.u8(0..4);
    for side in draft.some_sides().into_iter().rev() {
        let mut side = draft.sides.remove(side);
        let mut text = String::new();
        for (index, frame) in side.frames.iter().enumerate() {
            let Content::Packet(packet) = &frame.content else { continue };
            let (seconds, length) = (frame.time / SECOND % 60, packet.text.len());
            _ = match form {
                0 => writeln!(
                    text,
                    "12:00:{seconds:02}.123456 IP {} > {}: UDP, length {length}",
                    dotted(packet.from),
                    dotted(packet.to)
                ),
                1 => writeln!(text, "12:00:{seconds:02}.123456 IP casa.40001 > servidor.5005: UDP, length {length}"),
                2 => writeln!(
                    text,
                    "\"{index}\",\"{seconds}\",\"{}\",\"{}\",\"UDP\",\"{length}\"",
                    packet.from.ip(),
                    packet.to.ip()
                ),
                _ => writeln!(text, "{{\"ip.src\": \"{}\", \"ip.dst\": \"{}\"}},", packet.from.ip(), packet.to.ip()),
            };
        }
        let ending = ["txt", "log", "csv", "json"][usize::from(form)];
        side.name = side.name.replace("pcap", ending);
        draft.made.files.push((side.name.clone(), text.into_bytes()));
    }
}

fn dotted(end: std::net::SocketAddrV4) -> String {
    format!("{}.{}", end.ip(), end.port())
}

/// The names in another file or encoding.
fn names_elsewhere(draft: &mut Draft) {
    let wide =
        |unit: fn(u16) -> [u8; 2]| -> Vec<u8> { "\u{feff}Ana\r\nJosé\r\n".encode_utf16().flat_map(unit).collect() };
    let files: [(&str, Vec<u8>); 14] = [
        ("nomes.csv", "nome;matricula\nAna;1\n".into()),
        ("nomes.json", "[\"Ana\", \"José\"]".into()),
        ("nomes.html", "<ul><li>Ana</li></ul>".into()),
        ("nomes.xlsx", b"PK\x03\x04\x14\0".to_vec()),
        ("nomes.ods", b"PK\x03\x04\x14\0".to_vec()),
        ("nomes.pdf", b"%PDF-1.7\n".to_vec()),
        ("integrantes.csv", "Ana;1\n".into()),
        ("grupo.xlsx", b"PK\x03\x04\x14\0".to_vec()),
        ("nomes.txt", wide(u16::to_le_bytes)),
        ("nomes.txt", wide(u16::to_be_bytes)),
        ("nomes.txt", b"PK\x03\x04\x14\0".to_vec()),
        ("nomes.txt", "{\"nomes\": [\"Ana\"]}".into()),
        ("nomes.txt", "# Ana Silva\n# José\n".into()),
        ("Nomes.TXT", b"Jo\xe3o\n".to_vec()),
    ];
    let (name, bytes) = files[draft.rng.usize(0..files.len())].clone();
    draft.names = Some((name.to_owned(), bytes));
}
