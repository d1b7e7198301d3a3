//! The names of the subcommands: one in each language, and all of them understood whatever the language.

use clap::Command;

use crate::i18n::Language;

/// Portuguese, which the code uses, English and Spanish.
const NAMES: [[&str; 3]; 10] = [
    ["servidor", "server", "servidor"],
    ["cliente", "client", "cliente"],
    ["analisar", "analyze", "analizar"],
    ["conferir", "check", "comprobar"],
    ["simulador", "impair", "simulador"],
    ["enviar", "send", "enviar"],
    ["receber", "receive", "recibir"],
    ["comparar", "compare", "comparar"],
    ["completar", "complete", "completar"],
    ["ajuda", "help", "ayuda"],
];

/// Names all subcommands below a command in a language. Their other names stay aliases: the Portuguese and English ones are shown.
pub fn named_in(command: Command, language: Language) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(&name, |sub| {
            let sub = named_in(sub, language);
            let Some(all @ [portuguese, english, spanish]) = NAMES.iter().find(|names| names[0] == name) else {
                return sub;
            };
            let shown = match language {
                Language::Portuguese => portuguese,
                Language::English => english,
                Language::Spanish => spanish,
            };
            let mut aliases: Vec<&str> = all.iter().copied().filter(|alias| alias != shown).collect();
            aliases.dedup();
            let (hidden, visible): (Vec<&str>, Vec<&str>) =
                aliases.into_iter().partition(|alias| alias == spanish && spanish != portuguese);
            sub.name(*shown).visible_aliases(visible).aliases(hidden)
        })
    })
}
