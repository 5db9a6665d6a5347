//! A sharing agreement (数据共享协议): who receives which fields of which resource from whom, for what, and until when.
//!
//! The consumer asks; a person of the provider approves, then a person of the port office. From then on it is in force within its term, until
//! one of them suspends or ends it. The term ends by itself, and the platform records that.

use ledger::{Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{FileFailed, FileFault, FileOrder, FileRest, FileSent};

/// A field that is agreed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grant {
    /// Name of the field.
    pub field: String,
    /// Its middle is made unreadable (脱敏).
    #[serde(default)]
    pub masked: bool,
}

/// What is agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingTerms {
    /// Data resource, id of the catalogue.
    pub resource: String,
    /// Who provides (提供方), organisation id.
    pub provider: String,
    /// Who receives (使用方), organisation id.
    pub consumer: String,
    /// The port office that approves (口岸办), organisation id.
    pub office: String,
    /// Customs district of the provider, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Fields.
    pub grants: Vec<Grant>,
    /// What for (使用目的).
    pub purpose: String,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds.
    pub valid_to: Timestamp,
    /// From when the data are (数据起始), when they reach back before `valid_from`: both sides approve it with the terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_from: Option<Timestamp>,
    /// Files, when they are wanted besides the interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileOrder>,
}

impl SharingTerms {
    /// The data that are agreed (数据期间): what happened from the first instant on and before the second.
    pub fn data_period(&self) -> (Timestamp, Timestamp) {
        (self.data_from.unwrap_or(self.valid_from), self.valid_to.plus_millis(1))
    }
}

/// Which of the three sides somebody is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SharingSide {
    /// Who receives.
    Consumer,
    /// Who provides.
    Provider,
    /// The port office.
    Office,
}

/// Who signed, and when: the act of a person who was logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Person, user id.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// How far an agreement has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum SharingPhase {
    /// The provider is asked (待提供方审批).
    Requested,
    /// The port office is asked (待口岸办审批).
    ProviderApproved,
    /// In force within its term (有效).
    InForce,
    /// Nothing is delivered for the time being (暂停).
    Suspended {
        /// Which side suspended; it alone resumes.
        side: SharingSide,
        /// Who.
        signed: Signed,
        /// Why.
        reason: String,
    },
    /// Not approved (未批准).
    Refused {
        /// Which side refused.
        side: SharingSide,
        /// Who.
        signed: Signed,
        /// Why.
        reason: String,
    },
    /// Ended before its term, or taken back (终止).
    Ended {
        /// Which side ended it.
        side: SharingSide,
        /// Who.
        signed: Signed,
        /// Why.
        reason: String,
    },
    /// Its term has ended (到期).
    Expired {
        /// When that was recorded.
        at: Timestamp,
    },
}

/// A sharing agreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingAgreement {
    /// What is agreed.
    pub terms: SharingTerms,
    /// Who asked, for the consumer.
    pub requested: Signed,
    /// Who approved for the provider.
    pub provider_approval: Option<Signed>,
    /// Who approved for the port office.
    pub office_approval: Option<Signed>,
    /// How far it has come.
    pub phase: SharingPhase,
    /// Up to which instant files were sent.
    pub sent_to: Option<Timestamp>,
    /// The rest of the period after that, while it is sent in parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<FileRest>,
    /// Why the last file could not be made; nothing once one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<FileFault>,
    /// How many files were sent.
    pub files: u64,
}

/// `sharing-agreement.requested`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingRequested {
    /// What is asked for.
    pub terms: SharingTerms,
    /// Who asks, user id.
    pub by: String,
}

/// `sharing-agreement.approved`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingApproved {
    /// For which side: provider, then port office.
    pub side: SharingSide,
    /// Who approves, user id.
    pub by: String,
}

/// `sharing-agreement.suspended`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingSuspended {
    /// Which side.
    pub side: SharingSide,
    /// Who, user id.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// `sharing-agreement.resumed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingResumed {
    /// Which side.
    pub side: SharingSide,
    /// Who, user id.
    pub by: String,
}

/// `sharing-agreement.closed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingClosed {
    /// Which side.
    pub side: SharingSide,
    /// Who, user id.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Whether it was not approved, rather than ended.
    pub refused: bool,
}

/// `sharing-agreement.expired`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharingExpired {}

ledger::domain_events! {
    /// What happens to a sharing agreement.
    pub enum SharingEvent for "sharing-agreement" {
        /// The consumer asked.
        Requested(SharingRequested) = "sharing-agreement.requested",
        /// A side approved; with the port office's approval it is in force.
        Approved(SharingApproved) = "sharing-agreement.approved",
        /// Suspended.
        Suspended(SharingSuspended) = "sharing-agreement.suspended",
        /// In force again.
        Resumed(SharingResumed) = "sharing-agreement.resumed",
        /// Not approved, or ended.
        Closed(SharingClosed) = "sharing-agreement.closed",
        /// Its term ended.
        Expired(SharingExpired) = "sharing-agreement.expired",
        /// A file of the schedule was sent.
        FileSent(FileSent) = "sharing-agreement.file-sent",
        /// A file of the schedule could not be made; the next one is tried in its time.
        FileFailed(FileFailed) = "sharing-agreement.file-failed",
    }
}

impl SharingAgreement {
    /// On which side an organisation acts now. It may be on two: the port office provides or receives as well, and answers as the port office
    /// what waits for the port office.
    pub fn side_of(&self, organisation: &str) -> Option<SharingSide> {
        let SharingTerms { provider, consumer, office, .. } = &self.terms;
        let sides = [(provider, SharingSide::Provider), (consumer, SharingSide::Consumer), (office, SharingSide::Office)];
        let first = (matches!(self.phase, SharingPhase::ProviderApproved) && organisation == office).then_some(SharingSide::Office);
        first.or_else(|| sides.into_iter().find(|(of, _)| *of == organisation).map(|(_, side)| side))
    }

    pub(crate) fn is_open(&self) -> bool {
        match self.phase {
            SharingPhase::Requested | SharingPhase::ProviderApproved | SharingPhase::InForce | SharingPhase::Suspended { .. } => true,
            SharingPhase::Refused { .. } | SharingPhase::Ended { .. } | SharingPhase::Expired { .. } => false,
        }
    }

    /// State at a time: `expired` once the term of an open agreement has ended, whether the platform has recorded it or not.
    pub fn status_at(&self, at: Timestamp) -> &'static str {
        if self.is_open() && at > self.terms.valid_to { "expired" } else { ledger::Aggregate::status(self) }
    }
}

pub(crate) fn refuse(state: &SharingAgreement, code: &'static str, attempted: &'static str, zh: &str, en: &str) -> Refusal {
    Refusal::new(code, attempted, ledger::Aggregate::status(state), zh, en)
}

/// Asks for an agreement; its terms were checked.
///
/// # Errors
/// `sharing-exists` when the id is taken.
pub fn decide_request(state: Option<&SharingAgreement>, command: SharingRequested) -> Result<Vec<SharingEvent>, Refusal> {
    match state {
        Some(known) => {
            Err(refuse(known, "sharing-exists", "sharing-agreement.request", "该协议编号已存在。", "An agreement with this id exists."))
        }
        None => Ok(vec![command.into()]),
    }
}

/// Approves: the provider first, then the port office.
///
/// # Errors
/// `sharing-not-your-turn` when another side is asked; `sharing-same-person` when the person signed before; `sharing-term-over`;
/// `sharing-not-open` when it was decided before.
pub fn decide_approve(state: &SharingAgreement, command: SharingApproved, at: Timestamp) -> Result<Vec<SharingEvent>, Refusal> {
    const ATTEMPT: &str = "sharing-agreement.approve";
    asked(state, ATTEMPT, command.side)?;
    let before = [Some(&state.requested), state.provider_approval.as_ref()];
    if before.into_iter().flatten().any(|signed| signed.by == command.by) {
        return Err(refuse(
            state,
            "sharing-same-person",
            ATTEMPT,
            "申请人、提供方审批人与口岸办审批人须为不同的人。",
            "Whoever asked or approved before cannot approve: another person must.",
        ));
    }
    if at > state.terms.valid_to {
        return Err(refuse(state, "sharing-term-over", ATTEMPT, "申请的有效期已过。", "The term that was asked for has ended."));
    }
    Ok(vec![command.into()])
}

/// Does not approve.
///
/// # Errors
/// `sharing-not-your-turn`; `sharing-not-open`.
pub fn decide_refuse(state: &SharingAgreement, side: SharingSide, by: String, reason: String) -> Result<Vec<SharingEvent>, Refusal> {
    asked(state, "sharing-agreement.refuse", side)?;
    Ok(vec![SharingClosed { side, by, reason, refused: true }.into()])
}

fn asked(state: &SharingAgreement, attempted: &'static str, side: SharingSide) -> Result<(), Refusal> {
    let turn = match state.phase {
        SharingPhase::Requested => SharingSide::Provider,
        SharingPhase::ProviderApproved => SharingSide::Office,
        SharingPhase::InForce
        | SharingPhase::Suspended { .. }
        | SharingPhase::Refused { .. }
        | SharingPhase::Ended { .. }
        | SharingPhase::Expired { .. } => {
            return Err(refuse(state, "sharing-not-open", attempted, "该申请已办结。", "The request was decided before."));
        }
    };
    if turn == side {
        return Ok(());
    }
    Err(refuse(
        state,
        "sharing-not-your-turn",
        attempted,
        "先由提供方审批，再由口岸办审批。",
        "The provider answers first, then the port office.",
    ))
}

/// Suspends: nothing is delivered until the same side resumes.
///
/// # Errors
/// `sharing-not-provider` for the consumer; `sharing-not-in-force` in any other state.
pub fn decide_suspend(state: &SharingAgreement, command: SharingSuspended) -> Result<Vec<SharingEvent>, Refusal> {
    const ATTEMPT: &str = "sharing-agreement.suspend";
    if command.side == SharingSide::Consumer {
        return Err(refuse(
            state,
            "sharing-not-provider",
            ATTEMPT,
            "由提供方或口岸办暂停；使用方可终止协议。",
            "The provider or the port office suspends; a consumer ends the agreement.",
        ));
    }
    match state.phase {
        SharingPhase::InForce => Ok(vec![command.into()]),
        SharingPhase::Requested
        | SharingPhase::ProviderApproved
        | SharingPhase::Suspended { .. }
        | SharingPhase::Refused { .. }
        | SharingPhase::Ended { .. }
        | SharingPhase::Expired { .. } => {
            Err(refuse(state, "sharing-not-in-force", ATTEMPT, "协议不在有效状态。", "The agreement is not in force."))
        }
    }
}

/// Resumes.
///
/// # Errors
/// `sharing-other-side` when the other side suspended; `sharing-not-suspended` in any other state.
pub fn decide_resume(state: &SharingAgreement, command: SharingResumed) -> Result<Vec<SharingEvent>, Refusal> {
    const ATTEMPT: &str = "sharing-agreement.resume";
    match &state.phase {
        SharingPhase::Suspended { side, .. } if *side == command.side => Ok(vec![command.into()]),
        SharingPhase::Suspended { .. } => {
            Err(refuse(state, "sharing-other-side", ATTEMPT, "由暂停的一方恢复。", "The side that suspended resumes."))
        }
        SharingPhase::Requested
        | SharingPhase::ProviderApproved
        | SharingPhase::InForce
        | SharingPhase::Refused { .. }
        | SharingPhase::Ended { .. }
        | SharingPhase::Expired { .. } => {
            Err(refuse(state, "sharing-not-suspended", ATTEMPT, "协议未暂停。", "The agreement is not suspended."))
        }
    }
}

/// Ends an agreement, or takes a request back.
///
/// # Errors
/// `sharing-closed` when it has ended before; `sharing-not-your-turn` when somebody but the consumer ends what is only asked for: they refuse.
pub fn decide_end(state: &SharingAgreement, side: SharingSide, by: String, reason: String) -> Result<Vec<SharingEvent>, Refusal> {
    const ATTEMPT: &str = "sharing-agreement.end";
    match state.phase {
        SharingPhase::Requested | SharingPhase::ProviderApproved if side != SharingSide::Consumer => Err(refuse(
            state,
            "sharing-not-your-turn",
            ATTEMPT,
            "尚未批准的申请请批准或不予批准。",
            "What is only asked for is approved or refused.",
        )),
        SharingPhase::Requested | SharingPhase::ProviderApproved | SharingPhase::InForce | SharingPhase::Suspended { .. } => {
            Ok(vec![SharingClosed { side, by, reason, refused: false }.into()])
        }
        SharingPhase::Refused { .. } | SharingPhase::Ended { .. } | SharingPhase::Expired { .. } => {
            Err(refuse(state, "sharing-closed", ATTEMPT, "协议已终止。", "The agreement has ended."))
        }
    }
}

/// Records that the term has ended; nothing when it has not, or when that is recorded.
pub fn decide_expire(state: &SharingAgreement, at: Timestamp) -> Vec<SharingEvent> {
    if state.is_open() && at > state.terms.valid_to { vec![SharingExpired {}.into()] } else { Vec::new() }
}

/// May something be delivered now?
///
/// # Errors
/// `sharing-not-approved`, `sharing-suspended`, `sharing-not-yet`, `sharing-expired` or `sharing-ended`.
pub fn decide_deliver(state: &SharingAgreement, at: Timestamp) -> Result<(), Refusal> {
    const ATTEMPT: &str = "data-delivery.take";
    let no = |code, zh: &str, en: &str| Err(Refusal::new(code, ATTEMPT, state.status_at(at), zh, en));
    match &state.phase {
        SharingPhase::Requested | SharingPhase::ProviderApproved => {
            no("sharing-not-approved", "协议尚未批准，不提供数据。", "The agreement is not approved yet: nothing is delivered.")
        }
        SharingPhase::Expired { .. } => {
            no("sharing-expired", "协议已到期，不再提供数据。", "The term has ended: nothing is delivered any more.")
        }
        SharingPhase::Refused { .. } | SharingPhase::Ended { .. } => {
            no("sharing-ended", "协议未获批准或已终止，不提供数据。", "The agreement was refused or has ended: nothing is delivered.")
        }
        SharingPhase::InForce | SharingPhase::Suspended { .. } if at > state.terms.valid_to => {
            no("sharing-expired", "协议已到期，不再提供数据。", "The term has ended: nothing is delivered any more.")
        }
        SharingPhase::Suspended { reason, .. } => {
            no("sharing-suspended", &format!("协议已暂停：{reason}"), &format!("The agreement is suspended: {reason}"))
        }
        SharingPhase::InForce if at < state.terms.valid_from => {
            no("sharing-not-yet", "协议尚未开始生效。", "The term of the agreement has not begun.")
        }
        SharingPhase::InForce => Ok(()),
    }
}

/// The period that is asked for, if the agreed data hold it. What is left out is filled in: up to `at`, from `days` before that on or from where
/// the agreed data begin.
///
/// # Errors
/// `sharing-outside-period` when it begins before the agreed data do, or has nothing of them.
pub fn decide_period(
    terms: &SharingTerms,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
    days: i64,
    at: Timestamp,
) -> Result<(Timestamp, Timestamp), Refusal> {
    let (first, end) = terms.data_period();
    // What has not happened yet is not told as if it had.
    let to = to.unwrap_or(at).min(at).min(end);
    let from = from.unwrap_or_else(|| to.plus_days(-days).max(first));
    if from >= first && to > first {
        return Ok((from, to));
    }
    Err(Refusal::new(
        "sharing-outside-period",
        "data-delivery.take",
        "in-force",
        "所取数据早于协议约定的数据起始。",
        "The agreement is about later data: see where its data begin.",
    ))
}
