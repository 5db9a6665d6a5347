//! Seal of a container.

use crate::inline::{self, Allowed, Inline};
use crate::{CodeError, CodeKind};
use std::fmt;
use std::str::FromStr;

const KIND: CodeKind = CodeKind::Seal;
const NUMBER_LENGTH_MAX: usize = 20;

/// How a seal is made (封志类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SealKind {
    /// Mechanical (机械封志), `M`.
    Mechanical,
    /// Electronic, including smart locks (电子封志、智能关锁), `E`.
    Electronic,
    /// Special (特殊封志), `T`.
    Special,
}

impl SealKind {
    /// The letter on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mechanical => "M",
            Self::Electronic => "E",
            Self::Special => "T",
        }
    }
}

/// Who affixed a seal (封志施加方). The names are in [`TableId::SealParty`](crate::TableId::SealParty).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SealParty {
    /// Consolidator (拼箱人), `AA`.
    Consolidator,
    /// Unknown (未知), `AB`.
    Unknown,
    /// Quarantine authority (检验检疫机构), `AC`.
    Quarantine,
    /// Carrier (承运人), `CA`.
    Carrier,
    /// Customs (海关), `CU`. Nobody may open a customs seal without leave (Customs Law Art. 37).
    Customs,
    /// Shipper (发货人), `SH`.
    Shipper,
    /// Terminal operator (码头经营人), `TO`.
    Terminal,
}

impl SealParty {
    /// All parties, in the order of their codes.
    pub const ALL: [Self; 7] =
        [Self::Consolidator, Self::Unknown, Self::Quarantine, Self::Carrier, Self::Customs, Self::Shipper, Self::Terminal];

    /// The code on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consolidator => "AA",
            Self::Unknown => "AB",
            Self::Quarantine => "AC",
            Self::Carrier => "CA",
            Self::Customs => "CU",
            Self::Shipper => "SH",
            Self::Terminal => "TO",
        }
    }
}

impl FromStr for SealParty {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let wanted = text.trim();
        Self::ALL
            .into_iter()
            .find(|p| p.as_str().eq_ignore_ascii_case(wanted))
            .ok_or_else(|| CodeError::Unknown { kind: KIND, found: wanted.to_owned() })
    }
}

/// Seal of a container (封志): number and, as far as known, kind and party. Written `number/kind/party`, as the
/// manifest messages do; a number alone is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seal {
    number: Inline<NUMBER_LENGTH_MAX>,
    kind: Option<SealKind>,
    party: Option<SealParty>,
}

impl Seal {
    /// Builds a seal from its parts.
    ///
    /// # Errors
    /// The number is empty, longer than 20 characters, or holds anything but printable ASCII without blank and
    /// slash.
    pub fn new(number: &str, kind: Option<SealKind>, party: Option<SealParty>) -> Result<Self, CodeError> {
        let number = inline::normalised(KIND, number)?;
        let found = number.chars().count();
        if found > NUMBER_LENGTH_MAX {
            return Err(CodeError::Length { kind: KIND, expected: "1 to 20", found });
        }
        let allowed = Allowed { words: "printable ASCII without blank and slash", test: |c| c.is_ascii_graphic() && c != '/' };
        inline::characters(KIND, &number, 0..found, allowed)?;
        Ok(Self { number: inline::stored(KIND, &number)?, kind, party })
    }

    /// The number on the seal.
    #[must_use]
    pub fn number(&self) -> &str {
        self.number.as_str()
    }

    /// How it is made, when known.
    #[must_use]
    pub const fn kind(&self) -> Option<SealKind> {
        self.kind
    }

    /// Who affixed it, when known.
    #[must_use]
    pub const fn party(&self) -> Option<SealParty> {
        self.party
    }
}

impl FromStr for Seal {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let mut parts = text.splitn(3, '/');
        let number = parts.next().unwrap_or_default();
        let kind = match parts.next().map(str::trim).filter(|p| !p.is_empty()) {
            None => None,
            Some("M" | "m") => Some(SealKind::Mechanical),
            Some("E" | "e") => Some(SealKind::Electronic),
            Some("T" | "t") => Some(SealKind::Special),
            Some(other) => return Err(CodeError::Unknown { kind: KIND, found: other.to_owned() }),
        };
        let party = match parts.next().map(str::trim).filter(|p| !p.is_empty()) {
            None => None,
            Some(party) => Some(party.parse()?),
        };
        Self::new(number, kind, party)
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.number())?;
        if self.kind.is_some() || self.party.is_some() {
            write!(f, "/{}", self.kind.map_or("", SealKind::as_str))?;
        }
        match self.party {
            Some(party) => write!(f, "/{}", party.as_str()),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Inline<NUMBER_LENGTH_MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Seal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Seal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        inline::deserialize_with(deserializer, KIND.en(), Self::from_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TableId, table};

    #[test]
    fn seals_read_back_as_written() {
        for text in ["ZZ123456", "ZZ123456/M", "ZZ123456/M/CA", "ZZ123456//CU"] {
            assert_eq!(text.parse::<Seal>().unwrap().to_string(), text);
        }
        let seal: Seal = "zz1/e/cu".parse().unwrap();
        assert_eq!((seal.number(), seal.kind(), seal.party()), ("ZZ1", Some(SealKind::Electronic), Some(SealParty::Customs)));
        for text in ["", "/M", "A B", "A/Q", "A/M/XX", "123456789012345678901"] {
            assert!(text.parse::<Seal>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_party_has_a_name_in_the_table() {
        let names = table(TableId::SealParty);
        assert!(SealParty::ALL.iter().all(|p| names.get(p.as_str()).is_some()));
        assert_eq!(names.iter().count(), SealParty::ALL.len());
    }
}
