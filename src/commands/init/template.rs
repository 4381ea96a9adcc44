//! The text of `callbook.toml`.

use toml::Value;

use super::answers::{Answers, Secret};

/// Settings with comments.
pub(super) fn settings(answers: &Answers) -> String {
    let Answers { server_url, client_id, client_secret, jwt, database } = answers;
    let id_line = line("client_id", client_id);
    let client_id = if client_id.is_empty() { format!("# {id_line}") } else { id_line };
    format!(
        "\
# Callbook's settings. Flags and the environment come before them: `callbook config show`.

# The archive: a file, or postgres://user@host/database (CALLBOOK_DATABASE).
{}

[ringcentral]
# Partner brands have a server of their own (RC_SERVER_URL).
{}

# The app in RingCentral's developer console (RC_APP_CLIENT_ID).
{client_id}

# Its secret: client_secret, or in a file, or printed by a command (RC_APP_CLIENT_SECRET). Public apps have none.
{}

# The JWT credential of a user who may read the company's call log, an administrator for example:
# jwt, or in a file, or printed by a command (RC_USER_JWT). Without one, `callbook login` signs in.
{}

# Somebody is told when no sync succeeds, a sign-in is refused or the disk fills up: `callbook alerts --help`.
[alerts]
# stale_after_hours = 24
# disk_free_mb = 2000
# webhook = \"https://…\"
# [alerts.email]
# server = \"smtps://user:password@mail.example.com\"
# from = \"callbook@example.com\"
# to = [\"it@example.com\"]
",
        line("database", database),
        line("server_url", server_url),
        secret("client_secret", client_secret),
        secret("jwt", jwt),
    )
}

fn line(name: &str, value: &str) -> String {
    format!("{name} = {}", Value::String(value.to_owned()))
}

fn secret(name: &str, secret: &Secret) -> String {
    match secret {
        Secret::File(path) => line(&format!("{name}_file"), &path.display().to_string()),
        Secret::Command(command) => line(&format!("{name}_command"), command),
        // What was typed is in a file by now.
        Secret::Unset | Secret::Browser | Secret::Typed(_) => format!("# {name}_file = \"\""),
    }
}
