//! A short text stored in place, and the macro that gives every checked text type the same traits.

use std::hash::{Hash, Hasher};

/// At most `N` bytes of UTF-8, `Copy`. Only whole strings are ever put in, so reading back cannot fail.
#[derive(Clone, Copy)]
pub(crate) struct Inline<const N: usize> {
    len: u8,
    bytes: [u8; N],
}

impl<const N: usize> Inline<N> {
    /// `None` when the text does not fit.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; N];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { len: u8::try_from(text.len()).ok()?, bytes })
    }

    pub(crate) fn as_str(&self) -> &str {
        // The bytes come from a `&str`, so the fallback is never taken.
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl<const N: usize> PartialEq for Inline<N> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.bytes == other.bytes
    }
}

impl<const N: usize> Eq for Inline<N> {}

impl<const N: usize> Hash for Inline<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Agrees with `str`, so that maps keyed by the type can be asked by text.
        self.as_str().hash(state);
    }
}

impl<const N: usize> PartialOrd for Inline<N> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<const N: usize> Ord for Inline<N> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

/// Reads any string form (borrowed or owned) and hands it to `parse`.
pub(crate) fn deserialize_with<'de, D, T, E>(
    deserializer: D,
    expecting: &'static str,
    parse: fn(&str) -> Result<T, E>,
) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    E: std::fmt::Display,
{
    struct Visitor<T, E> {
        expecting: &'static str,
        parse: fn(&str) -> Result<T, E>,
    }
    impl<T, E: std::fmt::Display> serde::de::Visitor<'_> for Visitor<T, E> {
        type Value = T;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.expecting)
        }

        fn visit_str<F: serde::de::Error>(self, text: &str) -> Result<T, F> {
            (self.parse)(text).map_err(F::custom)
        }
    }
    deserializer.deserialize_str(Visitor { expecting, parse })
}

/// Declares a checked text type. The second argument is the kind, the third the capacity in bytes, the fourth
/// the check, a `fn(&str) -> Result<Inline<N>, CodeError>` that also normalises.
macro_rules! text_code {
    ($(#[$meta:meta])* $name:ident, $kind:expr, $capacity:literal, $check:path) => {
        text_code!(@shape $(#[$meta])* $name, $kind, $capacity);

        impl std::str::FromStr for $name {
            type Err = crate::CodeError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $check(text).map(Self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::inline::deserialize_with(deserializer, $kind.en(), <Self as std::str::FromStr>::from_str)
            }
        }
    };
    // Everything except reading, for types whose stored form is read back with less checking.
    (@shape $(#[$meta:meta])* $name:ident, $kind:expr, $capacity:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(crate::inline::Inline<$capacity>);

        impl $name {
            /// The normalised text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl TryFrom<&str> for $name {
            type Error = crate::CodeError;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl TryFrom<String> for $name {
            type Error = crate::CodeError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
pub(crate) use text_code;

use crate::{CodeError, CodeKind};

/// Which characters a position allows.
#[derive(Clone, Copy)]
pub(crate) struct Allowed {
    pub(crate) words: &'static str,
    pub(crate) test: fn(char) -> bool,
}

pub(crate) const DIGIT: Allowed = Allowed { words: "0-9", test: |c| c.is_ascii_digit() };
pub(crate) const UPPER: Allowed = Allowed { words: "A-Z", test: |c| c.is_ascii_uppercase() };
pub(crate) const ALNUM: Allowed = Allowed { words: "0-9 A-Z", test: |c| c.is_ascii_digit() || c.is_ascii_uppercase() };

/// Trims surrounding blanks and raises ASCII letters; refuses an empty text.
pub(crate) fn normalised(kind: CodeKind, text: &str) -> Result<String, CodeError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CodeError::Empty { kind });
    }
    Ok(text.to_ascii_uppercase())
}

/// Checks the exact number of characters.
pub(crate) fn exact_length(kind: CodeKind, text: &str, length: usize, expected: &'static str) -> Result<(), CodeError> {
    let found = text.chars().count();
    if found == length { Ok(()) } else { Err(CodeError::Length { kind, expected, found }) }
}

/// Checks the characters from position `first` (counted from 0) up to `end`, exclusive.
pub(crate) fn characters(kind: CodeKind, text: &str, span: std::ops::Range<usize>, allowed: Allowed) -> Result<(), CodeError> {
    let start = span.start;
    let found = text.chars().enumerate().skip(start).take(span.len()).find(|(_, c)| !(allowed.test)(*c));
    match found {
        None => Ok(()),
        Some((index, found)) => Err(CodeError::Character { kind, position: index + 1, found, allowed: allowed.words }),
    }
}

/// Stores a checked text. The check bounds the length, so a refusal here means that it was forgotten.
pub(crate) fn stored<const N: usize>(kind: CodeKind, text: &str) -> Result<Inline<N>, CodeError> {
    Inline::new(text).ok_or(CodeError::Length { kind, expected: "fewer", found: text.len() })
}
