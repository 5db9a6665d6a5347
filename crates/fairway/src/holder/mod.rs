//! The second holder of the draw (双随机抽查第二持有人): another office that keeps a seed of its own and gives its part of each draw once.
//!
//! [`Book`] is what it keeps, [`router`] how a platform reaches it. `fairway draw holder` serves a book on a machine of that office; a demonstration
//! has one in its own folder, labelled as such.

mod book;
mod serve;

use std::sync::Arc;

use app::draw::{HolderDay, HolderFault, Part, Question, SecondHolder};
use async_trait::async_trait;
use ledger::Bilingual;

pub use book::Book;
pub use serve::router;

/// A holder in the same process: for demonstrations, where nobody is independent of anybody.
pub struct Sandbox {
    book: Arc<Book>,
}

impl Sandbox {
    /// A holder with a book.
    pub const fn new(book: Arc<Book>) -> Self {
        Self { book }
    }
}

#[async_trait]
impl SecondHolder for Sandbox {
    fn name(&self) -> Bilingual {
        Bilingual::new("沙箱第二持有人（演示，与平台同机）", "Sandbox second holder (demonstration, on the same machine)")
    }

    async fn day(&self, day: &str) -> Result<HolderDay, HolderFault> {
        self.book.day(day).map_err(|refused| HolderFault(refused.to_string()))
    }

    async fn part(&self, question: &Question) -> Result<Part, HolderFault> {
        self.book.part(question).map_err(|refused| HolderFault(refused.to_string()))
    }
}
