//! Where the company works.

use crate::phone::{self, Country, EAST, Holder, WEST};

/// One office.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) name: &'static str,
    pub(crate) code: &'static str,
    pub(crate) country: Country,
    pub(crate) time_zone: &'static str,
    pub(crate) state: &'static str,
    /// How many of 100 users work here.
    pub(crate) share: u32,
}

/// The first is the main site.
pub(crate) const SITES: [Site; 5] = [
    Site {
        name: "New York",
        code: "10",
        country: Country::Us,
        time_zone: "America/New_York",
        state: "NY",
        share: 45,
    },
    Site {
        name: "San Francisco",
        code: "20",
        country: Country::Us,
        time_zone: "America/Los_Angeles",
        state: "CA",
        share: 20,
    },
    Site {
        name: "London",
        code: "30",
        country: Country::Gb,
        time_zone: "Europe/London",
        state: "England",
        share: 15,
    },
    Site {
        name: "Berlin",
        code: "40",
        country: Country::De,
        time_zone: "Europe/Berlin",
        state: "Berlin",
        share: 10,
    },
    Site {
        name: "Sydney",
        code: "50",
        country: Country::Au,
        time_zone: "Australia/Sydney",
        state: "NSW",
        share: 10,
    },
];

/// The main site's clock as a rule, so that no machine's time zone files matter.
pub(crate) const MAIN_CLOCK: &str = "EST5EDT,M3.2.0,M11.1.0";

impl Site {
    /// The site's company number at `index`, and its place.
    pub(super) fn number(&self, index: u32) -> Option<(String, &'static str)> {
        match self.code {
            "10" => phone::american(&EAST, Holder::Company, index),
            "20" => phone::american(&WEST, Holder::Company, index),
            _ => phone::number(self.country, Holder::Company, index),
        }
    }
}
