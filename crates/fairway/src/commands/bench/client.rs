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

/// Asks on many connections for a time. `make(connection, turn)` gives each request; `pace` is the time between requests of one connection.
pub async fn load<F>(address: SocketAddr, connections: usize, time: Duration, pace: Option<Duration>, make: F) -> Result<Load>
where
    F: Fn(usize, u64) -> Vec<u8> + Send + Sync + 'static,
{
    let make = Arc::new(make);
    let refused = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut tasks = Vec::new();
    for number in 0..connections {
        let (make, refused) = (Arc::clone(&make), Arc::clone(&refused));
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut times = Vec::new();
            let mut turn = 0;
            let mut ticks = pace.map(tokio::time::interval);
            while started.elapsed() < time {
                if let Some(ticks) = &mut ticks {
                    ticks.tick().await;
                }
                let bytes = make(number, turn);
                turn += 1;
                let asked = Instant::now();
                let (status, _) = connection.ask(&bytes).await?;
                if (200..300).contains(&status) {
                    times.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
                } else {
                    refused.fetch_add(1, Ordering::Relaxed);
                }
            }
            anyhow::Ok(times)
        }));
    }
    let mut times_us = Vec::new();
    for task in tasks {
        times_us.extend(task.await??);
    }
    Ok(Load { done: times_us.len() as u64, refused: refused.load(Ordering::Relaxed), seconds: started.elapsed().as_secs_f64(), times_us })
}
