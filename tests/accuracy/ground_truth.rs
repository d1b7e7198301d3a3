//! What really became of each message: what the faults were told to do, and what independent taps saw of it.
//!
//! Nothing here asks the program under test, neither its captures nor its journals nor its verdicts. A fault that strikes
//! by number is known beforehand; the taps must agree. Of faults that strike by chance (a full queue, a slow link, dice)
//! the taps tell where each message was last seen, and the scenario says who alone loses there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::common::reference_capture::{Frame, stamped_frames};

/// The segments in the order of travel, as the result document names them, and how the tables call them.
pub const SEGMENTS: [(&str, &str); 7] = [
    ("client_host_out", "CO"),
    ("network_forward", "NF"),
    ("server_host_in", "SI"),
    ("server_app", "SA"),
    ("server_host_out", "SO"),
    ("network_return", "NR"),
    ("client_host_in", "CI"),
];

/// A segment, by position in [`SEGMENTS`].
pub type Segment = usize;

pub const CLIENT_HOST_OUT: Segment = 0;
pub const NETWORK_FORWARD: Segment = 1;
pub const SERVER_HOST_IN: Segment = 2;
pub const SERVER_APP: Segment = 3;
pub const SERVER_HOST_OUT: Segment = 4;
pub const NETWORK_RETURN: Segment = 5;
pub const CLIENT_HOST_IN: Segment = 6;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// Its reply came within the deadline.
    Delivered,
    /// Its reply came after the deadline.
    Late,
    /// The system refused to send it.
    NotSent,
    /// It was lost there.
    Lost(Segment),
    /// A moment decided between in time and late; the taps are not at the application.
    OnTheDeadline,
    /// Its reply reached the client's host after the deadline, when the client had stopped listening or just then: late
    /// and lost in the client's host are both true.
    AtTheEnd,
    /// Both moments at once, as with the last message: delivered, late and lost in the client's host may be true.
    OnTheLastDeadline,
    /// It was still under way when the client had stopped listening, and everything ended: lost on the way back and lost
    /// in the client's host are both true.
    OnItsWay,
    /// Its number was changed on the way, or another message came under its number: nobody can say what is true of it.
    Renumbered,
}

/// Where the taps saw a message: first times, nanoseconds, and how many copies.
#[derive(Clone, Debug, Default)]
pub struct Tapped {
    /// The request at the client's host, the request at the server's, the reply at the server's, the reply at the
    /// client's.
    pub at: [Option<i64>; 4],
    pub copies: [usize; 4],
}

impl Tapped {
    /// The position of the furthest sighting.
    pub fn furthest(&self) -> Option<usize> {
        self.at.iter().rposition(Option::is_some)
    }
}

/// Reads the taps of both homes. Texts are told apart by their direction and their first digits.
pub fn read_taps(client: &Path, server: &Path, server_port: &dyn Fn(u16) -> bool) -> BTreeMap<u64, Tapped> {
    let mut tapped: BTreeMap<u64, Tapped> = BTreeMap::new();
    for (file, points) in [(client, [0, 3]), (server, [1, 2])] {
        for (time, frame) in stamped_frames(file) {
            let Frame::Udp { source, destination, text } = frame else { continue };
            let point = match (server_port(source.port()), server_port(destination.port())) {
                (_, true) => points[0],
                (true, _) => points[1],
                _ => continue,
            };
            let Some(number) = number(&text) else { continue };
            let message = tapped.entry(number).or_default();
            message.at[point].get_or_insert(time);
            message.copies[point] += 1;
        }
    }
    tapped
}

/// The first digits of a text.
fn number(text: &[u8]) -> Option<u64> {
    let digits: String = text
        .iter()
        .skip_while(|byte| !byte.is_ascii_digit())
        .take_while(|byte| byte.is_ascii_digit())
        .map(|byte| char::from(*byte))
        .collect();
    digits.parse().ok()
}

/// What is known of a run besides what the taps saw.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    pub count: u64,
    /// Each message's deadline, nanoseconds.
    pub wait: i64,
    /// What the faults that strike by number do.
    pub planned: BTreeMap<u64, Truth>,
    /// Who alone loses what was last seen by the tap of that position, or by none; `None` where nothing may be lost.
    pub between: [Option<Segment>; 4],
    /// The last so many replies that came to the client found no room in its socket.
    pub overflowed: usize,
    /// Messages whose number may not be their own.
    pub renumbered: BTreeSet<u64>,
    /// Messages that a relay still held when it ended.
    pub on_its_way: BTreeSet<u64>,
    /// Requests travel in fragments, of which taps read no number.
    pub fragments: bool,
}

/// How many of the taps' four places a message passes before that becomes of it.
fn places_passed(truth: Truth) -> usize {
    match truth {
        Truth::NotSent | Truth::Lost(CLIENT_HOST_OUT) => 0,
        Truth::Lost(NETWORK_FORWARD) => 1,
        Truth::Lost(SERVER_HOST_IN | SERVER_APP | SERVER_HOST_OUT) => 2,
        Truth::Lost(NETWORK_RETURN) => 3,
        _ => 4,
    }
}

/// How much longer than on the wire an exchange may take for the application, nanoseconds.
const MARGIN: i64 = 60_000_000;

impl Knowledge {
    /// The truth of every message.
    ///
    /// # Panics
    /// Where the taps contradict what was planned, or saw a loss that nothing explains: then the lab did something else
    /// than it was told, and there is no truth to hold verdicts against.
    pub fn truths(&self, tapped: &BTreeMap<u64, Tapped>) -> BTreeMap<u64, Truth> {
        let none = Tapped::default();
        let last = tapped.values().filter_map(|message| message.at[0]).max();
        let mut came: Vec<(i64, u64)> =
            tapped.iter().filter_map(|(number, message)| Some((message.at[3]?, *number))).collect();
        came.retain(|(_, number)| !self.planned.contains_key(number));
        came.sort_unstable();
        let fit = came.len().saturating_sub(self.overflowed);
        let overflowed: BTreeSet<u64> = came[fit..].iter().map(|(_, number)| *number).collect();
        let truth = |number: u64| {
            let seen = tapped.get(&number).unwrap_or(&none);
            if self.renumbered.contains(&number) {
                return Truth::Renumbered;
            }
            // How many of the four places it passed.
            let passed = seen.furthest().map_or(0, |point| point + 1);
            if let Some(planned) = self.planned.get(&number) {
                let due = places_passed(*planned);
                assert!(self.fragments || passed <= due, "message {number}: {planned:?}, yet {seen:?}");
                if passed == due {
                    return *planned;
                }
            }
            if passed < 4 {
                if self.on_its_way.contains(&number) {
                    return Truth::OnItsWay;
                }
                let segment = self.between[passed];
                return Truth::Lost(
                    segment.unwrap_or_else(|| panic!("message {number}: nothing loses there, {seen:?}")),
                );
            }
            if overflowed.contains(&number) {
                return Truth::Lost(CLIENT_HOST_IN);
            }
            let Some((asked, answered)) = seen.at[0].zip(seen.at[3]) else { return Truth::Delivered };
            let ended = last.is_some_and(|last| answered > last + self.wait - MARGIN);
            match answered - asked - self.wait {
                waited if ended && waited > 0 => Truth::AtTheEnd,
                waited if ended && waited > -MARGIN => Truth::OnTheLastDeadline,
                waited if waited > 0 => Truth::Late,
                waited if waited > -MARGIN => Truth::OnTheDeadline,
                _ => Truth::Delivered,
            }
        };
        (1..=self.count).map(|number| (number, truth(number))).collect()
    }
}
