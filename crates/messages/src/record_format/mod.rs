//! Flat port files (平台记录格式): records with delimited or fixed-width fields, as terminals and agents have exchanged them for decades.
//!
//! What a file looks like is not written in code but in a description (TOML): how records are told apart, where each field stands, its type,
//! what it means, whether it must be there, and what its codes stand for. Two descriptions are shipped; an operator adds others as files.
//! [`Formats::read`] reads a file by the description whose beginning it has, reports every fault at its record, byte and field, and gives
//! the same content as an EDIFACT message would.
//!
//! Deliberately not known here: partners, calls, what is acted upon. A description says what its port agreed; nobody published these formats.

mod catalogue;
mod description;
mod gather;
mod read;

use std::path::Path;

pub use catalogue::CODES;
pub use description::{DESCRIPTION_BYTES_MAX, DescriptionFault, FIELDS_MAX, RECORD_KINDS_MAX, RecordFormat};
pub use gather::FlatFile;
pub use read::{FLAT_RECORDS_MAX, RECORD_BYTES_MAX};

/// Most descriptions at once.
pub const FORMATS_MAX: usize = 64;

/// Descriptions shipped with the product.
const SHIPPED: [&str; 3] = [
    include_str!("../../formats/ifcsum-manifest.toml"),
    include_str!("../../formats/bayplan-positions.toml"),
    include_str!("../../formats/ncl-container-list.toml"),
];

/// The descriptions in use; those of the operator come before those shipped.
#[derive(Clone, Debug, Default)]
pub struct Formats {
    all: Vec<RecordFormat>,
}

impl Formats {
    /// Those shipped with the product.
    pub fn shipped() -> Self {
        // A shipped description that is not valid is left out here and fails the test that reads them all.
        Self { all: SHIPPED.iter().filter_map(|text| RecordFormat::parse(text).ok()).collect() }
    }

    /// Those of a folder (`*.toml`), then those shipped. One of the folder replaces a shipped one with the same id.
    ///
    /// # Errors
    /// All faults of all files, each with the name of its file.
    pub fn with_folder(folder: &Path) -> Result<Self, Vec<DescriptionFault>> {
        let unreadable =
            |fault: std::io::Error| vec![DescriptionFault::of_file(&folder.display().to_string(), format!("cannot be read: {fault}"))];
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                files.push(path);
            }
        }
        files.sort();
        let mut faults = Vec::new();
        let mut own: Vec<RecordFormat> = Vec::new();
        for path in files {
            let name = path.display().to_string();
            match std::fs::read_to_string(&path) {
                Err(fault) => faults.push(DescriptionFault::of_file(&name, format!("cannot be read: {fault}"))),
                Ok(text) => match RecordFormat::parse(&text) {
                    Err(found) => faults.extend(found.into_iter().map(|fault| fault.in_file(&name))),
                    Ok(format) if own.iter().any(|known| known.id() == format.id()) => {
                        faults.push(DescriptionFault::of_file(&name, format!("the id {} is that of another file", format.id())));
                    }
                    Ok(format) => own.push(format),
                },
            }
        }
        let shipped = Self::shipped().all.into_iter().filter(|shipped| own.iter().all(|own| own.id() != shipped.id())).collect::<Vec<_>>();
        own.extend(shipped);
        if own.len() > FORMATS_MAX {
            faults.push(DescriptionFault::of_file(
                &folder.display().to_string(),
                format!("{} descriptions; at most {FORMATS_MAX}", own.len()),
            ));
        }
        if faults.is_empty() { Ok(Self { all: own }) } else { Err(faults) }
    }

    /// All of them, in the order in which they are tried.
    pub fn all(&self) -> &[RecordFormat] {
        &self.all
    }

    /// The description whose beginning a file has. A byte order mark and blank lines before it are passed over.
    pub fn recognise(&self, bytes: &[u8]) -> Option<&RecordFormat> {
        let start = read::start(bytes);
        self.all.iter().find(|format| format.begins(&bytes[start..]))
    }

    /// The description that was agreed with a partner, or else the one whose beginning a file has. EDIFACT stays EDIFACT whatever was agreed.
    pub fn agreed(&self, id: Option<&str>, bytes: &[u8]) -> Option<&RecordFormat> {
        let edifact = bytes[read::start(bytes)..].starts_with(b"UN");
        let agreed = self.all.iter().find(|format| !edifact && id == Some(format.id()));
        agreed.or_else(|| self.recognise(bytes))
    }

    /// Reads a file by the description whose beginning it has; `None` when it has none.
    pub fn read(&self, bytes: &[u8], utc_offset_minutes: i32) -> Option<FlatFile> {
        self.recognise(bytes).map(|format| format.read(bytes, utc_offset_minutes))
    }
}

impl RecordFormat {
    /// Reads a file by this description: everything that can be read, and every fault. Never fails.
    pub fn read(&self, bytes: &[u8], utc_offset_minutes: i32) -> FlatFile {
        gather::gather(self, bytes, utc_offset_minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_description_is_valid_and_says_that_it_is_not_verified() {
        for text in SHIPPED {
            let format = RecordFormat::parse(text).unwrap_or_else(|faults| panic!("{faults:#?}"));
            assert!(!format.verified() && !format.source().0.is_empty(), "{}", format.id());
        }
        assert_eq!(Formats::shipped().all().len(), SHIPPED.len());
    }
}
