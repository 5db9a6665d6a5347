//! The rounds: fetch from every partner, deliver to every partner, none waiting for another.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::partners::{DeliverBy, Direction, Profile};
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

use crate::deliveries::{LANES_MAX, Lane, lane};
use crate::folder::{Folder, Pace};
use crate::{Carriers, folder, sftp};

/// Between two looks at what is due, milliseconds.
const DELIVER_EVERY_MS: u64 = 1_000;
/// Longest look into a folder or at a server with all that is fetched, seconds. What is left is fetched in the next.
const ROUND_SECONDS_MAX: u64 = 600;

/// What is remembered of a partner. Whoever works for it holds the lock, so that there is one at a time.
#[derive(Default)]
struct Post {
    folder: tokio::sync::Mutex<folder::Watch>,
    sftp: tokio::sync::Mutex<sftp::Watch>,
    lane: tokio::sync::Mutex<Lane>,
}

/// What a round gave, or that it did not end in time.
async fn in_time(round: impl Future<Output = Result<usize, String>>) -> Result<usize, String> {
    let longest = Duration::from_secs(ROUND_SECONDS_MAX);
    tokio::time::timeout(longest, round).await.unwrap_or_else(|_| Err(format!("fetching did not end within {ROUND_SECONDS_MAX} s")))
}

/// Fetches and delivers for every partner.
pub struct Exchange {
    app: Arc<App>,
    carriers: Carriers,
    /// By which this process holds lanes.
    holder: String,
    posts: Mutex<HashMap<String, Arc<Post>>>,
    lanes: Arc<Semaphore>,
    fetches: Arc<Semaphore>,
}

impl Exchange {
    /// An exchange of this application; nothing happens until it is asked to.
    pub fn new(app: Arc<App>, carriers: Carriers) -> Arc<Self> {
        let holder = hex::encode(app.random::<16>());
        Arc::new(Self {
            app,
            carriers,
            holder,
            posts: Mutex::default(),
            lanes: Arc::new(Semaphore::new(LANES_MAX)),
            fetches: Arc::new(Semaphore::new(LANES_MAX)),
        })
    }

    fn post(&self, partner: &str) -> Arc<Post> {
        Arc::clone(self.posts.lock().entry(partner.to_owned()).or_default())
    }

    async fn profiles(&self) -> Vec<Profile> {
        match self.app.partners().await {
            Ok(all) => all.iter().map(|(_, profile)| profile.clone()).collect(),
            Err(error) => {
                tracing::warn!(%error, "the partner profiles cannot be read now");
                Vec::new()
            }
        }
    }

    /// Looks once into every folder and server from which messages are fetched, all at the same time. Who is being looked at already is left out.
    pub async fn fetch_once(self: &Arc<Self>) {
        let mut tasks = self.start_fetching().await;
        while tasks.join_next().await.is_some() {}
    }

    /// Delivers once what is due, to all partners at the same time. Returns how many messages were delivered.
    pub async fn deliver_once(self: &Arc<Self>) -> usize {
        let mut tasks = self.start_delivering().await;
        let mut delivered = 0;
        while let Some(done) = tasks.join_next().await {
            delivered += done.unwrap_or(0);
        }
        delivered
    }

    async fn start_fetching(self: &Arc<Self>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for profile in self.profiles().await {
            if profile.channels.folder.as_ref().is_some_and(|folder| folder.receive) {
                let (exchange, profile) = (Arc::clone(self), profile.clone());
                tasks.spawn(async move { exchange.look_into_folder(&profile).await });
            }
            if profile.channels.sftp.as_ref().is_some_and(|sftp| sftp.fetch_from.is_some()) {
                let exchange = Arc::clone(self);
                tasks.spawn(async move { exchange.look_at_server(&profile).await });
            }
        }
        tasks
    }

    async fn start_delivering(self: &Arc<Self>) -> JoinSet<usize> {
        let mut tasks = JoinSet::new();
        for profile in self.profiles().await {
            if profile.channels.deliver_by != DeliverBy::Mailbox {
                let exchange = Arc::clone(self);
                tasks.spawn(async move { exchange.deliver_to(&profile).await });
            }
        }
        tasks
    }

    async fn look_into_folder(&self, profile: &Profile) {
        let (Some(channel), Some(root)) = (&profile.channels.folder, &self.carriers.settings.folders) else { return };
        let post = self.post(&profile.organisation);
        let Ok(mut watch) = post.folder.try_lock() else { return };
        let Ok(_permit) = self.fetches.acquire().await else { return };
        let (root, name) = (root.clone(), channel.name.clone());
        // A folder that hangs (a network drive that is away) holds one thread, however often it is looked into.
        let Some(looking) = watch.look() else {
            return self.note(profile, DeliverBy::Folder, Err("the folder does not answer".into())).await;
        };
        let open = tokio::task::spawn_blocking(move || {
            let opened = Folder::open(&root, &name);
            drop(looking);
            opened
        });
        let settings = &self.carriers.settings;
        let pace = Pace { stable: Duration::from_secs(settings.stable_seconds), keep: Duration::from_secs(settings.keep_days * 86_400) };
        let result = in_time(async {
            let folder = open.await.unwrap_or_else(|error| Err(error.to_string()))?;
            folder::round(&self.app, &profile.organisation, &folder, &mut watch, pace).await
        });
        let result = result.await;
        self.note(profile, DeliverBy::Folder, result).await;
    }

    async fn look_at_server(&self, profile: &Profile) {
        let Some(channel) = &profile.channels.sftp else { return };
        let post = self.post(&profile.organisation);
        let Ok(mut watch) = post.sftp.try_lock() else { return };
        let Ok(_permit) = self.fetches.acquire().await else { return };
        let refused = app::partners::Couriers::refuse(
            &self.carriers,
            &app::partners::Channels { sftp: Some(channel.clone()), ..app::partners::Channels::default() },
        );
        let result = match refused.into_iter().next() {
            Some(finding) => Err(finding.message.en.into_owned()),
            None => in_time(sftp::round(&self.app, &self.carriers.settings, &profile.organisation, channel, &mut watch)).await,
        };
        self.note(profile, DeliverBy::Sftp, result).await;
    }

    async fn note(&self, profile: &Profile, channel: DeliverBy, result: Result<usize, String>) {
        let result = result.as_ref().map(|_| ()).map_err(String::as_str);
        if let Err(error) = self.app.note_channel(&profile.organisation, channel, Direction::In, result).await {
            tracing::warn!(partner = profile.organisation, %error, "how a channel fares could not be written down");
        }
    }

    async fn deliver_to(&self, profile: &Profile) -> usize {
        let post = self.post(&profile.organisation);
        let Ok(mut own) = post.lane.try_lock() else { return 0 };
        let Ok(_permit) = self.lanes.acquire().await else { return 0 };
        lane(&self.app, &self.carriers, &self.holder, profile, &mut own).await.unwrap_or_else(|error| {
            tracing::warn!(partner = profile.organisation, %error, "a delivery was not recorded; it will be tried again");
            0
        })
    }

    /// Goes on until the task is ended. A partner that hangs holds nothing but its own lane.
    pub fn run(self: Arc<Self>) -> JoinHandle<()> {
        tokio::spawn(async move {
            let mut look = tokio::time::interval(Duration::from_secs(self.carriers.settings.poll_seconds.clamp(1, 3_600)));
            let mut deliver = tokio::time::interval(Duration::from_millis(DELIVER_EVERY_MS));
            let (mut fetching, mut delivering) = (JoinSet::new(), JoinSet::new());
            loop {
                tokio::select! {
                    _ = look.tick() => {
                        let exchange = Arc::clone(&self);
                        fetching.spawn(async move { exchange.fetch_once().await });
                    }
                    _ = deliver.tick() => {
                        let exchange = Arc::clone(&self);
                        delivering.spawn(async move { exchange.deliver_once().await });
                    }
                    Some(_) = fetching.join_next() => {}
                    Some(_) = delivering.join_next() => {}
                }
            }
        })
    }
}
