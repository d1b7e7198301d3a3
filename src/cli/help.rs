//! Translates the help texts and detects the language.

use std::ffi::OsString;

use clap::{Command, CommandFactory};

use super::{Cli, names};
use crate::i18n::{Language, Texts, Value};

/// The language to speak: as asked on the command line, which is looked at before it is parsed because its own errors and
/// help are to be in that language; else as `MEDIDOR_LANG` says; else that of the locale.
pub fn language(arguments: &[OsString]) -> Language {
    let word = |index: usize| arguments.get(index).and_then(|argument| argument.to_str());
    let asked = (0..arguments.len()).find_map(|index| {
        let argument = word(index)?;
        let value = match argument.strip_prefix("--lang").or_else(|| argument.strip_prefix("--idioma"))? {
            "" => word(index + 1)?,
            rest => rest.strip_prefix('=')?,
        };
        Language::from_tag(value)
    });
    let of_environment = || Language::from_tag(&std::env::var("MEDIDOR_LANG").ok()?);
    asked.or_else(of_environment).unwrap_or_else(Language::of_locale)
}

/// The subcommand that a command line names, as it was typed: `medidor chat server`.
pub fn named_command(arguments: &[OsString]) -> String {
    let mut command = super::command(Language::Portuguese);
    let mut names = vec!["medidor"];
    for word in arguments.iter().skip(1).filter_map(|argument| argument.to_str()) {
        if let Some(sub) = command.find_subcommand(word).cloned() {
            names.push(word);
            command = sub;
        }
    }
    names.join(" ")
}

/// Help is never laid out wider, and narrower where the terminal is.
pub const MAX_HELP_WIDTH: usize = 80;

/// clap reads `{n}` as a line break; this character stands for the brace until [`unescape_layout`] restores it.
const BRACE: &str = "\u{e000}";

/// No line breaks at it; [`unescape_layout`] turns it into a plain space.
const NO_BREAK: &str = "\u{a0}";

/// Display order of global options: after a subcommand's own.
const LAST: usize = 900;

fn layout(text: &str) -> String {
    text.replace("{n}", &format!("{BRACE}n}}"))
}

/// A text as clap has laid it out.
pub fn unescape_layout(text: &str) -> String {
    text.replace(BRACE, "{").replace(NO_BREAK, " ")
}

/// The command line with the words of `locales/` and the names of the language.
pub fn localized(texts: Texts) -> Command {
    let command = with_words_below(Cli::command().max_term_width(MAX_HELP_WIDTH), texts, "medidor");
    let command = names::named_in(command, texts.language());
    let mut built = command.clone();
    built.build();
    with_usage(command, &mut built, texts)
}

fn with_words_below(command: Command, texts: Texts, name: &str) -> Command {
    let command = with_words(command, texts, name);
    let below: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    below.into_iter().fold(command, |command, sub| {
        let path = if name == "medidor" { sub.clone() } else { format!("{name}-{sub}") };
        command.mut_subcommand(&sub, |sub| with_words_below(sub, texts, &path))
    })
}

/// Replaces the words that clap has of its own in the usage line. `built` is the same command after it was built, which
/// alone knows its usage.
fn with_usage(command: Command, built: &mut Command, texts: Texts) -> Command {
    let usage = built.render_usage().to_string();
    let usage = usage.split_once(": ").map_or(usage.as_str(), |(_, usage)| usage);
    let options = format!("[{}]", texts.get("help-heading-options").to_uppercase());
    let command = command.override_usage(usage.replace("[OPTIONS]", &options));
    let below: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    below.into_iter().fold(command, |command, name| match built.find_subcommand_mut(&name) {
        Some(built) => command.mut_subcommand(&name, |sub| with_usage(sub, built, texts)),
        None => command,
    })
}

fn with_words(command: Command, texts: Texts, name: &str) -> Command {
    let template = format!(
        "{{about-with-newline}}\n{}: {{usage}}\n\n{{all-args}}{{after-help}}",
        texts.get("help-heading-usage"),
    );
    // The built-in ones get their words here too, so clap must not add its own.
    let version = clap::Arg::new("version").short('V').long("version").action(clap::ArgAction::Version);
    let command = if name == "medidor" { command.disable_version_flag(true).arg(version) } else { command };
    let command = command
        .disable_help_flag(true)
        .arg(
            clap::Arg::new("help")
                .short('h')
                .long("help")
                .visible_alias("ajuda")
                .action(clap::ArgAction::Help)
                .display_order(LAST + 1)
                .help(texts.get("help-help")),
        )
        .about(texts.get(&format!("about-{name}")))
        .after_help(layout(&texts.get(&format!("examples-{name}"))))
        .subcommand_help_heading(texts.get("help-heading-commands"))
        .subcommand_value_name(texts.get("value-command"))
        .help_template(template);
    command.mut_args(|argument| {
        let group = argument.get_help_heading().unwrap_or("options");
        let heading = match argument.get_id().as_str() {
            "help" => "options",
            _ if argument.is_positional() => "arguments",
            _ => group,
        };
        let heading = texts.get(&format!("help-heading-{heading}"));
        let argument = argument.help_heading(heading);
        if argument.get_id() == "help" {
            return argument;
        }
        let argument = if argument.is_global_set() { argument.display_order(LAST) } else { argument };
        let id = argument.get_id().as_str().replace('_', "-");
        let own = texts.find(&format!("help-{name}-{id}"));
        let mut words =
            own.or_else(|| texts.find(&format!("help-{id}"))).unwrap_or_else(|| format!("help-{name}-{id}"));
        let default: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        if !default.is_empty() && argument.get_action().takes_values() {
            let default = default.join(" ").replace(' ', NO_BREAK);
            words = texts.with("help-default", &[("words", Value::text(words)), ("value", Value::text(default))]);
        }
        let argument = argument.help(layout(&words));
        if !argument.get_action().takes_values() {
            return argument;
        }
        let names: Vec<String> =
            argument.get_value_names().unwrap_or_default().iter().map(|n| value(n, texts)).collect();
        // What clap would add by itself is English.
        let argument = argument.hide_default_value(true).hide_possible_values(true);
        if names.is_empty() { argument } else { argument.value_names(names) }
    })
}

/// The localized name of a value: `HOST[:PORT]` has the key `value-host-port`.
fn value(name: &str, texts: Texts) -> String {
    let parts: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let key = parts.join("-").to_ascii_lowercase();
    texts.find(&format!("value-{key}")).unwrap_or_else(|| format!("value-{key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A command and all below it, however deep.
    fn family(command: &Command) -> Vec<&Command> {
        std::iter::once(command).chain(command.get_subcommands().flat_map(family)).collect()
    }

    #[test]
    fn every_option_has_words_in_every_language() {
        for language in Language::ALL {
            let mut command = localized(Texts::new(language));
            command.build();
            for sub in family(&command) {
                let texts = [sub.get_about(), sub.get_after_help()];
                let arguments = sub.get_arguments().map(clap::Arg::get_help);
                let values = sub.get_arguments().filter_map(clap::Arg::get_value_names).flatten();
                let texts = texts.into_iter().chain(arguments);
                let texts = texts.map(|text| text.map(ToString::to_string).unwrap_or_default());
                for text in texts.chain(values.map(ToString::to_string)) {
                    let is_key = ["help-", "about-", "examples-", "value-"].iter().any(|key| text.starts_with(key));
                    assert!(!text.is_empty() && !is_key, "{language:?} {}: {text:?}", sub.get_name());
                }
            }
        }
    }

    #[test]
    fn the_command_line_is_sound_in_every_language() {
        for language in Language::ALL {
            crate::cli::command(language).debug_assert();
        }
    }

    #[test]
    fn the_language_is_found_before_parsing() {
        let language = |words: &[&str]| language(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(language(&["cliente", "--lang", "en"]), Language::English);
        assert_eq!(language(&["--lang=pt", "cliente"]), Language::Portuguese);
        assert_eq!(language(&["--idioma=en"]), Language::English);
        assert_eq!(language(&["analisar", "--lang=es"]), Language::Spanish);
    }
}
