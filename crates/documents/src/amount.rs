//! Amounts of money and measures as they are printed.

/// An amount as printed: integer minor units, so that nothing is rounded here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Minor units (分 for CNY).
    pub minor_units: i64,
    /// Digits after the point (2 for CNY, 0 for JPY), at most 4.
    pub decimals: u8,
    /// ISO 4217 letters.
    pub currency: String,
}

impl Amount {
    /// An amount in yuan 人民币, given in fen 分.
    pub fn cny(fen: i64) -> Self {
        Self { minor_units: fen, decimals: 2, currency: "CNY".to_owned() }
    }

    /// `1,234.50`.
    pub(crate) fn digits(&self) -> String {
        fixed_point(i128::from(self.minor_units), self.decimals)
    }

    /// `CNY 1,234.50`.
    pub(crate) fn printed(&self) -> String {
        format!("{} {}", self.currency, self.digits())
    }
}

/// Gross mass 毛重 in grams, printed in kilograms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrossMass {
    /// Grams.
    pub grams: u64,
}

impl GrossMass {
    /// `24,500` or `24,500.5`, kilograms.
    pub(crate) fn kilograms(self) -> String {
        trimmed(fixed_point(i128::from(self.grams), 3))
    }
}

/// Volume 体积 in litres (dm³), printed in cubic metres.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Litres.
    pub litres: u64,
}

impl Volume {
    /// `28.4`, cubic metres.
    pub(crate) fn cubic_metres(self) -> String {
        trimmed(fixed_point(i128::from(self.litres), 3))
    }
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    fixed_point(i128::from(number), 0)
}

fn fixed_point(value: i128, decimals: u8) -> String {
    let decimals = usize::from(decimals.min(4));
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let mut out = String::new();
    if value < 0 {
        out.push('-');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if decimals > 0 {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

fn trimmed(number: String) -> String {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.').to_owned() } else { number }
}

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];

/// Amount in yuan in capital characters 人民币大写, as payment documents must carry it: `壹仟零伍圆叁角整`.
///
/// Rules: 《支付结算办法》 (银发〔1997〕393号) annex 1, "正确填写票据和结算凭证的基本规定": zeros between digits are written once,
/// `整` follows when the amount ends at yuan or jiao, a zero before fen is written.
pub fn rmb_capitals(fen: i64) -> String {
    let all = fen.unsigned_abs();
    let (yuan, jiao, rest) = (all / 100, (all / 10 % 10) as usize, (all % 10) as usize);
    let mut out = String::from(if fen < 0 { "负" } else { "" });
    if yuan > 0 || (jiao == 0 && rest == 0) {
        out.push_str(&whole_capitals(yuan));
        out.push('圆');
    }
    match (jiao, rest) {
        (0, 0) => out.push('整'),
        (0, rest) => {
            if yuan > 0 {
                out.push('零');
            }
            out.push(DIGITS[rest]);
            out.push('分');
        }
        (jiao, rest) => {
            out.push(DIGITS[jiao]);
            out.push('角');
            if rest == 0 {
                out.push('整');
            } else {
                out.push(DIGITS[rest]);
                out.push('分');
            }
        }
    }
    out
}

fn whole_capitals(mut yuan: u64) -> String {
    if yuan == 0 {
        return DIGITS[0].to_string();
    }
    // Groups of four digits, lowest first.
    let mut groups = Vec::new();
    while yuan > 0 {
        groups.push((yuan % 10_000) as usize);
        yuan /= 10_000;
    }
    let mut out = String::new();
    let mut zero_owed = false;
    for (at, group) in groups.iter().enumerate().rev() {
        if *group == 0 {
            zero_owed = !out.is_empty();
            continue;
        }
        for (place, unit) in PLACES.iter().enumerate().rev() {
            let digit = group / 10usize.pow(place as u32) % 10;
            if digit == 0 {
                zero_owed = !out.is_empty();
                continue;
            }
            if zero_owed {
                out.push(DIGITS[0]);
                zero_owed = false;
            }
            out.push(DIGITS[digit]);
            out.push_str(unit);
        }
        // 12,345 亿 is read 壹万贰仟叁佰肆拾伍亿: the 亿 comes with the lower of its two groups.
        out.push_str(if at == 3 && groups[2] > 0 { "万" } else { GROUPS[at] });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_every_minor_unit() {
        let check = |minor_units, decimals, expect: &str| {
            assert_eq!(Amount { minor_units, decimals, currency: "USD".into() }.printed(), format!("USD {expect}"));
        };
        check(0, 2, "0.00");
        check(5, 2, "0.05");
        check(-5, 2, "-0.05");
        check(123_456_789, 2, "1,234,567.89");
        check(100_000, 0, "100,000");
        check(i64::MIN, 2, "-92,233,720,368,547,758.08");
    }

    #[test]
    fn measures_drop_only_empty_decimals() {
        assert_eq!(GrossMass { grams: 24_500_000 }.kilograms(), "24,500");
        assert_eq!(GrossMass { grams: 24_500_250 }.kilograms(), "24,500.25");
        assert_eq!(GrossMass { grams: 7 }.kilograms(), "0.007");
        assert_eq!(Volume { litres: 28_400 }.cubic_metres(), "28.4");
    }

    #[test]
    fn capitals_follow_the_payment_rules() {
        let check = |fen, expect: &str| assert_eq!(rmb_capitals(fen), expect, "{fen} fen");
        check(0, "零圆整");
        check(5, "伍分");
        check(50, "伍角整");
        check(105, "壹圆零伍分");
        check(100_530, "壹仟零伍圆叁角整");
        check(140_950, "壹仟肆佰零玖圆伍角整");
        check(600_714, "陆仟零柒圆壹角肆分");
        check(10_700_053, "壹拾万零柒仟圆伍角叁分");
        check(123_450_000_000_000, "壹万贰仟叁佰肆拾伍亿圆整");
        check(200_000_000_000_000, "贰万亿圆整");
        check(1_640_902, "壹万陆仟肆佰零玖圆零贰分");
        check(100_000_000, "壹佰万圆整");
        check(100_000_001_000, "壹拾亿零壹拾圆整");
        check(10_001_000_000, "壹亿零壹万圆整");
        check(-10_000, "负壹佰圆整");
    }
}
