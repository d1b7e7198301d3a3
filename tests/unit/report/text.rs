//! The text report.

use super::{
    client_alone, client_journal_alone, documents, foreign_capture, joint, keys_of, ping, same_host, server_alone,
};
use medidor::core::document::exchange::{Document, Flow};
use medidor::core::document::outcome::Outcome;
use medidor::i18n::{Language, Texts};
use medidor::report::text::{Style, render};
use unicode_width::UnicodeWidthStr;

/// The text with its lines joined, so that a sentence is found wherever it was wrapped.
fn flat(document: &Document, language: Language) -> String {
    let text = render(document, Texts::new(language), Style { details: true, ..Style::default() });
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_says(document: &Document, language: Language, sentences: &[&str]) {
    let text = flat(document, language);
    for sentence in sentences {
        assert!(text.contains(sentence), "{sentence:?} is not said in:\n{text}");
    }
}

#[test]
fn a_ping_reports_replies_and_the_capture_explains_the_rest() {
    let document = ping(true, false);
    let english = [
        "30 sent, 28 received Loss: 6.7% (2 of 30 not answered; 95% interval:",
        "1 reply came after the timeout of 1 s: late, not lost.",
        "RTT minimum/mean/maximum/standard deviation: 0.022040/",
        "- 4: no reply on the wire",
        "- 20: the reply was on the wire at 2.022 s, the application had given up at 1 s",
        "- 21: the reply was on the wire at 0.022 s, but the application never read it",
    ];
    assert_says(&document, Language::English, &english);
    let portuguese = [
        "30 enviadas, 28 recebidas",
        "- 20: a resposta estava na placa de rede aos 2,022 s, e o programa tinha desistido aos 1 s",
        "- 4: nenhuma resposta na placa de rede",
    ];
    assert_says(&document, Language::Portuguese, &portuguese);
    let flow = &document.flows[0];
    assert_eq!(flow.messages[0].reply.as_deref(), Some("PING 1\x1b[2J"));
    let error = flow.delay.application_error.unwrap();
    assert_eq!((error.samples, error.median_ns), (28, 60_000), "20 µs on the way out, 40 on the way in");
}

#[test]
fn an_unnumbered_reply_is_counted_but_not_matched() {
    let flow = ping(true, true).flows.remove(0);
    // 4 and 22 were sent before it, and it is unknown whether the reply to 21 was read.
    let open: Vec<u64> = flow.messages.iter().filter(|m| m.outcome == Outcome::Inconclusive).map(|m| m.n).collect();
    assert_eq!((open, flow.counts.ambiguous, flow.counts.lost), (vec![4, 21, 22], Some(1), 0));
    let never = flow.loss.never_came.unwrap();
    assert_eq!((never.lost, never.of, never.unknown), (2, 30, 0), "one of the three was answered");
    // It arrived within the timeout of 21 and 22, so only 4 certainly had no reply in time; the reply to 20 was late.
    let within = flow.loss.round_trip.unwrap().within_deadline;
    assert_eq!((within.lost, within.unknown), (2, 2));
}

#[test]
fn a_ping_report_without_a_capture_is_short() {
    let text = flat(&ping(false, true), Language::English);
    assert!(!text.contains("--capture") && !text.contains("The path"), "{text}");
    assert!(
        text.contains("1 text without a number came back") && text.contains("it is unknown which message"),
        "{text}"
    );
}

#[test]
fn a_short_report_has_verdict_places_and_advice() {
    let text = render(&joint(), Texts::new(Language::English), Style::default());
    for said in
        ["Loss rate: 26.7%", "Where the 8 messages were lost", "- The network (return): message", "What to do: "]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    for left_out in ["Round-trip time", "packets captured", "on the client's wire  "] {
        assert!(!text.contains(left_out), "{left_out}: {text}");
    }
    assert!(flat(&joint(), Language::English).contains("packets captured"));
}

#[test]
fn text_stays_within_its_width_and_shows_no_key() {
    let keys = keys_of(Language::English);
    for (name, document) in documents() {
        for language in Language::ALL {
            for width in [40, 60, 80] {
                let text = render(&document, Texts::new(language), Style { width, details: true, ..Style::default() });
                let wide: Vec<&str> = text.lines().filter(|line| line.width() > width).collect();
                assert!(wide.is_empty(), "{name} {language:?}: {wide:#?}");
                assert!(!text.contains("{$") && !text.contains("{ $"), "{name} {language:?}: {text}");
                assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{name}");
                let raw: Vec<&str> = text
                    .split(|character: char| !(character.is_ascii_alphanumeric() || character == '-'))
                    .filter(|word| keys.contains(*word))
                    .collect();
                assert!(raw.is_empty(), "{name} {language:?}: {raw:?}");
            }
        }
    }
}

#[test]
fn the_verdict_comes_first_in_one_sentence() {
    let document = client_alone();
    let first = |language| {
        let text = render(&document, Texts::new(language), Style { width: 120, details: true, ..Style::default() });
        text.lines().next().map(str::to_owned)
    };
    let pt = "Taxa de perda: 20,7% (6 de 29 mensagens; intervalo de 95%: 9,8% a 38,4%)";
    assert_eq!(first(Language::Portuguese).as_deref(), Some(pt));
    let en = "Loss rate: 20.7% (6 of 29 messages; 95% interval: 9.8% to 38.4%)";
    assert_eq!(first(Language::English).as_deref(), Some(en));
}

#[test]
fn the_client_alone_names_all_possible_segments() {
    let document = client_alone();
    assert_says(
        &document,
        Language::Portuguese,
        &[
            "29 mensagens enviadas, 23 respondidas dentro do prazo.",
            "Sem resposta no prazo de 1 s: 1 resposta chegou atrasada e 5 nunca chegaram.",
            "1 mensagem não foi enviada",
            "Saída do computador do cliente: 3 mensagens (12-14)",
            "Mensagem 4 em um destes trechos, sem como saber em qual: rede na ida, entrada do computador do \
             servidor Motivo: porta inalcançável, segundo 203.0.113.2: nenhum programa escuta nela, ou um \
             firewall a bloqueia.",
            "Mensagem 9 em um destes trechos",
            "Na rede: 0; em computadores e programas: 3; sem como distinguir: 2.",
            "Maior sequência de perdas: 3 mensagens seguidas, a partir da mensagem 12.",
            "(EPERM: em geral, é um firewall de saída): mensagem 3",
            "1 resposta chegou depois do prazo: 20",
            "Atraso no envio: mediana 60 µs, máximo 60 µs",
            "—: este ponto não foi observado, ou o que passou ali não tem número.",
            "Captura do cliente: client.pcap (sem lacunas)",
            "50 pacotes capturados, nenhum descartado.",
        ],
    );
    assert_says(
        &document,
        Language::English,
        &[
            "1 reply came late, 5 never came.",
            "The client's host (outbound): 3 messages (12-14)",
            "Message 4 in one of these places: the network (forward), the server's host (inbound)",
        ],
    );
}

#[test]
fn both_sides_name_the_segment() {
    assert_says(
        &joint(),
        Language::Portuguese,
        &[
            "Cliente: 192.168.1.10:40001, visto pelo servidor como 203.0.113.1:40001",
            "Saída do computador do cliente: mensagem 2",
            "Rede na ida: 2 mensagens (4, 5)",
            "Entrada do computador do servidor: mensagem 9",
            "Programa do servidor: mensagem 12",
            "Motivo: perda simulada",
            "Saída do computador do servidor: mensagem 15",
            "Rede na volta: mensagem 18",
            "Entrada do computador do cliente: mensagem 21",
            "Na rede: 3; em computadores e programas: 5; sem como distinguir: 0.",
            "Perda na rede, na ida: 6,9% (2 de 29;",
            "Relógio do servidor menos o do cliente: entre 1,9",
        ],
    );
    let text = render(&joint(), Texts::new(Language::English), Style { details: true, ..Style::default() });
    for row in ["network alone", "forward", "return"] {
        let line = text.lines().find(|line| line.trim_start().starts_with(row)).unwrap();
        assert!(!line.contains('—'), "{line}");
    }
    let line = text.lines().find(|line| line.contains("on the server's wire") && line.contains('→')).unwrap();
    assert!(line.ends_with("27"), "{line}");
}

#[test]
fn the_server_alone_reports_answers_and_gaps() {
    let document = server_alone();
    assert_says(
        &document,
        Language::Portuguese,
        &[
            "Respondidas: 26 de 28 mensagens que chegaram ao servidor",
            "2 mensagens se perderam no computador ou no programa do servidor.",
            "Faltam 2 números: 4, 5.",
            "Cliente, visto pelo servidor: 203.0.113.1:40001",
            "Motivo: o buffer do socket do servidor estava cheio.",
            "1 mensagem descartada no socket.",
            "Terminou a pedido (Ctrl-C ou SIGTERM).",
        ],
    );
    assert!(!flat(&document, Language::Portuguese).contains("Taxa de perda:"));
    assert!(!flat(&document, Language::Portuguese).contains("Sem conclusão"), "the gaps are told in the verdict");
}

#[test]
fn one_host_blames_no_network() {
    let document = same_host();
    assert_says(
        &document,
        Language::English,
        &[
            "Client and server are on the same host: no message crossed a network.",
            "one frame counts for both points",
            "The server's host (inbound): message 9",
            "The server application: message 12",
            "In the network: 0; in hosts or applications: 2; undetermined: 0.",
        ],
    );
}

#[test]
fn a_foreign_capture_is_not_overinterpreted() {
    assert_says(
        &foreign_capture(),
        Language::English,
        &[
            "Counted from the capture: there is no client journal",
            "59 packets captured; dropped: unknown",
            "File damaged from byte 4000 on.",
            "is damaged (truncated?[31m); what comes before byte 4000 was used.",
            "contains 3 packets that are not part of this measurement",
            "What to do: use smaller messages",
        ],
    );
}

#[test]
fn without_a_capture_the_report_mentions_it() {
    let document = client_journal_alone();
    assert_says(&document, Language::English, &["There was no capture", "1 reply never came; none came late."]);
    assert!(!flat(&document, Language::English).contains("packets captured"));
}

#[test]
fn a_truncated_journal_has_no_sent_count() {
    let mut document = client_journal_alone();
    document.flows[0].counts.sent = None;
    let text = flat(&document, Language::English);
    assert!(text.contains("messages seen") && text.contains("1 reply was not seen."), "{text}");
    assert!(!text.contains("messages sent") && !text.contains("Counted from the capture"), "{text}");
}

#[test]
fn unexpected_datagrams_are_reported_only_if_any_exist() {
    let mut document = client_journal_alone();
    assert!(!flat(&document, Language::English).contains("Other observations"));
    let counts = &mut document.flows[0].counts;
    (counts.duplicates, counts.reordered, counts.altered) = (2, Some(1), 1);
    (counts.malformed, counts.never_sent, counts.other_source) = (Some(1), Some(4), Some(5));
    document.flows[0].messages[5].duplicates = 2;
    document.flows[0].messages[6].altered = true;
    assert_says(
        &document,
        Language::English,
        &[
            "Duplicates: 2 extra copies (messages 6)",
            "Text altered on the way: 1 message (7)",
            "Out of order on arrival: 1 message",
            "Without a number: 1 message received",
            "Replies to numbers that were never sent: 4",
            "Replies from an address other than the server's: 5",
        ],
    );
}

#[test]
fn several_conversations_are_reported_one_by_one() {
    let mut document = server_alone();
    let second = Flow { id: 2, epoch: 2, ..document.flows[0].clone() };
    document.flows.push(second);
    assert_says(
        &document,
        Language::Portuguese,
        &["Conversa 1 de 2 Respondidas: 26", "Conversa 2 de 2 Respondidas: 26", "esta é a 2ª execução deste cliente."],
    );
}
