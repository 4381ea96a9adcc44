//! Names for people, queues and outside callers, some of them awkward on purpose.

pub(super) const FIRST: [&str; 40] = [
    "Ada", "Amir", "Anaïs", "Bruno", "Carmen", "Chidi", "Chloé", "Dana", "Deniz", "Elif", "Emeka",
    "Farah", "Gustav", "Hana", "Hiro", "Ines", "Ivo", "Jade", "Jonas", "Kofi", "Lena", "Łukasz",
    "Maeve", "Mateo", "Mina", "Nadia", "Noor", "Olu", "Priya", "Quentin", "Ravi", "Rosa", "Sanne",
    "Søren", "Tariq", "Uma", "Viktor", "Wren", "Yara", "Zoë",
];

pub(super) const LAST: [&str; 40] = [
    "Abara",
    "Almeida",
    "Bauer",
    "Beck",
    "Castillo",
    "Chen",
    "D'Souza",
    "Dubois",
    "Eriksen",
    "Farouk",
    "Fischer",
    "García",
    "Haddad",
    "Hughes",
    "Ito",
    "Jansen",
    "Kaur",
    "Kowalski",
    "Lund",
    "Marsh",
    "Mbeki",
    "Moreau",
    "Müller",
    "Nakamura",
    "Novák",
    "O'Neil",
    "Okafor",
    "Patel",
    "Quinn",
    "Rossi",
    "Sato",
    "Schmidt",
    "Silva",
    "Tanaka",
    "Thompson-Reyes",
    "Usman",
    "Varga",
    "Walsh",
    "Yıldız",
    "Zhou",
];

pub(super) const QUEUES: [&str; 12] = [
    "Sales",
    "Support",
    "Billing",
    "Reception",
    "Claims",
    "Renewals",
    "Technical Support",
    "Returns & Repairs",
    "Accounts",
    "Onboarding",
    "Field Service",
    "Legal Intake",
];

pub(super) const MENUS: [&str; 2] = ["Main Menu", "After Hours Menu"];

/// Outside organisations; a quotation mark, a backslash and a tab test whoever reads them.
pub(super) const ORGANISATIONS: [&str; 12] = [
    "Harbor Dental",
    "Northgate Freight",
    "Café Lumière",
    "Weiß & Söhne",
    "The \"Old\" Mill",
    "Route 9\\Annex",
    "Blue Kite Travel",
    "Tanaka 田中 Trading",
    "Ridge\tRoofing",
    "Elm Street Clinic",
    "Parkside School",
    "Solstice Energy 🌞",
];
