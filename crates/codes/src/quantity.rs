//! Quantities with five decimals (N19,5), exact.

use crate::inline;
use crate::{CodeError, CodeKind};
use std::fmt;
use std::str::FromStr;

/// Reads a plain decimal with at most `decimals` decimals into units of the last place, up to `max`.
/// No sign, no exponent, no grouping: a form that could be read in two ways is refused.
pub(crate) fn parse_fixed(kind: CodeKind, text: &str, decimals: usize, max: u64) -> Result<u64, CodeError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CodeError::Empty { kind });
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if whole.is_empty() || fraction.is_empty() {
        let position = if whole.is_empty() { 1 } else { text.len() };
        return Err(CodeError::Character { kind, position, found: '.', allowed: "digits on both sides of the point" });
    }
    inline::characters(kind, whole, 0..whole.chars().count(), inline::DIGIT)?;
    if let Some((index, found)) = fraction.chars().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
        let position = whole.len() + index + 2;
        return Err(CodeError::Character { kind, position, found, allowed: "0-9" });
    }
    // Zeros beyond the last place change nothing; other digits would be lost, so they are refused.
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals {
        return Err(CodeError::Range { kind, part: "decimals", allowed: "the decimals of the field" });
    }
    let too_large = CodeError::Range { kind, part: "value", allowed: "the size of the field" };
    let padded = format!("{whole}{fraction:0<decimals$}");
    match padded.parse::<u64>() {
        Ok(units) if units <= max => Ok(units),
        _ => Err(too_large),
    }
}

/// Writes units of the last place as a plain decimal without trailing zeros.
pub(crate) fn write_fixed(f: &mut fmt::Formatter<'_>, units: u64, decimals: usize) -> fmt::Result {
    let scale = 10u64.pow(u32::try_from(decimals).unwrap_or(0));
    let (whole, fraction) = (units / scale, units % scale);
    if fraction == 0 {
        return f.pad(&whole.to_string());
    }
    let digits = format!("{fraction:0decimals$}");
    f.pad(&format!("{whole}.{}", digits.trim_end_matches('0')))
}

const DECIMALS: usize = 5;
const SCALE: u64 = 100_000;
/// N19,5: nineteen digits, five of them decimals.
const UNITS_MAX: u64 = 9_999_999_999_999_999_999;

macro_rules! fixed_point {
    ($(#[$meta:meta])* $name:ident, $kind:expr) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(u64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);
            /// The largest value the field holds: 99,999,999,999,999.99999.
            pub const MAX: Self = Self(UNITS_MAX);

            /// From hundred-thousandths; `None` above [`Self::MAX`].
            #[must_use]
            pub const fn from_units(units: u64) -> Option<Self> {
                if units <= UNITS_MAX { Some(Self(units)) } else { None }
            }

            /// Hundred-thousandths.
            #[must_use]
            pub const fn units(self) -> u64 {
                self.0
            }

            /// Whether it is nothing.
            #[must_use]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// Sum; `None` when the field cannot hold it.
            #[must_use]
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).and_then(Self::from_units)
            }

            /// Difference; `None` when it would be below zero.
            #[must_use]
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }

            /// Sum of many; `None` when the field cannot hold it.
            #[must_use]
            pub fn sum(values: impl IntoIterator<Item = Self>) -> Option<Self> {
                values.into_iter().try_fold(Self::ZERO, Self::checked_add)
            }
        }

        impl FromStr for $name {
            type Err = CodeError;

            fn from_str(text: &str) -> Result<Self, CodeError> {
                parse_fixed($kind, text, DECIMALS, UNITS_MAX).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_fixed(f, self.0, DECIMALS)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl TryFrom<String> for $name {
            type Error = CodeError;

            fn try_from(text: String) -> Result<Self, CodeError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                inline::deserialize_with(deserializer, $kind.en(), Self::from_str)
            }
        }
    };
}

fixed_point!(
    /// Quantity (数量) with at most five decimals, never below zero; the unit stands beside it. N19,5 in the
    /// declaration. A string in serde (`"12.5"`), so that no reader passes it through a floating-point number.
    Quantity, CodeKind::Quantity);

fixed_point!(
    /// Mass (重量) in kilograms with at most five decimals, never below zero. A string in serde.
    Mass, CodeKind::Mass);

impl Quantity {
    /// A whole number; `None` when the field cannot hold it.
    #[must_use]
    pub fn whole(number: u64) -> Option<Self> {
        number.checked_mul(SCALE).and_then(Self::from_units)
    }
}

impl Mass {
    /// Whole kilograms; `None` when the field cannot hold it.
    #[must_use]
    pub fn from_kg(kg: u64) -> Option<Self> {
        kg.checked_mul(SCALE).and_then(Self::from_units)
    }

    /// Grams; `None` when the field cannot hold it.
    #[must_use]
    pub fn from_grams(grams: u64) -> Option<Self> {
        grams.checked_mul(SCALE / 1_000).and_then(Self::from_units)
    }

    /// Grams; parts of a gram are dropped.
    #[must_use]
    pub const fn grams(self) -> u64 {
        self.0 / (SCALE / 1_000)
    }

    /// The weight as a declaration writes it: below 1 kg is written 1 (filling rules, Announcement 60 of 2018).
    /// Zero stays zero, so that a missing weight is not hidden.
    #[must_use]
    pub const fn declared(self) -> Self {
        if self.0 > 0 && self.0 < SCALE { Self(SCALE) } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!("0.1".parse::<Quantity>().unwrap().units(), 10_000);
        assert_eq!("12.50000".parse::<Quantity>().unwrap().to_string(), "12.5");
        assert_eq!("007".parse::<Quantity>().unwrap().to_string(), "7");
        assert_eq!("1.000000000".parse::<Quantity>().unwrap(), Quantity::whole(1).unwrap());
        let third: Quantity = "0.33333".parse().unwrap();
        assert_eq!(Quantity::sum([third, third, third]).unwrap().to_string(), "0.99999");
    }

    #[test]
    fn ambiguous_or_lossy_forms_are_refused() {
        for text in ["", "-1", "+1", "1e3", "1,5", "1 000", ".5", "5.", "1.2.3", "1.000001", "NaN", "一"] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
        assert_eq!("1.2x".parse::<Quantity>().unwrap_err().to_string(), "quantity: character 4 is 'x', allowed here: 0-9");
    }

    #[test]
    fn the_field_holds_nineteen_digits() {
        assert_eq!("99999999999999.99999".parse::<Quantity>().unwrap(), Quantity::MAX);
        assert!("100000000000000".parse::<Quantity>().is_err());
        assert!(Quantity::MAX.checked_add("0.00001".parse().unwrap()).is_none());
        assert!(Quantity::ZERO.checked_sub("0.00001".parse().unwrap()).is_none());
    }

    #[test]
    fn weights() {
        assert_eq!(Mass::from_grams(1).unwrap().to_string(), "0.001");
        assert_eq!("0.4".parse::<Mass>().unwrap().declared(), Mass::from_kg(1).unwrap());
        assert_eq!(Mass::ZERO.declared(), Mass::ZERO);
        assert_eq!("1.5".parse::<Mass>().unwrap().grams(), 1_500);
        assert_eq!(serde_json::to_string(&Mass::from_kg(25_000).unwrap()).unwrap(), "\"25000\"");
        assert!(serde_json::from_str::<Mass>("25000.5").is_err(), "a JSON number may have gone through a float");
    }
}
