//! The guides in both languages, and the commands in their marked blocks (`sh server`).

use std::fs;
use std::path::Path;

/// The guides of one language, and the program's messages in it.
pub struct Guides {
    pub readme: &'static str,
    /// The other pages with marked blocks.
    pub pages: [&'static str; 3],
    /// The program's report on the sample.
    pub sample: &'static str,
    /// The folder of the language in `locales/`.
    pub language: &'static str,
    pub locale: &'static str,
    pub listening: &'static str,
    pub capturing: &'static str,
    pub loss: &'static str,
}

pub const ENGLISH: Guides = Guides {
    readme: "README.md",
    pages: ["docs/assignment.md", "docs/coursework.md", "docs/check.md"],
    sample: "tests/golden/result.en.txt",
    language: "en",
    locale: "en_US.UTF-8",
    listening: "Server listening on ",
    capturing: "Capturing on ",
    loss: "Loss rate: 0% (0 of 30 messages;",
};

pub const PORTUGUESE: Guides = Guides {
    readme: "LEIAME.md",
    pages: ["docs/trabalho.md", "docs/outros-trabalhos.md", "docs/verificacao.md"],
    sample: "tests/golden/result.pt.txt",
    language: "pt-BR",
    locale: "pt_BR.UTF-8",
    listening: "Servidor escutando em ",
    capturing: "Capturando em ",
    loss: "Taxa de perda: 0% (0 de 30 mensagens;",
};

/// The marks of the blocks that `tests/lab/guide.rs` runs, in the order of the pages.
pub const MARKS: [&str; 31] = [
    "local-server",
    "local-client",
    "show",
    "server-fixed",
    "client-fixed",
    "server",
    "watch-server",
    "client",
    "watch-client",
    "after",
    "after",
    "ping-server",
    "ping",
    "monitor-server",
    "monitor",
    "monitor-mail",
    "chat-server",
    "chat-client",
    "chat-after",
    "send",
    "receive",
    "send-captured",
    "receive-captured",
    "transfer-after",
    "compare",
    "impair-server",
    "impair",
    "impair-client",
    "impair-after",
    "check",
    "check-folder",
];

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Reads a file of the project.
pub fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The fenced blocks of a document: info string and lines.
pub fn blocks(text: &str) -> Vec<(String, Vec<String>)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, Vec<String>)> = None;
    for line in text.lines() {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some((info.trim().to_owned(), Vec::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, lines))) => lines.push(line.to_owned()),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block without an end");
    blocks
}

/// The commands of the marked blocks of a document, each with its mark; one that continues over lines is one command.
pub fn marked_commands(text: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for (info, lines) in blocks(text) {
        let Some(mark) = info.strip_prefix("sh ") else { continue };
        for command in lines.join("\n").replace("\\\n", "").lines() {
            commands.push((mark.to_owned(), command.to_owned()));
        }
    }
    commands
}

impl Guides {
    /// The commands with this mark in the pages beside the README.
    pub fn commands(&self, mark: &str) -> Vec<String> {
        let commands: Vec<String> = self
            .pages
            .iter()
            .flat_map(|page| marked_commands(&read(page)))
            .filter_map(|(found, command)| (found == mark).then_some(command))
            .collect();
        assert!(!commands.is_empty(), "{:?}: no block {mark}", self.pages);
        commands
    }

    /// The only command with this mark.
    pub fn command(&self, mark: &str) -> String {
        let [command] = &self.commands(mark)[..] else { panic!("{:?}: one command in {mark}", self.pages) };
        command.clone()
    }
}
