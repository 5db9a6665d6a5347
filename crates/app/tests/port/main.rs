//! The use cases of the port on a real store: every step of the journey, every refusal, who may do what, and what the ledger proves.

mod agency;
mod answers;
mod changes;
mod concurrency;
mod conveyances;
mod discharge_orders;
mod districts;
mod draws;
mod endings;
mod journey;
mod messages_in;
mod national;
mod partners;
mod proofs;
mod refusals;
mod repairs;
mod reports;
mod rights;
mod routing;
mod rule_tables;
mod statuses;
mod support;
mod tallies;
mod transhipments;
