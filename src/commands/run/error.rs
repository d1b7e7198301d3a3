//! Errors of a command: the message for the user and the exit code.

use std::fmt;

use crate::capture::device::DeviceError;
use crate::capture::filter::FilterError;
use crate::capture::live::OpenError;
use crate::capture::log_reader::ReadError;
use crate::core::identify::capture_role::NotOneEnd;
use crate::core::protocol::message::{MAX_TEMPLATE_LEN, TemplateError};
use crate::core::verdict::exchange::ExchangeVerdictError;
use crate::core::verdict::exchange::request_sight::UnseenReason;
use crate::core::verdict::transfer::TransferVerdictError;
use crate::files;
use crate::i18n::{Texts, Value};
use crate::input::InputError;
use crate::net::address::HostError;
use crate::privileges::PrivilegeError;
use crate::report::format::NumberFormat;
use crate::report::labels;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    /// The measurement failed: no reply at all, or captures without a common message.
    Failed = 1,
    /// Wrong usage, which includes a bad filter and an unknown interface.
    Usage = 2,
    /// A problem of the environment: missing permission, address in use, unknown host, unreadable file, full disk.
    Environment = 3,
    /// Interrupted before the end, with the partial result printed.
    Interrupted = 130,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[derive(Debug)]
pub struct CommandError {
    pub exit: Exit,
    pub text: String,
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for CommandError {}

impl CommandError {
    pub fn usage(texts: Texts, key: &str, values: &[(&'static str, Value)]) -> anyhow::Error {
        Self { exit: Exit::Usage, text: texts.with(key, values) }.into()
    }

    pub fn environment(texts: Texts, key: &str, values: &[(&'static str, Value)]) -> anyhow::Error {
        Self { exit: Exit::Environment, text: texts.with(key, values) }.into()
    }

    pub fn failed(texts: Texts, key: &str, values: &[(&'static str, Value)]) -> anyhow::Error {
        Self { exit: Exit::Failed, text: texts.with(key, values) }.into()
    }
}

/// A file could not be opened, written or read.
pub fn file(texts: Texts, key: &str, path: &std::path::Path, error: &std::io::Error) -> anyhow::Error {
    let key = if files::is_not_regular(error) { "error-not-regular" } else { key };
    CommandError::environment(
        texts,
        key,
        &[("file", Value::text(path.display())), ("detail", Value::text(system(texts, error)))],
    )
}

/// The system's error text, localized. Errors without an errno have Rust's own English text.
pub fn system(texts: Texts, error: &std::io::Error) -> String {
    match error.kind() {
        _ if error.raw_os_error().is_some() || error.get_ref().is_some() => error.to_string(),
        std::io::ErrorKind::NotFound => texts.get("system-not-found"),
        std::io::ErrorKind::InvalidData => texts.get("system-invalid-data"),
        _ => error.to_string(),
    }
}

/// An output file cannot be written at the requested path.
pub fn output(texts: Texts, path: &std::path::Path, error: &std::io::Error) -> anyhow::Error {
    let key = match error.kind() {
        std::io::ErrorKind::InvalidInput => "error-not-ordinary",
        _ => "error-write",
    };
    file(texts, key, path, error)
}

/// A capture could not be opened.
pub fn capture(texts: Texts, error: &OpenError) -> anyhow::Error {
    let text_value = |text: &str| Value::text(text);
    match error {
        OpenError::PermissionDenied { device, detail } => CommandError::environment(
            texts,
            "error-no-right",
            &[("device", text_value(device)), ("detail", text_value(detail)), ("program", Value::text(program()))],
        ),
        OpenError::NoSuchDevice { device, available } => CommandError::usage(
            texts,
            "error-no-such-device",
            &[("device", text_value(device)), ("available", Value::text(available.join(", ")))],
        ),
        OpenError::BadFilter { filter, detail } => CommandError::usage(
            texts,
            "error-bad-filter",
            &[("filter", text_value(filter)), ("detail", text_value(detail))],
        ),
        OpenError::UnsupportedLink { device, .. } => CommandError::environment(
            texts,
            "error-capture-link",
            &[("device", text_value(device)), ("detail", Value::text(error))],
        ),
        OpenError::Other { device, detail } => CommandError::environment(
            texts,
            "error-capture",
            &[("device", text_value(device)), ("detail", text_value(detail))],
        ),
    }
}

/// Privileges could not be dropped.
pub fn privileges(texts: Texts, error: &PrivilegeError) -> anyhow::Error {
    CommandError::environment(texts, "error-rights", &[("detail", Value::text(error))])
}

/// The path of this executable, for the `setcap` command in messages.
pub fn program() -> String {
    std::env::current_exe().map_or_else(|_| "medidor".into(), |path| path.display().to_string())
}

/// A filter could not be read.
pub fn filter(texts: Texts, error: &FilterError) -> anyhow::Error {
    match error {
        FilterError::Unreadable { file: path, source } => file(texts, "error-read", std::path::Path::new(path), source),
        FilterError::Bad { filter, detail } => CommandError::usage(
            texts,
            "error-bad-filter",
            &[("filter", Value::text(filter)), ("detail", Value::text(detail))],
        ),
    }
}

pub fn device(texts: Texts, error: &DeviceError) -> anyhow::Error {
    let available = match error {
        DeviceError::NoneHas { available, .. } => available.join(", "),
        DeviceError::NoList { .. } => String::new(),
    };
    CommandError::environment(
        texts,
        "error-no-device",
        &[("detail", Value::text(error)), ("available", Value::text(available))],
    )
}

/// A socket could not be bound.
pub fn bind(texts: Texts, address: std::net::SocketAddr, error: &std::io::Error) -> anyhow::Error {
    let key = match error.kind() {
        std::io::ErrorKind::AddrInUse => "error-address-in-use",
        std::io::ErrorKind::AddrNotAvailable => "error-address-not-here",
        std::io::ErrorKind::PermissionDenied => "error-port-privileged",
        _ => "error-bind",
    };
    CommandError::environment(texts, key, &[("address", Value::text(address)), ("detail", Value::text(error))])
}

/// A host or an address was not understood.
pub fn host(texts: Texts, error: &HostError) -> anyhow::Error {
    match error {
        HostError::Unknown { host, source } => CommandError::environment(
            texts,
            "error-unknown-host",
            &[("host", Value::text(host)), ("detail", Value::text(system(texts, source)))],
        ),
        HostError::BadPort { port } => CommandError::usage(texts, "error-bad-port", &[("port", Value::text(port))]),
        HostError::NoHost { text } | HostError::BadBrackets { text } => {
            CommandError::usage(texts, "error-bad-address", &[("text", Value::text(text))])
        }
    }
}

/// A message or reply template is invalid.
pub fn template(texts: Texts, option: &str, text: &str, error: &TemplateError) -> anyhow::Error {
    let key = match error {
        TemplateError::NoNumber => "error-template-number",
        TemplateError::TooLong => "error-template-long",
        TemplateError::Ambiguous => "error-template-ambiguous",
    };
    CommandError::usage(
        texts,
        key,
        &[
            ("option", Value::text(option)),
            ("text", Value::text(text)),
            ("most", Value::count(MAX_TEMPLATE_LEN as u64)),
        ],
    )
}

/// An input file could not be opened.
pub fn input(texts: Texts, error: &InputError) -> anyhow::Error {
    let with_file =
        |key, path: &std::path::Path| CommandError::environment(texts, key, &[("file", Value::text(path.display()))]);
    match error {
        InputError::NotFound { path } => with_file("error-not-found", path),
        InputError::IsFolder { path } | InputError::NotAFile { path } => with_file("error-not-a-file", path),
        InputError::EmptyFolder { folder } => with_file("error-no-input", folder),
        InputError::TooManyFiles { folder, max } => CommandError::environment(
            texts,
            "error-too-many-files",
            &[("file", Value::text(folder.display())), ("max", Value::count(*max as u64))],
        ),
        InputError::TooLong { max } => {
            CommandError::environment(texts, "error-input-too-long", &[("max", Value::count(max >> 30))])
        }
        InputError::Damaged { path, source } | InputError::Io { path, source } => {
            file(texts, "error-read", path, source)
        }
    }
}

/// A capture could not be read.
pub fn read_capture(texts: Texts, error: &ReadError) -> anyhow::Error {
    match error {
        ReadError::Io { file, source } => CommandError::environment(
            texts,
            "error-read",
            &[("file", Value::text(file)), ("detail", Value::text(source))],
        ),
        ReadError::Empty { file } => {
            CommandError::environment(texts, "error-empty-file", &[("file", Value::text(file))])
        }
        ReadError::Compressed { file } => {
            CommandError::environment(texts, "error-compressed", &[("file", Value::text(file))])
        }
        ReadError::NotACapture { file, flaw } => {
            let (found, wanted) = flaw.bytes().unwrap_or_default();
            let values = [
                ("file", Value::text(file)),
                ("flaw", Value::text(flaw.code())),
                ("found", Value::count(found)),
                ("wanted", Value::count(wanted)),
                ("detail", Value::text(flaw)),
            ];
            CommandError::environment(texts, "error-not-a-capture", &values)
        }
        ReadError::UnsupportedLinkType { file, name, number } => CommandError::environment(
            texts,
            "error-link-type",
            &[("file", Value::text(file)), ("name", Value::text(name)), ("number", Value::text(number))],
        ),
    }
}

/// The files of a transfer give no result.
pub fn transfer_verdict(texts: Texts, error: TransferVerdictError) -> anyhow::Error {
    match error {
        TransferVerdictError::NoFileInfo => CommandError::failed(texts, "error-no-file-told", &[]),
        TransferVerdictError::NothingShared => CommandError::failed(texts, "error-other-transfer", &[]),
    }
}

/// A capture was not taken at the end that it is given for.
pub fn not_one_end(texts: Texts, file: &str, why: NotOneEnd) -> anyhow::Error {
    let key = match why {
        NotOneEnd::Between => "error-capture-between",
        NotOneEnd::BothWires => "error-capture-of-both-wires",
        NotOneEnd::OtherEnd => "error-capture-of-other-end",
    };
    CommandError::usage(texts, key, &[("file", Value::text(file))])
}

pub fn exchange_verdict(texts: Texts, error: &ExchangeVerdictError) -> anyhow::Error {
    match error {
        ExchangeVerdictError::NothingFound => CommandError::failed(texts, "error-nothing-found", &[]),
        ExchangeVerdictError::NothingAtServer { sent, unseen } => {
            let duration = |ns: i64| Value::text(NumberFormat::new(texts).duration(ns));
            let (why, amount) = match unseen {
                None => ("none", Value::text("")),
                Some(UnseenReason::Filter) => ("filter", Value::text("")),
                Some(UnseenReason::Snaplen) => ("snaplen", Value::text("")),
                Some(UnseenReason::Unread { count }) => ("unread", Value::text(count)),
                Some(UnseenReason::Earlier { apart_ns }) => ("earlier", duration(*apart_ns)),
                Some(UnseenReason::Later { apart_ns }) => ("later", duration(*apart_ns)),
            };
            let values = [("count", Value::count(*sent)), ("why", Value::text(why)), ("amount", amount)];
            CommandError::failed(texts, "error-nothing-at-server", &values)
        }
        ExchangeVerdictError::NothingAtClient => CommandError::failed(texts, "error-nothing-at-client", &[]),
        ExchangeVerdictError::SameCapture => CommandError::failed(texts, "error-same-capture", &[]),
        ExchangeVerdictError::NotOneEnd { file, why } => not_one_end(texts, file, *why),
        ExchangeVerdictError::FlowRefuted { asked, fact } => {
            let fact = labels::refutation(&fact.map(labels::name).unwrap_or_default(), texts);
            let values = [("asked", Value::text(asked)), ("fact", Value::text(fact))];
            CommandError::usage(texts, "error-flow-refuted", &values)
        }
        ExchangeVerdictError::NoSuchFlow { asked, found } => CommandError::usage(
            texts,
            "error-no-such-flow",
            &[("asked", Value::text(asked)), ("found", Value::text(found))],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn system_errors_are_in_the_users_language() {
        for language in Language::ALL {
            let unknown = HostError::Unknown { host: "casa".to_owned(), source: std::io::ErrorKind::NotFound.into() };
            let text = host(Texts::new(language), &unknown).to_string();
            assert!(text.contains("casa") && !text.contains("entity"), "{text}");
        }
    }
}
