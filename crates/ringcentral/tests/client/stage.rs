//! A server, an allowed media host, and attackers around them, who note everything that reaches them.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use callbook_ringcentral::Client;

use crate::support::{self, SECRET};

/// What an attacker answers, to make whoever comes tell more.
const BAIT: &str = "HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 1\r\nconnection: close\r\n\r\n!";

/// A listener that notes every request and answers as it was told to last.
pub struct Host {
    pub address: SocketAddr,
    noted: Arc<Mutex<Noted>>,
}

#[derive(Default)]
struct Noted {
    connections: usize,
    /// Heads of requests, and bodies if they have any.
    requests: Vec<String>,
    sign_in: Vec<u8>,
    answer: Vec<u8>,
}

impl Host {
    fn listen(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let noted = Arc::new(Mutex::new(Noted { answer: BAIT.into(), ..Noted::default() }));
        let host = Self { address, noted: noted.clone() };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                noted.lock().unwrap().connections += 1;
                let noted = noted.clone();
                // A connection that broke is the test's wish, or noted as one without a request.
                std::thread::spawn(move || serve(stream, &noted));
            }
        });
        Ok(host)
    }

    fn take(&self) -> (usize, Vec<String>) {
        let mut noted = self.noted.lock().unwrap();
        (std::mem::take(&mut noted.connections), std::mem::take(&mut noted.requests))
    }
}

fn serve(mut stream: TcpStream, noted: &Mutex<Noted>) -> io::Result<()> {
    let request = request(&mut stream)?;
    let answer = {
        let mut noted = noted.lock().unwrap();
        let signs_in = request.starts_with("POST ") && !noted.sign_in.is_empty();
        noted.requests.push(request);
        if signs_in { noted.sign_in.clone() } else { noted.answer.clone() }
    };
    stream.write_all(&answer)
}

fn request(stream: &mut TcpStream) -> io::Result<String> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= header(head, "content-length").map_or(0, |text| text.parse().unwrap())
        {
            return Ok(text.into_owned());
        }
        match stream.read(&mut piece)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => bytes.extend_from_slice(&piece[..length]),
        }
    }
}

/// A header of a request.
pub fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let mut headers = request.lines().skip(1).filter_map(|line| line.split_once(": "));
    headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Everybody.
pub struct Stage {
    pub server: Host,
    pub media: Host,
    pub attackers: Vec<Host>,
    pub client: Client,
}

/// Who was asked for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Server,
    Media,
}

impl Stage {
    /// The media host is this machine by another name. Attackers sit on other ports of it, and on its other
    /// addresses at the same ports, as far as it has such.
    pub fn set() -> Self {
        let listen = |address: &str, port: u16| {
            Host::listen(SocketAddr::new(address.parse().unwrap(), port))
        };
        let server = listen("127.0.0.1", 0).unwrap();
        let media = listen("127.0.0.1", 0).unwrap();
        let attacker = listen("127.0.0.1", 0).unwrap();
        let ports = [&server, &media, &attacker].map(|host| host.address.port());
        let elsewhere = [
            listen("127.0.0.2", ports[0]),
            listen("127.0.0.2", ports[1]),
            listen("::1", ports[0]),
            listen("::1", ports[2]),
        ];
        let attackers = [attacker].into_iter().chain(elsewhere.into_iter().flatten()).collect();
        let host = format!("http://localhost:{}", media.address.port()).parse().unwrap();
        let client = support::client(&format!("http://{}", server.address));
        let client = client.allowing(vec![host]).unwrap();
        let stage = Self { server, media, attackers, client };
        let token = format!(r#"{{"access_token":"{SECRET}-token","expires_in":3600}}"#);
        stage.signing_in(&http("200 OK", "content-type: application/json", &token));
        stage
    }

    /// What the server answers to a sign-in from now on.
    pub fn signing_in(&self, answer: &[u8]) {
        self.server.noted.lock().unwrap().sign_in = answer.to_vec();
    }

    /// What the server and the media host answer from now on.
    pub fn answering(&self, answer: &[u8]) {
        for host in [&self.server, &self.media] {
            host.noted.lock().unwrap().answer = answer.to_vec();
        }
    }

    /// Fills in where everybody is: `S` the server, `M` the media host, `E` and `E2` attackers; `s`, `m` and
    /// `e` their ports.
    pub fn fill(&self, text: &str) -> String {
        let [s, m, e] =
            [&self.server, &self.media, &self.attackers[0]].map(|host| host.address.port());
        text.replace("{S}", &format!("127.0.0.1:{s}"))
            .replace("{M}", &format!("localhost:{m}"))
            .replace("{E}", &format!("127.0.0.1:{e}"))
            .replace("{E2}", &format!("127.0.0.2:{s}"))
            .replace("{s}", &s.to_string())
            .replace("{m}", &m.to_string())
            .replace("{e}", &e.to_string())
    }

    /// Who was asked with GET since the last time, and how.
    ///
    /// # Panics
    /// When an attacker was so much as called, or a secret went where it must not.
    pub fn asked(&self, vector: &str) -> Vec<(Asked, String)> {
        for attacker in &self.attackers {
            assert_eq!(attacker.take(), (0, Vec::new()), "{vector}: {}", attacker.address);
        }
        let hosts = [(Asked::Server, &self.server, "{S}"), (Asked::Media, &self.media, "{M}")];
        let mut asked = Vec::new();
        for (who, host, name) in hosts {
            for request in host.take().1 {
                assert_eq!(header(&request, "host"), Some(&*self.fill(name)), "{vector}");
                if request.starts_with("POST /restapi/oauth/token ") && who == Asked::Server {
                    continue;
                }
                let bearer = format!("Bearer {SECRET}-token");
                assert_eq!(header(&request, "authorization"), Some(&*bearer), "{vector}");
                assert_eq!(request.matches(SECRET).count(), 1, "{vector}: {request}");
                asked.push((who, request));
            }
        }
        asked
    }
}

/// An answer: the status, headers (a line each, without the last line's end), the body.
pub fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
        .into_bytes()
}
