//! What all result documents begin with: form, kind of run, witnesses, warnings.

use serde::{Deserialize, Serialize};

use super::identification::Identification;
use super::warning::Warning;
use super::witness::Witnesses;
use crate::core::evidence::journal_run::Role;

/// The version of the documents' form, the same for all kinds.
pub const SCHEMA: &str = "medidor/2";

/// The kind of run that a document is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Numbered messages and their replies.
    Exchange,
    /// A UDP ping.
    Ping,
    /// A file transfer.
    Transfer,
    /// A chat.
    Chat,
    /// A check of submissions against the assignment.
    Check,
}

/// Whose witnesses a document rests on. In a transfer the sender is the server, the receivers are the clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Perspective {
    /// Clients alone.
    Client,
    /// The server alone.
    Server,
    /// Both.
    Joint,
}

impl Perspective {
    /// The perspective of hosts of these roles.
    pub fn of(client: bool, server: bool) -> Self {
        match (client, server) {
            (true, true) => Self::Joint,
            (false, true) => Self::Server,
            (_, false) => Self::Client,
        }
    }
}

impl From<Role> for Perspective {
    fn from(role: Role) -> Self {
        match role {
            Role::Client => Self::Client,
            Role::Server => Self::Server,
        }
    }
}

/// The members that every document has.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Envelope {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The kind of run.
    pub kind: Kind,
    /// Whose witnesses the document rests on.
    pub role: Perspective,
    /// The files, and how far each can be trusted.
    pub witnesses: Witnesses,
    /// How the files were found to belong together; `null` where only one host speaks.
    pub identification: Option<Identification>,
    /// What a reader must know beside the figures.
    pub warnings: Vec<Warning>,
}

impl Envelope {
    /// An envelope without witnesses and warnings.
    pub fn new(kind: Kind, role: Perspective) -> Self {
        Self { schema: SCHEMA, kind, role, witnesses: Witnesses::default(), identification: None, warnings: Vec::new() }
    }
}
