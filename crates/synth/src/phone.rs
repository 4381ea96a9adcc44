//! Telephone numbers that nobody has: every one lies in a range set aside for fiction.

/// Countries the company and its callers live in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Country {
    Us,
    Gb,
    De,
    Fr,
    Au,
}

impl Country {
    pub(crate) const fn iso_code(self) -> &'static str {
        match self {
            Self::Us => "US",
            Self::Gb => "GB",
            Self::De => "DE",
            Self::Fr => "FR",
            Self::Au => "AU",
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Us => "United States",
            Self::Gb => "United Kingdom",
            Self::De => "Germany",
            Self::Fr => "France",
            Self::Au => "Australia",
        }
    }

    pub(crate) const fn calling_code(self) -> &'static str {
        match self {
            Self::Us => "1",
            Self::Gb => "44",
            Self::De => "49",
            Self::Fr => "33",
            Self::Au => "61",
        }
    }
}

/// Area codes of the eastern and the western United States with the place they stand for.
pub(crate) const EAST: [(u16, &str); 16] = [
    (212, "New York, NY"),
    (646, "New York, NY"),
    (917, "New York, NY"),
    (718, "Brooklyn, NY"),
    (516, "Hempstead, NY"),
    (914, "Yonkers, NY"),
    (201, "Jersey City, NJ"),
    (973, "Newark, NJ"),
    (215, "Philadelphia, PA"),
    (617, "Boston, MA"),
    (203, "New Haven, CT"),
    (410, "Baltimore, MD"),
    (202, "Washington, DC"),
    (404, "Atlanta, GA"),
    (305, "Miami, FL"),
    (312, "Chicago, IL"),
];
pub(crate) const WEST: [(u16, &str); 12] = [
    (415, "San Francisco, CA"),
    (628, "San Francisco, CA"),
    (510, "Oakland, CA"),
    (650, "Palo Alto, CA"),
    (408, "San Jose, CA"),
    (213, "Los Angeles, CA"),
    (503, "Portland, OR"),
    (206, "Seattle, WA"),
    (602, "Phoenix, AZ"),
    (303, "Denver, CO"),
    (702, "Las Vegas, NV"),
    (808, "Honolulu, HI"),
];

/// Who a block of fictional numbers is reserved for, so that no number is handed out twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Company,
    Outside,
}

/// The number at `index` of a block and where it is, or nothing when the block is used up.
pub(crate) fn number(
    country: Country,
    holder: Holder,
    index: u32,
) -> Option<(String, &'static str)> {
    let outside = u32::from(holder == Holder::Outside);
    let block = |size: u32| (index < size).then_some(index + outside * size);
    Some(match country {
        Country::Us => return None,
        Country::Gb if holder == Holder::Outside && index >= 500 => {
            let line = (index < 1500).then(|| index - 500)?;
            (format!("+441632960{line:03}"), "United Kingdom")
        }
        Country::Gb => (format!("+442079460{:03}", block(500)?), "London"),
        Country::De => (format!("+493023125{:03}", block(500)?), "Berlin"),
        Country::Fr => (format!("+33199000{:03}", block(500)?), "Paris"),
        Country::Au => (format!("+6125550{:04}", block(5000)?), "Sydney"),
    })
}

/// A North American number: 50 lines an area code for the company, 40 for callers.
pub(crate) fn american(
    areas: &[(u16, &'static str)],
    holder: Holder,
    index: u32,
) -> Option<(String, &'static str)> {
    let (first, lines) = match holder {
        Holder::Company => (100, 50),
        Holder::Outside => (150, 40),
    };
    let count = areas.len() as u32;
    // The company fills one area code after the other; callers come from everywhere.
    let (area, line) = match holder {
        Holder::Company => (index / lines, index % lines),
        Holder::Outside => (index % count, index / count),
    };
    let &(code, place) = areas.get(area as usize)?;
    (line < lines).then(|| (format!("+1{code}5550{:03}", first + line), place))
}

/// A user's own mobile phone; two users may share one in a large company.
pub(crate) fn mobile(index: u32) -> String {
    let (code, _) = EAST[index as usize % EAST.len()];
    format!("+1{code}5550{}", 190 + index / EAST.len() as u32 % 10)
}

/// How a number is written in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// `+12125550150`
    Plus,
    /// `12125550150`
    Digits,
    /// `(212)555-0150`, North America only.
    Formatted,
}

/// A number as a record may write it.
pub(crate) fn written(e164: &str, style: Style) -> String {
    match style {
        Style::Plus => e164.to_owned(),
        Style::Digits => e164.trim_start_matches('+').to_owned(),
        Style::Formatted => match e164.strip_prefix("+1") {
            Some(rest) if rest.len() == 10 => {
                format!("({}){}-{}", &rest[..3], &rest[3..6], &rest[6..])
            }
            _ => e164.to_owned(),
        },
    }
}
