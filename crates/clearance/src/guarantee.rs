//! A guarantee (税款担保): a bank letter, an insurance or a deposit that duty notices occupy until it is paid.

use std::collections::BTreeMap;

use codes::Money;
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Kind of guarantee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuaranteeKind {
    /// Letter of a bank (银行保函); Customs Guarantee Regulation, Art. 13.
    BankLetter,
    /// Insurance (关税保证保险); Announcement 155/2018.
    Insurance,
    /// Deposit (保证金).
    Deposit,
}

/// What a notice occupies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Occupation {
    /// Occupies the limit (已占用).
    Occupied {
        /// How much.
        amount: Money,
        /// Since when.
        since: Timestamp,
    },
    /// Given back after the duty was paid (已恢复). Kept, so that the notice cannot occupy a second time.
    Restored {
        /// How much it was.
        amount: Money,
        /// When.
        at: Timestamp,
    },
}

/// A guarantee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guarantee {
    /// Who owes the duty (被担保人), organisation id.
    pub principal: String,
    /// Who guarantees (担保人), name.
    pub guarantor: String,
    /// Kind.
    pub kind: GuaranteeKind,
    /// Limit (额度).
    pub limit: Money,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds.
    pub valid_to: Timestamp,
    /// By duty notice id.
    pub occupations: BTreeMap<String, Occupation>,
    /// When it was registered.
    pub registered_at: Timestamp,
}

impl Guarantee {
    /// Sum of what is occupied, minor units of the limit's currency.
    pub fn occupied_minor(&self) -> i64 {
        self.occupations
            .values()
            .map(|occupation| match occupation {
                Occupation::Occupied { amount, .. } => amount.minor,
                Occupation::Restored { .. } => 0,
            })
            .sum()
    }

    /// What is left of the limit.
    pub fn left(&self) -> Money {
        Money::new(self.limit.minor.saturating_sub(self.occupied_minor()), self.limit.currency)
    }

    /// State at a time: `active`, `exhausted` or `expired`. Expiry is a matter of the clock, so it is not part of [`Aggregate::status`].
    pub fn status_at(&self, at: Timestamp) -> &'static str {
        if at > self.valid_to { "expired" } else { self.status() }
    }
}

/// `guarantee.registered`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Who owes the duty, organisation id.
    pub principal: String,
    /// Who guarantees, name.
    pub guarantor: String,
    /// Kind.
    pub kind: GuaranteeKind,
    /// Limit.
    pub limit: Money,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds.
    pub valid_to: Timestamp,
}

/// `guarantee.occupied`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupied {
    /// Duty notice id.
    pub notice: String,
    /// Who owes it, organisation id: must be the principal.
    pub payer: String,
    /// How much.
    pub amount: Money,
}

/// `guarantee.restored`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// Duty notice id.
    pub notice: String,
}

ledger::domain_events! {
    /// What happens to a guarantee.
    pub enum GuaranteeEvent for "guarantee" {
        /// Registered.
        Registered(Registered) = "guarantee.registered",
        /// A notice occupies part of it.
        Occupied(Occupied) = "guarantee.occupied",
        /// A notice gave its part back.
        Restored(Restored) = "guarantee.restored",
    }
}

/// Registers a guarantee.
///
/// # Errors
/// `guarantee-exists`; `guarantee-terms` when the limit is not above zero or the term does not end after it begins.
pub fn decide_register_guarantee(state: Option<&Guarantee>, command: Registered) -> Result<Vec<GuaranteeEvent>, Refusal> {
    const ATTEMPT: &str = "guarantee.register";
    if let Some(guarantee) = state {
        return Err(Refusal::new(
            "guarantee-exists",
            ATTEMPT,
            guarantee.status(),
            "该担保编号已存在。",
            "A guarantee with this id exists already.",
        ));
    }
    if command.limit.minor <= 0 || command.valid_to <= command.valid_from {
        return Err(Refusal::new(
            "guarantee-terms",
            ATTEMPT,
            "nothing",
            "额度须大于零，且终止时间晚于起始时间。",
            "The limit must be above zero and the term must end after it begins.",
        ));
    }
    Ok(vec![command.into()])
}

/// Occupies part of the limit for a duty notice: once, and never beyond the limit.
///
/// # Errors
/// `guarantee-limit`; `guarantee-notice-known` the second time for the same notice; `guarantee-not-valid` outside its term;
/// `guarantee-not-principal`; `guarantee-currency`; `guarantee-amount` when it is not above zero.
pub fn decide_occupy(state: &Guarantee, command: Occupied, at: Timestamp) -> Result<Vec<GuaranteeEvent>, Refusal> {
    const ATTEMPT: &str = "guarantee.occupy";
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, ATTEMPT, state.status_at(at), zh, en));
    if command.payer != state.principal {
        return refuse("guarantee-not-principal", "该担保属于其他企业。".into(), "The guarantee belongs to another organisation.".into());
    }
    if at < state.valid_from || at > state.valid_to {
        return refuse("guarantee-not-valid", "担保不在有效期内。".into(), "The guarantee is outside its term.".into());
    }
    if command.amount.currency != state.limit.currency {
        return refuse("guarantee-currency", "币制与担保额度不同。".into(), "The currency differs from that of the limit.".into());
    }
    if command.amount.minor <= 0 {
        return refuse("guarantee-amount", "占用金额须大于零。".into(), "The amount must be above zero.".into());
    }
    if state.occupations.contains_key(&command.notice) {
        return refuse(
            "guarantee-notice-known",
            format!("税单 {} 已占用过该担保。", command.notice),
            format!("Notice {} has occupied this guarantee before.", command.notice),
        );
    }
    if command.amount.minor > state.left().minor {
        return refuse(
            "guarantee-limit",
            format!("可用额度 {}，需要 {}。", state.left(), command.amount),
            format!("{} is left of the limit, {} is needed.", state.left(), command.amount),
        );
    }
    Ok(vec![command.into()])
}

/// Gives a notice's part back after its duty was paid.
///
/// # Errors
/// `guarantee-notice-unknown` when the notice occupies nothing.
pub fn decide_restore(state: &Guarantee, command: Restored) -> Result<Vec<GuaranteeEvent>, Refusal> {
    match state.occupations.get(&command.notice) {
        Some(Occupation::Occupied { .. }) => Ok(vec![command.into()]),
        Some(Occupation::Restored { .. }) | None => Err(Refusal::new(
            "guarantee-notice-unknown",
            "guarantee.restore",
            state.status(),
            "该税单没有占用此担保。",
            "The notice does not occupy this guarantee.",
        )),
    }
}

impl Aggregate for Guarantee {
    const KIND: &'static str = "guarantee";
    type Event = GuaranteeEvent;

    fn apply(state: Option<Self>, event: &GuaranteeEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        match (state, event) {
            (None, GuaranteeEvent::Registered(data)) => Ok(Self {
                principal: data.principal.clone(),
                guarantor: data.guarantor.clone(),
                kind: data.kind,
                limit: data.limit,
                valid_from: data.valid_from,
                valid_to: data.valid_to,
                occupations: BTreeMap::new(),
                registered_at: at,
            }),
            (None, GuaranteeEvent::Occupied(_) | GuaranteeEvent::Restored(_)) => Err(misplaced("nothing")),
            (Some(guarantee), GuaranteeEvent::Registered(_)) => Err(misplaced(guarantee.status())),
            (Some(mut guarantee), GuaranteeEvent::Occupied(data)) => {
                let fits = data.amount.minor <= guarantee.left().minor;
                let occupied = Occupation::Occupied { amount: data.amount, since: at };
                if !fits || guarantee.occupations.insert(data.notice.clone(), occupied).is_some() {
                    return Err(misplaced(guarantee.status()));
                }
                Ok(guarantee)
            }
            (Some(mut guarantee), GuaranteeEvent::Restored(data)) => match guarantee.occupations.get_mut(&data.notice) {
                Some(occupation @ Occupation::Occupied { .. }) => {
                    if let Occupation::Occupied { amount, .. } = *occupation {
                        *occupation = Occupation::Restored { amount, at };
                    }
                    Ok(guarantee)
                }
                Some(Occupation::Restored { .. }) | None => Err(misplaced(guarantee.status())),
            },
        }
    }

    fn related(&self, event: &GuaranteeEvent) -> Vec<Related> {
        match event {
            GuaranteeEvent::Registered(_) => Vec::new(),
            GuaranteeEvent::Occupied(Occupied { notice, .. }) | GuaranteeEvent::Restored(Restored { notice }) => {
                vec![(ObjectRef::new("duty-notice", notice.clone()), "duty-notice")]
            }
        }
    }

    fn status(&self) -> &'static str {
        if self.left().minor > 0 { "active" } else { "exhausted" }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        WorkRow {
            title: format!("{id} {}", self.guarantor),
            status: self.status().to_owned(),
            parties: vec![self.principal.clone()],
            keys: vec![id.to_uppercase()],
            opened_at: self.registered_at,
            // Not a task: it leaves the worklists when its term ends, and shows the end as its due date.
            due_at: Some(self.valid_to),
            ..WorkRow::default()
        }
    }
}
