//! Stands between the program and a server, and notes what they say.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::RUNTIME;

/// What one side of one connection has said.
type Said = Arc<Mutex<Vec<u8>>>;

pub struct Relay {
    pub url: String,
    all: Arc<Mutex<Vec<Said>>>,
}

impl Relay {
    pub fn to(url: &str) -> Self {
        let server = url.strip_prefix("http://").unwrap().to_owned();
        let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let all = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&all);
        RUNTIME.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(&server).await else { continue };
                let ((from, to), (back, answers)) = (client.into_split(), server.into_split());
                let (asked, answered) = (Said::default(), Said::default());
                noted.lock().unwrap().extend([Arc::clone(&asked), Arc::clone(&answered)]);
                tokio::spawn(pass(from, answers, asked));
                tokio::spawn(pass(back, to, answered));
            }
        });
        Self { url, all }
    }

    fn texts(&self) -> Vec<String> {
        let all = self.all.lock().unwrap();
        all.iter().map(|said| String::from_utf8_lossy(&said.lock().unwrap()).into_owned()).collect()
    }

    /// How often these words were said.
    pub fn count(&self, words: &str) -> usize {
        self.texts().iter().map(|text| text.matches(words).count()).sum()
    }

    /// Every token that the server has given.
    pub fn tokens(&self) -> Vec<String> {
        let texts = self.texts();
        let of = |name: &str| {
            let member = format!("\"{name}\":\"");
            let values =
                texts.iter().flat_map(|text| text.split(&member).skip(1).collect::<Vec<_>>());
            values.map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        [of("access_token"), of("refresh_token")].concat()
    }
}

async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, said: Said) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        said.lock().unwrap().extend_from_slice(&buffer[..length]);
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}
