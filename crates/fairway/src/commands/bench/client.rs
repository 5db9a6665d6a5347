//! A lean HTTP/1.1 client, so that the load costs less than what it measures.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// One connection that is kept alive.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends one request and reads the whole answer: (status, body).
    pub async fn ask(&mut self, request: &[u8]) -> Result<(u16, Vec<u8>)> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut chunk = [0; 16 * 1024];
        loop {
            if let Some((status, head, length)) = parse(&self.buffer)? {
                while self.buffer.len() < head + length {
                    let n = self.stream.read(&mut chunk).await?;
                    if n == 0 {
                        bail!("the server closed the connection in the middle of an answer");
                    }
                    self.buffer.extend_from_slice(&chunk[..n]);
                }
                return Ok((status, self.buffer[head..head + length].to_vec()));
            }
            let n = self.stream.read(&mut chunk).await?;
            if n == 0 {
                bail!("the server closed the connection");
            }
            self.buffer.extend_from_slice(&chunk[..n]);
        }
    }
}

fn parse(bytes: &[u8]) -> Result<Option<(u16, usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..end])?;
    let status = text.get(9..12).context("no status")?.parse()?;
    let length = text
        .lines()
        .find_map(|line| {
            line.split_once(':')
                .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map(|(_, value)| value.trim().parse::<usize>())
        })
        .transpose()?
        .unwrap_or(0);
    Ok(Some((status, end + 4, length)))
}

/// A request with a key and a body.
pub fn request(method: &str, path: &str, key: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// What a load gave.
pub struct Load {
    /// Answers with 2xx.
    pub done: u64,
    /// Other answers.
    pub refused: u64,
    /// Bytes of the answers with 2xx, bodies alone.
    pub bytes: u64,
    /// Seconds.
    pub seconds: f64,
    /// Times of the answers in microseconds.
    pub times_us: Vec<u32>,
}

impl Load {
    /// Answers per second.
    #[expect(clippy::cast_precision_loss, reason = "counts of a minute")]
    pub fn per_second(&self) -> f64 {
        self.done as f64 / self.seconds
    }
}

/// Asks on many connections for a time, each connection as fast as it is answered: how much can be done. `make(connection, turn)` gives each
/// request.
pub async fn load<F>(address: SocketAddr, connections: usize, time: Duration, make: F) -> Result<Load>
where
    F: Fn(usize, u64) -> Vec<u8> + Send + Sync + 'static,
{
    let started = Instant::now();
    let make = Arc::new(make);
    let ask = move |number, mut connection: Connection| {
        let make = Arc::clone(&make);
        async move {
            let mut times = Times::default();
            let mut turn = 0;
            while started.elapsed() < time {
                let bytes = make(number, turn);
                turn += 1;
                times.ask(&mut connection, &bytes, Instant::now()).await?;
            }
            anyhow::Ok(times)
        }
    };
    apart(address, connections, ask, started).await
}

/// Asks at a fixed rate, whether or not earlier questions are answered, and takes each time from the instant at which the question was due: a
/// server that stalls is charged for everybody who waits meanwhile. `make(number)` gives each request.
pub async fn steady<F>(address: SocketAddr, connections: usize, time: Duration, per_second: f64, make: F) -> Result<Load>
where
    F: Fn(u64) -> Vec<u8> + Send + Sync + 'static,
{
    let shared = Arc::new((make, AtomicU64::new(0)));
    let started = Instant::now() + Duration::from_millis(20);
    let ask = move |_, mut connection: Connection| {
        let shared = Arc::clone(&shared);
        async move {
            let (make, next) = &*shared;
            let mut times = Times::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                #[expect(clippy::cast_precision_loss, reason = "counts of a minute")]
                let due = Duration::from_secs_f64(number as f64 / per_second);
                // A server that is too slow by half is not waited for without end: the rate says how far it came.
                if due >= time || started.elapsed() > time * 2 {
                    return anyhow::Ok(times);
                }
                let bytes = make(number);
                tokio::time::sleep_until((started + due).into()).await;
                times.ask(&mut connection, &bytes, started + due).await?;
            }
        }
    };
    apart(address, connections, ask, started).await
}

/// What one connection saw.
#[derive(Default)]
struct Times {
    us: Vec<u32>,
    refused: u64,
    bytes: u64,
}

impl Times {
    async fn ask(&mut self, connection: &mut Connection, request: &[u8], since: Instant) -> Result<()> {
        let (status, body) = connection.ask(request).await?;
        if (200..300).contains(&status) {
            self.us.push(u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX));
            self.bytes += body.len() as u64;
        } else {
            self.refused += 1;
        }
        Ok(())
    }
}

/// Runs the connections on one thread of their own, so that the operating system and not the server's scheduler shares the machine between the
/// two sides.
async fn apart<A, F>(address: SocketAddr, connections: usize, ask: A, started: Instant) -> Result<Load>
where
    A: Fn(usize, Connection) -> F + Send + 'static,
    F: Future<Output = Result<Times>>,
{
    let run = move || -> Result<Load> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut open = Vec::with_capacity(connections);
            for _ in 0..connections {
                open.push(Connection::open(address).await?);
            }
            let seen = futures_util::future::try_join_all(open.into_iter().enumerate().map(|(number, connection)| ask(number, connection)))
                .await?;
            let seconds = started.elapsed().as_secs_f64();
            let mut load = Load { done: 0, refused: 0, bytes: 0, seconds, times_us: Vec::new() };
            for times in seen {
                load.done += times.us.len() as u64;
                load.refused += times.refused;
                load.bytes += times.bytes;
                load.times_us.extend(times.us);
            }
            Ok(load)
        })
    };
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::Builder::new().name("load".into()).spawn(move || drop(tell.send(run())))?;
    told.await.context("the load's thread ended early")?
}
