//! What the bytes of a symbol say: the scheme, its category, its fields, and whether they hold together.
//!
//! Total: every input has a [`Payload`], the last resort being plain text. The ids of schemes and
//! categories are part of the contract of `waylay explain`.

/// What a payload is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Moves money, bills included.
    Payment,
    /// A crypto address or payment request.
    WalletCrypto,
    /// A receipt or proof, not a request to pay.
    Invoice,
    /// A person's or an official account in a messenger.
    Contact,
    /// An invitation to a group chat.
    GroupInvite,
    /// A shop or an item of another platform.
    Shop,
    /// A mini-program inside another app.
    MiniProgram,
    /// Installs an app.
    AppDownload,
    /// Leads on to somewhere else that cannot be seen from here.
    Redirect,
    /// Joins a wireless network.
    Wifi,
    /// An address-book card.
    Vcard,
    /// A place.
    Geo,
    /// A text message.
    Sms,
    /// A telephone number.
    Tel,
    /// An e-mail.
    Email,
    /// A calendar entry.
    Calendar,
    /// A one-time-password secret.
    Otp,
    /// Lets the scanned party log in as the scanner.
    Login,
    /// Gives money without a purchase.
    Donation,
    /// Anything else: web pages, plain text, product codes.
    Other,
}

impl Category {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::WalletCrypto => "wallet-crypto",
            Self::Invoice => "invoice",
            Self::Contact => "contact",
            Self::GroupInvite => "group-invite",
            Self::Shop => "shop",
            Self::MiniProgram => "mini-program",
            Self::AppDownload => "app-download",
            Self::Redirect => "redirect",
            Self::Wifi => "wifi",
            Self::Vcard => "vcard",
            Self::Geo => "geo",
            Self::Sms => "sms",
            Self::Tel => "tel",
            Self::Email => "email",
            Self::Calendar => "calendar",
            Self::Otp => "otp",
            Self::Login => "login",
            Self::Donation => "donation",
            Self::Other => "other",
        }
    }
}

/// The fields that schemes have in common; each `None` where the payload does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// Account, handle or key that is paid or contacted; `bank:account` where two parts identify it.
    pub payee: Option<String>,
    /// The payee's name as the payload gives it. Anyone can write anything here.
    pub payee_name: Option<String>,
    /// Decimal amount in major units, as written.
    pub amount: Option<String>,
    /// ISO 4217 code or coin symbol.
    pub currency: Option<String>,
    /// Order, invoice or transaction reference.
    pub reference: Option<String>,
    /// A nested URL or host.
    pub target: Option<String>,
}

/// What a symbol says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The text, with the charset decided.
    pub text: String,
    /// The scheme's id, such as `pix` or `wechat-contact`.
    pub scheme: &'static str,
    /// What it is for.
    pub category: Category,
    /// Whether every structural rule of the scheme holds, checksum included; `None` where the scheme
    /// has no rule that can be checked off line.
    pub valid: Option<bool>,
    /// Signs of deception, by name.
    pub flags: Vec<&'static str>,
    /// The fields in common.
    pub fields: Fields,
}

/// Says what the bytes of a code hold.
pub fn parse(bytes: &[u8]) -> Payload {
    parse_str(&String::from_utf8_lossy(bytes))
}

/// Says what the text of a code holds.
pub fn parse_str(text: &str) -> Payload {
    Payload {
        text: text.to_owned(),
        scheme: "plain-text",
        category: Category::Other,
        valid: None,
        flags: Vec::new(),
        fields: Fields::default(),
    }
}
