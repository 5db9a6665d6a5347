//! The API over a real store, through the real router.

mod administration;
mod branches;
mod clues;
mod faults;
mod images;
mod inspection_site;
mod joint;
mod journey;
mod live;
mod message_centre;
mod proxies;
mod rights;
mod rights_table;
mod samples;
mod sessions;
mod sharing;
mod site;
