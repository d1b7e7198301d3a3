//! Localized texts from `locales/`: Fluent files compiled into the binary, one folder per language.
//!
//! The code uses keys only. Tests compare the languages with each other, and the keys with the code.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

use crate::core::escape;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "pt-BR",
        // Terminals show the isolation marks that Fluent puts around values as rubbish.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Portuguese,
    English,
    Spanish,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::Portuguese, Self::English, Self::Spanish];

    /// The language of a tag such as `pt-BR`, `en_US.UTF-8` or `pt`, if supported.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.get(..2)?.to_ascii_lowercase().as_str() {
            "pt" => Some(Self::Portuguese),
            "en" => Some(Self::English),
            "es" => Some(Self::Spanish),
            _ => None,
        }
    }

    /// The user's language: the first supported one that the locale names; English where it names others only, and Portuguese where
    /// it names none.
    pub fn of_locale() -> Self {
        Self::of_tags(sys_locale::get_locales())
    }

    fn of_tags(tags: impl Iterator<Item = String>) -> Self {
        let is_language =
            |tag: &String| tag.split(['-', '_', '.']).next().is_some_and(|word| matches!(word.len(), 2 | 3));
        let tags: Vec<String> = tags.filter(is_language).collect();
        let known = tags.iter().find_map(|tag| Self::from_tag(tag));
        known.unwrap_or(if tags.is_empty() { Self::default() } else { Self::English })
    }

    /// Its tag, as a locale begins with it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Portuguese => "pt",
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The BCP 47 tag for HTML.
    pub const fn html_tag(self) -> &'static str {
        match self {
            Self::Portuguese => "pt-BR",
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    const fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::Portuguese => langid!("pt-BR"),
            Self::English => langid!("en"),
            Self::Spanish => langid!("es"),
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Texts {
    language: Language,
}

impl Texts {
    pub const fn new(language: Language) -> Self {
        Self { language }
    }

    pub const fn language(self) -> Language {
        self.language
    }

    /// The text behind a key; the key itself where there is none, which a test rules out.
    pub fn get(self, key: &str) -> String {
        LOCALES.try_lookup(&self.language.identifier(), key).unwrap_or_else(|| key.to_owned())
    }

    /// The text behind a key, if there is one.
    pub fn find(self, key: &str) -> Option<String> {
        LOCALES.try_lookup(&self.language.identifier(), key)
    }

    /// The text behind a key with its places filled.
    pub fn with(self, key: &str, values: &[(&'static str, Value)]) -> String {
        let values: HashMap<Cow<'static, str>, FluentValue<'_>> =
            values.iter().map(|(name, value)| (Cow::Borrowed(*name), value.0.clone())).collect();
        LOCALES.try_lookup_with_args(&self.language.identifier(), key, &values).unwrap_or_else(|| key.to_owned())
    }
}

/// A value for a variable of a text: a whole number, for the plural rules, or text.
#[derive(Clone, Debug)]
pub struct Value(FluentValue<'static>);

impl Value {
    /// A count: the text may have a singular and a plural for it.
    pub fn count(number: u64) -> Self {
        /// Fluent's numbers are floating-point: beyond this they are not exact.
        const MAX_EXACT: u64 = 1 << 53;
        Self(if number <= MAX_EXACT { FluentValue::from(number) } else { FluentValue::from(number.to_string()) })
    }

    /// A part of a line. Text of others cannot leave it or control a terminal.
    pub fn text(text: impl Display) -> Self {
        Self(FluentValue::from(escape::line(&text.to_string())))
    }

    /// Lines that we wrote.
    pub fn lines(text: impl Into<String>) -> Self {
        Self(FluentValue::from(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locale_tags_are_understood() {
        assert_eq!(Language::from_tag("pt_BR.UTF-8"), Some(Language::Portuguese));
        assert_eq!(Language::from_tag("EN-us"), Some(Language::English));
        assert_eq!(Language::from_tag("es-MX"), Some(Language::Spanish));
        assert_eq!(Language::from_tag("C"), None);
        assert_eq!(Language::from_tag("é"), None);
    }

    #[test]
    fn a_value_is_exact_and_stays_on_its_line() {
        let shown = |value| {
            Texts::new(Language::English).with("mail-unreachable", &[("server", value), ("detail", Value::text(""))])
        };
        assert!(shown(Value::count((1 << 53) + 1)).contains(" 9007199254740993 "));
        assert!(shown(Value::count(u64::MAX)).contains(" 18446744073709551615 "));
        assert!(shown(Value::text("a\nb\u{202e}")).contains(" a b? "));
    }

    #[test]
    fn a_key_without_a_text_shows_itself() {
        assert_eq!(Texts::default().get("no-such-key"), "no-such-key");
    }
}
