//! Prints a synthetic company's call log, or its other resources, one JSON value a line.
//!
//! ```text
//! cargo run -p callbook-synth --example dump -- --seed 7 --calls 1000 --scope account
//! cargo run -p callbook-synth --example dump -- --company
//! ```
//!
//! With `--company`, a line is `{"schema": …, "value": …}`, named as in the contract; with `--sound RECORDING-ID`, the
//! file of a recording is written instead.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use callbook_synth::{Company, Config, Scope, View};
use serde_json::{Value, json};

const USAGE: &str = "usage: dump [--seed N] [--users N] [--calls N] [--from TIME] [--until TIME]
            [--server-url URL] [--scope account|EXTENSION-ID] [--view detailed|simple]
            [--company] [--sound RECORDING-ID]";

struct Options {
    config: Config,
    scope: Scope,
    view: View,
    company: bool,
    sound: Option<String>,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match dump(options, BufWriter::new(io::stdout().lock())) {
        Ok(()) => ExitCode::SUCCESS,
        // Somebody stopped reading, such as `head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        config: Config {
            seed: 1,
            users: 40,
            calls: 1000,
            from: parse("2024-01-01T00:00:00Z")?,
            until: parse("2024-04-01T00:00:00Z")?,
            server_url: "http://127.0.0.1:8710".to_owned(),
            media_url: "http://127.0.0.1:8710".to_owned(),
        },
        scope: Scope::Account,
        view: View::Detailed,
        company: false,
        sound: None,
    };
    while let Some(name) = arguments.next() {
        if name == "--company" {
            options.company = true;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        set(&mut options, &name, &value)?;
    }
    Ok(options)
}

fn set(options: &mut Options, name: &str, value: &str) -> Result<(), String> {
    match name {
        "--seed" => options.config.seed = parse(value)?,
        "--users" => options.config.users = parse(value)?,
        "--calls" => options.config.calls = parse(value)?,
        "--from" => options.config.from = parse(value)?,
        "--until" => options.config.until = parse(value)?,
        // A media host of its own has to be named after it.
        "--server-url" => {
            let url = value.trim_end_matches('/').to_owned();
            options.config.media_url.clone_from(&url);
            options.config.server_url = url;
        }
        "--media-url" => value.trim_end_matches('/').clone_into(&mut options.config.media_url),
        "--sound" => options.sound = Some(value.to_owned()),
        "--scope" if value == "account" => options.scope = Scope::Account,
        "--scope" => options.scope = Scope::Extension(parse(value)?),
        "--view" if value == "detailed" => options.view = View::Detailed,
        "--view" if value == "simple" => options.view = View::Simple,
        _ => return Err(format!("unknown option: {name} {value}")),
    }
    Ok(())
}

fn parse<T: std::str::FromStr>(value: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    value.parse().map_err(|error| format!("{value}: {error}"))
}

fn dump(options: Options, mut out: impl Write) -> io::Result<()> {
    let company = Company::new(options.config);
    if let Some(id) = options.sound {
        let recording = company.recording(&id).ok_or(io::ErrorKind::NotFound)?;
        out.write_all(&recording.audio.bytes(0..recording.audio.len_bytes()))?;
    } else if options.company {
        for (schema, value) in resources(&company) {
            writeln!(out, "{}", json!({"schema": schema, "value": value}))?;
        }
    } else {
        for record in company.entries(options.scope).records(options.view) {
            writeln!(out, "{record}")?;
        }
    }
    out.flush()
}

/// Every resource but the calls, with the name of its schema in the contract.
fn resources(company: &Company) -> Vec<(&'static str, Value)> {
    let mut resources = vec![
        ("GetAccountInfoResponse", company.account_json()),
        ("CompanyBusinessHours", company.business_hours_json()),
    ];
    let named = |schema| move |value| (schema, value);
    resources.extend(company.phone_numbers().into_iter().map(named("CompanyPhoneNumberInfo")));
    for extension in company.extensions() {
        resources.push(("GetExtensionInfoResponse", extension.json.clone()));
        resources.push(("GetExtensionListInfoResponse", extension.json.clone()));
        let numbers = company.extension_phone_numbers(extension.id);
        resources.extend(numbers.into_iter().map(named("UserPhoneNumberInfo")));
        resources.extend(company.queue_json(extension.id).map(named("CallQueueDetails")));
    }
    resources
}
