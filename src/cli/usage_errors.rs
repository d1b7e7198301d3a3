//! Translates usage errors: clap's messages are English only.

use std::error::Error;
use std::ffi::OsString;
use std::net::AddrParseError;
use std::num::ParseIntError;

use clap::error::{ContextKind, ErrorKind};

use super::help;
use super::values::ValidExamples;
use crate::core::protocol::impairment::LossError;
use crate::i18n::{Texts, Value};

/// The localized error, the usage and where to find help; `None` for rare errors, which keep clap's text.
pub fn localize_error(error: &clap::Error, arguments: &[OsString], texts: Texts) -> Option<String> {
    let word = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (argument, value, prior) =
        (word(ContextKind::InvalidArg), word(ContextKind::InvalidValue), word(ContextKind::PriorArg));
    let key = match error.kind() {
        ErrorKind::UnknownArgument => "mistake-unknown-argument",
        ErrorKind::InvalidSubcommand => "mistake-unknown-command",
        ErrorKind::InvalidValue if value.is_empty() => "mistake-no-value",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "mistake-value",
        ErrorKind::TooManyValues => "mistake-too-many-values",
        ErrorKind::MissingRequiredArgument => "mistake-missing",
        ErrorKind::MissingSubcommand => "mistake-missing-command",
        ErrorKind::ArgumentConflict if prior.is_empty() || prior == argument => "mistake-twice",
        ErrorKind::ArgumentConflict => "mistake-conflict",
        _ => return None,
    };
    let said = texts.with(
        key,
        &[
            ("argument", Value::text(argument)),
            ("value", Value::text(value)),
            ("prior", Value::text(prior)),
            ("command", Value::text(word(ContextKind::InvalidSubcommand))),
        ],
    );
    let mut lines = vec![texts.with("error-line", &[("text", Value::text(said))])];
    lines.extend(error.source().map(|reason| format!("    {}", valid_values(reason, texts))));
    let hints = [
        ("mistake-values", ContextKind::ValidValue),
        ("mistake-values", ContextKind::ValidSubcommand),
        ("mistake-suggestion", ContextKind::SuggestedArg),
        ("mistake-suggestion", ContextKind::SuggestedValue),
        ("mistake-suggestion", ContextKind::SuggestedSubcommand),
    ];
    for (key, kind) in hints {
        let hint = word(kind);
        if !hint.is_empty() {
            lines.push(format!("    {}", texts.with(key, &[("words", Value::text(hint))])));
        }
    }
    // clap knows the usage of the mistakes that could be seen from it.
    let usage = word(ContextKind::Usage);
    let usage = usage.split_once(": ").map(|(_, usage)| usage.trim());
    lines.extend(usage.map(|usage| format!("{}: {usage}", texts.get("help-heading-usage"))));
    lines.push(texts.with("mistake-help", &[("command", Value::text(help::named_command(arguments)))]));
    Some(help::unescape_layout(&lines.join("\n")))
}

/// What would be a value, from the error of its parser, whose own words are English.
fn valid_values(reason: &(dyn Error + 'static), texts: Texts) -> String {
    let examples = |words: &str| texts.with("mistake-examples", &[("words", Value::text(words))]);
    let text = reason.to_string();
    if let Some(ValidExamples(words)) = reason.downcast_ref() {
        examples(words)
    } else if reason.is::<LossError>() {
        examples("10%, 3,7,12-15, burst:2%:20%")
    } else if reason.is::<AddrParseError>() {
        examples("203.0.113.2:5005, [2001:db8::1]:5005")
    } else if let Some((_, range)) = text.split_once(" is not in ") {
        let range = range.replace(&format!("..{}", u64::MAX), "..");
        texts.with("mistake-range", &[("range", Value::text(range))])
    } else if reason.is::<ParseIntError>() {
        texts.get("mistake-whole-number")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    fn mistake(words: &[&str], language: Language) -> String {
        let texts = Texts::new(language);
        let parsed = help::localized(texts).try_get_matches_from(words);
        let arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
        localize_error(&parsed.unwrap_err(), &arguments, texts).unwrap()
    }

    #[test]
    fn every_mistake_is_told_in_every_language() {
        let mistakes: [(&[&str], &str); 13] = [
            (&["medidor", "--lang", "en"], "cliente"),
            (&["medidor", "cliente", "--snaplenn", "x"], "--snaplen"),
            (&["medidor", "clientes"], "clientes"),
            (&["medidor", "cliente", "--capture"], "--capture <"),
            (&["medidor", "cliente", "--count", "many"], "many"),
            (&["medidor", "cliente", "--filter", "udp"], "--capture <"),
            (&["medidor", "servidor", "--reply", "nack"], "upper"),
            (&["medidor", "cliente", "--count", "1", "--count", "2"], "--count <"),
            (&["medidor", "completar"], "<SHELL>"),
            (&["medidor", "cliente", "--wait", "soon"], "0.5, 200ms"),
            (&["medidor", "ping", "--ttl", "300"], "1..=255"),
            (&["medidor", "servidor", "--reply-to", "home"], "203.0.113.2:5005"),
            (&["medidor", "simulador", "--loss", "some"], "burst:"),
        ];
        for (words, named) in mistakes {
            let messages = Language::ALL.map(|language| mistake(words, language));
            for text in &messages {
                assert!(text.contains(named) && !text.contains("mistake-"), "{words:?}: {text}");
            }
            assert!(
                messages[0] != messages[1] && messages[1] != messages[2] && messages[0] != messages[2],
                "{messages:#?}"
            );
        }
    }

    #[test]
    fn usage_and_help_are_those_of_the_subcommand() {
        let text = mistake(&["medidor", "cliente", "--tempo"], Language::Portuguese);
        assert_eq!(
            text,
            "medidor: erro: opção ou argumento desconhecido: --tempo\n\
             Uso: medidor cliente [OPÇÕES] [SERVIDOR[:PORTA]]\n\
             Ajuda: medidor cliente --help"
        );
    }
}
