//! A line of an air cargo message and the parts that recur in it: waybill numbers, airports, quantities, flights, dates.

use codes::{AirWaybillNumber, Mass};

/// A line with its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'b> {
    number: u64,
    offset: usize,
    bytes: &'b [u8],
}

impl<'b> Line<'b> {
    pub(super) fn new(number: u64, offset: usize, bytes: &'b [u8]) -> Self {
        Self { number, offset, bytes }
    }

    /// Its number in the file, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Byte offset of its beginning.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Its bytes without the line's end.
    pub(crate) fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.iter().all(|byte| byte.is_ascii_whitespace())
    }

    /// Its text; lines with other characters than those of the format are faults and never come here.
    pub(crate) fn text(&self) -> &'b str {
        std::str::from_utf8(self.bytes).unwrap_or("").trim_end()
    }

    /// The three letters with which it begins, when a slant or nothing follows them.
    pub(crate) fn tag(&self) -> &'b str {
        let text = self.text();
        match text.get(..3) {
            Some(tag) if letters(tag) && matches!(text.as_bytes().get(3), None | Some(b'/')) => tag,
            Some(_) | None => "",
        }
    }

    /// What follows the tag and its slant, part by part.
    pub(super) fn parts(&self) -> Vec<&'b str> {
        let text = self.text();
        let rest = if self.tag().is_empty() { text } else { text.get(3..).unwrap_or("") };
        rest.strip_prefix('/').map_or_else(Vec::new, |rest| rest.split('/').collect())
    }
}

pub(super) fn letters(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Three capital letters.
pub(super) fn airport(text: &str) -> Option<&str> {
    (text.len() == 3 && letters(text)).then_some(text)
}

/// Pieces and weight: `T10K250.5`, with the total after a part: `P5K100T10`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quantity {
    /// Shipment description code: T total, P part, S split, D, M.
    pub code: char,
    pub pieces: u32,
    pub mass: Option<Mass>,
    /// Pieces of the whole consignment.
    pub total: Option<u32>,
}

/// A run of digits at the beginning, at most `max` of them.
fn digits(text: &str, max: usize) -> (&str, &str) {
    let end = text.bytes().take(max).take_while(u8::is_ascii_digit).count();
    text.split_at(end)
}

/// A decimal at the beginning.
fn decimal(text: &str) -> (&str, &str) {
    let (whole, rest) = digits(text, 7);
    match rest.strip_prefix('.') {
        Some(fraction) if fraction.starts_with(|c: char| c.is_ascii_digit()) => {
            let (fraction, rest) = digits(fraction, 5);
            (&text[..whole.len() + 1 + fraction.len()], rest)
        }
        Some(_) | None => (whole, rest),
    }
}

/// Kilograms of a weight: `K` kilograms, `L` pounds.
pub(super) fn mass(code: char, number: &str) -> Option<Mass> {
    // 0.45359237 kg to the pound, exactly (international yard and pound agreement, 1959).
    const POUND: u128 = 45_359_237;
    let mass: Mass = number.parse().ok()?;
    match code {
        'K' => Some(mass),
        'L' => u64::try_from(u128::from(mass.units()) * POUND / 100_000_000).ok().and_then(Mass::from_units),
        _ => None,
    }
}

/// Pieces, weight, volume and density as they stand in one part; `None` when it is none.
pub(super) fn quantity(text: &str) -> Option<Quantity> {
    let code = text.chars().next().filter(|code| matches!(code, 'T' | 'P' | 'S' | 'D' | 'M'))?;
    let (pieces, mut rest) = digits(&text[1..], 4);
    let pieces = pieces.parse().ok()?;
    let mut found = Quantity { code, pieces, mass: None, total: None };
    while let Some(next) = rest.chars().next() {
        match next {
            'K' | 'L' if found.mass.is_none() => {
                let (number, after) = decimal(&rest[1..]);
                found.mass = Some(mass(next, number)?);
                rest = after;
            }
            'T' if found.total.is_none() => {
                let (number, after) = digits(&rest[1..], 4);
                found.total = Some(number.parse().ok()?);
                rest = after;
            }
            // Volume (MC, CF …) and density group (DG).
            'A'..='Z' if rest.len() > 2 && rest.as_bytes()[1].is_ascii_uppercase() => {
                let (number, after) = decimal(&rest[2..]);
                if number.is_empty() {
                    return None;
                }
                rest = after;
            }
            _ => return None,
        }
    }
    Some(found)
}

/// `999-12345675PEKNGB`: number, origin, destination. The number is checked by whoever reads the line.
pub(super) fn consignment(text: &str) -> Option<(&str, &str, &str)> {
    let (number, route) = text.split_at_checked(12)?;
    let shaped = number.bytes().enumerate().all(|(n, byte)| if n == 3 { byte == b'-' } else { byte.is_ascii_digit() });
    if !shaped {
        return None;
    }
    match route.len() {
        0 => Some((number, "", "")),
        3 => Some((number, "", airport(route)?)),
        6 => Some((number, airport(&route[..3])?, airport(&route[3..])?)),
        _ => None,
    }
}

/// A number whose check digit is right; otherwise the fault in Chinese and English.
pub(super) fn awb(number: &str) -> Result<String, (String, String)> {
    number.parse::<AirWaybillNumber>().map(|number| number.to_string()).map_err(|fault| (fault.zh(), fault.to_string()))
}

/// `CA1234`, `CA123A`: carrier of two letters or digits, number of three or four digits, a letter at most.
pub(super) fn flight(text: &str) -> Option<&str> {
    let (carrier, rest) = text.split_at_checked(2)?;
    let (number, after) = digits(rest, 4);
    let carrier =
        carrier.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()) && carrier.bytes().any(|b| b.is_ascii_uppercase());
    (carrier && number.len() >= 3 && (after.is_empty() || after.len() == 1 && letters(after))).then_some(text)
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// Two numbers that belong together: day and month, or hour and minute.
type Pair = (u32, u32);

/// `27NOV` or `27NOV1430`, and what stands behind it: day, month, and hour and minute where they are told.
pub(super) fn date(text: &str) -> Option<(Pair, Option<Pair>)> {
    let (day, rest) = text.split_at_checked(2)?;
    let (month, rest) = rest.split_at_checked(3)?;
    let day: u32 = day.bytes().all(|b| b.is_ascii_digit()).then(|| day.parse().ok())?.filter(|day| (1..=31).contains(day))?;
    let month = u32::try_from(MONTHS.iter().position(|known| *known == month)?).ok()? + 1;
    // A day change indicator (-N) may follow.
    let time = rest.split('-').next().unwrap_or("");
    if time.is_empty() {
        return Some(((day, month), None));
    }
    let told = time.len() == 4 && time.bytes().all(|b| b.is_ascii_digit());
    let (hour, minute) = told.then(|| Some((time[..2].parse::<u32>().ok()?, time[2..].parse::<u32>().ok()?)))??;
    (hour < 24 && minute < 60).then_some(((day, month), Some((hour, minute))))
}

/// `AKE12345CA`: type of three letters or digits, serial of four or five, owner of two.
pub(super) fn uld(text: &str) -> Option<&str> {
    let name = text.split(['/', '-']).next()?;
    let fits = (9..=10).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && name.starts_with(|c: char| c.is_ascii_uppercase());
    fits.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        let kg = |text: &str| text.parse::<Mass>().ok();
        let read = |text: &str| quantity(text).map(|q| (q.code, q.pieces, q.mass, q.total));
        assert_eq!(read("T10K250.5"), Some(('T', 10, kg("250.5"), None)));
        assert_eq!(read("P5K100MC1.2T10"), Some(('P', 5, kg("100"), Some(10))));
        assert_eq!(read("S3L100DG9T4"), Some(('S', 3, kg("45.35923"), Some(4))));
        assert_eq!(read("T10"), Some(('T', 10, None, None)));
        for bad in ["", "X10K1", "T", "TK10", "T10K", "T10KX", "T10K1Z", "T10K1MC", "T10K1T", "T10K1K2"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn parts_of_a_line() {
        assert_eq!(consignment("999-12345675PEKNGB"), Some(("999-12345675", "PEK", "NGB")));
        assert_eq!(consignment("999-12345675"), Some(("999-12345675", "", "")));
        assert_eq!(consignment("999-1234567"), None);
        assert_eq!(consignment("999-12345675PEKNG"), None);
        assert_eq!((flight("CA1234"), flight("3U881A"), flight("CA12"), flight("12345")), (Some("CA1234"), Some("3U881A"), None, None));
        assert_eq!(date("27NOV"), Some(((27, 11), None)));
        assert_eq!(date("01JAN0005-N"), Some(((1, 1), Some((0, 5)))));
        for bad in ["", "00NOV", "32NOV", "27NVO", "27NOV24", "27NOV2400", "27NOV12AB"] {
            assert_eq!(date(bad), None, "{bad}");
        }
        assert_eq!((uld("AKE12345CA"), uld("PMC1234CA-L"), uld("AKE12"), uld("")), (Some("AKE12345CA"), Some("PMC1234CA"), None, None));
    }
}
