//! Data sharing (数据共享, DAT-01): the catalogue of data resources, agreements about them, deliveries under an agreement, and the usage log.
//!
//! * `catalogue` holds the definition of every resource beside the query that serves it: a field that is described is a field that is read.
//! * `agree` carries an agreement from its request to its end.
//! * `deliver` hands rows over, by the interface or as a file of the schedule, and writes each delivery down in the same commit.
//! * `figures` counts deliveries.
//!
//! Deliberately not known here: the rights to single objects. Whoever receives data under an agreement sees what was agreed, whether or not it
//! might open the objects behind them.

mod agree;
mod catalogue;
mod deliver;
mod figures;
mod files;

pub use self::agree::{
    ApproveSharing, EndSharing, ExpireSharing, REQUESTS_OPEN_MAX, RefuseSharing, RequestSharing, ResumeSharing, SuspendSharing,
};
pub use self::catalogue::{About, DataResource, RowPage, Window};
pub(crate) use self::deliver::a_file_sent_again_is_in_the_log;
pub use self::deliver::{DAYS_BACK, Delivered, PAGE_ROWS_MAX, PERIOD_DAYS_MAX, StateUse, TakeData};
pub use self::figures::{DeliveryFigures, SERIES, SharingFigures};
pub use self::files::{FILE_ROWS_MAX, FailDataFile, SendDataFile, csv_cell};
