//! Writes what the targets begin with: `seeds FOLDER`.

use std::fs;
use std::path::{Path, PathBuf};

use callbook_api::Operation;
use callbook_synth::{Company, Config, Scope, View};
// Counts what is reached, as everything is built to be.
use libfuzzer_sys as _;

/// Of targets that take text.
const TEXTS: &[(&str, &[&str])] = &[
    (
        "form",
        &[
            "\u{0}grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=jwt-of-101001&access_token_ttl=600",
            "\u{0}grant_type=refresh_token&refresh_token=x&endpoint_id=y&refresh_token_ttl=3600",
            "\u{0}grant_type=authorization_code&code=x&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2F&code_verifier=z",
            "\u{1}token=x&client_id=public",
            "\u{2}client_id=app&response_type=code&redirect_uri=http://127.0.0.1:9/callback&state=s\
         &code_challenge=x&code_challenge_method=S256&decision=allow&username=101&password=p",
        ],
    ),
    ("range", &["bytes=0-9\n\"v1\"", "bytes=-5", "bytes=3-", "bytes=0-1,3-4"]),
    (
        "token",
        &[
            r#"{"kind":"Sync","account":400001,"extension":null,"detailed":true,"mark":7,"issued_ms":1706788800000,"frame_from_ms":1706745600000,"at_edge":1,"record_count":100}"#,
            r#"{"kind":"Extract","account":400001,"extension":null,"detailed":false,"mark":-9223372036854775808,"issued_ms":-1,"frame_from_ms":0,"at_edge":0,"record_count":0}"#,
        ],
    ),
    (
        "filter",
        &[
            "600\n/restapi/v1.0/account/~/telephony/sessions?direction=Inbound&missedCall=true\n/restapi/v1.0/account/~/presence",
            "-1\n/restapi/v1.0/account/~/extension/101001/presence?detailedTelephonyState=true&sipData=true",
            "\n/restapi/v1.0/account/~/extension/~/telephony/sessions?phoneNumber=%2B12025550101&statusCode=Answered",
            "\n/restapi/v1.0/subscription/~?threshold=60&interval=15\n/restapi/v1.0/account/~/call-log",
        ],
    ),
    (
        "webhook",
        &["https://example.com/hook?key=1\ntoken", "https://[::1]:8443/", "https://127.1/"],
    ),
    (
        "socket",
        &[
            "[{\"type\":\"Heartbeat\",\"messageId\":\"1\"}]\n\
         [{\"type\":\"ClientRequest\",\"messageId\":\"2\",\"method\":\"GET\",\"path\":\"/restapi/v1.0/account/~/call-log\",\
         \"query\":{\"perPage\":[1],\"view\":\"Simple\"},\"headers\":{\"Accept\":\"*/*\"}}]",
            "[{\"type\":\"ClientRequest\",\"messageId\":\"3\",\"method\":\"POST\",\"path\":\"/restapi/v1.0/subscription/\"},\
         {\"eventFilters\":[\"/restapi/v1.0/account/~/telephony/sessions\"],\"deliveryMode\":{\"transportType\":\"WebSocket\"}}]",
        ],
    ),
    (
        "phone",
        &[
            "+16505550112",
            "(650) 555-0112",
            "020 7946 0018",
            "+44 (0)20 7946 0018",
            "911",
            "*67",
            "tel:+1-650;ext=3",
        ],
    ),
    (
        "answer",
        &[
            r#"{"records":[{"id":"1"}],"paging":{"totalElements":2},"navigation":{"nextPage":{"uri":"http://x"}}}"#,
            r#"{"records":[{"n":0.10}],"syncInfo":{"syncToken":"t","syncTime":"2024-01-01T00:00:00.000Z","newerRecordsExist":true}}"#,
            "ReadCallLog ReadAccounts",
            "https://platform.example.com/path?x",
            "media.example.com:8443",
        ],
    ),
    (
        "import",
        &[
            "Direction;Phone Number;Name;Date;Time;Action;Action Result;Result Description;Duration\n\
         Incoming;(650) 555-0112;\"Lee; Ann\";Fri 06/21/2019;3:04 PM;Phone Call;Accepted;;0:01:05\n",
            "Type,Direction,From,To,Extension,Forwarded To,Name,Date,Time,Action,Action Result,Duration,Site\n\
         Voice,Outgoing,101 - Ann Lee,+44 20 7946 0018,101 - Ann Lee,,,06/21/2019,03:06 PM,VoIP Call,Call connected,11:05,Main\n",
            "{\"callbook\":\"versions\",\"format\":2,\"account\":{\"id\":400,\"server_url\":\"http://a\",\"main_number\":null,\"home\":\"US\"}}\n\
         {\"directory\":\"extensions\",\"valid_from\":\"2024-01-01T00:00:00Z\",\"entry\":{\"id\":101,\"name\":\"Ann\"}}\n",
        ],
    ),
];

/// Records of each kind that there is are among so many.
const CALLS: u32 = 300;
const RECORDS: usize = 60;
/// Beginnings of sounds are enough, and quicker.
const SOUNDS: usize = 8;
const SOUND_BYTES: u64 = 2_000;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("seeds FOLDER"));
    for (target, texts) in TEXTS {
        write(&folder, target, texts.iter().map(|text| text.as_bytes().to_vec()));
    }
    write(&folder, "request", Operation::ALL.iter().map(request));
    let company = company();
    let records = company.entries(Scope::Account).records(View::Detailed).take(RECORDS);
    let records: Vec<String> = records.collect();
    for target in ["record", "document"] {
        write(&folder, target, records.iter().map(|record| record.clone().into_bytes()));
    }
    write(&folder, "import-records", records.chunks(2).map(|lines| lines.join("\n").into_bytes()));
    let sounds = (0..CALLS).filter_map(|call| company.call(call).recording());
    let sounds = sounds.map(|recording| recording.audio.bytes(0..SOUND_BYTES));
    write(&folder, "sound", sounds.take(SOUNDS));
}

fn company() -> Company {
    Company::new(Config {
        seed: 1,
        users: 12,
        calls: CALLS,
        from: "2024-01-01T00:00:00Z".parse().unwrap(),
        until: "2024-02-01T00:00:00Z".parse().unwrap(),
        server_url: "https://platform.example.com".to_owned(),
        media_url: "https://media.example.com".to_owned(),
    })
}

/// A request for an operation, with what many of them take.
fn request(operation: &Operation) -> Vec<u8> {
    let pieces =
        operation.path().split('/').map(|piece| if piece.starts_with('{') { "~" } else { piece });
    let path = pieces.collect::<Vec<_>>().join("/");
    let (method, query) =
        (operation.method(), "view=Detailed&perPage=2&dateFrom=2024-01-01T00:00:00Z");
    format!("{method} {path}?{query}\naccept:application/json\n\n{{\"records\":[\"rec-1\"]}}")
        .into_bytes()
}

fn write(folder: &Path, target: &str, seeds: impl Iterator<Item = Vec<u8>>) {
    let (target, name) = target.split_once('-').unwrap_or((target, "seed"));
    let folder = folder.join(target);
    fs::create_dir_all(&folder).unwrap();
    for (number, seed) in seeds.enumerate() {
        fs::write(folder.join(format!("{name}-{number}")), seed).unwrap();
    }
}
