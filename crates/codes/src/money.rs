//! Money: integer minor units and a currency; every rounding has a name.

use crate::inline::{self, UPPER};
use crate::quantity::parse_fixed;
use crate::{CodeError, CodeKind, Quantity, TableId, table};
use std::fmt;
use std::str::FromStr;

const KIND: CodeKind = CodeKind::CurrencyCode;
const RATE_DECIMALS: usize = 6;
const RATE_SCALE: u64 = 1_000_000;
const BASIS_POINTS: i128 = 10_000;

/// Currency (币制): ISO 4217 letters with the number of minor digits. Only listed currencies are read, because
/// an amount in an unknown one could not be counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CurrencyCode {
    letters: [u8; 3],
    minor_digits: u8,
}

impl CurrencyCode {
    /// Renminbi (人民币), two minor digits.
    pub const CNY: Self = Self { letters: *b"CNY", minor_digits: 2 };
    /// US dollar (美元), two minor digits.
    pub const USD: Self = Self { letters: *b"USD", minor_digits: 2 };

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.letters).unwrap_or_default()
    }

    /// Digits of the minor unit: 2 for CNY, 0 for JPY.
    #[must_use]
    pub const fn minor_digits(&self) -> u8 {
        self.minor_digits
    }

    /// Minor units in one major unit: 100 for CNY.
    #[must_use]
    pub fn minor_per_major(&self) -> i64 {
        10i64.pow(u32::from(self.minor_digits))
    }
}

impl FromStr for CurrencyCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let text = inline::normalised(KIND, text)?;
        inline::exact_length(KIND, &text, 3, "3")?;
        inline::characters(KIND, &text, 0..3, UPPER)?;
        let digits = table(TableId::Currency).get(&text).and_then(|e| e.extra("minor_digits")?.parse().ok());
        match (digits, text.as_bytes()) {
            (Some(minor_digits), &[a, b, c]) => Ok(Self { letters: [a, b, c], minor_digits }),
            _ => Err(CodeError::Unknown { kind: KIND, found: text }),
        }
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CurrencyCode({self})")
    }
}

impl serde::Serialize for CurrencyCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for CurrencyCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        inline::deserialize_with(deserializer, KIND.en(), Self::from_str)
    }
}

/// How a fraction of a minor unit ends. There is no default: each law names its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the nearest, halves away from zero (四舍五入).
    HalfUp,
    /// To the nearest, halves to the even neighbour (四舍六入五成双).
    HalfEven,
    /// Toward zero: the fraction is dropped (舍去).
    Drop,
    /// Away from zero: any fraction counts as a whole (进一).
    Up,
}

impl Rounding {
    /// `numerator / denominator` as a whole number; `None` when the denominator is zero or the result does not
    /// fit.
    #[must_use]
    pub fn divide(self, numerator: i128, denominator: i128) -> Option<i64> {
        let quotient = numerator.checked_div(denominator)?;
        let remainder = numerator.checked_rem(denominator)?;
        let away = if (numerator < 0) == (denominator < 0) { 1 } else { -1 };
        // Twice the remainder against the divisor tells below, at or above one half.
        let half = remainder.unsigned_abs().checked_mul(2)?.cmp(&denominator.unsigned_abs());
        let step = match (self, half) {
            _ if remainder == 0 => 0,
            (Self::Drop, _) => 0,
            (Self::Up, _) => away,
            (Self::HalfUp | Self::HalfEven, std::cmp::Ordering::Greater) => away,
            (Self::HalfUp | Self::HalfEven, std::cmp::Ordering::Less) => 0,
            (Self::HalfUp, std::cmp::Ordering::Equal) => away,
            (Self::HalfEven, std::cmp::Ordering::Equal) => away * (quotient % 2).abs(),
        };
        i64::try_from(quotient + step).ok()
    }
}

/// Why an amount could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met without a rate.
    #[error("amounts in {left} and {right} cannot be combined")]
    CurrencyMismatch {
        /// The first.
        left: CurrencyCode,
        /// The second.
        right: CurrencyCode,
    },
    /// The result does not fit 64 bits of minor units.
    #[error("the amount is too large")]
    Overflow,
}

impl MoneyError {
    /// The message in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::CurrencyMismatch { left, right } => format!("币制 {left} 与 {right} 不能合并计算"),
            Self::Overflow => "金额过大".to_owned(),
        }
    }
}

/// Amount of money (金额): minor units (分) and currency. May be below zero, as a refund is.
///
/// In serde `{"minor":123456,"currency":"CNY"}` is 1,234.56 yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Money {
    /// Minor units: fen for CNY.
    pub minor: i64,
    /// Currency.
    pub currency: CurrencyCode,
}

impl Money {
    /// An amount in minor units.
    #[must_use]
    pub const fn new(minor: i64, currency: CurrencyCode) -> Self {
        Self { minor, currency }
    }

    /// Nothing of a currency.
    #[must_use]
    pub const fn zero(currency: CurrencyCode) -> Self {
        Self::new(0, currency)
    }

    /// An amount in fen of renminbi.
    #[must_use]
    pub const fn cny(fen: i64) -> Self {
        Self::new(fen, CurrencyCode::CNY)
    }

    /// Reads a plain decimal such as `1234.5` or `-0.05` in major units.
    ///
    /// # Errors
    /// It is not a plain decimal, or has more decimals than the currency has minor digits.
    pub fn parse(text: &str, currency: CurrencyCode) -> Result<Self, CodeError> {
        let text = text.trim();
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let max = i64::MAX.unsigned_abs();
        let units = parse_fixed(CodeKind::Amount, digits, usize::from(currency.minor_digits), max)?;
        let minor = i64::try_from(units).unwrap_or(i64::MAX) * sign;
        Ok(Self { minor, currency })
    }

    /// The plain decimal in major units with all minor digits: `1234.50`.
    #[must_use]
    pub fn decimal(&self) -> String {
        let per_major = self.currency.minor_per_major().unsigned_abs();
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        let (whole, rest, digits) = (minor / per_major, minor % per_major, usize::from(self.currency.minor_digits));
        if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0digits$}") }
    }

    /// Sum.
    ///
    /// # Errors
    /// The currencies differ, or the result does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.minor.checked_add(other.minor).map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    /// Difference.
    ///
    /// # Errors
    /// The currencies differ, or the result does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.minor.checked_sub(other.minor).map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    /// Sum of many, zero of the currency when there are none.
    ///
    /// # Errors
    /// A currency differs, or the result does not fit.
    pub fn sum(currency: CurrencyCode, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    /// So many times the amount.
    ///
    /// # Errors
    /// The result does not fit.
    pub fn times(self, count: i64) -> Result<Self, MoneyError> {
        self.minor.checked_mul(count).map(|minor| Self { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    /// The amount × `numerator` / `denominator`, rounded as named.
    ///
    /// # Errors
    /// The denominator is zero or the result does not fit.
    pub fn ratio(self, numerator: i64, denominator: i64, rounding: Rounding) -> Result<Self, MoneyError> {
        let product = i128::from(self.minor) * i128::from(numerator);
        let minor = rounding.divide(product, i128::from(denominator)).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// A share in basis points (万分之一): 1,300 is 13 %.
    ///
    /// # Errors
    /// The result does not fit.
    pub fn basis_points(self, points: u32, rounding: Rounding) -> Result<Self, MoneyError> {
        let product = i128::from(self.minor) * i128::from(points);
        let minor = rounding.divide(product, BASIS_POINTS).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// Unit price × quantity, rounded as named.
    ///
    /// # Errors
    /// The result does not fit.
    pub fn times_quantity(self, quantity: Quantity, rounding: Rounding) -> Result<Self, MoneyError> {
        let product = i128::from(self.minor).checked_mul(i128::from(quantity.units())).ok_or(MoneyError::Overflow)?;
        let minor = rounding.divide(product, 100_000).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The amount in another currency at a rate of that currency per unit of this one.
    ///
    /// # Errors
    /// The result does not fit.
    pub fn converted(self, rate: ExchangeRate, to: CurrencyCode, rounding: Rounding) -> Result<Self, MoneyError> {
        let overflow = MoneyError::Overflow;
        let product = i128::from(self.minor) * i128::from(rate.0);
        let numerator = product.checked_mul(i128::from(to.minor_per_major())).ok_or(overflow.clone())?;
        let denominator = i128::from(RATE_SCALE) * i128::from(self.currency.minor_per_major());
        rounding.divide(numerator, denominator).map(|minor| Self { minor, currency: to }).ok_or(overflow)
    }

    /// Drops the part below one major unit: 滞报金 is counted in whole yuan, parts below one yuan dropped
    /// (rules on the late-declaration fee; amended 2024, re-check before production).
    #[must_use]
    pub fn drop_below_one_yuan(self) -> Self {
        let per_major = self.currency.minor_per_major();
        Self { minor: self.minor / per_major * per_major, ..self }
    }

    /// Rounds to whole major units, halves up: prices are counted in whole yuan where a form has no decimals.
    #[must_use]
    pub fn round_half_up_to_yuan(self) -> Self {
        let per_major = self.currency.minor_per_major();
        let whole = Rounding::HalfUp.divide(i128::from(self.minor), i128::from(per_major)).unwrap_or(0);
        Self { minor: whole.saturating_mul(per_major), ..self }
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

/// Rate of exchange (汇率): units of the target currency for one unit of the source, six decimals. A string in
/// serde.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExchangeRate(u64);

impl ExchangeRate {
    /// One for one.
    pub const ONE: Self = Self(RATE_SCALE);
}

impl FromStr for ExchangeRate {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let kind = CodeKind::ExchangeRate;
        match parse_fixed(kind, text, RATE_DECIMALS, RATE_SCALE * 1_000_000)? {
            0 => Err(CodeError::Range { kind, part: "value", allowed: "above 0" }),
            units => Ok(Self(units)),
        }
    }
}

impl fmt::Display for ExchangeRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::quantity::write_fixed(f, self.0, RATE_DECIMALS)
    }
}

impl fmt::Debug for ExchangeRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExchangeRate({self})")
    }
}

impl serde::Serialize for ExchangeRate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ExchangeRate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        inline::deserialize_with(deserializer, CodeKind::ExchangeRate.en(), Self::from_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yen() -> CurrencyCode {
        "JPY".parse().unwrap()
    }

    #[test]
    fn amounts_read_and_write_exactly() {
        for (text, minor) in [("1234.5", 123_450), ("-0.05", -5), ("0", 0), ("92233720368547758.07", i64::MAX)] {
            assert_eq!(Money::parse(text, CurrencyCode::CNY).unwrap().minor, minor, "{text}");
        }
        assert_eq!(Money::cny(-5).to_string(), "-0.05 CNY");
        assert_eq!(Money::new(1200, yen()).to_string(), "1200 JPY");
        assert!(Money::parse("1.005", CurrencyCode::CNY).is_err());
        assert!(Money::parse("1.5", yen()).is_err());
        assert!(Money::parse("92233720368547758.08", CurrencyCode::CNY).is_err());
        assert_eq!(serde_json::to_string(&Money::cny(1)).unwrap(), "{\"minor\":1,\"currency\":\"CNY\"}");
    }

    #[test]
    fn the_constants_agree_with_the_table() {
        assert_eq!("CNY".parse::<CurrencyCode>().unwrap(), CurrencyCode::CNY);
        assert_eq!("usd".parse::<CurrencyCode>().unwrap(), CurrencyCode::USD);
        assert_eq!("502".parse::<CurrencyCode>().unwrap_err().code(), "code.character");
        assert_eq!("QQQ".parse::<CurrencyCode>().unwrap_err().code(), "code.unknown");
    }

    #[test]
    fn every_rounding_in_both_signs() {
        let check = |rounding: Rounding, expected: [i64; 6]| {
            let found = [25, 35, 24, 26, -25, -26].map(|n| rounding.divide(n, 10).unwrap());
            assert_eq!(found, expected, "{rounding:?}");
        };
        check(Rounding::HalfUp, [3, 4, 2, 3, -3, -3]);
        check(Rounding::HalfEven, [2, 4, 2, 3, -2, -3]);
        check(Rounding::Drop, [2, 3, 2, 2, -2, -2]);
        check(Rounding::Up, [3, 4, 3, 3, -3, -3]);
        assert_eq!(Rounding::HalfUp.divide(1, 0), None);
        assert_eq!(Rounding::HalfUp.divide(i128::MAX, 1), None);
    }

    #[test]
    fn late_declaration_fee_of_the_rules() {
        // 0.5 per mille a day: three days on 123,456.78 yuan are 185.18517 yuan, levied as 185.
        let value = Money::cny(12_345_678);
        let fee = value.basis_points(5, Rounding::Drop).unwrap().times(3).unwrap().drop_below_one_yuan();
        assert_eq!(fee, Money::cny(18_500));
    }

    #[test]
    fn currencies_never_mix_and_overflow_is_told() {
        let fault = Money::cny(1).checked_add(Money::new(1, yen())).unwrap_err();
        assert_eq!(fault.zh(), "币制 CNY 与 JPY 不能合并计算");
        assert_eq!(Money::cny(i64::MAX).checked_add(Money::cny(1)), Err(MoneyError::Overflow));
        assert_eq!(Money::sum(CurrencyCode::CNY, []).unwrap(), Money::cny(0));
    }

    #[test]
    fn conversion_and_price() {
        let rate: ExchangeRate = "7.1234".parse().unwrap();
        let dollars = Money::new(10_050, CurrencyCode::USD);
        assert_eq!(dollars.converted(rate, CurrencyCode::CNY, Rounding::HalfUp).unwrap(), Money::cny(71_590));
        let yen_amount = Money::new(1_000, yen());
        let rate: ExchangeRate = "0.047".parse().unwrap();
        assert_eq!(yen_amount.converted(rate, CurrencyCode::CNY, Rounding::HalfUp).unwrap(), Money::cny(4_700));
        let quantity: Quantity = "2.5".parse().unwrap();
        assert_eq!(Money::cny(333).times_quantity(quantity, Rounding::HalfUp).unwrap(), Money::cny(833));
        assert_eq!(Money::cny(150).round_half_up_to_yuan(), Money::cny(200));
        assert!("0".parse::<ExchangeRate>().is_err());
    }
}
