//! Expected answers to strangers, in the order public, trader, agent, terminal, trucker, customs (another district), port office, admin.
//!
//! `-` no session, `F` forbidden, `N` hidden, `i` allowed to ask and refused for its input or state, `+` done.

pub const TABLE: &[(&str, &str, &str)] = &[];
