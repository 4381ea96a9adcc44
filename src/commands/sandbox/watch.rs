//! `callbook sandbox watch`: what happens in a running sandbox, as it happens.

use callbook_sandbox::Told;
use clap::Args;
use serde_json::Value;

use super::control::Running;
use crate::commands::shutdown_signal;
use crate::output::say;

/// Watch calls in a running sandbox
///
/// Prints a line whenever the status of somebody in a call changes, or somebody's presence: what subscribers to
/// these events are told. It goes on until it is interrupted.
#[derive(Debug, Args)]
pub struct Watch {
    /// A JSON document each, with the body as subscribers get it
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    running: Running,
}

impl Watch {
    pub async fn run(self) -> anyhow::Result<()> {
        let mut events = self.running.control()?.events().await?;
        let mut stop = std::pin::pin!(shutdown_signal());
        loop {
            let told = tokio::select! {
                told = events.next() => told?,
                () = &mut stop => None,
            };
            let Some(told) = told else { return Ok(()) };
            if self.json {
                say!("{}", serde_json::to_string(&told)?)?;
            } else {
                say!("{:.3}  {}", told.at, in_words(&told))?;
            }
        }
    }
}

fn in_words(told: &Told) -> String {
    let party = &told.body["parties"][0];
    if party.is_null() {
        let (who, status) = (&told.body["extensionId"], &told.body["telephonyStatus"]);
        return format!("{:<12}  {:<8}  {}", text(status), "presence", text(who));
    }
    let (code, reason) = (&party["status"]["code"], &party["status"]["reason"]);
    let direction = text(&party["direction"]);
    let ends = format!("{} → {}", end(&party["from"]), end(&party["to"]));
    let words = format!("{:<12}  {direction:<8}  {ends}  {}", text(code), text(reason));
    words.trim_end().to_owned()
}

/// A party's name and number, as far as there are.
fn end(party: &Value) -> String {
    let (name, number) = (text(&party["name"]), text(&party["phoneNumber"]));
    format!("{name} {number}").trim().to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
