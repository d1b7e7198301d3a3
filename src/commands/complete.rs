//! `medidor completar`: shell completions or the manual page, in the user's language, on stdout.

use std::io;
use std::process::ExitCode;

use anyhow::Result;
use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use super::run::error::Exit;
use super::run::print;
use crate::cli::{CompleteArgs, CompletionForm, help};
use crate::i18n::Texts;

const NAME: &str = "medidor";

/// Writes shell completions or the manual page to stdout.
///
/// # Errors
/// A [`CommandError`](super::run::error::CommandError) if stdout cannot be written to.
pub fn run(args: CompleteArgs, texts: Texts) -> Result<ExitCode> {
    let mut command = help::localized(texts);
    command.build();
    let shell = match args.shell {
        CompletionForm::Bash => Some(Shell::Bash),
        CompletionForm::Zsh => Some(Shell::Zsh),
        CompletionForm::Fish => Some(Shell::Fish),
        CompletionForm::Powershell => Some(Shell::PowerShell),
        CompletionForm::Elvish => Some(Shell::Elvish),
        CompletionForm::Man => None,
    };
    let output = match shell {
        Some(shell) => {
            let mut output = Vec::new();
            clap_complete::generate(shell, &mut command, NAME, &mut output);
            String::from_utf8_lossy(&output).into_owned()
        }
        None => manual(&command, texts)?,
    };
    print::write(&help::unescape_layout(&output), texts)?;
    Ok(Exit::Done.into())
}

/// One page for the program and all subcommands, with a section per subcommand.
fn manual(command: &Command, texts: Texts) -> io::Result<String> {
    let man = Man::new(command.clone()).manual(NAME);
    let mut page = render_to_string(|page| man.render_title(page))?;
    page.push_str(&section(&texts.get("man-name"), &render_to_string(|page| man.render_name_section(page))?));
    page.push_str(&section(
        &texts.get("help-heading-usage"),
        &render_to_string(|page| man.render_synopsis_section(page))?,
    ));
    page.push_str(&render_to_string(|page| man.render_options_section(page))?);
    for sub in command.get_subcommands() {
        let man = Man::new(sub.clone());
        let names: Vec<&str> = std::iter::once(sub.get_name()).chain(sub.get_visible_aliases()).collect();
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        page.push_str(&section(&names.join(", "), &render_to_string(|page| man.render_synopsis_section(page))?));
        page.extend([".PP\n", &about, ".\n"]);
        // Sections of a subcommand become subsections.
        page.push_str(&render_to_string(|page| man.render_options_section(page))?.replace("\n.SH ", "\n.SS "));
        page.push_str(".PP\n");
        page.push_str(&preformatted(&render_to_string(|page| man.render_extra_section(page))?));
    }
    page.extend([".SH \"", &texts.get("man-more").to_uppercase(), "\"\n"]);
    page.push_str(&preformatted(&render_to_string(|page| man.render_extra_section(page))?));
    Ok(page)
}

/// A section without its heading, with line breaks kept. The examples have a heading of their own.
fn preformatted(text: &str) -> String {
    let (_, lines) =
        text.split_once("\n.SH ").map_or(("", text), |(_, rest)| rest.split_once('\n').unwrap_or_default());
    format!(".nf\n{lines}.fi\n")
}

/// A section whose English heading is replaced by `heading`.
fn section(heading: &str, text: &str) -> String {
    let heading = format!(".SH \"{}\"", heading.to_uppercase());
    let lines = text.lines().map(|line| if line.starts_with(".SH ") { &heading } else { line });
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn render_to_string(render: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> io::Result<String> {
    let mut page = Vec::new();
    render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
