//! What a password has to be like.

/// Characters of the shortest password.
pub const SHORTEST_PASSWORD: usize = 12;
/// Bytes of the longest: to hash more would only take time.
pub const LONGEST_PASSWORD: usize = 256;
/// So many different characters are in it at least: `aaaaaaaaaaaa` is long and no secret.
const DIFFERENT: usize = 5;

/// Why it is no password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It is soon guessed.
    #[error("a password has {SHORTEST_PASSWORD} characters or more")]
    Short,
    /// It takes too long to hash.
    #[error("a password has {LONGEST_PASSWORD} bytes or fewer")]
    Long,
    /// It has too few different characters.
    #[error("a password has {DIFFERENT} or more different characters")]
    Uniform,
    /// Everybody knows the name.
    #[error("a password does not contain the name of the user")]
    Name,
}

/// Says whether `password` is good enough for the user called `name`.
///
/// # Errors
/// What is wrong with it.
pub fn check_password(password: &str, name: &str) -> Result<(), PasswordError> {
    if password.len() > LONGEST_PASSWORD {
        return Err(PasswordError::Long);
    }
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(PasswordError::Short);
    }
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < DIFFERENT {
        return Err(PasswordError::Uniform);
    }
    // A name of one or two letters is in many a good password.
    let has_name = || password.to_lowercase().contains(&name.to_lowercase());
    if name.len() > 2 && has_name() {
        return Err(PasswordError::Name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_soon_guessed_is_refused() {
        let check = |password: &str| check_password(password, "ana");
        assert_eq!(check("elevenchars"), Err(PasswordError::Short));
        assert_eq!(check("twelve chars"), Ok(()));
        assert_eq!(
            check("密碼密碼密碼密碼密碼密碼"),
            Err(PasswordError::Uniform)
        );
        assert_eq!(
            check("春眠不覺曉處處聞啼鳥夜來"),
            Ok(()),
            "characters count, not bytes"
        );
        assert_eq!(check("abcdabcdabcdabcd"), Err(PasswordError::Uniform));
        assert_eq!(check("I am ANA of old"), Err(PasswordError::Name));
        assert_eq!(check_password("a banana a day", "a"), Ok(()));
        let long = "twelve chars".repeat(22);
        assert_eq!(check(&long[..256]), Ok(()));
        assert_eq!(check(&long[..257]), Err(PasswordError::Long));
        assert_eq!(check(""), Err(PasswordError::Short));
    }
}
