//! Choosing officers by lot (随机选派): the same seed and mix, one value per officer, the lowest are chosen.

use super::{DaySeed, ID_BYTES_MAX, SCHEME};
use crate::Day;
use crate::hash::Hash256;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Officers in one pool.
pub const OFFICERS_MAX: usize = 10_000;

/// An officer of the pool (检查人员名录库).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officer {
    /// Identity.
    pub id: String,
    /// Parties with whom there is a conflict of interest (回避), by the same keys as [`PickRequest::parties`].
    #[serde(default)]
    pub conflicts: BTreeSet<String>,
    /// What the officer is qualified for.
    #[serde(default)]
    pub competences: BTreeSet<String>,
}

/// An officer who cannot come, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Absence {
    /// The officer.
    pub officer_id: String,
    /// Why, in the words of whoever keeps the roster.
    pub reason: String,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickRequest<'r> {
    /// The day of the seed.
    pub day: Day,
    /// The inspection order.
    pub order_id: &'r str,
    /// Head of the ledger when the order was made.
    pub mix: &'r [u8; 32],
    /// Officers wanted; the law asks for at least two (GACC Decree 138).
    pub count: usize,
    /// Parties to the case: consignee, broker and so on.
    pub parties: &'r [&'r str],
    /// Competences that every officer must have.
    pub competences: &'r [&'r str],
    /// Officers who cannot come.
    pub absences: &'r [Absence],
}

/// Why an officer did not take part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum ExclusionReason {
    /// Conflict of interest with a party (回避).
    Conflict {
        /// The party.
        party: String,
    },
    /// A competence is missing.
    Competence {
        /// The competence.
        missing: String,
    },
    /// The officer cannot come.
    Absent {
        /// Why.
        reason: String,
    },
}

/// An officer who did not take part, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// The officer.
    pub officer_id: String,
    /// Why.
    pub reason: ExclusionReason,
}

/// The officers chosen, with everything that is needed to check the choice. Keep it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picked {
    /// The protocol, [`SCHEME`].
    pub scheme: String,
    /// The day of the seed.
    pub day: Day,
    /// The commitment published for that day.
    pub commitment: Hash256,
    /// The inspection order.
    pub order_id: String,
    /// Head of the ledger when the order was made.
    pub mix: Hash256,
    /// The officers, in the order in which they were drawn.
    pub chosen: Vec<String>,
    /// Hash of the whole pool, whatever its order.
    pub pool_version_hash: Hash256,
    /// Officers of the pool.
    pub pool_size: usize,
    /// Parties to the case.
    pub parties: BTreeSet<String>,
    /// Competences asked for.
    pub competences: BTreeSet<String>,
    /// Absences that were known.
    pub absences: BTreeSet<Absence>,
    /// Officers who did not take part, in the order of their identities.
    pub excluded: Vec<Excluded>,
}

/// Why no officers were chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PickError {
    /// None were asked for.
    #[error("at least one officer must be asked for")]
    NoneAsked,
    /// An identity is empty or too long.
    #[error("the identity of an order or officer must have 1 to {ID_BYTES_MAX} bytes")]
    Identity,
    /// The pool is too large.
    #[error("the pool has {found} officers, at most {OFFICERS_MAX} are allowed")]
    PoolTooLarge {
        /// Officers found.
        found: usize,
    },
    /// The pool holds an officer twice.
    #[error("officer {officer_id} is in the pool twice")]
    Duplicate {
        /// The officer.
        officer_id: String,
    },
    /// Too few officers remain after the exclusions.
    #[error("{asked} officers asked for, {eligible} of {pool_size} may take part")]
    TooFew {
        /// Officers asked for.
        asked: usize,
        /// Officers who may take part.
        eligible: usize,
        /// Officers of the pool.
        pool_size: usize,
        /// Who did not take part and why.
        excluded: Vec<Excluded>,
    },
}

impl PickError {
    /// The message in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::NoneAsked => "至少应选派一名人员".to_owned(),
            Self::Identity => format!("指令或人员编号应为 1 至 {ID_BYTES_MAX} 字节"),
            Self::PoolTooLarge { found } => format!("名录库共 {found} 人，上限 {OFFICERS_MAX} 人"),
            Self::Duplicate { officer_id } => format!("人员 {officer_id} 在名录库中重复"),
            Self::TooFew { asked, eligible, pool_size, .. } => {
                format!("需选派 {asked} 人，名录库 {pool_size} 人中仅 {eligible} 人可参加")
            }
        }
    }
}

/// Hash of a pool: its officers in the order of their identities, every part preceded by its length.
#[must_use]
pub fn pool_version_hash(pool: &[Officer]) -> Hash256 {
    let mut officers: Vec<&Officer> = pool.iter().collect();
    officers.sort_by(|a, b| a.id.cmp(&b.id));
    let mut message = Vec::new();
    let mut put = |text: &str| {
        message.extend_from_slice(&(text.len() as u64).to_be_bytes());
        message.extend_from_slice(text.as_bytes());
    };
    put(SCHEME);
    for officer in officers {
        put(&officer.id);
        for set in [&officer.conflicts, &officer.competences] {
            put(&set.len().to_string());
            set.iter().for_each(|item| put(item));
        }
    }
    Hash256::of(&[&message])
}

/// Chooses officers. The same request and pool, in any order, always give the same choice.
///
/// # Errors
/// None are asked for, an identity is empty or too long, the pool is too large or holds an officer twice, or too few
/// officers remain.
pub fn pick_officers(seed: &DaySeed, request: &PickRequest<'_>, pool: &[Officer]) -> Result<Picked, PickError> {
    check(request, pool)?;
    let mix = Hash256(*request.mix);
    let absences: BTreeMap<&str, &str> = request.absences.iter().map(|a| (a.officer_id.as_str(), a.reason.as_str())).collect();
    let mut excluded = Vec::new();
    let mut lots = Vec::new();
    for officer in pool {
        match exclusion(officer, request, &absences) {
            Some(reason) => excluded.push(Excluded { officer_id: officer.id.clone(), reason }),
            None => {
                let value = seed.value("officer", request.day, &mix, &[request.order_id.as_bytes(), officer.id.as_bytes()]);
                lots.push((value, officer.id.as_str()));
            }
        }
    }
    excluded.sort_by(|a, b| a.officer_id.cmp(&b.officer_id));
    if lots.len() < request.count {
        return Err(PickError::TooFew { asked: request.count, eligible: lots.len(), pool_size: pool.len(), excluded });
    }
    lots.sort_unstable();
    let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    Ok(Picked {
        scheme: SCHEME.to_owned(),
        day: request.day,
        commitment: seed.commitment(request.day),
        order_id: request.order_id.to_owned(),
        mix,
        chosen: lots.iter().take(request.count).map(|(_, id)| (*id).to_owned()).collect(),
        pool_version_hash: pool_version_hash(pool),
        pool_size: pool.len(),
        parties: owned(request.parties),
        competences: owned(request.competences),
        absences: request.absences.iter().cloned().collect(),
        excluded,
    })
}

fn check(request: &PickRequest<'_>, pool: &[Officer]) -> Result<(), PickError> {
    if request.count == 0 {
        return Err(PickError::NoneAsked);
    }
    if pool.len() > OFFICERS_MAX {
        return Err(PickError::PoolTooLarge { found: pool.len() });
    }
    let mut ids = std::iter::once(request.order_id).chain(pool.iter().map(|officer| officer.id.as_str()));
    if ids.any(|id| id.is_empty() || id.len() > ID_BYTES_MAX) {
        return Err(PickError::Identity);
    }
    let mut known = BTreeSet::new();
    match pool.iter().find(|officer| !known.insert(officer.id.as_str())) {
        Some(officer) => Err(PickError::Duplicate { officer_id: officer.id.clone() }),
        None => Ok(()),
    }
}

/// The first reason in a fixed order: conflict, competence, absence.
fn exclusion(officer: &Officer, request: &PickRequest<'_>, absences: &BTreeMap<&str, &str>) -> Option<ExclusionReason> {
    let conflict = officer.conflicts.iter().find(|party| request.parties.contains(&party.as_str()));
    if let Some(party) = conflict {
        return Some(ExclusionReason::Conflict { party: party.clone() });
    }
    let wanted: BTreeSet<&str> = request.competences.iter().copied().collect();
    if let Some(missing) = wanted.into_iter().find(|competence| !officer.competences.contains(*competence)) {
        return Some(ExclusionReason::Competence { missing: missing.to_owned() });
    }
    absences.get(officer.id.as_str()).map(|reason| ExclusionReason::Absent { reason: (*reason).to_owned() })
}

/// Why a recorded choice does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PickFault {
    /// The record follows another protocol.
    #[error("the record follows {found:?}, not fairway-draw-v1")]
    Scheme {
        /// The protocol named.
        found: String,
    },
    /// The revealed seed does not fit the published commitment.
    #[error("the seed does not fit the commitment of {day}")]
    Commitment {
        /// The day.
        day: Day,
    },
    /// The pool is not the one of the record.
    #[error("the pool is not the one that the record names")]
    Pool,
    /// The inputs of the record could not have given a choice.
    #[error("the record could not have been drawn")]
    Inputs(#[source] PickError),
    /// Recomputing gives other officers.
    #[error("the recorded officers are {recorded:?}, recomputed {computed:?}")]
    Chosen {
        /// Officers in the record.
        recorded: Vec<String>,
        /// Officers recomputed.
        computed: Vec<String>,
    },
    /// Recomputing gives other exclusions.
    #[error("the recorded exclusions do not follow from the pool and the request")]
    Excluded,
}

/// Checks a recorded choice against the pool of that time and the revealed seed.
///
/// # Errors
/// What does not hold.
pub fn verify_pick(record: &Picked, pool: &[Officer], revealed_seed: &DaySeed) -> Result<(), PickFault> {
    if record.scheme != SCHEME {
        return Err(PickFault::Scheme { found: record.scheme.clone() });
    }
    if record.commitment != revealed_seed.commitment(record.day) {
        return Err(PickFault::Commitment { day: record.day });
    }
    if record.pool_version_hash != pool_version_hash(pool) || record.pool_size != pool.len() {
        return Err(PickFault::Pool);
    }
    let parties: Vec<&str> = record.parties.iter().map(String::as_str).collect();
    let competences: Vec<&str> = record.competences.iter().map(String::as_str).collect();
    let absences: Vec<Absence> = record.absences.iter().cloned().collect();
    let request = PickRequest {
        day: record.day,
        order_id: &record.order_id,
        mix: &record.mix.0,
        count: record.chosen.len(),
        parties: &parties,
        competences: &competences,
        absences: &absences,
    };
    let computed = pick_officers(revealed_seed, &request, pool).map_err(PickFault::Inputs)?;
    if computed.chosen != record.chosen {
        return Err(PickFault::Chosen { recorded: record.chosen.clone(), computed: computed.chosen });
    }
    if computed.excluded != record.excluded {
        return Err(PickFault::Excluded);
    }
    Ok(())
}
