//! The API over a real store, through the real router.

mod faults;
mod journey;
mod live;
mod message_centre;
mod rights;
mod rights_table;
mod sessions;
mod site;
