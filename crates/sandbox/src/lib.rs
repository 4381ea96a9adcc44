//! A synthetic company served over the Call Log API: what developers and tests talk to instead of
//! the real service.
//!
//! [`bind`] makes the company and opens the port, so that port 0 can be used and the uris inside
//! the records still point to the right place; [`Sandbox::run`] answers until it is told to stop.

mod apps;
mod call_log;
mod control;
mod credentials;
mod directory;
mod env_file;
mod error;
mod fault;
mod filter;
mod fleet;
mod herald;
mod journal;
mod options;
mod ports;
mod presence;
mod recordings;
mod run;
mod telephony;
mod world;

pub use callbook_api::{AppScope, ParsePlanError, Plan};
pub use callbook_synth::{Scenario, UnknownScenario};
pub use control::{Control, ControlError, Events, PlayedCall, PlayedCalls, Reading, Told};
pub use credentials::Credentials;
pub use error::Error;
pub use fault::{Fault, FaultKind, FaultSpec, Injector, ParseFaultError};
pub use fleet::{FaultAccounts, Member, bind_fleet, run_fleet};
pub use options::{
    CompanyOptions, DEFAULT_CALLS, DEFAULT_FROM, DEFAULT_PORT, DEFAULT_RECORDING_CAP,
    DEFAULT_RECORDING_DAYS, DEFAULT_REFRESH_GRACE, DEFAULT_SCOPES, DEFAULT_SEED, DEFAULT_USERS,
    Options,
};
pub use run::{Sandbox, bind, bind_with_clock};
pub use world::Reorganization;
