//! Bill of lading and waybill number.

use crate::inline::{self, Allowed, Inline, text_code};
use crate::{CodeError, CodeKind};

const KIND: CodeKind = CodeKind::BillNumber;

text_code!(
    /// Bill number (提运单号): 1 to 32 printable ASCII characters without blanks and quotes.
    ///
    /// By sea a house bill is written `master*house`, by air `master_house` (filling rules, Announcement 60 of
    /// 2018). Letters are raised, since parties write the same bill in either case. A number may not be used
    /// again within two years; that is the manifest's business.
    BillNumber, KIND, 32, check_bill);

fn check_bill(text: &str) -> Result<Inline<32>, CodeError> {
    let text = inline::normalised(KIND, text)?;
    let found = text.chars().count();
    if found > 32 {
        return Err(CodeError::Length { kind: KIND, expected: "1 to 32", found });
    }
    let allowed =
        Allowed { words: "printable ASCII without blank and quotes", test: |c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '`') };
    inline::characters(KIND, &text, 0..found, allowed)?;
    inline::stored(KIND, &text)
}

impl BillNumber {
    /// The master bill (总单) and, when there is one, the house bill (分单) of a sea bill.
    #[must_use]
    pub fn master_and_house(&self) -> (&str, Option<&str>) {
        match self.as_str().split_once('*') {
            Some((master, house)) => (master, Some(house)),
            None => (self.as_str(), None),
        }
    }

    /// `master*house`.
    ///
    /// # Errors
    /// Together they are longer than 32 characters, or one of them is not a bill number.
    pub fn with_house(&self, house: &str) -> Result<Self, CodeError> {
        format!("{self}*{}", house.trim()).parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_and_alphabet() {
        assert!("A".repeat(32).parse::<BillNumber>().is_ok());
        assert_eq!("A".repeat(33).parse::<BillNumber>().unwrap_err().code(), "code.length");
        assert_eq!("AB C".parse::<BillNumber>().unwrap_err().code(), "code.character");
        assert_eq!("AB\"C".parse::<BillNumber>().unwrap_err().code(), "code.character");
        assert_eq!("提单1".parse::<BillNumber>().unwrap_err().code(), "code.character");
    }

    #[test]
    fn house_bills() {
        let master: BillNumber = "zzza123".parse().unwrap();
        let house = master.with_house("H01").unwrap();
        assert_eq!(house, "ZZZA123*H01");
        assert_eq!(house.master_and_house(), ("ZZZA123", Some("H01")));
        assert_eq!(master.master_and_house(), ("ZZZA123", None));
    }
}
