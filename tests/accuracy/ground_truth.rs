//! The true outcome of each message: from the planned faults and from independent reference captures.
//!
//! Nothing here uses the program under test: no capture, journal or verdict of it. A fault by number is known
//! beforehand, and the reference captures must agree. For faults by chance (a full queue, a slow link, random numbers)
//! the reference captures show where each message was last seen, and the scenario knows the only place that loses
//! messages there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::common::lab::Side;
use super::common::reference_capture::{Frame, stamped_frames};

/// The segments in the order of travel, by their names in the result document and in the tables.
pub const SEGMENTS: [(&str, &str); 7] = [
    ("client_host_out", "CO"),
    ("network_forward", "NF"),
    ("server_host_in", "SI"),
    ("server_app", "SA"),
    ("server_host_out", "SO"),
    ("network_return", "NR"),
    ("client_host_in", "CI"),
];

/// An index into [`SEGMENTS`].
pub type Segment = usize;

pub const CLIENT_HOST_OUT: Segment = 0;
pub const NETWORK_FORWARD: Segment = 1;
pub const SERVER_HOST_IN: Segment = 2;
pub const SERVER_APP: Segment = 3;
pub const SERVER_HOST_OUT: Segment = 4;
pub const NETWORK_RETURN: Segment = 5;
pub const CLIENT_HOST_IN: Segment = 6;

/// The true outcome of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// Its reply arrived before the deadline.
    Delivered,
    /// Its reply arrived after the deadline.
    Late,
    /// The system refused to send it.
    NotSent,
    /// It was lost in this segment.
    Lost(Segment),
    /// In time or late, too close to the deadline to know: the reference captures are not in the application.
    OnTheDeadline,
    /// Its reply reached the client's host after the deadline, about when the client stopped listening: late, and lost
    /// in the client's host, are both true.
    AtTheEnd,
    /// Both at once, as with the last message: delivered, late, and lost in the client's host may be true.
    OnTheLastDeadline,
    /// Its reply was in transit when the client stopped listening and everything ended: lost on the return path, and
    /// lost in the client's host, are both true.
    OnItsWay,
    /// Its number was changed in transit, or another message arrived under its number: the truth is unknown.
    Renumbered,
}

/// The observations of a message by the reference captures: first times in nanoseconds, and number of copies.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The request at the client's host, the request at the server's, the reply at the server's, the reply at the
    /// client's.
    pub at: [Option<i64>; 4],
    pub copies: [usize; 4],
}

impl Observed {
    /// The index of the furthest observation.
    pub fn furthest(&self) -> Option<usize> {
        self.at.iter().rposition(Option::is_some)
    }
}

/// The frames of a reference capture with their times.
pub type StampedFrames = Vec<(i64, Frame)>;

/// Reads the reference captures of the client's home and the server's.
pub fn read_captures(client: &Path, server: &Path) -> [StampedFrames; 2] {
    [stamped_frames(client), stamped_frames(server)]
}

/// The observations of a run's messages in the reference captures of both homes. Texts are identified by their direction and
/// their first digits, the run by the home, the client's port there and the time.
pub fn observe(
    captures: &[StampedFrames; 2],
    is_server_port: impl Fn(u16) -> bool,
    is_of_run: impl Fn(Side, u16, i64) -> bool,
) -> BTreeMap<u64, Observed> {
    let mut observed: BTreeMap<u64, Observed> = BTreeMap::new();
    for (frames, home, points) in [(&captures[0], Side::A, [0, 3]), (&captures[1], Side::B, [1, 2])] {
        for (time, frame) in frames {
            let Frame::Udp { source, destination, text } = frame else { continue };
            let (point, client) = match (is_server_port(source.port()), is_server_port(destination.port())) {
                (_, true) => (points[0], source.port()),
                (true, _) => (points[1], destination.port()),
                _ => continue,
            };
            if !is_of_run(home, client, *time) {
                continue;
            }
            let Some(number) = number(text) else { continue };
            let message = observed.entry(number).or_default();
            message.at[point].get_or_insert(*time);
            message.copies[point] += 1;
        }
    }
    observed
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

/// The facts about a run that do not come from the reference captures.
#[derive(Clone, Debug, Default)]
pub struct RunFacts {
    pub count: u64,
    /// Each message's deadline, nanoseconds.
    pub wait: i64,
    /// The effects of faults by number.
    pub planned: BTreeMap<u64, Truth>,
    /// The only segment that loses messages last seen at each observation point, or at none; `None` if nothing is lost.
    pub between: [Option<Segment>; 4],
    /// The number of last replies that overflowed the client's socket.
    pub overflowed: usize,
    /// Messages whose number may be wrong.
    pub renumbered: BTreeSet<u64>,
    /// Messages that a relay still held when it ended.
    pub in_transit: BTreeSet<u64>,
    /// Requests are fragmented, and the reference captures cannot read their numbers.
    pub fragments: bool,
}

/// The number of observation points that a message passes before this outcome.
fn places_passed(truth: Truth) -> usize {
    match truth {
        Truth::NotSent | Truth::Lost(CLIENT_HOST_OUT) => 0,
        Truth::Lost(NETWORK_FORWARD) => 1,
        Truth::Lost(SERVER_HOST_IN | SERVER_APP | SERVER_HOST_OUT) => 2,
        Truth::Lost(NETWORK_RETURN) => 3,
        _ => 4,
    }
}

/// Allowance for the application's round-trip time over that on the wire, nanoseconds.
const MARGIN: i64 = 60_000_000;

impl RunFacts {
    /// The truth of every message.
    ///
    /// # Panics
    /// When the reference captures contradict the plan or show an unexplained loss: the planned faults did not happen,
    /// and the truth is unknown.
    pub fn truths(&self, observed: &BTreeMap<u64, Observed>) -> BTreeMap<u64, Truth> {
        let none = Observed::default();
        let last = observed.values().filter_map(|message| message.at[0]).max();
        let mut came: Vec<(i64, u64)> =
            observed.iter().filter_map(|(number, message)| Some((message.at[3]?, *number))).collect();
        came.retain(|(_, number)| !self.planned.contains_key(number));
        came.sort_unstable();
        let fit = came.len().saturating_sub(self.overflowed);
        let overflowed: BTreeSet<u64> = came[fit..].iter().map(|(_, number)| *number).collect();
        let truth = |number: u64| {
            let seen = observed.get(&number).unwrap_or(&none);
            if self.renumbered.contains(&number) {
                return Truth::Renumbered;
            }
            // The number of observation points that it passed.
            let passed = seen.furthest().map_or(0, |point| point + 1);
            if let Some(planned) = self.planned.get(&number) {
                let due = places_passed(*planned);
                assert!(self.fragments || passed <= due, "message {number}: {planned:?}, yet {seen:?}");
                if passed == due {
                    return *planned;
                }
            }
            if passed < 4 {
                if self.in_transit.contains(&number) {
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
