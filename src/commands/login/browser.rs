//! The way through a browser.

use std::io::{BufRead as _, IsTerminal as _};
use std::sync::Arc;
use std::time::Duration;

use callbook_login::SignIn;
use callbook_ringcentral::{Client, Connection, Keep};
use tokio::sync::mpsc;

use crate::output::note;

pub struct Options {
    /// Whether to open a browser, rather than only say what to open.
    pub open: bool,
    /// Where it comes back to; 0 for any.
    pub port: u16,
    pub patience_ms: u64,
}

/// Lets the user sign in, and keeps what comes of it.
pub async fn sign_in(
    client: &Client,
    connection: &Connection,
    keep: &Arc<dyn Keep>,
    options: &Options,
) -> anyhow::Result<()> {
    let sign_in = SignIn::begin(options.port).await?;
    let url = sign_in.url(connection.authorization_url(), &connection.client_id);
    note!(
        "to sign in, open this address in a browser, which comes back to {}:",
        sign_in.redirect_uri()
    );
    note!("  {url}");
    if options.open {
        open(url.to_string());
    } else {
        note!(
            "then, if that browser is on another machine, paste the address here that it ends at:"
        );
    }
    let pasted = lines(!options.open);
    let patience = Duration::from_millis(options.patience_ms);
    let arrived = sign_in.wait(pasted, patience, |error| note!("{error}; try again")).await?;
    let kept = client.log_in(keep, &arrived.grant()).await;
    arrived.finish(kept.is_ok()).await;
    kept?;
    Ok(())
}

/// On a thread of its own: some browsers end before the command does.
fn open(url: String) {
    std::thread::spawn(move || {
        if webbrowser::open(&url).is_err() {
            note!("no browser could be opened here: open the address by hand");
        }
    });
}

/// The lines of standard input, where somebody may type some. On a thread that nobody waits for: there may
/// never be one.
fn lines(wanted: bool) -> mpsc::Receiver<String> {
    let (send, receive) = mpsc::channel(1);
    if wanted || std::io::stdin().is_terminal() {
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if !line.trim().is_empty() && send.blocking_send(line).is_err() {
                    return;
                }
            }
        });
    }
    receive
}
