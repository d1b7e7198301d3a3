//! UDP chats of other programs, without journals: the words show who relays what, in any order of the files.

use std::fs;
use std::net::SocketAddrV4;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;
use serde_json::Value;
use tempfile::TempDir;

fn analyze(folder: &Path, files: &[&str]) -> Value {
    let mut command = Command::cargo_bin("medidor").unwrap();
    let output = command.current_dir(folder).args(["--lang", "en", "analyze", "--json"]).args(files).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// The document with the files in both orders.
fn both_orders(folder: &Path, files: [&str; 2]) -> [Value; 2] {
    [analyze(folder, &files), analyze(folder, &[files[1], files[0]])]
}

fn assert_sixth_lost(document: &Value, about: &str) {
    assert_eq!(document["kind"], "chat", "{about}");
    assert_eq!(document["members"].as_array().unwrap().len(), 2, "{about}");
    assert_eq!(document["message_count"], 8, "{about}: {document:#}");
    let inward = &document["totals"]["inward"];
    assert_eq!([&inward["datagrams"], &inward["delivered"], &inward["lost"]], [8, 7, 1], "{about}");
    let sixth = &document["messages"][5];
    assert_eq!(
        (&sixth["inward"]["outcome"], &sixth["inward"]["blame"]),
        (&"lost".into(), &serde_json::json!(["network_in"]))
    );
    let outward = &document["totals"]["outward"];
    assert_eq!([&outward["datagrams"], &outward["delivered"]], [7, 7], "{about}");
}

/// Two members behind one NAT said eight texts in turn. The sixth died on its way to the server.
#[test]
fn a_text_that_the_server_never_saw_is_lost_on_the_way() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/foreign-udp-chat");
    for document in both_orders(&folder, ["members.pcap", "server.pcap"]) {
        assert_sixth_lost(&document, "");
    }
}

/// A capture file in the making: raw IP packets.
struct Pcap(Vec<u8>);

impl Pcap {
    fn new() -> Self {
        let mut bytes = 0xa1b2_c3d4_u32.to_le_bytes().to_vec();
        bytes.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 101, 0, 0, 0]);
        Self(bytes)
    }

    fn add(&mut self, ms: u32, from: &str, to: &str, text: &str) {
        let (from, to): (SocketAddrV4, SocketAddrV4) = (from.parse().unwrap(), to.parse().unwrap());
        let length = 28 + text.len() as u32;
        for word in [1_700_000_000 + ms / 1_000, ms % 1_000 * 1_000, length, length] {
            self.0.extend(word.to_le_bytes());
        }
        self.0.extend([0x45, 0]);
        self.0.extend((length as u16).to_be_bytes());
        self.0.extend([0, 0, 0x40, 0, 64, 17, 0, 0]);
        self.0.extend(from.ip().octets());
        self.0.extend(to.ip().octets());
        for word in [from.port(), to.port(), length as u16 - 20, 0] {
            self.0.extend(word.to_be_bytes());
        }
        self.0.extend(text.as_bytes());
    }
}

/// How a chat program says and passes on the texts of `ana` and `bia`.
type Dialect = (&'static str, fn(&str, &str) -> String, fn(&str, &str) -> String);

const DIALECTS: [Dialect; 7] = [
    ("name: text", |_, text| text.into(), |who, text| format!("{who}: {text}")),
    ("[name] text", |_, text| text.into(), |who, text| format!("[{who}] {text}")),
    ("<name> text and the time", |_, text| text.into(), |who, text| format!("<{who}> {text} (12:03)")),
    ("unchanged", |_, text| text.into(), |_, text| text.into()),
    ("named by the client", |who, text| format!("{who}: {text}"), |who, text| format!("[{who}] {text}")),
    (
        "JSON",
        |who, text| format!(r#"{{"nick":"{who}","text":"{text}"}}"#),
        |who, text| format!(r#"{{"from":"{who}","msg":"{text}"}}"#),
    ),
    ("MSG", |_, text| format!("MSG {text}"), |who, text| format!("{who} says {text}")),
];

const TEXTS: [&str; 8] = ["oi", "ola", "tudo bem?", "sim", "que bom", "vamos?", "ja vou", "ok 10"];

#[test]
fn chats_of_many_dialects_are_recognized_by_their_words() {
    for (name, says, relays) in DIALECTS {
        for is_translated in [true, false] {
            let folder = TempDir::new().unwrap();
            let (mut home, mut server) = (Pcap::new(), Pcap::new());
            let near = ["192.168.1.10:4001", "192.168.1.10:4002"];
            let far = if is_translated { ["203.0.113.1:61001", "203.0.113.1:61002"] } else { near };
            let [hub, own] =
                if is_translated { ["203.0.113.2:9000", "192.168.2.20:9000"] } else { ["192.168.1.2:9000"; 2] };
            for (index, text) in TEXTS.into_iter().enumerate() {
                let (ms, speaker) = (1_000 * index as u32, index % 2);
                let who = ["ana", "bia"][speaker];
                home.add(ms, near[speaker], hub, &says(who, text));
                if index == 5 {
                    continue;
                }
                server.add(ms + 10, far[speaker], own, &says(who, text));
                server.add(ms + 11, own, far[1 - speaker], &relays(who, text));
                home.add(ms + 20, hub, near[1 - speaker], &relays(who, text));
            }
            fs::write(folder.path().join("a.pcap"), &home.0).unwrap();
            fs::write(folder.path().join("b.pcap"), &server.0).unwrap();
            for document in both_orders(folder.path(), ["a.pcap", "b.pcap"]) {
                assert_sixth_lost(&document, name);
            }
        }
    }
}

#[test]
fn servers_that_answer_each_client_are_not_chats() {
    for reply in [|n: u32| format!("ACK {n}"), |n: u32| format!("Mensagem {n}"), |n: u32| format!("eco: Mensagem {n}")]
    {
        let folder = TempDir::new().unwrap();
        let mut server = Pcap::new();
        for n in 1..=10 {
            for client in ["203.0.113.1:61001", "203.0.113.9:61002"] {
                server.add(100 * n, client, "192.168.2.20:9000", &format!("Mensagem {n}"));
                server.add(100 * n + 1, "192.168.2.20:9000", client, &reply(n));
            }
        }
        fs::write(folder.path().join("server.pcap"), &server.0).unwrap();
        let document = analyze(folder.path(), &["--server", "server.pcap"]);
        assert_eq!(document["kind"], "exchange", "{}", reply(1));
    }
}
