//! Translates usage errors: clap's messages are English only.

use std::error::Error as _;

use clap::error::{ContextKind, ErrorKind};

use super::help;
use crate::i18n::{Texts, Value};

/// The localized error, the usage and where to find help; `None` for rare errors, which keep clap's text.
pub fn localize_error(error: &clap::Error, texts: Texts) -> Option<String> {
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
    if let Some(detail) = error.source() {
        lines.push(format!("    {detail}"));
    }
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
    let words = usage.unwrap_or("medidor").split(' ');
    let command: Vec<&str> = words.take_while(|word| !word.starts_with(['[', '<', '-'])).collect();
    lines.push(texts.with("mistake-help", &[("command", Value::text(command.join(" ")))]));
    Some(help::unescape_layout(&lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;
    use crate::i18n::Language;

    fn mistake(words: &[&str], language: Language) -> String {
        let texts = Texts::new(language);
        let parsed = help::localise(Cli::command(), texts).try_get_matches_from(words);
        localize_error(&parsed.unwrap_err(), texts).unwrap()
    }

    #[test]
    fn every_mistake_is_told_in_every_language() {
        let mistakes: [(&[&str], &str); 9] = [
            (&["medidor", "--lang", "en"], "cliente"),
            (&["medidor", "cliente", "--snaplenn", "x"], "--snaplen"),
            (&["medidor", "clientes"], "clientes"),
            (&["medidor", "cliente", "--capture"], "--capture <"),
            (&["medidor", "cliente", "--count", "many"], "many"),
            (&["medidor", "cliente", "--filter", "udp"], "--capture <"),
            (&["medidor", "servidor", "--reply", "nack"], "upper"),
            (&["medidor", "cliente", "--count", "1", "--count", "2"], "--count <"),
            (&["medidor", "completar"], "<SHELL>"),
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
