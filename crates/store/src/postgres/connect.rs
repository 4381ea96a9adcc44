//! How the server is reached.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::Url;

use super::failure::Failure;
use crate::{Error, Location, ServerLocation};

/// More would only wait for each other.
const CONNECTIONS: usize = 8;
/// The longest wait for a connection of the pool, or for a new one.
const WAIT: Duration = Duration::from_secs(10);
/// What every session begins with. A process that is gone, with its machine, is noticed within a minute; so
/// is a server. No statement takes this long but on an archive that is in trouble. Statements look a few rows
/// up in many partitions: to compile them would take longer than to run them.
const SESSION: &str = "-c search_path=callbook -c jit=off -c statement_timeout=300s \
     -c idle_in_transaction_session_timeout=120s -c tcp_keepalives_idle=20 \
     -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 -c client_min_messages=warning";

/// Everything that a connection is made with.
#[derive(Clone)]
pub(super) struct Connector {
    config: Config,
    /// `None`: the connection is not encrypted.
    tls: Option<MakeRustlsConnect>,
}

impl Connector {
    /// The modes of `sslmode` are `disable`, `prefer` (encrypted if the server can) and `require`; a
    /// certificate is always verified, against the file `sslrootcert` or what the system trusts. Without a
    /// mode, connections of this machine are not encrypted.
    pub(super) fn new(server: &ServerLocation) -> Result<Self, Error> {
        let unusable = |source: Box<dyn std::error::Error + Send + Sync>| Error::Unreachable {
            location: Location::Postgres(server.clone()),
            source,
        };
        let mut url = server.expose_url().clone();
        let mode = parameter(&mut url, "sslmode");
        let roots = parameter(&mut url, "sslrootcert");
        // What is wrong with a URL may have a password in it.
        let mut config: Config =
            url.as_str().parse().map_err(|_| unusable("the URL cannot be read".into()))?;
        let mode = match mode.as_deref() {
            None if is_local(&config) => SslMode::Disable,
            None | Some("prefer") => SslMode::Prefer,
            Some("disable") => SslMode::Disable,
            Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            Some(_) => {
                let known = "sslmode is disable, prefer, require, verify-ca or verify-full";
                return Err(unusable(known.into()));
            }
        };
        let options = format!("{SESSION} {}", config.get_options().unwrap_or_default());
        config
            .ssl_mode(mode)
            .options(options)
            .application_name(format!("callbook {}", std::process::id()))
            .connect_timeout(WAIT)
            .keepalives_idle(Duration::from_secs(20))
            .keepalives_interval(Duration::from_secs(10))
            .keepalives_retries(3)
            .tcp_user_timeout(Duration::from_secs(45));
        let tls = match mode {
            SslMode::Disable => None,
            _ => Some(tls(roots.as_deref()).map_err(unusable)?),
        };
        Ok(Self { config, tls })
    }

    pub(super) fn pool(&self) -> Result<Pool, Failure> {
        let how = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match self.tls.clone() {
            Some(tls) => Manager::from_config(self.config.clone(), tls, how),
            None => Manager::from_config(self.config.clone(), NoTls, how),
        };
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .wait_timeout(Some(Duration::from_secs(60)))
            .create_timeout(Some(WAIT))
            .runtime(Runtime::Tokio1)
            .build();
        // It has a runtime: nothing else can be wrong.
        pool.map_err(|_| Failure::Pool(deadpool_postgres::PoolError::NoRuntimeSpecified))
    }

    /// A connection outside of the pool; it ends when the client is dropped.
    pub(super) async fn connect(&self) -> Result<Client, tokio_postgres::Error> {
        Ok(match self.tls.clone() {
            Some(tls) => {
                let (client, connection) = self.config.connect(tls).await?;
                // Why it ends is seen by whoever uses it next.
                tokio::spawn(async move { drop(connection.await) });
                client
            }
            None => {
                let (client, connection) = self.config.connect(NoTls).await?;
                tokio::spawn(async move { drop(connection.await) });
                client
            }
        })
    }
}

/// Takes a parameter that the driver does not know out of a URL.
fn parameter(url: &mut Url, name: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let value = pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())?;
    url.set_query(None);
    let others = pairs.iter().filter(|(key, _)| key != name);
    for (key, value) in others {
        url.query_pairs_mut().append_pair(key, value);
    }
    Some(value)
}

fn is_local(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            let address = name.parse::<std::net::IpAddr>();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

fn tls(roots: Option<&str>) -> Result<MakeRustlsConnect, Box<dyn std::error::Error + Send + Sync>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = match roots {
        None => builder.with_platform_verifier()?.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in CertificateDer::pem_file_iter(path)? {
                roots.add(certificate?)?;
            }
            builder.with_root_certificates(roots).with_no_client_auth()
        }
    };
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_taken_out_and_the_others_stay() {
        let mut url = Url::parse("postgres://h/d?user=a%20b&sslrootcert=%2Fx.pem&port=1").unwrap();
        assert_eq!(parameter(&mut url, "sslrootcert").as_deref(), Some("/x.pem"));
        assert_eq!(url.as_str(), "postgres://h/d?user=a+b&port=1");
        assert_eq!(parameter(&mut url, "sslmode"), None);
    }
}
