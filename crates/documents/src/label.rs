//! Fixed words on a document, in Chinese and English.

/// The main language of a document. The other one follows each label in small letters, because a document crosses
/// desks where only one of the two is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// RFC 3066 tag for the file's metadata.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// A fixed word or sentence in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub zh: &'static str,
    pub en: &'static str,
}

impl Label {
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }

    /// The text in the document's main language.
    pub const fn main(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }

    /// The text in the other language.
    pub const fn small(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.en,
            Lang::En => self.zh,
        }
    }

    /// Both on one line, main language first.
    pub fn both(self, lang: Lang) -> String {
        format!("{} {}", self.main(lang), self.small(lang))
    }
}
