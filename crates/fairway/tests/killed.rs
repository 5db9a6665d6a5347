//! What was acknowledged survives a kill -9 in the middle of a load, and the ledger still verifies.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fairway"))
            .args(["demo", "--data", data, "--listen", "127.0.0.1:0", "--seed", "3", "--containers", "20"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("fairway starts");
        let out = BufReader::new(child.stdout.take().expect("stdout"));
        let line = out.lines().map_while(Result::ok).find(|line| line.contains("http://")).expect("the address is printed");
        let address = line.rsplit("http://").next().expect("an address").trim().to_owned();
        Self { child, address }
    }

    fn kill(mut self) {
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("it ended");
    }
}

struct Client {
    stream: TcpStream,
    cookie: String,
}

impl Client {
    fn login(address: &str) -> Self {
        let mut client = Self { stream: TcpStream::connect(address).expect("connects"), cookie: String::new() };
        let (_, _, body) = client.ask("GET", "/api/v1/demo/logins", "").expect("logins");
        let logins: serde_json::Value = serde_json::from_str(&body).expect("json");
        let user = logins["items"].as_array().expect("items").iter().find(|l| l["role"] == "trader").expect("a trader")["user"]
            .as_str()
            .expect("id")
            .to_owned();
        let (status, head, body) = client.ask("POST", "/api/v1/demo/login", &format!(r#"{{"user":"{user}"}}"#)).expect("login");
        assert_eq!(status, 200, "{body}");
        client.take_cookie(&head);
        client
    }

    fn take_cookie(&mut self, head: &str) {
        let line = head.lines().find(|l| l.to_lowercase().starts_with("set-cookie:")).expect("a cookie");
        self.cookie = line.split_once(':').expect("value").1.split(';').next().expect("pair").trim().to_owned();
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> Option<(u16, String, String)> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: t\r\nx-fairway: 1\r\ncookie: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.cookie,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).ok()?;
        let mut bytes = Vec::new();
        let mut chunk = [0; 8192];
        loop {
            if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
                let length: usize = head
                    .lines()
                    .find_map(|l| l.to_lowercase().strip_prefix("content-length:").map(|v| v.trim().parse().unwrap_or(0)))
                    .unwrap_or(0);
                while bytes.len() < end + 4 + length {
                    let n = self.stream.read(&mut chunk).ok().filter(|n| *n > 0)?;
                    bytes.extend_from_slice(&chunk[..n]);
                }
                let status = head.get(9..12)?.parse().ok()?;
                return Some((status, head, String::from_utf8_lossy(&bytes[end + 4..end + 4 + length]).into_owned()));
            }
            let n = self.stream.read(&mut chunk).ok().filter(|n| *n > 0)?;
            bytes.extend_from_slice(&chunk[..n]);
        }
    }
}

#[test]
fn acknowledged_commands_survive_a_kill_in_the_middle_of_a_load() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("demo").to_str().expect("utf-8").to_owned();
    let acknowledged: Arc<Mutex<Vec<String>>> = Arc::default();
    for round in 0..3 {
        let server = Server::start(&data);
        let loads: Vec<_> = (0..6)
            .map(|_| {
                let (address, acknowledged) = (server.address.clone(), Arc::clone(&acknowledged));
                std::thread::spawn(move || {
                    let mut client = Client::login(&address);
                    while let Some((status, _, body)) = client.ask("POST", "/api/v1/declarations", "{}") {
                        if (200..300).contains(&status) {
                            let made: serde_json::Value = serde_json::from_str(&body).expect("json");
                            acknowledged.lock().expect("lock").push(made["id"].as_str().expect("an id").to_owned());
                        }
                    }
                })
            })
            .collect();
        let enough = 150 * (round + 1);
        while acknowledged.lock().expect("lock").len() < enough {
            std::thread::yield_now();
        }
        server.kill();
        for load in loads {
            load.join().expect("the load ended");
        }
        let verified =
            Command::new(env!("CARGO_BIN_EXE_fairway")).args(["ledger", "verify", "--data", &data]).output().expect("verify runs");
        assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
    }
    let server = Server::start(&data);
    let mut client = Client::login(&server.address);
    let all = acknowledged.lock().expect("lock").clone();
    for id in &all {
        let (status, _, body) = client.ask("GET", &format!("/api/v1/declarations/{id}"), "").expect("an answer");
        assert_eq!(status, 200, "{id} was acknowledged and is gone: {body}");
    }
    server.kill();
}
