//! Extensions: users, queues, menus and sites, and the numbers that reach them.

use super::names::{FIRST, LAST, MENUS, QUEUES};
use super::numbers::CompanyNumber;
use super::sites::SITES;
use crate::draw::{Draw, Purpose};
use crate::phone;

/// What an extension is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExtensionKind {
    /// A person.
    User,
    /// A call queue (`Department` in the contract).
    Queue,
    /// An auto-receptionist menu.
    Ivr,
    /// A site.
    Site,
}

/// How a queue offers a call to its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ring {
    Simultaneous,
    Rotating,
}

/// What calls need to know about an extension.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) id: u64,
    pub(crate) number: String,
    pub(crate) name: String,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) kind: ExtensionKind,
    pub(crate) site: usize,
    /// Position in the company's numbers of the number that reaches this extension directly.
    pub(crate) direct: Option<u32>,
    /// Users: the forwarding phone.
    pub(crate) mobile: String,
    /// Users: phones and applications that ring together, at least 1.
    pub(crate) devices: u32,
    /// Queues: how members ring, and who they are (positions of users).
    pub(crate) ring: Ring,
    pub(crate) members: Vec<u32>,
    /// Queues: answer within this many seconds, and abandons shorter than this do not count.
    pub(crate) answer_within_s: u32,
    pub(crate) short_abandon_s: u32,
}

/// Everybody who works here and every number.
#[derive(Debug)]
pub(crate) struct People {
    pub(crate) account_id: u64,
    /// Users, then queues, menus and sites.
    pub(crate) desks: Vec<Desk>,
    pub(crate) users: u32,
    pub(crate) queues: u32,
    pub(crate) numbers: Vec<CompanyNumber>,
}

impl People {
    pub(crate) fn new(seed: u64, users: u32) -> Self {
        let mut draw = Draw::new(seed, Purpose::People, 0);
        let users = users.max(4);
        let queues = (2 + users / 10).min(QUEUES.len() as u32);
        let account_id = (400_000_000 + u64::from(draw.below(90_000_000))) * 1000 + 4;
        let mut people = Self { account_id, desks: vec![], users, queues, numbers: vec![] };
        people.add_users(&mut draw);
        people.add_queues(&mut draw);
        people.add_menus_and_sites();
        people.number_everybody(&mut draw);
        people
    }

    /// The position of the menu that answers the main number.
    pub(crate) fn menu(&self) -> u32 {
        self.users + self.queues
    }

    /// The position of the queue numbered `index`.
    pub(crate) fn queue(&self, index: u32) -> u32 {
        self.users + index % self.queues
    }

    pub(crate) fn desk(&self, position: u32) -> &Desk {
        &self.desks[position as usize]
    }

    fn add(&mut self, kind: ExtensionKind, number: u32, name: String, site: usize) -> &mut Desk {
        let position = self.desks.len();
        self.desks.push(Desk {
            id: self.account_id + (1 + position as u64) * 1000,
            number: number.to_string(),
            name,
            first_name: "",
            last_name: "",
            kind,
            site,
            direct: None,
            mobile: phone::mobile(position as u32),
            devices: 1,
            ring: Ring::Simultaneous,
            members: vec![],
            answer_within_s: 20,
            short_abandon_s: 5,
        });
        &mut self.desks[position]
    }

    /// Users come first, so the first number is 101 whatever the size of the company.
    fn add_users(&mut self, draw: &mut Draw) {
        let base = self.number_base();
        for position in 0..self.users {
            let number = if position == 0 { 101 } else { base + 1 + position };
            let (first_name, last_name) = (draw.pick(&FIRST), draw.pick(&LAST));
            let shares: [(usize, u32); 5] = std::array::from_fn(|site| (site, SITES[site].share));
            let site = if position == 0 { 0 } else { draw.weighted(&shares) };
            let devices = draw.weighted(&[(1, 40), (2, 30), (3, 20), (4, 6), (6, 4)]);
            let name = format!("{first_name} {last_name}");
            let desk = self.add(ExtensionKind::User, number, name, site);
            desk.first_name = first_name;
            desk.last_name = last_name;
            desk.devices = devices;
        }
    }

    fn add_queues(&mut self, draw: &mut Draw) {
        let base = 9 * self.number_base();
        for index in 0..self.queues {
            let members = self.draw_members(index, draw);
            let site = if index < 2 { 0 } else { draw.below(3) as usize };
            let name = QUEUES[index as usize].to_owned();
            let desk = self.add(ExtensionKind::Queue, base + 1 + index, name, site);
            desk.ring = if index % 2 == 0 { Ring::Simultaneous } else { Ring::Rotating };
            desk.members = members;
            desk.answer_within_s = draw.pick(&[20, 30, 60]);
            desk.short_abandon_s = draw.pick(&[5, 10]);
        }
    }

    /// The first queue is as large as a simultaneous ring allows: ten members.
    fn draw_members(&self, queue: u32, draw: &mut Draw) -> Vec<u32> {
        let wanted = if queue == 0 { 10 } else { draw.between(3, 10) };
        let size = wanted.min(self.users);
        let mut pool: Vec<u32> = (0..self.users).collect();
        for place in 0..size {
            let other = draw.between(place, self.users - 1);
            pool.swap(place as usize, other as usize);
        }
        pool.truncate(size as usize);
        pool
    }

    fn add_menus_and_sites(&mut self) {
        let base = 9 * self.number_base();
        for (index, name) in (0..).zip(MENUS) {
            self.add(ExtensionKind::Ivr, base + 41 + index, name.to_owned(), 0);
        }
        for (index, site) in SITES.iter().enumerate() {
            self.add(ExtensionKind::Site, base + 61 + index as u32, site.name.to_owned(), index);
        }
    }

    /// 100, 1000 or 10,000: short numbers get longer with the company.
    fn number_base(&self) -> u32 {
        match self.users {
            ..790 => 100,
            790..7900 => 1000,
            _ => 10_000,
        }
    }
}
