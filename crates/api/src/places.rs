//! Places of live streams: so many in all, and so many of each asker, so that whoever is greedy takes none from others.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::StatusCode;
use parking_lot::Mutex;

use crate::problem::Problem;

/// Live streams open at once; more are told to come back.
pub(crate) const STREAMS_MAX: usize = 2_000;
/// Of one organisation: a busy house with many windows.
pub(crate) const STREAMS_PER_ORGANISATION_MAX: usize = 100;
/// Of one session or key: the windows of one browser, each with a second one while it reconnects.
pub(crate) const STREAMS_PER_SESSION_MAX: usize = 12;
/// Of one address without login: a house behind one address.
pub(crate) const STREAMS_PER_ADDRESS_MAX: usize = 50;
/// Of all that are not logged in together: the rest is for those who work.
pub(crate) const STREAMS_PUBLIC_MAX: usize = 1_000;

/// Whose places are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Whose {
    Everybody,
    Public,
    Organisation(String),
    Session(String),
    Address(String),
}

/// Who opens a stream.
pub(crate) enum Opener<'a> {
    /// A session or key of an organisation.
    Member {
        /// Organisation.
        organisation: &'a str,
        /// What tells one session or key from another.
        session: &'a str,
    },
    /// Somebody without login.
    Visitor {
        /// Address.
        address: &'a str,
    },
}

/// The places taken.
#[derive(Default)]
pub(crate) struct Places(Mutex<HashMap<Whose, usize>>);

/// A place, given back when dropped.
pub(crate) struct Place {
    places: Arc<Places>,
    of: Vec<Whose>,
}

impl Places {
    /// Takes a place, or says whose are all taken.
    pub fn take(self: &Arc<Self>, opener: &Opener<'_>) -> Result<Place, Problem> {
        let wanted = match opener {
            Opener::Member { organisation, session } => vec![
                (Whose::Session((*session).to_owned()), STREAMS_PER_SESSION_MAX),
                (Whose::Organisation((*organisation).to_owned()), STREAMS_PER_ORGANISATION_MAX),
                (Whose::Everybody, STREAMS_MAX),
            ],
            Opener::Visitor { address } => vec![
                (Whose::Address((*address).to_owned()), STREAMS_PER_ADDRESS_MAX),
                (Whose::Public, STREAMS_PUBLIC_MAX),
                (Whose::Everybody, STREAMS_MAX),
            ],
        };
        let mut taken = self.0.lock();
        for (whose, most) in &wanted {
            if taken.get(whose).copied().unwrap_or(0) >= *most {
                return Err(full(whose, *most));
            }
        }
        let of: Vec<Whose> = wanted.into_iter().map(|(whose, _)| whose).collect();
        for whose in &of {
            *taken.entry(whose.clone()).or_default() += 1;
        }
        Ok(Place { places: Arc::clone(self), of })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock();
        for whose in &self.of {
            if let Some(count) = taken.get_mut(whose) {
                *count -= 1;
                if *count == 0 {
                    taken.remove(whose);
                }
            }
        }
    }
}

fn full(whose: &Whose, most: usize) -> Problem {
    let own = |zh: &str, en: &str| {
        Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "streams-own-full",
            format!("{zh}的实时连接已达上限（{most} 个），请关闭一些页面。"),
            format!("The live connections of {en} are all taken ({most}); close some pages."),
        )
    };
    let problem = match whose {
        Whose::Session(_) => own("本次登录", "this session"),
        Whose::Organisation(_) => own("本单位", "this organisation"),
        Whose::Address(_) => own("本地址", "this address"),
        Whose::Public | Whose::Everybody => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "streams-full",
            "实时连接已满，请稍后重试。",
            "Too many live connections; try again later.",
        ),
    };
    problem.retry(30)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place, or the code of the refusal.
    fn take(places: &Arc<Places>, opener: &Opener<'_>) -> Result<Place, String> {
        places.take(opener).map_err(|problem| problem.code.to_string())
    }

    fn member<'a>(organisation: &'a str, session: &'a str) -> Opener<'a> {
        Opener::Member { organisation, session }
    }

    #[test]
    fn nobody_takes_the_places_of_others() {
        let places = Arc::new(Places::default());
        let mut held = Vec::new();
        // A greedy session, then a greedy organisation with many sessions.
        for _ in 0..STREAMS_PER_SESSION_MAX {
            held.push(take(&places, &member("greedy", "s0")).expect("within the bound"));
        }
        assert_eq!(take(&places, &member("greedy", "s0")).err().as_deref(), Some("streams-own-full"), "one past");
        while held.len() < STREAMS_PER_ORGANISATION_MAX {
            let session = format!("s{}", held.len());
            held.push(take(&places, &member("greedy", &session)).expect("another session"));
        }
        assert_eq!(take(&places, &member("greedy", "other")).err().as_deref(), Some("streams-own-full"), "one past");
        // A greedy address, then everybody without login.
        for n in 0..STREAMS_PUBLIC_MAX {
            let address = format!("a{}", n / STREAMS_PER_ADDRESS_MAX);
            held.push(take(&places, &Opener::Visitor { address: &address }).expect("within the bound"));
        }
        assert_eq!(take(&places, &Opener::Visitor { address: "a0" }).err().as_deref(), Some("streams-own-full"), "its own");
        assert_eq!(take(&places, &Opener::Visitor { address: "fresh" }).err().as_deref(), Some("streams-full"), "all");
        let other = take(&places, &member("modest", "m")).expect("others still find a place");
        drop((held, other));
        assert!(places.0.lock().is_empty(), "what is given back leaves nothing behind");
    }
}
