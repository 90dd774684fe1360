//! Who may what: roles, permissions, and what a name and a password have to be like.

mod password;

pub use password::{LONGEST_PASSWORD, PasswordError, SHORTEST_PASSWORD, check_password};

/// Bytes of the longest name of a user or token.
const LONGEST_NAME: usize = 64;

/// What a name looks like, for messages.
pub const NAME: &str = "1 to 64 letters, digits, `.`, `_`, `-` or `@`, the first a letter or digit";

/// Whether `name` can name a user or a token: it stands in logs, in bans and in the history of incidents.
pub fn is_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-_@".contains(c))
}

/// What somebody is there for. Each role may what the one before it may, and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks on.
    Viewer,
    /// Decides on incidents, one at a time.
    Reviewer,
    /// Decides on many, and on how well it is done.
    Lead,
    /// Says who may what, and what is watched.
    Admin,
}

impl Role {
    /// All of them, from the one that may least on.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Reviewer, Self::Lead, Self::Admin];

    /// Its name in records, in the API and on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Reviewer => "reviewer",
            Self::Lead => "lead",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether it may.
    pub fn may(self, permission: Permission) -> bool {
        self >= permission.least()
    }

    /// All that it may.
    pub fn permissions(self) -> Permissions {
        Permission::ALL
            .into_iter()
            .filter(|permission| self.may(*permission))
            .collect()
    }
}

/// One kind of thing that somebody may do or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Read streams, incidents, bans and figures.
    Read,
    /// Read the files of evidence.
    ReadEvidence,
    /// Decide on an incident, look at a stream more often.
    Decide,
    /// Cut streams, and let in again who was cut.
    Cut,
    /// Decide on many incidents at once.
    DecideMany,
    /// See how well decisions are made, and reverse them.
    Quality,
    /// Read the audit log.
    Audit,
    /// See deliveries to webhooks, and bring back those that were given up.
    Deliveries,
    /// Add, change and remove streams, and send stills of them.
    Streams,
    /// Say who may what: users and tokens.
    Users,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Read,
        Self::ReadEvidence,
        Self::Decide,
        Self::Cut,
        Self::DecideMany,
        Self::Quality,
        Self::Audit,
        Self::Deliveries,
        Self::Streams,
        Self::Users,
    ];

    /// Its name in records and in the API: a scope of a token.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadEvidence => "read_evidence",
            Self::Decide => "decide",
            Self::Cut => "cut",
            Self::DecideMany => "decide_many",
            Self::Quality => "quality",
            Self::Audit => "audit",
            Self::Deliveries => "deliveries",
            Self::Streams => "streams",
            Self::Users => "users",
        }
    }

    /// What it is for, for people.
    pub fn about(self) -> &'static str {
        match self {
            Self::Read => "read streams, incidents, bans and figures",
            Self::ReadEvidence => "read the files of evidence",
            Self::Decide => "decide on an incident, look at a stream more often",
            Self::Cut => "cut streams, and let in again who was cut",
            Self::DecideMany => "decide on many incidents at once",
            Self::Quality => "see how well decisions are made, and reverse them",
            Self::Audit => "read the audit log",
            Self::Deliveries => {
                "see deliveries to webhooks, and bring back those that were given up"
            }
            Self::Streams => "add, change and remove streams, and send stills of them",
            Self::Users => "say who may what: users and tokens",
        }
    }

    /// The permission of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == name)
    }

    /// The least role that has it.
    fn least(self) -> Role {
        match self {
            Self::Read | Self::ReadEvidence => Role::Viewer,
            Self::Decide | Self::Cut => Role::Reviewer,
            Self::DecideMany | Self::Quality | Self::Audit | Self::Deliveries => Role::Lead,
            Self::Streams | Self::Users => Role::Admin,
        }
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Permissions(u16);

impl Permissions {
    /// Whether it is one of them.
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & bit(permission) != 0
    }

    /// Whether all of these are among those.
    pub fn is_within(self, those: Self) -> bool {
        self.0 & !those.0 == 0
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those in both.
    #[must_use]
    pub fn and(self, those: Self) -> Self {
        Self(self.0 & those.0)
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .into_iter()
            .filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, p| bits | bit(p)))
    }
}

fn bit(permission: Permission) -> u16 {
    1 << permission as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_one_before_it_may() {
        for pair in Role::ALL.windows(2) {
            let (less, more) = (pair[0].permissions(), pair[1].permissions());
            assert!(less.is_within(more) && less != more, "{pair:?}");
        }
        let may = |role: Role| {
            let names: Vec<_> = role.permissions().iter().map(Permission::as_str).collect();
            names.join(" ")
        };
        assert_eq!(may(Role::Viewer), "read read_evidence");
        assert_eq!(may(Role::Reviewer), "read read_evidence decide cut");
        assert_eq!(
            may(Role::Lead),
            "read read_evidence decide cut decide_many quality audit deliveries"
        );
        assert_eq!(
            Role::Admin.permissions().iter().count(),
            Permission::ALL.len()
        );
    }

    #[test]
    fn names_lead_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(permission));
        }
        assert_eq!(Role::parse("Admin"), None);
        assert_eq!(Permission::parse(""), None);
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set: Permissions = [Permission::Cut, Permission::Users].into_iter().collect();
        for permission in Permission::ALL {
            let is_in = matches!(permission, Permission::Cut | Permission::Users);
            assert_eq!(set.contains(permission), is_in, "{permission:?}");
        }
        assert!(!set.is_within(Role::Lead.permissions()));
        assert!(set.is_within(Role::Admin.permissions()));
        let both = set.and(Role::Reviewer.permissions());
        assert_eq!(both.iter().collect::<Vec<_>>(), [Permission::Cut]);
        assert!(Permissions::default().is_empty() && !set.is_empty());
    }

    #[test]
    fn a_name_is_plain() {
        let longest = "a".repeat(64);
        for good in ["a", "ana.b", "7-up", "a@b.example", &longest] {
            assert!(is_name(good), "{good}");
        }
        let longer = "a".repeat(65);
        for bad in ["", ".a", "a b", "a\n", "é", "a/b", "<a>", "@a", &longer] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
