//! medidor in each of its languages: help, output, report and errors, within 80 columns; also shell completions and
//! manual pages.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use medidor::cli::help;
use medidor::i18n::{Language, Texts};
use tempfile::TempDir;
use unicode_width::UnicodeWidthStr;

/// Texts that differ between the languages.
struct LanguageTexts {
    lang: &'static str,
    locale: &'static str,
    usage: &'static str,
    default: &'static str,
    listening: &'static str,
    reply: &'static str,
    loss: &'static str,
    missing: &'static str,
    unknown: &'static str,
}

const ALL: [LanguageTexts; 3] = [
    LanguageTexts {
        lang: "pt",
        locale: "pt_BR.UTF-8",
        usage: "Uso: medidor cliente [OPÇÕES] [SERVIDOR[:PORTA]]",
        default: "[padrão: 10s]",
        listening: "Servidor escutando em ",
        reply: "1: ACK 1 em ",
        loss: "Taxa de perda: 0% (0 de 3 mensagens; intervalo de 95%: 0% a 56,1%)",
        missing: "medidor: erro: o arquivo nada.pcap não existe",
        unknown: "medidor: erro: opção ou argumento desconhecido: --nada",
    },
    LanguageTexts {
        lang: "en",
        locale: "en_GB.UTF-8",
        usage: "Usage: medidor client [OPTIONS] [HOST[:PORT]]",
        default: "[default: 10s]",
        listening: "Server listening on ",
        reply: "1: ACK 1 in ",
        loss: "Loss rate: 0% (0 of 3 messages; 95% interval: 0% to 56.1%)",
        missing: "medidor: error: the file nada.pcap does not exist",
        unknown: "medidor: error: unknown option or argument: --nada",
    },
    LanguageTexts {
        lang: "es",
        locale: "es_MX.UTF-8",
        usage: "Uso: medidor cliente [OPCIONES] [SERVIDOR[:PUERTO]]",
        default: "[predeterminado: 10s]",
        listening: "Servidor escuchando en ",
        reply: "1: ACK 1 en ",
        loss: "Tasa de pérdida: 0 % (0 de 3 mensajes; intervalo del 95 %: 0 % a 56,1 %)",
        missing: "medidor: error: el archivo nada.pcap no existe",
        unknown: "medidor: error: opción o argumento desconocido: --nada",
    },
];

fn medidor(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    for variable in ["MEDIDOR_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"] {
        command.env_remove(variable);
    }
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Finished {
    Running::start(medidor(arguments)).wait(STEP_TIMEOUT)
}

fn assert_narrow(finished: &Finished) {
    let wide: Vec<&str> = finished
        .lines
        .iter()
        .map(|line| line.text.as_str())
        .filter(|line| line.width() > help::MAX_HELP_WIDTH)
        .collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

/// All subcommands; the program itself is the first.
fn subcommands() -> Vec<Vec<String>> {
    fn all(command: &clap::Command, path: &[String]) -> Vec<Vec<String>> {
        let below = command.get_subcommands().flat_map(|sub| all(sub, &[path, &[sub.get_name().to_owned()]].concat()));
        std::iter::once(path.to_vec()).chain(below).collect()
    }
    all(&medidor::cli::command(Language::Portuguese), &[])
}

#[test]
fn help_is_in_the_requested_language_within_80_columns() {
    for words in &ALL {
        for sub in subcommands() {
            let mut arguments = vec!["--lang", words.lang];
            arguments.extend(sub.iter().map(String::as_str));
            arguments.push("--help");
            let finished = run(&arguments);
            finished.expect_code(0);
            assert_narrow(&finished);
            let text = finished.text(Stream::Out);
            if words.lang != "en" {
                let english = ["Usage", "Options", "[default", "[OPTIONS]", "Print ", "possible values", "FILE>"];
                for word in english {
                    assert!(!text.contains(word), "{} {sub:?}: {word}\n{text}", words.lang);
                }
            }
        }
        let client = run(&["--lang", words.lang, "cliente", "--help"]).text(Stream::Out);
        assert!(client.contains(words.usage) && client.contains(words.default), "{client}");
    }
}

#[test]
fn help_of_a_command_is_found_by_its_name_in_any_language() {
    for (words, help) in ALL.iter().zip(["ajuda", "help", "ayuda"]) {
        let asked = run(&["--lang", words.lang, "client", "--help"]);
        for name in ["cliente", "client"] {
            let finished = run(&["--lang", words.lang, help, name]);
            finished.expect_code(0);
            assert_eq!(finished.text(Stream::Out), asked.text(Stream::Out));
        }
        let below = run(&["--lang", words.lang, help, "chat", "server"]);
        assert!(below.text(Stream::Out).contains("--per-address"), "{below:?}");
        let all = run(&["--lang", words.lang, help]);
        assert_eq!(all.text(Stream::Out), run(&["--lang", words.lang, "--help"]).text(Stream::Out));
        let unknown = run(&["--lang", words.lang, help, "nothing"]);
        unknown.expect_code(2);
    }
    let english = run(&["--lang", "en", "--help"]).text(Stream::Out);
    for name in ["server", "client", "analyze", "check", "impair", "send", "receive", "compare", "complete", "help"] {
        assert!(english.lines().any(|line| line.starts_with(&format!("  {name} "))), "{name}\n{english}");
    }
}

#[test]
fn a_bad_value_names_good_ones_and_the_help_of_its_command() {
    let wrong: [(&[&str], &str); 5] = [
        (&["client", "--wait", "soon"], "0.5"),
        (&["client", "-c", "0"], "1.."),
        (&["ping", "--ttl", "300"], "1..=255"),
        (&["send", "file", "--rate", "fast"], "20Mbit/s"),
        (&["chat", "server", "--idle", "never"], "10s"),
    ];
    for words in &ALL {
        for (arguments, good) in wrong {
            let finished = run(&[&["--lang", words.lang], arguments].concat());
            finished.expect_code(2);
            let text = finished.text(Stream::Err);
            assert!(text.contains(good), "{text}");
            let command = arguments.iter().take_while(|word| !word.starts_with('-') && **word != "file");
            let command = command.copied().collect::<Vec<_>>().join(" ");
            assert!(text.contains(&format!("medidor {command} --help")), "{text}");
        }
        let port = run(&["--lang", words.lang, "server", "70000"]);
        port.expect_code(2);
        assert!(!port.text(Stream::Err).contains("invalid port"), "{port:?}");
    }
}

#[test]
fn the_options_that_people_type_are_understood() {
    let server = Running::start(medidor(&["--lang", "en", "server", "0", "--duration", "10"]));
    let line = server.wait_for_line(|line| line.starts_with("Server listening on "), STEP_TIMEOUT);
    let port = line.rsplit(':').next().unwrap();
    let target = format!("127.0.0.1:{port}");
    for arguments in [
        &["client", &target, "-c", "2", "-i", "0.02", "-W", "0.2", "--json"][..],
        &["client", &target, "-n", "2", "-i", "20ms", "-W", "0,2", "--json"],
        &["ping", &target, "-c", "2", "-i", "0.02", "-W", "0.2", "-s", "30", "-t", "9", "--json"],
    ] {
        let finished = run(arguments);
        finished.expect_code(0);
        let document: serde_json::Value = serde_json::from_str(&finished.text(Stream::Out)).unwrap();
        assert_eq!(document["flows"][0]["counts"]["requests"], 2, "{arguments:?}");
    }
    server.interrupt(STEP_TIMEOUT).expect_code(0);
}

#[test]
fn a_relay_draws_and_prints_its_seed_unless_given() {
    let seed = |options: &[&str]| {
        let ends = ["--lang", "en", "impair", "-p", "127.0.0.1:0", "--to", "127.0.0.1:9", "--loss", "10%"];
        let relay = Running::start(medidor(&[&ends, options].concat()));
        let line = relay.wait_for_line(|line| line.starts_with("Random seed: "), STEP_TIMEOUT);
        relay.interrupt(STEP_TIMEOUT).expect_code(0);
        line.split_whitespace().nth(2).unwrap().to_owned()
    };
    assert_eq!(seed(&["--seed", "7"]), "7");
    let drawn: Vec<String> = (0..4).map(|_| seed(&[])).collect();
    assert!(drawn.iter().any(|seed| *seed != drawn[0]), "{drawn:?}");
}

#[test]
fn a_run_uses_the_language_and_stays_within_80_columns() {
    for words in &ALL {
        let server = Running::start(medidor(&["--lang", words.lang, "servidor", "--listen", "127.0.0.1:0"]));
        let line = server.wait_for_line(|line| line.starts_with(words.listening), STEP_TIMEOUT);
        let address = line.strip_prefix(words.listening).unwrap();
        // Here the language comes from the locale.
        let mut client = medidor(&["-v", "client", address, "--count", "3", "--batch", "0"]);
        client.args(["--interval", "20ms", "--wait", "200ms"]).env("LANG", words.locale);
        let client = Running::start(client).wait(STEP_TIMEOUT);
        client.expect_code(0);
        assert_narrow(&client);
        assert!(client.text(Stream::Err).contains(words.reply), "{client:?}");
        assert_eq!(client.text(Stream::Out).lines().next(), Some(words.loss));
        let server = server.interrupt(STEP_TIMEOUT);
        server.expect_code(0);
        assert_narrow(&server);
    }
}

#[test]
fn errors_are_in_each_language() {
    let folder = TempDir::new().unwrap();
    for words in &ALL {
        let mut missing = medidor(&["--lang", words.lang, "analisar", "nada.pcap"]);
        missing.current_dir(folder.path());
        let missing = Running::start(missing).wait(STEP_TIMEOUT);
        missing.expect_code(3);
        assert_eq!(missing.text(Stream::Err).lines().next(), Some(words.missing));
        let unknown = run(&["cliente", "--nada", "--lang", words.lang]);
        unknown.expect_code(2);
        assert_narrow(&unknown);
        assert_eq!(unknown.text(Stream::Err).lines().next(), Some(words.unknown));
    }
}

#[test]
fn capture_errors_are_in_each_language() {
    let folder = TempDir::new().unwrap();
    let sample = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/exemplo/client.pcap")).unwrap();
    for (name, bytes) in [("head.pcap", &sample[..20]), ("cut.pcap", &sample[..746]), ("text.pcap", b"nothing like it")]
    {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::write(folder.path().join("empty"), "").unwrap();
    let printed_by = |lang: &str, arguments: &[&str]| {
        let mut command = medidor(&["--lang", lang]);
        command.args(arguments).current_dir(folder.path());
        let finished = Running::start(command).wait(STEP_TIMEOUT);
        let text = finished.text(Stream::Out) + &finished.text(Stream::Err);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let words = [
        ("pt", "interrompe-se: 20 de 24 bytes", "interrompe-se: ", "formato desconhecido", "inválido"),
        ("en", "it breaks off: 20 of 24 bytes", "it breaks off: ", "unknown file format", "invalid content"),
        ("es", "se interrumpe: 20 de 24 bytes", "se interrumpe: ", "formato desconocido", "no válido"),
    ];
    let mail =
        ["--smtp", "127.0.0.1", "--smtp-user", "a", "--email-from", "a@example.org", "--email-to", "b@example.org"];
    let mail = [&["monitor", "127.0.0.1:9", "--smtp-password-file", "empty"], &mail[..]].concat();
    for (lang, head, cut, text, password) in words {
        let runs = [
            (&["analisar", "head.pcap"][..], head),
            (&["analisar", "cut.pcap"], cut),
            (&["analisar", "text.pcap"], text),
            (&mail, password),
        ];
        for (arguments, expected) in runs {
            let printed = printed_by(lang, arguments);
            assert!(printed.contains(expected), "{arguments:?}: {printed}");
        }
    }
}

#[test]
fn an_unsupported_locale_falls_back_to_the_next_then_english() {
    let usage = |variables: &[(&str, &str)]| {
        let help = Running::start({
            let mut command = medidor(&["cliente", "--help"]);
            command.envs(variables.iter().copied());
            command
        });
        help.wait(STEP_TIMEOUT).text(Stream::Out)
    };
    assert!(usage(&[("LANGUAGE", "fr:es:en")]).contains(ALL[2].usage));
    assert!(usage(&[("LANG", "es_AR.UTF-8"), ("LC_ALL", "en_US.UTF-8")]).contains(ALL[1].usage));
    assert!(usage(&[("LANG", "fr_FR.UTF-8")]).contains(ALL[1].usage));
    assert!(usage(&[("LANG", "fr_FR.UTF-8"), ("MEDIDOR_LANG", "es")]).contains(ALL[2].usage));
    for none in ["C", "C.UTF-8", "POSIX", ""] {
        assert!(usage(&[("LANG", none)]).contains(ALL[0].usage), "{none}");
    }
    assert!(usage(&[]).contains(ALL[0].usage));
}

#[test]
fn an_unknown_language_is_a_usage_error_with_a_list() {
    let finished = run(&["--lang", "fr", "cliente"]);
    finished.expect_code(2);
    assert!(finished.text(Stream::Err).contains("pt, en, es"), "{finished:?}");
}

#[test]
fn bash_completes_commands_options_and_values() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("medidor.bash");
    let written = run(&["complete", "bash"]);
    written.expect_code(0);
    fs::write(&script, written.text(Stream::Out)).unwrap();
    let bash = |code: &str| {
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", code, "bash"]).arg(&script);
        Running::start(bash).wait(STEP_TIMEOUT)
    };
    if Command::new("bash").arg("--version").output().is_err() {
        crate::common::skip("bash_completes_commands_options_and_values", "bash is not installed");
        return;
    }
    bash(r#"bash -n "$1""#).expect_code(0);
    let loaded = bash(r#". "$1" && complete -p medidor"#);
    loaded.expect_code(0);
    assert!(loaded.text(Stream::Out).contains("_medidor"), "{loaded:?}");
    let offered = |words: &str, current: &str, previous: &str| {
        let finished = bash(&format!(
            r#". "$1"; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
            _medidor medidor "{current}" "{previous}"; printf '%s\n' "${{COMPREPLY[@]}}""#
        ));
        finished.expect_code(0).text(Stream::Out).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(offered("medidor cl", "cl", "medidor"), ["cliente", "client"]);
    assert_eq!(offered("medidor server --re", "--re", "server"), ["--reply", "--reply-to"]);
    assert_eq!(offered("medidor server --reply ''", "", "--reply"), ["ack", "echo", "upper", "pong"]);
}

#[test]
fn every_shell_gets_every_subcommand_and_option() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let finished = run(&["completar", shell]);
        finished.expect_code(0);
        let text = finished.text(Stream::Out);
        let command = medidor::cli::command(Language::Portuguese);
        for sub in command.get_subcommands() {
            assert!(text.contains(sub.get_name()), "{shell}: {}", sub.get_name());
            for option in sub.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(text.contains(option), "{shell}: {option}");
            }
        }
        assert!(!text.contains('\u{e000}') && !text.contains('\u{a0}'), "{shell}");
    }
}

#[test]
fn the_manual_names_everything_in_each_language_and_renders() {
    for (words, language) in ALL.iter().zip(Language::ALL) {
        let finished = run(&["--lang", words.lang, "completar", "man"]);
        finished.expect_code(0);
        let page = finished.text(Stream::Out);
        let command = help::localized(Texts::new(language));
        for sub in command.get_subcommands() {
            let heading = format!(".SH \"{}", sub.get_name().to_uppercase());
            assert!(page.lines().any(|line| line.starts_with(&heading)), "{heading}");
            for option in sub.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(page.contains(&format!("\\-\\-{}", option.replace('-', "\\-"))), "{option}\n{page}");
            }
        }
        for english in [".SH SYNOPSIS", ".SH NAME", ".SH EXTRA", "\u{e000}", "\u{a0}"] {
            assert!(!page.contains(english), "{english}");
        }
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("medidor.1");
        fs::write(&file, &page).unwrap();
        if let Some(shown) = rendered(&file) {
            assert!(shown.contains(words.default) && shown.contains("--reply-to"), "{shown}");
        }
    }
}

/// A manual page formatted by man; a warning from groff fails the test.
fn rendered(file: &Path) -> Option<String> {
    let mut man = Command::new("man");
    man.args(["--warnings", "--local-file"]).arg(file).env("MANWIDTH", "100").env("LC_ALL", "C.UTF-8");
    let Ok(output) = man.output() else {
        crate::common::skip("the_manual_names_everything_in_each_language_and_renders", "man is not installed");
        return None;
    };
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && complaints.is_empty(), "{complaints}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
