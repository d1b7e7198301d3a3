//! Recognizes the blocks of a file transfer in a flow of which no journal tells.

use crate::core::evidence::transfer_records::TransferForm;
use crate::core::protocol::message;
use crate::core::protocol::transfer::block::{HEADER, MIN_BLOCK};
use crate::core::protocol::transfer::classic::{BLOCK, ClassicDatagram, ClassicParser};

/// Fewer datagrams of one length may be anything.
const MIN_RAW_BLOCKS: u64 = 8;

/// Shorter ones as well, bytes.
const MIN_RAW_LEN: usize = 256;

/// Larger numbers read as digits of a text, as in `Message 0001`.
const MAX_NUMBER: u32 = 0x2000_0000;

/// Blocks that follow each other have numbers that differ by no more, whatever the network loses and delays.
const MAX_DISTANCE: u32 = 1_000;

/// What the datagrams of one flow look like.
#[derive(Debug, Default)]
pub(super) struct FormDetector {
    datagrams: u64,
    /// The longest, and how many are as long.
    longest: (usize, u64),
    /// The first eight bytes, as long as all have the same; and the last block's number.
    token: Option<[u8; 8]>,
    number: Option<u32>,
    /// Blocks whose number is near that of the one before: the network may have put them in another order.
    near: u64,
    /// Texts whose number follows that of the one before.
    counted_up: u64,
    /// Texts whose number is higher than that of the one before.
    ascended: u64,
    text_number: Option<u64>,
    classic: ClassicParser,
    size: Option<u64>,
    /// Bytes and datagrams after name and size.
    content: (u64, u64),
}

impl FormDetector {
    /// Whether the datagram is a block: neither the name nor the size of the classic dialect.
    pub fn add(&mut self, payload: &[u8], length: usize) {
        let header = payload.first_chunk::<HEADER>().map(|header| header.split_at(8));
        let token = header.and_then(|(token, _)| <[u8; 8]>::try_from(token).ok());
        if self.datagrams == 0 {
            self.token = token;
        } else if self.token != token {
            self.token = None;
        }
        let number = header.and_then(|(_, number)| Some(u32::from_be_bytes(number.try_into().ok()?)));
        let number = number.filter(|number| *number < MAX_NUMBER);
        let is_near = |last: u32, next: u32| (1..=MAX_DISTANCE).contains(&last.abs_diff(next));
        self.near += u64::from(self.number.zip(number).is_some_and(|(last, next)| is_near(last, next)));
        self.number = number;
        let text_number = message::read(payload).number;
        let follows = self.text_number.zip(text_number).is_some_and(|(last, next)| last.checked_add(1) == Some(next));
        self.counted_up += u64::from(follows);
        self.ascended += u64::from(self.text_number.zip(text_number).is_some_and(|(last, next)| last < next));
        self.text_number = text_number;
        match self.classic.read(payload) {
            ClassicDatagram::Name(_) => {}
            ClassicDatagram::Size(size) => self.size = Some(size),
            ClassicDatagram::Content(_) => {
                self.content = (self.content.0 + length as u64, self.content.1 + 1);
            }
        }
        self.datagrams += 1;
        match length.cmp(&self.longest.0) {
            std::cmp::Ordering::Greater => self.longest = (length, 1),
            std::cmp::Ordering::Equal => self.longest.1 += 1,
            std::cmp::Ordering::Less => {}
        }
    }

    /// The longest datagram's length.
    pub const fn block(&self) -> usize {
        self.longest.0
    }

    /// Datagrams that lead the blocks: name and size of the classic dialect.
    pub fn leaders(&self, form: TransferForm) -> u64 {
        if form == TransferForm::Classic { self.datagrams - self.content.1 } else { 0 }
    }

    /// What the flow is, if it is a transfer. `answers`: datagrams that went the other way.
    pub fn form(&self, answers: u64) -> Option<TransferForm> {
        // Where many texts are missing, each has a higher number than the one before.
        let counts_up = self.counted_up > 0 && self.counted_up * 2 + 1 >= self.datagrams
            || self.ascended * 4 >= self.datagrams.saturating_sub(1) * 3;
        let is_numbered = self.token.is_some() && (self.near + 1) * 2 > self.datagrams && !counts_up;
        if self.datagrams >= 2 && is_numbered && self.longest.0 >= HEADER + MIN_BLOCK as usize {
            return Some(TransferForm::Numbered);
        }
        let (bytes, blocks) = self.content;
        // Only the last block is shorter, and the network may have copied it.
        let are_full = self.longest.0 == BLOCK as usize && (blocks - self.longest.1.min(blocks)) <= 2 + blocks / 10;
        let fits = |size: u64| bytes == size || are_full && blocks <= 2 * size.div_ceil(BLOCK.into());
        if self.classic.is_named() && blocks > 0 && self.size.is_some_and(fits) {
            return Some(TransferForm::Classic);
        }
        let is_raw = self.longest.1 >= MIN_RAW_BLOCKS && self.longest.1 * 10 >= self.datagrams * 9;
        let is_one_way = answers * 10 <= self.datagrams && !counts_up;
        (is_raw && self.longest.0 >= MIN_RAW_LEN && is_one_way).then_some(TransferForm::Raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::protocol::transfer::{block, classic};

    fn form(datagrams: &[Vec<u8>], answers: u64) -> Option<TransferForm> {
        let mut detector = FormDetector::default();
        for datagram in datagrams {
            detector.add(datagram, datagram.len());
        }
        detector.form(answers)
    }

    fn noise(length: usize, seed: u64) -> Vec<u8> {
        let mut rng = fastrand::Rng::with_seed(seed);
        (0..length).map(|_| rng.u8(..)).collect()
    }

    #[test]
    fn each_dialect_is_recognized() {
        let own: Vec<Vec<u8>> = (0..3).map(|n| [&block::header(77, n)[..], &noise(64, n.into())].concat()).collect();
        assert_eq!(form(&own, 2), Some(TransferForm::Numbered), "hole punches are no answers");
        let bare = [b"a.bin".to_vec(), classic::size(1_500).to_vec(), noise(1_024, 1), noise(476, 2)];
        assert_eq!(form(&bare, 0), Some(TransferForm::Classic));
        assert_eq!(form(&bare[..3], 0), Some(TransferForm::Classic), "the last block was lost");
        let copied = [&bare[..], &bare[3..]].concat();
        assert_eq!(form(&copied, 0), Some(TransferForm::Classic), "the network copied the last block");
        let raw: Vec<Vec<u8>> = (0..9).map(|n| noise(700, n)).collect();
        assert_eq!((form(&raw, 0), form(&raw, 8)), (Some(TransferForm::Raw), None), "answers make it a conversation");
        assert_eq!(form(&raw[..7], 0), None);
    }

    #[test]
    fn texts_that_count_up_are_not_blocks() {
        let texts = |form: &dyn Fn(u64) -> String| -> Vec<Vec<u8>> { (1..40).map(|n| form(n).into_bytes()).collect() };
        for texts in [
            texts(&|n| n.to_string()),
            texts(&|n| format!("Mensagem {n}")),
            texts(&|n| format!("Message {n:04}")),
            texts(&|n| format!("Message {n:04} {}", "x".repeat(1_000))),
            texts(&|n| format!("Message:\t{n:03}")),
            texts(&|n| format!("Message:\t{n:03}{}", " ".repeat(80))),
        ] {
            for count in [2, 3, 4, 10, 39] {
                assert_eq!(form(&texts[..count], 0), None, "{:?}", String::from_utf8_lossy(&texts[0]));
            }
            let some: Vec<Vec<u8>> = texts.iter().step_by(3).cloned().collect();
            assert_eq!(form(&some, 0), None, "two of three are missing: {:?}", String::from_utf8_lossy(&some[0]));
        }
    }
}
