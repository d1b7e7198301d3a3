//! How servers of other programs pass a text on: with a name before it, a time after it, or in JSON.

use serde_json::Value;

use super::wire::SAID;
use crate::core::escape;

/// Names that programs give to the field of a JSON object that holds the message.
const TEXT_FIELDS: [&str; 12] = [
    "text",
    "texto",
    "msg",
    "message",
    "mensagem",
    "mensaje",
    "body",
    "content",
    "conteudo",
    "contenido",
    "data",
    "payload",
];

/// Nested objects beyond this depth are not searched.
const MAX_DEPTH: usize = 4;

/// A copy's own words begin within so many words.
const MAX_BEGINS: usize = 64;

/// What a member says in a text: the message of a JSON object, or all of it without white space and NULs around it; as a
/// server passes it on, on one line.
pub fn words(text: &str) -> String {
    let text = trim(text);
    let said = json(text).and_then(|value| message_of(&value, MAX_DEPTH));
    escape::line(said.as_deref().unwrap_or(text))
}

/// The words under which a text may be passed on: all of them, and without the name or the command that some programs send
/// with them.
pub fn forms(text: &str) -> Vec<String> {
    let words = words(text);
    let without = without_speaker(&words).map(str::to_owned);
    [words].into_iter().chain(without).filter(|words| !words.is_empty()).collect()
}

/// The words that a copy may pass on, the longest first, each with what is around it.
pub fn parts(copy: &str) -> Vec<(String, String)> {
    let (said, around) = said_and_around(copy);
    let letters: Vec<(usize, char)> = said.char_indices().collect();
    let is_edge = |at: usize| at == 0 || !(letters[at - 1].1.is_alphanumeric() && letters[at].1.is_alphanumeric());
    let begins: Vec<usize> = (0..letters.len())
        .filter(|at| is_edge(*at) && !letters[*at].1.is_whitespace())
        .map(|at| letters[at].0)
        .collect();
    // After the words there may be a time in brackets.
    let bracket = said.rfind(['(', '[']).filter(|_| said.ends_with([')', ']']));
    let ends = [Some(said.len()), bracket.map(|at| said[..at].trim_end().len())];
    let mut parts = Vec::new();
    for end in ends.into_iter().flatten() {
        for begin in begins.iter().filter(|begin| **begin < end).take(MAX_BEGINS) {
            parts.push((said[*begin..end].to_owned(), format!("{around}{}\0{}", &said[..*begin], &said[end..])));
        }
    }
    parts
}

/// Whether a text may be a command of another program, if no copy of it shows that it was said to the others.
pub fn may_be_command(text: &str) -> bool {
    const COMMANDS: [&str; 16] = [
        "join",
        "entrar",
        "login",
        "nick",
        "register",
        "registrar",
        "connect",
        "conectar",
        "hello",
        "quit",
        "sair",
        "exit",
        "leave",
        "logout",
        "list",
        "ping",
    ];
    let text = trim(text);
    if json(text).is_some_and(|value| message_of(&value, MAX_DEPTH).is_none()) {
        return true;
    }
    let command = text.split([' ', '|', ':']).next().unwrap_or_default();
    text.starts_with('/') || COMMANDS.iter().any(|known| command.eq_ignore_ascii_case(known))
}

/// How a server passes a text on: what is around the words of `text` in `copy`, which says who spoke. `None` if `copy` does
/// not hold these words as its own.
pub fn wrapping(copy: &str, text: &str) -> Option<String> {
    let text = words(text);
    let (said, around) = said_and_around(copy);
    let within = |text: &str| {
        let (before, after) = surroundings(&said, text)?;
        Some(format!("{around}{before}\0{after}"))
    };
    // Some programs send their own name or a command with what they say.
    within(&text).or_else(|| within(without_speaker(&text)?))
}

/// The speaker and the words of a copy, if it names a speaker in a usual way: `NAME disse: text`, `[NAME] text`,
/// `<NAME> text`, `NAME: text`.
pub fn speaker(copy: &str) -> Option<(&str, &str)> {
    let copy = trim(copy);
    let enclosed = |open: char, close: &str| copy.strip_prefix(open)?.split_once(close);
    let (who, said) = copy
        .split_once(SAID)
        .or_else(|| enclosed('[', "] "))
        .or_else(|| enclosed('<', "> "))
        .or_else(|| copy.split_once(": ").filter(|(who, _)| !who.contains(' ')))?;
    (!who.is_empty() && !said.is_empty()).then_some((who, said))
}

/// What a copy says, and the other fields of its JSON object.
fn said_and_around(copy: &str) -> (String, String) {
    let copy = trim(copy);
    let parts = json(copy).and_then(|value| Some((message_of(&value, MAX_DEPTH)?, others(&value))));
    let (said, around) = parts.unwrap_or_else(|| (copy.to_owned(), String::new()));
    (escape::line(&said), around)
}

fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\0')
}

/// What is left of a text without the name or the command that it begins with.
fn without_speaker(text: &str) -> Option<&str> {
    if let Some((_, said)) = speaker(text) {
        return Some(said);
    }
    if let Some((_, said)) = text.rsplit_once('|').filter(|(_, said)| !said.trim().is_empty()) {
        return Some(said.trim());
    }
    let (command, said) = text.split_once(char::is_whitespace)?;
    let is_command = command.starts_with('/') || command.len() > 1 && command.chars().all(char::is_uppercase);
    is_command.then_some(said.trim())
}

fn json(text: &str) -> Option<Value> {
    if text.starts_with('{') { serde_json::from_str(text).ok() } else { None }
}

fn message_of(value: &Value, depth: usize) -> Option<String> {
    let fields = value.as_object().filter(|_| depth > 0)?;
    let message = fields.iter().find_map(|(name, value)| {
        let is_message = TEXT_FIELDS.iter().any(|known| name.eq_ignore_ascii_case(known));
        value.as_str().filter(|_| is_message)
    });
    let nested = || fields.values().find_map(|value| message_of(value, depth - 1));
    message.map(|message| trim(message).to_owned()).or_else(nested).filter(|message| !message.is_empty())
}

/// The texts of an object's other fields.
fn others(value: &Value) -> String {
    let fields = value.as_object().into_iter().flatten();
    let texts = fields.filter(|(name, _)| !TEXT_FIELDS.iter().any(|known| name.eq_ignore_ascii_case(known)));
    texts.filter_map(|(_, value)| value.as_str()).fold(String::new(), |all, text| all + text + "\0")
}

/// What is before and after a text where it is whole: not a part of a word, and with no other words after it.
fn surroundings<'a>(copy: &'a str, text: &str) -> Option<(&'a str, &'a str)> {
    let (first, last) = (text.chars().next()?, text.chars().next_back()?);
    let begin = copy.rfind(text)?;
    let (before, after) = (&copy[..begin], &copy[begin + text.len()..]);
    let is_inside =
        |inner: char, outer: Option<char>| inner.is_alphanumeric() && outer.is_some_and(char::is_alphanumeric);
    let goes_on = after.trim_start().starts_with(char::is_alphanumeric);
    (!goes_on && !is_inside(first, before.chars().next_back()) && !is_inside(last, after.chars().next()))
        .then_some((before, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_in_copies_of_other_programs() {
        for (copy, text) in [
            ("('203.0.113.1', 8002) disse: fala a", "fala a"),
            ("ana: oi gente", "oi gente\n"),
            ("[ana] oi", "oi"),
            ("<ana> oi\0\0", "oi\0"),
            ("[12:03:44] ana> oi", "oi"),
            ("oi", "oi"),
            ("oi (12:03)", "oi"),
            ("[ana] oi", "ana: oi"),
            ("ana: oi a?b", "oi\na\u{202e}b"),
            ("ana: oi\na", "oi\na"),
            ("ana: oi", "MSG oi"),
            ("ana: oi", "MSG|ana|oi"),
            ("ana: ol\u{e1}!", r#"{"nick":"ana","text":"ol\u00e1!"}"#),
            (r#"{"from":"ana","msg":"ol\u00e1"}"#, "ol\u{e1}"),
            (r#"{"type":"chat","data":{"nick":"ana","text":"oi"}}"#, r#"{"text":"oi"}"#),
        ] {
            assert!(wrapping(copy, text).is_some(), "{copy} {text}");
        }
        for (copy, text) in [
            ("ana: oi gente", "oi"),
            ("ana: coisa", "isa"),
            ("ana: oi", "ola"),
            ("ana: oi", ""),
            (r#"{"from":"oi","msg":"ola"}"#, "oi"),
            ("ACK 17", "7"),
        ] {
            assert_eq!(wrapping(copy, text), None, "{copy} {text}");
        }
    }

    #[test]
    fn what_is_around_a_text_tells_who_spoke() {
        assert_eq!(wrapping("ana: ok", "ok"), wrapping("ana: sim", "sim"));
        assert_ne!(wrapping("ana: ok", "ok"), wrapping("bia: ok", "ok"));
        let (ana, bia) = (r#"{"from":"ana","text":"ok"}"#, r#"{"from":"bia","text":"ok"}"#);
        assert_ne!(wrapping(ana, "ok"), wrapping(bia, "ok"));
    }
}
