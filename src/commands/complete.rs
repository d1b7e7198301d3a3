//! `medidor completar`: shell completions or the manual page, in the user's language, on stdout.

use std::io;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::run::error::Exit;
use super::run::print;
use crate::cli::{Cli, CompleteArgs, CompletionForm, help};
use crate::i18n::Texts;

const NAME: &str = "medidor";

/// Writes completions or the manual page.
///
/// # Errors
/// A [`CommandError`](super::run::error::CommandError) where stdout cannot be written to.
pub fn run(args: CompleteArgs, texts: Texts) -> Result<ExitCode> {
    let mut command = help::localise(Cli::command(), texts);
    command.build();
    let shell = match args.shell {
        CompletionForm::Bash => Some(Shell::Bash),
        CompletionForm::Zsh => Some(Shell::Zsh),
        CompletionForm::Fish => Some(Shell::Fish),
        CompletionForm::Powershell => Some(Shell::PowerShell),
        CompletionForm::Elvish => Some(Shell::Elvish),
        CompletionForm::Man => None,
    };
    let written = match shell {
        Some(shell) => {
            let mut written = Vec::new();
            clap_complete::generate(shell, &mut command, NAME, &mut written);
            String::from_utf8_lossy(&written).into_owned()
        }
        None => manual(&command, texts)?,
    };
    print::write(&help::unescape_layout(&written), texts)?;
    Ok(Exit::Done.into())
}

/// One page for all subcommands: the program itself, then a section for each of them.
fn manual(command: &Command, texts: Texts) -> io::Result<String> {
    let man = Man::new(command.clone()).manual(NAME);
    let mut page = rendered(|page| man.render_title(page))?;
    page.push_str(&section(&texts.get("man-name"), &rendered(|page| man.render_name_section(page))?));
    page.push_str(&section(&texts.get("help-heading-usage"), &rendered(|page| man.render_synopsis_section(page))?));
    page.push_str(&rendered(|page| man.render_options_section(page))?);
    for sub in command.get_subcommands() {
        let man = Man::new(sub.clone());
        let names: Vec<&str> = std::iter::once(sub.get_name()).chain(sub.get_visible_aliases()).collect();
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        page.push_str(&section(&names.join(", "), &rendered(|page| man.render_synopsis_section(page))?));
        page.extend([".PP\n", &about, ".\n"]);
        // A subcommand's own sections lie below its name.
        page.push_str(&rendered(|page| man.render_options_section(page))?.replace("\n.SH ", "\n.SS "));
        page.push_str(".PP\n");
        page.push_str(&as_typed(&rendered(|page| man.render_extra_section(page))?));
    }
    page.extend([".SH \"", &texts.get("man-more").to_uppercase(), "\"\n"]);
    page.push_str(&as_typed(&rendered(|page| man.render_extra_section(page))?));
    Ok(page)
}

/// A section's lines broken as they are, without its heading: examples bring one of their own.
fn as_typed(text: &str) -> String {
    let (_, lines) =
        text.split_once("\n.SH ").map_or(("", text), |(_, rest)| rest.split_once('\n').unwrap_or_default());
    format!(".nf\n{lines}.fi\n")
}

/// A part of the page with its English heading replaced.
fn section(heading: &str, text: &str) -> String {
    let heading = format!(".SH \"{}\"", heading.to_uppercase());
    let lines = text.lines().map(|line| if line.starts_with(".SH ") { &heading } else { line });
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn rendered(render: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<String> {
    let mut page = Vec::new();
    render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
