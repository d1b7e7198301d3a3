//! The witnesses in the result documents: the journals and captures that a verdict rests on.

use serde::ser::{Serialize, Serializer};

use crate::core::document::path::PointName;
use crate::core::evidence::journal_run::{EndReason, Role};

/// What kind of file a witness is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WitnessKind {
    /// An application's journal.
    #[default]
    Journal,
    /// A capture.
    Capture,
}

/// One witness.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Witness {
    /// Whose it is; `null` where neither a journal nor the user says so.
    pub role: Option<Role>,
    /// What kind of file it is.
    pub kind: WitnessKind,
    /// The client's number, from 1: in a transfer as its journal has it, in a chat of several clients by the order of the
    /// files; else `null`.
    pub number: Option<u16>,
    /// The file, as the user named it.
    pub file: String,
    /// It missed nothing: `true`, `false`, or `null` where nothing proves either.
    pub whole: Option<bool>,
    /// Awake from then on, wall clock.
    pub from_ns: Option<i64>,
    /// Awake until then.
    pub to_ns: Option<i64>,
    /// A capture's packets in the file.
    pub packets: Option<u64>,
    /// Packets dropped by the capture (buffer full), or records lost by the journal.
    pub dropped: Option<u64>,
    /// Packets that the interface lost before the capture could see them.
    pub interface_dropped: Option<u64>,
    /// Datagrams that the kernel dropped at the application's socket.
    pub socket_drops: Option<u64>,
    /// A capture's link type.
    pub link_type: Option<String>,
    /// A capture's filter, where it is known.
    pub filter: Option<String>,
    /// Resolution of the stamps, nanoseconds.
    pub resolution_ns: Option<u32>,
    /// Byte offset at which a capture file is damaged.
    pub damaged_at_bytes: Option<u64>,
    /// How a journal's run ended; `null` where it did not end in order.
    pub ended: Option<EndReason>,
    /// Why a capture ended before its run.
    pub failure: Option<String>,
}

/// The witnesses by name, as `client_journal` or `client2_capture`, in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Witnesses(Vec<(String, Option<Witness>)>);

impl Serialize for Witnesses {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, witness)| (name, witness)))
    }
}

impl Witnesses {
    /// The four witnesses of an exchange; those that do not exist are listed as well. Each host is its journal and its
    /// capture.
    pub fn of_exchange(client: [Option<Witness>; 2], server: [Option<Witness>; 2]) -> Self {
        let mut all = Self::default();
        for (role, witnesses) in [(Role::Client, client), (Role::Server, server)] {
            for (kind, witness) in [WitnessKind::Journal, WitnessKind::Capture].into_iter().zip(witnesses) {
                let witness = witness.map(|witness| Witness { role: Some(role), ..witness });
                all.0.push((name(role, None, kind), witness));
            }
        }
        all
    }

    /// Adds a witness of a host of this role. Clients have numbers; a server has one only if it is not the first.
    pub fn add(&mut self, role: Role, number: Option<u16>, witness: Witness) {
        let mut number = number;
        let mut key = name(role, number, witness.kind);
        while self.0.iter().any(|(other, _)| *other == key) {
            number = Some(number.unwrap_or(1).saturating_add(1));
            key = name(role, number, witness.kind);
        }
        self.0.push((key, Some(witness)));
    }

    /// Those that exist, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Witness> {
        self.0.iter().filter_map(|(_, witness)| witness.as_ref())
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Witness> {
        self.0.iter_mut().filter_map(|(_, witness)| witness.as_mut())
    }

    /// The only client's or the server's witness of a kind.
    pub fn get(&self, role: Role, kind: WitnessKind) -> Option<&Witness> {
        let key = name(role, None, kind);
        self.0.iter().find(|(other, _)| *other == key)?.1.as_ref()
    }

    /// The witness of a point of an exchange: the journal or the capture of its host. On one host, either capture shows
    /// the wire.
    pub fn of(&self, point: PointName, same_host: bool) -> Option<&Witness> {
        let role = if point.at_client() { Role::Client } else { Role::Server };
        if point.on_wire() {
            let other = || self.get(role.other(), WitnessKind::Capture).filter(|_| same_host);
            self.get(role, WitnessKind::Capture).or_else(other)
        } else {
            self.get(role, WitnessKind::Journal)
        }
    }
}

fn name(role: Role, number: Option<u16>, kind: WitnessKind) -> String {
    let role = match role {
        Role::Client => "client",
        Role::Server => "server",
    };
    let number = number.map_or_else(String::new, |number| number.to_string());
    let kind = match kind {
        WitnessKind::Journal => "journal",
        WitnessKind::Capture => "capture",
    };
    format!("{role}{number}_{kind}")
}
