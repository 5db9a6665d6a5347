//! Rights (权限): the cedar policies of `policies/fairway.cedar`, asked for every use case and every read.
//!
//! The policies see only the role, the action and how the object relates to the asker, so an answer depends on a handful of
//! values and is remembered; cedar is asked once per combination.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;

use cedar_policy::{Authorizer, Context as CedarContext, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression};
use ledger::WorkRow;
use parking_lot::RwLock;

use crate::{AppError, Principal, Role};

/// The shipped policies.
pub const POLICIES: &str = include_str!("../policies/fairway.cedar");

/// What is acted upon, as far as the rights are concerned.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// Object kind.
    pub kind: &'a str,
    /// Object id; empty for lists and creations.
    pub id: &'a str,
    /// The principal's organisation is among the parties.
    pub party: bool,
    /// The object lies in the principal's district.
    pub district: bool,
}

/// Kinds of objects that no authority claims (关区监管对象): they are at the port, and so in the port's own district. Whatever is not among them
/// lies in the district it names, and in none while it names none: a draft, an agreement between two traders, a payment between two firms.
pub const AT_THE_PORT: [&str; 16] = [
    "ship-call",
    "manifest",
    "bill",
    "container",
    "delivery-order",
    "discharge-order",
    "loading-order",
    "slot",
    "booking",
    "gate-transaction",
    "eir",
    "tally-report",
    "outbound-bill",
    "guarantee",
    "enterprise",
    "draw-day",
];

impl<'a> Resource<'a> {
    /// An object that shows itself by a worklist row. `home` is the customs district of the port.
    pub fn of(kind: &'a str, id: &'a str, row: &WorkRow, principal: &Principal, home: &str) -> Self {
        let party = !principal.organisation.is_empty()
            && (row.parties.contains(&principal.organisation) || row.owner.as_ref() == Some(&principal.organisation));
        let district = match (&principal.district, &row.authority) {
            (Some(own), Some(of_object)) => own == of_object,
            (Some(own), None) => own == home && AT_THE_PORT.contains(&kind),
            (None, _) => false,
        };
        Self { kind, id, party, district }
    }

    /// Something new of one's own, or one's own list.
    pub fn own(kind: &'a str) -> Self {
        Self { kind, id: "", party: true, district: true }
    }

    /// Something new that will be at the port: the business of the port's own district.
    pub fn at_the_port(kind: &'a str, principal: &Principal, home: &str) -> Self {
        Self { kind, id: "", party: true, district: principal.district.as_deref() == Some(home) }
    }

    /// Is the object one that the principal may know of?
    pub fn known_to_principal(&self) -> bool {
        self.party || self.district
    }
}

/// Role, action, party, district.
type Question = (Role, &'static str, bool, bool);

/// Answers whether an action is allowed.
pub struct Rights {
    policies: PolicySet,
    actions: BTreeSet<String>,
    answers: RwLock<HashMap<Question, bool>>,
}

/// Why policies cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the policies cannot be used: {0}")]
pub struct PolicyError(String);

impl Rights {
    /// Reads policies.
    ///
    /// # Errors
    /// [`PolicyError`] when the text is not valid cedar.
    pub fn new(text: &str) -> Result<Self, PolicyError> {
        let policies = PolicySet::from_str(text).map_err(|e| PolicyError(e.to_string()))?;
        let actions = named_actions(text);
        Ok(Self { policies, actions, answers: RwLock::new(HashMap::new()) })
    }

    /// Every action that some policy names.
    pub fn actions(&self) -> &BTreeSet<String> {
        &self.actions
    }

    /// Is it allowed?
    pub fn allows(&self, role: Role, action: &'static str, party: bool, district: bool) -> bool {
        let key = (role, action, party, district);
        if let Some(answer) = self.answers.read().get(&key) {
            return *answer;
        }
        let answer = self.ask(role, action, party, district).unwrap_or(false);
        self.answers.write().insert(key, answer);
        answer
    }

    /// Refuses what is not allowed.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn require(&self, principal: &Principal, action: &'static str, resource: &Resource<'_>) -> Result<(), AppError> {
        if self.allows(principal.role, action, resource.party, resource.district) { Ok(()) } else { Err(AppError::Forbidden { action }) }
    }

    /// Every action a role may do on its own objects, for the interface.
    pub fn permissions(&self, role: Role) -> Vec<String> {
        self.actions.iter().filter(|action| self.ask(role, action, true, true).unwrap_or(false)).cloned().collect()
    }

    fn ask(&self, role: Role, action: &str, party: bool, district: bool) -> Option<bool> {
        let principal = uid("User", role.code())?;
        let resource = uid("Object", "object")?;
        let text = |value: &str| RestrictedExpression::new_string(value.to_owned());
        let principal_entity =
            Entity::new(principal.clone(), HashMap::from([("role".to_owned(), text(role.code()))]), Default::default()).ok()?;
        let attributes = HashMap::from([
            ("party".to_owned(), RestrictedExpression::new_bool(party)),
            ("district".to_owned(), RestrictedExpression::new_bool(district)),
        ]);
        let resource_entity = Entity::new(resource.clone(), attributes, Default::default()).ok()?;
        let entities = Entities::from_entities([principal_entity, resource_entity], None).ok()?;
        let request = Request::new(principal, uid("Action", action)?, resource, CedarContext::empty(), None).ok()?;
        let response = Authorizer::new().is_authorized(&request, &self.policies, &entities);
        Some(response.decision() == Decision::Allow)
    }
}

fn uid(kind: &str, id: &str) -> Option<EntityUid> {
    EntityUid::from_str(&format!("{kind}::\"{id}\"")).ok()
}

fn named_actions(text: &str) -> BTreeSet<String> {
    text.split("Action::\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights() -> Rights {
        Rights::new(POLICIES).expect("shipped policies")
    }

    #[test]
    fn nothing_is_allowed_that_no_policy_names() {
        let rights = rights();
        for role in Role::PEOPLE {
            assert!(!rights.allows(role, "ledger.rewrite", true, true), "{}", role.code());
        }
    }

    #[test]
    fn what_no_authority_claims_lies_in_the_district_of_the_port_or_in_none() {
        let officer = |district: &str| Principal {
            id: "officer".into(),
            organisation: "customs".into(),
            role: Role::Customs,
            district: Some(district.into()),
            system: false,
        };
        let unclaimed = WorkRow::default();
        let district = |kind, row: &WorkRow, of: &str| Resource::of(kind, "X", row, &officer(of), "3104").district;
        assert!(district("container", &unclaimed, "3104"));
        assert!(!district("container", &unclaimed, "2301"), "another district has nothing to do with the boxes of the port");
        for kind in ["declaration", "payment", "agency-agreement", "message"] {
            assert!(!district(kind, &unclaimed, "3104"), "{kind} without a district is nobody's but its parties'");
        }
        let claimed = WorkRow { authority: Some("2301".into()), ..WorkRow::default() };
        assert!(district("declaration", &claimed, "2301"));
        assert!(!district("declaration", &claimed, "3104"));
    }

    #[test]
    fn organisations_act_on_their_own_objects_only() {
        let rights = rights();
        assert!(rights.allows(Role::Trader, "declaration.submit", true, false));
        assert!(!rights.allows(Role::Trader, "declaration.submit", false, true));
        assert!(!rights.allows(Role::Trader, "gate.decide", true, true));
        assert!(!rights.allows(Role::Public, "worklist.read", true, true));
    }

    #[test]
    fn officers_act_in_their_district_only() {
        let rights = rights();
        assert!(rights.allows(Role::Customs, "inspection.result", false, true));
        assert!(!rights.allows(Role::Customs, "inspection.result", true, false));
        assert!(!rights.allows(Role::Admin, "case.read", true, true), "an administrator keeps the platform, not the cases");
    }
}
