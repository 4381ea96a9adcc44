//! The company's telephone numbers and what they reach.

use super::people::People;
use super::sites::SITES;
use crate::draw::Draw;

/// What a company number is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usage {
    Main,
    Company,
    TollFree,
    Fax,
    Direct,
}

/// A number of the company.
#[derive(Debug)]
pub(crate) struct CompanyNumber {
    pub(crate) number: String,
    pub(crate) location: Option<&'static str>,
    pub(crate) usage: Usage,
    /// Position of the extension it reaches; the main number reaches the menu.
    pub(crate) desk: Option<u32>,
    pub(crate) site: usize,
}

impl People {
    pub(crate) const MAIN_NUMBER: u32 = 0;
    pub(crate) const FAX_NUMBER: u32 = 1;

    /// Whether callers to a company number pay nothing.
    pub(crate) fn is_toll_free(&self, number: u32) -> bool {
        self.numbers[number as usize].usage == Usage::TollFree
    }

    /// Hands out numbers to the company, its queues and most users.
    pub(super) fn number_everybody(&mut self, draw: &mut Draw) {
        let mut next = [0_u32; SITES.len()];
        let menu = Some(self.menu());
        self.add_number(0, Usage::Main, menu, &mut next);
        self.add_number(0, Usage::Fax, Some(0), &mut next);
        for site in 1..SITES.len() {
            self.add_number(site, Usage::Company, menu, &mut next);
        }
        for index in 0..self.queues {
            let position = self.queue(index);
            let usage = if index < 2 { Usage::TollFree } else { Usage::Direct };
            let site = self.desk(position).site;
            self.add_number(site, usage, Some(position), &mut next);
        }
        for position in 0..self.users {
            if position == 0 || draw.chance(850) {
                let site = self.desk(position).site;
                self.add_number(site, Usage::Direct, Some(position), &mut next);
            }
        }
    }

    fn add_number(
        &mut self,
        site: usize,
        usage: Usage,
        desk: Option<u32>,
        next: &mut [u32; SITES.len()],
    ) {
        let found = if usage == Usage::TollFree {
            let line = 112 + self.numbers.len();
            Some((format!("+18005550{line}"), None))
        } else {
            next[site] += 1;
            SITES[site].number(next[site] - 1).map(|(number, place)| (number, Some(place)))
        };
        let Some((number, location)) = found else { return };
        if let (Usage::Direct | Usage::TollFree, Some(desk)) = (usage, desk) {
            self.desks[desk as usize].direct = Some(self.numbers.len() as u32);
        }
        self.numbers.push(CompanyNumber { number, location, usage, desk, site });
    }
}
