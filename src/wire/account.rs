//! Users, tokens, sessions and the audit log as the API has them.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::account::{Permission, Role};

/// What somebody is there for; each may what the one before it may, and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RoleData {
    /// Looks on.
    Viewer,
    /// Decides on incidents, one at a time.
    Reviewer,
    /// Decides on many, and on how well it is done.
    Lead,
    /// Says who may what, and what is watched.
    Admin,
}

impl From<Role> for RoleData {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Reviewer => Self::Reviewer,
            Role::Lead => Self::Lead,
            Role::Admin => Self::Admin,
        }
    }
}

impl From<RoleData> for Role {
    fn from(role: RoleData) -> Self {
        match role {
            RoleData::Viewer => Self::Viewer,
            RoleData::Reviewer => Self::Reviewer,
            RoleData::Lead => Self::Lead,
            RoleData::Admin => Self::Admin,
        }
    }
}

/// One kind of thing that somebody may do or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PermissionData {
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
    /// Add, change and remove streams.
    Streams,
    /// Say who may what: users and tokens.
    Users,
}

impl From<Permission> for PermissionData {
    fn from(permission: Permission) -> Self {
        match permission {
            Permission::Read => Self::Read,
            Permission::ReadEvidence => Self::ReadEvidence,
            Permission::Decide => Self::Decide,
            Permission::Cut => Self::Cut,
            Permission::DecideMany => Self::DecideMany,
            Permission::Quality => Self::Quality,
            Permission::Audit => Self::Audit,
            Permission::Deliveries => Self::Deliveries,
            Permission::Streams => Self::Streams,
            Permission::Users => Self::Users,
        }
    }
}

impl From<PermissionData> for Permission {
    fn from(permission: PermissionData) -> Self {
        match permission {
            PermissionData::Read => Self::Read,
            PermissionData::ReadEvidence => Self::ReadEvidence,
            PermissionData::Decide => Self::Decide,
            PermissionData::Cut => Self::Cut,
            PermissionData::DecideMany => Self::DecideMany,
            PermissionData::Quality => Self::Quality,
            PermissionData::Audit => Self::Audit,
            PermissionData::Deliveries => Self::Deliveries,
            PermissionData::Streams => Self::Streams,
            PermissionData::Users => Self::Users,
        }
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeData {
    /// The id of the user or token.
    pub id: String,
    /// Its name.
    #[schema(example = "ana")]
    pub name: String,
    /// Its role.
    pub role: RoleData,
    /// By what it is known: `user`, `token`, or `local` from this machine while there are no accounts.
    #[schema(example = "user")]
    pub by: &'static str,
    /// All that it may.
    pub permissions: Vec<PermissionData>,
    /// What requests of this session carry as `X-CSRF-Token` where they change something; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csrf: Option<String>,
}

/// A user that is to be invited.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Its name: 1 to 64 letters, digits, `.`, `_`, `-` or `@`, the first a letter or digit.
    #[schema(
        example = "ana",
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9][A-Za-z0-9._@-]*$"
    )]
    pub name: String,
    /// Its role.
    pub role: RoleData,
}

/// What is to be changed of a user; what is not given stays. Its sessions end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Its role.
    pub role: Option<RoleData>,
    /// Whether it may not sign in.
    pub disabled: Option<bool>,
    /// Whether it may be joined with whomever the provider of single sign-on calls so, within seven days. Where it is not, nobody there
    /// is this user any more.
    pub join: Option<bool>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UserData {
    /// Its id.
    pub id: String,
    /// Its name.
    #[schema(example = "ana")]
    pub name: String,
    /// Its role.
    pub role: RoleData,
    /// `invited` before it can get in, `active`, or `disabled`.
    #[schema(example = "active")]
    pub state: &'static str,
    /// Whether the provider of single sign-on knows it.
    pub single_sign_on: bool,
    /// Until when it may be joined with whomever the provider calls so; absent where it may not be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joinable_until: Option<String>,
    /// When it was made, RFC 3339 in UTC as all times here.
    pub created: String,
    /// When it was last changed.
    pub changed: String,
}

/// Users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsersData {
    /// In the order of their names.
    pub users: Vec<UserData>,
    /// What `after` has to be for those that follow; absent where these were the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A user, and the link with which it chooses a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InvitedData {
    /// The user.
    pub user: UserData,
    /// The link. It works once, and is shown here alone.
    #[schema(example = "https://waylay.example/invite?token=...")]
    pub link: String,
    /// Until when it works.
    pub until: String,
}

/// A token that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Its name, as of a user.
    #[schema(
        example = "platform",
        min_length = 1,
        max_length = 64,
        pattern = "^[A-Za-z0-9][A-Za-z0-9._@-]*$"
    )]
    pub name: String,
    /// Its role.
    pub role: RoleData,
    /// What it is held to of that which its role may; all of it where this is not given.
    pub scopes: Option<Vec<PermissionData>>,
    /// For so many days it is good, 1 to 365.
    #[schema(example = 90, minimum = 1, maximum = 365)]
    pub days: u32,
}

/// A token, without what it is carried as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokenData {
    /// Its id.
    pub id: String,
    /// Its name.
    #[schema(example = "platform")]
    pub name: String,
    /// Its role.
    pub role: RoleData,
    /// All that it may.
    pub permissions: Vec<PermissionData>,
    /// `active`, `over` or `revoked`.
    #[schema(example = "active")]
    pub state: &'static str,
    /// Who made it.
    pub by: String,
    /// When it was made.
    pub created: String,
    /// Until when it is good.
    pub until: String,
    /// The day on which it was last used, in UTC; absent before the first use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-11-27")]
    pub used: Option<String>,
}

/// A token that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MadeTokenData {
    /// What it is.
    pub token: TokenData,
    /// What requests carry as `Authorization: Bearer SECRET`. It is shown here alone.
    #[schema(example = "wl_...")]
    pub secret: String,
}

/// Tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokensData {
    /// In the order of their names, those that are over or were revoked among them.
    pub tokens: Vec<TokenData>,
    /// What `after` has to be for those that follow; absent where these were the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A browser that somebody signed in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionData {
    /// Its id.
    pub id: String,
    /// Whether it is the one that asks.
    pub own: bool,
    /// What the browser calls itself.
    pub agent: String,
    /// When it began.
    pub created: String,
    /// When it was last used, to the minute.
    pub seen: String,
}

/// Sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionsData {
    /// The newest first.
    pub sessions: Vec<SessionData>,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditData {
    /// Its place in the log.
    pub position: i64,
    /// When it was, RFC 3339 in UTC.
    pub at: String,
    /// By what it was known who it was: `user`, `token`, `local`, or `nobody` where it was not.
    #[schema(example = "user")]
    pub by: String,
    /// The id of the user or token.
    pub id: String,
    /// Its name.
    #[schema(example = "ana")]
    pub who: String,
    /// What was done.
    #[schema(example = "stream.added")]
    pub action: String,
    /// What it was done to.
    #[schema(example = "room-42")]
    pub subject: String,
    /// What else is to be known of it.
    #[schema(value_type = Object)]
    pub detail: Value,
}

/// Lines of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditsData {
    /// The newest first.
    pub lines: Vec<AuditData>,
    /// What `before` has to be for those that follow; absent where these were the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_core() {
        for role in Role::ALL {
            let json = serde_json::to_value(RoleData::from(role)).unwrap();
            assert_eq!(json, role.as_str());
            assert_eq!(Role::from(RoleData::from(role)), role);
        }
        for permission in Permission::ALL {
            let json = serde_json::to_value(PermissionData::from(permission)).unwrap();
            assert_eq!(json, permission.as_str());
            assert_eq!(
                Permission::from(PermissionData::from(permission)),
                permission
            );
        }
    }
}
