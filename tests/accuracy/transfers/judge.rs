//! Compares a document with the truth: what it claims must hold, and what whole witnesses saw must be exact.

use std::collections::BTreeSet;

use medidor::core::document::path::{PointName, SegmentName};
use medidor::core::document::transfer::{Transfer, TransferDocument};
use medidor::core::document::warning::WarningCode;
use medidor::core::protocol::transfer::Mode;
use medidor::core::protocol::transfer::block::HEADER;

use super::files;
use super::play::{Block, Passage};
use super::world::{Receiver, World};

/// What is wrong with a document, and how much it says.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    pub falsehoods: Vec<String>,
    pub refusal: Option<String>,
    /// Lost blocks of transfers with whole files at both ends, and how many of them have their place.
    pub of_whole: u64,
    pub placed: u64,
    /// Lost blocks of which the document knows, and those with a place.
    pub lost: u64,
    pub exact: u64,
}

/// Where a block was lost.
fn segment(block: &Block) -> Option<SegmentName> {
    SegmentName::TRANSFER.get(block.reached()).copied()
}

pub fn judge(world: &World, passages: &[Passage], document: &Result<TransferDocument, String>) -> Judgement {
    let mut judgement = Judgement::default();
    let document = match document {
        Ok(document) => document,
        Err(why) => {
            judgement.refusal = Some(why.clone());
            return judgement;
        }
    };
    let has_gaps = world.ends().any(|end| end.capture.drops.is_some() || !end.capture.is_own || !end.clock.is_steady());
    for warning in &document.envelope.warnings {
        if warning.code == WarningCode::Contradiction && !has_gaps {
            judgement.falsehoods.push(format!("{warning:?}, but no witness missed anything"));
        }
        if warning.code == WarningCode::SameHost {
            judgement.falsehoods.push("both ends are on one host".into());
        }
    }
    for transfer in &document.transfers {
        let index = usize::from(transfer.number) - 1;
        let Some((receiver, passage)) = world.receivers.get(index).zip(passages.get(index)) else {
            judgement.falsehoods.push(format!("there is no receiver {}", transfer.number));
            continue;
        };
        Case { world, index, receiver, passages, passage, transfer }.judge(&mut judgement);
    }
    judgement
}

struct Case<'a> {
    world: &'a World,
    index: usize,
    receiver: &'a Receiver,
    passages: &'a [Passage],
    passage: &'a Passage,
    transfer: &'a Transfer,
}

impl Case<'_> {
    fn judge(&self, judgement: &mut Judgement) {
        let mut claim = |about: &str, said: String, truth: String| {
            judgement.falsehoods.push(format!("receiver {}, {about}: said {said}, true {truth}", self.transfer.number));
        };
        self.check_points(&mut claim);
        self.check_counts(&mut claim);
        self.check_wires(&mut claim);
        self.check_loss(&mut claim);
        let Some(loss) = &self.transfer.loss else { return };
        judgement.lost += loss.lost_at_most;
        judgement.exact += loss.lost - loss.lost_by_segment.counts.undetermined.min(loss.lost);
        if self.world.is_whole(self.receiver) && !self.world.repeats() && !self.has_unrecognizable() {
            judgement.of_whole += loss.lost;
            judgement.placed += loss.lost - loss.lost_by_segment.counts.undetermined;
        }
    }

    /// Whether datagrams came of which not even whole witnesses can say which blocks they are: of an altered datagram without a
    /// number, or with an altered header, or with the number of another one.
    fn has_unrecognizable(&self) -> bool {
        let is_unrecognizable = |block: &Block| {
            let is_altered = |bit: usize| self.world.mode == Mode::Classic || bit / 8 < HEADER;
            block.copies.iter().any(|copy| copy.altered.is_some_and(|bit| is_altered(bit) || block.copies.len() > 1))
        };
        self.passage.blocks.iter().any(is_unrecognizable)
    }

    /// The blocks that are lost: of those that were sent, or of the file where only the receiver's files are there.
    fn lost(&self) -> Vec<&Block> {
        let is_sender_known = self.world.sender.gives_journal;
        let counts = |block: &&Block| block.sent.is_some() || !is_sender_known;
        self.passage.blocks.iter().filter(counts).filter(|block| block.reached() < 3).collect()
    }

    fn check_loss(&self, claim: &mut dyn FnMut(&str, String, String)) {
        let Some(loss) = &self.transfer.loss else { return };
        let lost = self.lost();
        let truth = lost.len() as u64;
        if !(loss.lost..=loss.lost_at_most).contains(&truth) {
            claim("lost", format!("{} to {}", loss.lost, loss.lost_at_most), truth.to_string());
            return;
        }
        let sent = if self.world.sender.gives_journal { self.passage.sent() } else { self.world.blocks() };
        if loss.sent != sent {
            claim("sent", loss.sent.to_string(), sent.to_string());
        }
        let at = &loss.lost_by_segment;
        if at.counts.total() != loss.lost {
            claim("sum of the segments", format!("{at:?}"), loss.lost.to_string());
        }
        let mut unexplained = 0;
        for name in SegmentName::TRANSFER {
            let here = lost.iter().filter(|block| segment(block) == Some(name)).count() as u64;
            if at.get(name) > here {
                claim("segment", format!("{name:?} {at:?}"), here.to_string());
            } else if !at.possible.contains(&name) {
                unexplained += here - at.get(name);
            }
        }
        if unexplained > truth - loss.lost {
            claim("possible segments", format!("{at:?}"), format!("{unexplained} were lost elsewhere"));
        }
        let overflowed = lost.iter().filter(|block| block.copies.iter().any(|copy| copy.overflowed)).count() as u64;
        if at.receiver_socket.is_some_and(|said| said > overflowed) {
            claim("socket", format!("{:?}", at.receiver_socket), overflowed.to_string());
        }
        if self.passage.socket_drops > 0 && at.receiver_socket == Some(0) && self.explains_all() {
            claim("socket", "0".into(), format!("{} drops", self.passage.socket_drops));
        }
        if let Some(map) = &loss.map {
            let mut cells = vec![0; map.lost.len()];
            for (number, block) in self.passage.blocks.iter().enumerate() {
                let is_lost = block.reached() < 3 && (block.sent.is_some() || !self.world.sender.gives_journal);
                cells[number / map.blocks_per_cell as usize] += u64::from(is_lost);
            }
            if cells != map.lost {
                claim("map", format!("{:?}", map.lost), format!("{cells:?}"));
            }
        }
    }

    /// Whether all that the socket dropped were lost blocks.
    fn explains_all(&self) -> bool {
        let dropped = self.passage.blocks.iter().flat_map(|block| &block.copies).filter(|copy| copy.overflowed).count();
        let lost = self.lost().iter().filter(|block| block.copies.iter().any(|copy| copy.overflowed)).count();
        dropped == lost && dropped as u64 == self.passage.socket_drops
    }

    fn check_points(&self, claim: &mut dyn FnMut(&str, String, String)) {
        let Some(points) = &self.transfer.points else { return };
        let reached = |at: usize| {
            let blocks = self.passage.blocks.iter().filter(|block| block.sent.is_some() && block.reached() >= at);
            blocks.count() as u64
        };
        for (place, point) in PointName::TRANSFER.into_iter().enumerate() {
            let Some(said) = points.get(point) else { continue };
            let truth = reached(place);
            let is_capture = place == 1 || place == 2;
            let end = if place < 2 { &self.world.sender } else { &self.receiver.end };
            let altered = self.passage.blocks.iter().flat_map(|block| &block.copies).any(|copy| copy.altered.is_some());
            let misses_none = end.capture.is_own && end.capture.drops.is_none() && end.killed.is_none() && !altered;
            let sees_all = !is_capture || misses_none;
            if said > truth || sees_all && said != truth {
                claim("point", format!("{point:?} {said}"), truth.to_string());
            }
        }
    }

    fn check_counts(&self, claim: &mut dyn FnMut(&str, String, String)) {
        let Some(blocks) = &self.transfer.blocks else { return };
        let (read, copies) = (self.passage.read(), self.passage.copies_read());
        for (about, said, truth) in [
            ("blocks.sent", blocks.sent, self.passage.sent()),
            ("blocks.received", blocks.arrived.received, read),
            ("blocks.duplicates", blocks.arrived.duplicates, copies - read),
        ] {
            if said.is_some_and(|said| said != truth) {
                claim(about, format!("{said:?}"), truth.to_string());
            }
        }
    }

    /// Packets on each wire are those of its capture, where any is known.
    fn check_wires(&self, claim: &mut dyn FnMut(&str, String, String)) {
        let ends = [(self.transfer.wire.sender, None), (self.transfer.wire.receiver, Some(self.index))];
        for (said, receiver) in ends {
            let Some(said) = said else { continue };
            let truth = files::count_to(self.world, self.passages, receiver, self.index);
            if said.packets != truth {
                claim(
                    "packets",
                    format!("{} on the wire of {}", said.packets, files::name(receiver)),
                    truth.to_string(),
                );
            }
        }
    }
}

/// Of captures alone: the different contents on the sender's wire, and how many of these are on the receiver's.
pub fn judge_captures(world: &World, passages: &[Passage], document: &Result<TransferDocument, String>) -> Judgement {
    let mut judgement = Judgement::default();
    let document = match document {
        Ok(document) => document,
        Err(why) => {
            judgement.falsehoods.push(format!("not recognized as a transfer: {why}"));
            return judgement;
        }
    };
    let contents = |receiver: Option<usize>| -> BTreeSet<Vec<u8>> {
        let is_block = |frame: &files::Frame| {
            let is_leader = world.mode == Mode::Classic && frame.payload.len() < 9;
            !is_leader && frame.from.port() == world.receivers[0].server_port()
        };
        let frames = files::frames(world, passages, receiver).into_iter().filter(is_block);
        frames.filter(|frame| frame.altered.is_none()).map(|frame| frame.payload).collect()
    };
    let (out, came) = (contents(None), contents(Some(0)));
    let both = out.intersection(&came).count() as u64;
    let [transfer] = &document.transfers[..] else {
        judgement.falsehoods.push(format!("{} transfers instead of one", document.transfers.len()));
        return judgement;
    };
    let points = transfer.points.as_ref();
    let said = [PointName::WireOut, PointName::WireIn].map(|point| points.and_then(|points| points.get(point)));
    if said != [Some(out.len() as u64), Some(both)] || transfer.loss.is_some() {
        judgement.falsehoods.push(format!("said {said:?} {:?}, true {} and {both}", transfer.loss, out.len()));
    }
    judgement
}
