//! Honest submissions in recorded files of `tests/cases/submissions`.

use std::path::Path;

use super::{Checked, letters};

/// A folder, the point that it is about, the letters of its points, and the reason.
const CASES: [(&str, &str, &str, &str); 4] = [
    // The client's clock was set back by 0.15 s in the first pause: it shows 9.85 s, and the server's clock 10 s.
    ("clock-set-in-a-pause", "pauses", "+++++++??+++", "clock_set"),
    // After the thirty messages the client says `tempo total 31.5 s`.
    ("last-words-with-digits", "count", "++++++++?+++", "as_many"),
    // All stamps of both captures are the same.
    ("coarse-stamps", "same_run", "+??++++??+++", "coarse_stamps"),
    // An ARP request in the client's capture.
    ("link-control", "packets", "++++++++?+++", "only_ours"),
];

#[test]
fn recorded_honest_submissions_are_not_marked_down() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/submissions");
    for (folder, point, truth, reason) in CASES {
        let checked = Checked::of(&[&cases.join(folder)]);
        assert_eq!(letters(&checked.submissions()[0]), truth, "{folder}: {:#}", checked.document);
        assert_eq!(checked.finding(point).1, reason, "{folder}");
    }
}
