//! What is agreed with a partner about reading and writing its messages (交换协议): the part of its profile that message syntax needs.
//!
//! Deliberately not known here: who the partner is, what it may send, and how its messages travel. That is [`crate::partners`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A deviation from the standard that is forgiven by agreement (允许的偏差). Whatever is forgiven is reported on each message as information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tolerance {
    /// The number of segments in UNT is wrong (报文段数不符).
    UntCount,
    /// The number of messages or groups in UNZ or UNE is wrong (交换计数不符).
    UnzCount,
    /// UNT, UNE or UNZ repeats another reference than its header (参考号不符).
    TrailerReference,
    /// Two messages of one interchange have the same reference (报文参考号重复).
    RepeatedReference,
    /// Small letters where the character set allows capitals only (小写字母).
    LowerCase,
    /// Text in another character set than UNB declares (字符集不符).
    CharsetMismatch,
    /// Control characters and line breaks inside segments (控制字符).
    ControlCharacters,
    /// Messages without an interchange header (缺少交换头).
    MissingUnb,
    /// Mail headers, padding or report lines around the interchange (交换之外有数据).
    DataAround,
    /// More elements in a service segment than the standard has, and empty segments (服务段数据元过多).
    ServiceSurplus,
    /// A code that the code list does not have: kept as received (未知代码).
    UnknownCode,
    /// Segments at another place, or more or fewer times, than the directory has them (段的位置与出现次数): read as they come.
    SegmentStructure,
    /// The interchange names another sender than this partner: a service provider sends for others (代发).
    ForeignSender,
}

impl Tolerance {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::UntCount,
        Self::UnzCount,
        Self::TrailerReference,
        Self::RepeatedReference,
        Self::LowerCase,
        Self::CharsetMismatch,
        Self::ControlCharacters,
        Self::MissingUnb,
        Self::DataAround,
        Self::ServiceSurplus,
        Self::UnknownCode,
        Self::SegmentStructure,
        Self::ForeignSender,
    ];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UntCount => "unt-count",
            Self::UnzCount => "unz-count",
            Self::TrailerReference => "trailer-reference",
            Self::RepeatedReference => "repeated-reference",
            Self::LowerCase => "lower-case",
            Self::CharsetMismatch => "charset-mismatch",
            Self::ControlCharacters => "control-characters",
            Self::MissingUnb => "missing-unb",
            Self::DataAround => "data-around",
            Self::ServiceSurplus => "service-surplus",
            Self::UnknownCode => "unknown-code",
            Self::SegmentStructure => "segment-structure",
            Self::ForeignSender => "foreign-sender",
        }
    }
}

/// A character set (字符集) agreed with a partner, whatever its envelopes declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CharacterSet {
    /// UNOA: capitals, digits and a few marks.
    Unoa,
    /// UNOB: small letters too.
    Unob,
    /// UNOC: ISO 8859-1.
    Unoc,
    /// UTF-8 (UNOW).
    Utf8,
    /// GB 18030, which no syntax identifier names.
    Gb18030,
}

/// What ends a segment besides its terminator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineEnds {
    /// Nothing, as the standard has it.
    #[default]
    None,
    /// A line feed.
    Lf,
    /// Carriage return and line feed.
    CrLf,
}

/// Whether the service string advice (UNA, 服务串通知) is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceAdvice {
    /// Only where the service characters are not the standard's.
    #[default]
    WhenNeeded,
    /// Always.
    Always,
}

/// How messages to a partner are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Writing {
    /// Character set; UNOB, or UTF-8 where the text needs it, when left out. Text that the agreed set cannot hold goes as UTF-8.
    pub charset: Option<CharacterSet>,
    /// Syntax version, 1 to 4; 3, or 4 for UTF-8, when left out.
    pub syntax_version: Option<u8>,
    /// UNA.
    pub una: ServiceAdvice,
    /// Line ends.
    pub line_ends: LineEnds,
}

/// What is agreed with a partner about the bytes of its messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Character set in which its messages are read, whatever their envelope declares.
    pub charset: Option<CharacterSet>,
    /// What is forgiven.
    pub tolerances: BTreeSet<Tolerance>,
    /// Name of the record format of its flat files; recognised from the file when left out.
    pub record_format: Option<String>,
    /// How we write to it.
    pub writing: Writing,
    /// Interchanges to it carry the test indicator (0035).
    pub test: bool,
}

impl Agreement {
    /// Is this forgiven?
    pub fn tolerates(&self, tolerance: Tolerance) -> bool {
        self.tolerances.contains(&tolerance)
    }
}
