//! The texts of the warnings, and when some of them appear.

use super::{
    ALL_THE_WAY, ON_CLIENT_WIRE, ON_SERVER_WIRE, REPLY_ON_SERVER_WIRE, SENT, World, both, same_host, schema, side,
    verdict,
};
use medidor::core::document::exchange::Document;
use medidor::core::document::warning::{Warning, WarningCode};
use medidor::core::evidence::journal_run::Role;
use medidor::i18n::{Language, Texts};
use medidor::report::labels;
use serde_json::Value;

#[test]
fn warnings_are_in_the_requested_language() {
    let mut document = same_host();
    document.envelope.warnings.push(Warning::new(WarningCode::OtherFlows, [("count", 1.into())]));
    labels::fill_warnings(&mut document.envelope.warnings, Texts::new(Language::English));
    assert!(document.envelope.warnings.iter().all(|warning| !warning.text.is_empty() && !warning.advice.is_empty()));
    assert!(document.envelope.warnings.last().unwrap().text.contains("contain 1 more conversation,"));
    labels::fill_warnings(&mut document.envelope.warnings, Texts::new(Language::Portuguese));
    assert!(document.envelope.warnings.last().unwrap().text.contains("mais 1 conversa,"));
}

/// The description of a warning's values on the page about JSON, with something in each of them.
fn documented_values(code: WarningCode, count: u64, known: bool) -> Vec<(&'static str, Value)> {
    let code = serde_json::to_value(code).unwrap();
    let row = format!("| `{}` |", code.as_str().unwrap());
    let page = include_str!("../../../docs/json.md");
    let row = page.lines().find(|line| line.starts_with(&row)).unwrap();
    let cell = row.split('|').nth(2).unwrap();
    let parts: Vec<&'static str> = cell.split('`').collect();
    let value = |name: &'static str, remark: &str| match name {
        _ if !known && remark.contains("null") => Value::Null,
        _ if !known && remark.contains("empty") => "".into(),
        "count" => count.into(),
        "line" | "offset_bytes" | "found_bytes" | "wanted_bytes" => 7.into(),
        "fact" => if known { "same_wire" } else { "other_texts" }.into(),
        "flaw" => if known { "breaks_off" } else { "malformed" }.into(),
        "seconds" => 61.5.into(),
        "wire" => known.into(),
        "role" => if known { "client" } else { "server" }.into(),
        "way" => if known { "unchanged" } else { "returned" }.into(),
        "direction" => if known { "forward" } else { "return" }.into(),
        "address" | "file" | "flows" | "member" | "members" | "reason" | "server" | "sources" => "words".into(),
        _ => panic!("{name}"),
    };
    parts[1..].chunks_exact(2).map(|part| (part[0], value(part[0], part[1]))).collect()
}

#[test]
fn every_warning_has_a_text_for_its_values() {
    use WarningCode::{
        ApplicationOnly, CaptureAssumed, CaptureDamaged, CaptureDropped, CaptureFailed, ClockStep, ClocksApart,
        Contradiction, CopiesFolded, FilterBlind, FlowTie, ForeignPackets, Fragments, IllegiblePackets,
        IncompleteFragments, InterfaceDropped, JournalBroken, JournalGap, MemberMissing, MemberTie, NobodyListening,
        NothingPassed, OneNetwork, OtherFlows, OtherRun, OtherSource, PerhapsOtherRun, RateLimited, RepliesAtServer,
        SameHost, SideAssumed, SimulatedDrop, SnaplenBlind, SocketDrops, SuperPackets, UnidentifiedTexts,
        UnnumberedReplies, UnreadPackets, UnusedFile,
    };
    let codes = [
        CaptureDropped,
        InterfaceDropped,
        CaptureFailed,
        CaptureDamaged,
        CaptureAssumed,
        FilterBlind,
        SnaplenBlind,
        JournalBroken,
        JournalGap,
        Contradiction,
        ClockStep,
        ClocksApart,
        FlowTie,
        MemberTie,
        MemberMissing,
        OtherFlows,
        OtherRun,
        PerhapsOtherRun,
        SideAssumed,
        SameHost,
        ApplicationOnly,
        NobodyListening,
        NothingPassed,
        OneNetwork,
        SocketDrops,
        UnnumberedReplies,
        OtherSource,
        RepliesAtServer,
        SimulatedDrop,
        RateLimited,
        Fragments,
        ForeignPackets,
        UnusedFile,
        SuperPackets,
        IllegiblePackets,
        UnreadPackets,
        IncompleteFragments,
        UnidentifiedTexts,
        CopiesFolded,
    ];
    let known = schema()["$defs"]["warning"]["properties"]["code"]["enum"].as_array().unwrap().len();
    assert_eq!(codes.len(), known);
    for code in codes {
        for language in Language::ALL {
            for (count, known) in [(1, true), (5, false)] {
                let values = documented_values(code, count, known);
                let warning = Warning { values: values.into_iter().collect(), ..Warning::new(code, []) };
                let (text, advice) = labels::warning(&warning, Texts::new(language));
                let printed = format!("{text} {advice}");
                assert!(
                    !printed.contains("{$") && !printed.contains("none") && !printed.contains("  "),
                    "{code:?}: {printed}"
                );
                assert!(!warning.values.contains_key("count") || text.contains(&count.to_string()), "{code:?}: {text}");
            }
        }
    }
}

fn only_client(world: &World) -> Document {
    let capture = world.capture(Role::Client);
    let journal = world.journal(Role::Client, Some(&capture));
    verdict(Some(&side(Role::Client, Some(&journal), Some(&capture))), None)
}

/// The text of a warning, if there is one.
fn warned(document: &Document, code: WarningCode) -> Option<Value> {
    let warning = document.envelope.warnings.iter().find(|warning| warning.code == code)?;
    Some(serde_json::to_value(&warning.values).unwrap())
}

#[test]
fn usual_causes_are_listed_only_if_no_message_passes() {
    let all = |fate, count| World::new((1..=count).map(move |n| (n, fate)));
    let nothing_passed = |document: &Document| warned(document, WarningCode::NothingPassed);
    let unknown = serde_json::json!({"count": 30, "direction": null});
    assert_eq!(nothing_passed(&only_client(&all(ON_CLIENT_WIRE, 30))), Some(unknown), "how far they came nobody knows");
    let back = serde_json::json!({"count": 30, "direction": "return"});
    assert_eq!(nothing_passed(&both(&all(REPLY_ON_SERVER_WIRE, 30))), Some(back));
    assert_eq!(nothing_passed(&both(&all(ON_SERVER_WIRE, 30))), None, "the server's host is no router");
    assert_eq!(nothing_passed(&only_client(&all(SENT, 30))), None, "they did not even leave");
    assert_eq!(nothing_passed(&only_client(&all(ON_CLIENT_WIRE, 2))), None, "so few may be chance");
    let one_came = World::new((1..=30).map(|n| (n, if n == 7 { ALL_THE_WAY } else { ON_CLIENT_WIRE })));
    assert_eq!(nothing_passed(&only_client(&one_came)), None);
    assert_eq!(nothing_passed(&only_client(&all(ON_CLIENT_WIRE, 30).on_one_host())), None);
}

#[test]
fn two_homes_in_one_network_are_found_by_address() {
    let world = |client: &str, seen: &str, server: &str| World {
        client: client.parse().unwrap(),
        client_seen: seen.parse().unwrap(),
        server: server.parse().unwrap(),
        ..World::but_for(&[])
    };
    let way = |client, seen, server| {
        warned(&both(&world(client, seen, server)), WarningCode::OneNetwork).map(|values| values["way"].clone())
    };
    assert_eq!(way("192.168.1.10:4000", "203.0.113.1:4000", "203.0.113.2:5005"), None, "two NATs");
    let unchanged = Some(Value::from("unchanged"));
    assert_eq!(way("192.168.1.10:4000", "192.168.1.10:4000", "192.168.1.20:5005"), unchanged);
    assert_eq!(way("[fd00::1]:4000", "[fd00::1]:4000", "[fd00::2]:5005"), unchanged);
    assert_eq!(way("[fd00:a::1]:4000", "[fd00:a::1]:4000", "[fd00:b::2]:5005"), None, "another prefix");
    assert_eq!(way("198.51.100.9:4000", "198.51.100.9:4000", "203.0.113.2:5005"), None, "public addresses need no NAT");
    assert_eq!(way("[2001:db8::1]:4000", "[2001:db8:1::1]:4000", "[2001:db8:2::2]:5005"), None);
    let returned = Some(Value::from("returned"));
    assert_eq!(way("192.168.1.10:4000", "203.0.113.2:4000", "203.0.113.2:5005"), returned, "one router");
    assert_eq!(way("10.0.0.1:4000", "192.168.7.1:4000", "203.0.113.2:5005"), None, "a NAT before another");
}
