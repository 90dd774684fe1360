//! What the pages of accounts say, in English and in Simplified Chinese.

use crate::account::PasswordError;

macro_rules! words {
    ($($name:ident: $english:literal, $chinese:literal;)*) => {
        /// The words of one language.
        #[derive(Debug)]
        pub(super) struct Words {
            $(pub(super) $name: &'static str,)*
        }

        static ENGLISH: Words = Words { $($name: $english,)* };
        static CHINESE: Words = Words { $($name: $chinese,)* };

        #[cfg(test)]
        impl Words {
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

words! {
    sign_in: "Sign in", "登录";
    name: "Name", "用户名";
    password: "Password", "密码";
    wrong: "The name or the password is wrong.", "用户名或密码错误。";
    too_often: "Too many attempts: try again later.", "尝试次数过多，请稍后再试。";
    sign_in_with: "Sign in with", "单点登录：";
    sso_signed_in: "You are signed in", "登录成功";
    sso_go_on: "Go on", "继续";
    sso_over: "That took too long, or began in another browser: try again.", "登录已超时，或在其他浏览器中开始：请重试。";
    sso_denied: "The provider did not let you in.", "身份提供方拒绝了登录。";
    sso_away: "The provider does not answer. Try again later, or sign in with a password.", "身份提供方没有响应。请稍后重试，或使用密码登录。";
    sso_failed: "Something is wrong between Waylay and the provider; the log of the service says what. A password works as before.", "Waylay 与身份提供方之间出现问题，详情见服务日志。仍可使用密码登录。";
    sso_no_users: "There are no accounts yet: the first one is made with the link that the service prints at its start.", "尚无账户：请使用服务启动时输出的链接创建第一个账户。";
    sso_disabled: "This account is disabled.", "该账户已停用。";
    sso_taken: "Somebody here has your name already. An admin can let you join that account.", "您的用户名在此已被使用。管理员可以允许您关联该账户。";
    sso_not_verified: "The provider has not verified your address.", "身份提供方尚未验证您的邮箱地址。";
    sso_no_name: "The provider does not tell a name that you can have here.", "身份提供方未提供可在此使用的用户名。";
    sso_no_role: "The provider gives you no role here. Ask an admin.", "身份提供方未授予您任何角色，请联系管理员。";
    sso: "Single sign-on", "单点登录";
    sso_joined: "joined", "已关联";
    sso_joinable: "may be joined", "允许关联";
    sso_let_join: "Let it be joined", "允许关联";
    sso_part: "Take the link away", "取消关联";
    first_account: "Make an admin", "创建管理员";
    choose_password: "Choose a password", "设置密码";
    setup_hint: "The user of that name, where there is one, becomes an admin with the password that you choose.", "若该用户名已存在，该用户将成为管理员并使用新设置的密码。";
    new_password: "Password, 12 characters or more", "密码（至少 12 个字符）";
    again: "Once more", "再次输入";
    make_account: "Make the account", "创建账户";
    choose_it: "Choose it", "设置";
    name_rule: "A name has 1 to 64 letters, digits, “.”, “_”, “-” or “@”, the first a letter or digit.", "用户名为 1 至 64 个字母、数字、“.”、“_”、“-”或“@”，且以字母或数字开头。";
    name_taken: "The name is taken.", "该用户名已被使用。";
    not_the_same: "The two passwords are not the same.", "两次输入的密码不一致。";
    password_short: "A password has 12 characters or more.", "密码至少需要 12 个字符。";
    password_long: "A password has 256 bytes or fewer.", "密码不能超过 256 个字节。";
    password_uniform: "A password has 5 or more different characters.", "密码至少需要 5 个不同的字符。";
    password_name: "A password does not contain the name of the user.", "密码不能包含用户名。";
    account: "Account", "账户";
    role: "Role", "角色";
    may: "May", "权限";
    old_password: "The one you have", "当前密码";
    next_password: "The next one, 12 characters or more", "新密码（至少 12 个字符）";
    change_password: "Change it and sign out everywhere else", "修改并在其他所有地方退出登录";
    wrong_password: "The password that you have is another one.", "当前密码错误。";
    signed_in: "Where you are signed in", "已登录的浏览器";
    browser: "Browser", "浏览器";
    since: "Since", "开始时间";
    last_used: "Last used", "最近使用";
    action: "Action", "操作";
    this_one: "this one", "当前";
    sign_out: "Sign out", "退出登录";
    sign_out_everywhere: "Sign out everywhere", "在所有地方退出登录";
    no_account: "There are no accounts yet, or you came with a token: there is nothing to change here.", "尚无账户，或您使用的是令牌：此处没有可更改的内容。";
    users: "Users", "用户";
    tokens: "Tokens", "令牌";
    link_made: "The link, for the user alone", "邀请链接（仅供该用户使用）";
    link_hint: "It is shown here once. It works once, within seven days.", "仅在此显示一次；七天内可使用一次。";
    token_made: "The token, for the program alone", "令牌（仅供该程序使用）";
    token_hint: "It is shown here once.", "仅在此显示一次。";
    state: "State", "状态";
    you: "you", "您";
    role_of: "Role of", "角色：";
    change: "Change", "更改";
    disable: "Disable", "停用";
    enable: "Enable", "启用";
    new_link: "New link", "新链接";
    more: "More", "更多";
    invite_somebody: "Invite somebody", "邀请用户";
    invite: "Invite", "邀请";
    held_to: "Held to", "限定权限";
    all_of_role: "all of its role", "角色的全部权限";
    made_by: "Made by", "创建者";
    until: "Until", "有效期至";
    never: "never", "从未";
    revoke: "Revoke", "吊销";
    make_token: "Make a token", "创建令牌";
    scopes: "Held to (nothing ticked: all that its role may)", "限定权限（不勾选则为角色的全部权限）";
    days: "Days that it is good for", "有效天数";
    make_it: "Make it", "创建";
    audit_log: "Audit log", "审计日志";
    who: "Who", "操作者";
    subject: "Subject", "对象";
    from: "From (UTC)", "起始时间（UTC）";
    before: "Before", "截止时间";
    filter: "Filter", "筛选";
    when: "When", "时间";
    detail: "Detail", "详情";
    nothing: "Nothing is there.", "没有记录。";
    older: "Older", "更早";
    viewer: "viewer", "查看者";
    reviewer: "reviewer", "审核员";
    lead: "lead", "组长";
    admin: "admin", "管理员";
    read: "read", "查看";
    read_evidence: "read_evidence", "查看证据";
    decide: "decide", "处置";
    cut: "cut", "切断直播流";
    decide_many: "decide_many", "批量处置";
    quality: "quality", "质量与推翻";
    audit: "audit", "审计日志";
    deliveries: "deliveries", "投递";
    streams: "streams", "管理直播流";
    say_who: "users", "管理用户与令牌";
    invited: "invited", "已邀请";
    active: "active", "有效";
    disabled: "disabled", "已停用";
    over: "over", "已过期";
    revoked: "revoked", "已吊销";
}

impl Words {
    /// Those of Chinese, or of English.
    pub(super) fn of(chinese: bool) -> &'static Self {
        if chinese { &CHINESE } else { &ENGLISH }
    }

    /// A role, a permission or a state as people call it; what has no other name is called as records do.
    pub(super) fn called<'a>(&self, id: &'a str) -> &'a str {
        match id {
            "viewer" => self.viewer,
            "reviewer" => self.reviewer,
            "lead" => self.lead,
            "admin" => self.admin,
            "read" => self.read,
            "read_evidence" => self.read_evidence,
            "decide" => self.decide,
            "cut" => self.cut,
            "decide_many" => self.decide_many,
            "quality" => self.quality,
            "audit" => self.audit,
            "deliveries" => self.deliveries,
            "streams" => self.streams,
            "users" => self.say_who,
            "invited" => self.invited,
            "active" => self.active,
            "disabled" => self.disabled,
            "over" => self.over,
            "revoked" => self.revoked,
            other => other,
        }
    }

    /// Permissions as people call them, which records separate by spaces.
    pub(super) fn called_all(&self, ids: &str) -> String {
        let called: Vec<_> = ids.split(' ').map(|id| self.called(id)).collect();
        called.join(", ")
    }

    /// What is wrong with a password.
    pub(super) fn password(&self, error: PasswordError) -> &'static str {
        match error {
            PasswordError::Short => self.password_short,
            PasswordError::Long => self.password_long,
            PasswordError::Uniform => self.password_uniform,
            PasswordError::Name => self.password_name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{LONGEST_PASSWORD, Permission, Role, SHORTEST_PASSWORD};

    #[test]
    fn everything_is_said_in_both_languages() {
        for ((name, english), (_, chinese)) in ENGLISH.all().into_iter().zip(CHINESE.all()) {
            assert!(
                english.is_ascii() || english.contains('“'),
                "{name}: {english}"
            );
            assert!(chinese.chars().any(|c| c > '\u{2e7f}'), "{name}: {chinese}");
        }
    }

    #[test]
    fn the_words_say_what_the_rules_are() {
        for words in [&ENGLISH, &CHINESE] {
            assert!(words.new_password.contains(&SHORTEST_PASSWORD.to_string()));
            assert!(words.next_password.contains(&SHORTEST_PASSWORD.to_string()));
            for error in [
                PasswordError::Short,
                PasswordError::Long,
                PasswordError::Uniform,
            ] {
                // The number is the same in all.
                let number: String = error
                    .to_string()
                    .chars()
                    .filter(char::is_ascii_digit)
                    .collect();
                assert!(words.password(error).contains(&number), "{error}");
            }
        }
        assert!(
            ENGLISH
                .password_long
                .contains(&LONGEST_PASSWORD.to_string())
        );
        for role in Role::ALL {
            assert_eq!(ENGLISH.called(role.as_str()), role.as_str());
            assert_ne!(CHINESE.called(role.as_str()), role.as_str());
        }
        for permission in Permission::ALL {
            assert_eq!(ENGLISH.called(permission.as_str()), permission.as_str());
            assert_ne!(CHINESE.called(permission.as_str()), permission.as_str());
        }
        assert_eq!(CHINESE.called("x"), "x");
    }
}
