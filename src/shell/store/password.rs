//! Passwords: hashed with Argon2id, on threads that may be busy, a few at once.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use crate::base::limit::PASSWORD_BYTES_MAX;
use crate::shell::store::fault::StoreFault;

/// The shortest password that can be set.
const BYTES_MIN: usize = 8;

/// The hash of nobody's password: checking it takes as long as checking somebody's.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$aGF0aWYtbm9ib2R5LTAx$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The hash of a password to be set.
pub(super) fn hash(password: &str) -> Result<String, StoreFault> {
    if !(BYTES_MIN..=PASSWORD_BYTES_MAX).contains(&password.len()) {
        return Err(StoreFault::Password { found: password.len() });
    }
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|why| StoreFault::Hash(why.to_string()))
}

/// Whether the password is the one of the hash; without a hash it is not, and takes as long.
pub(super) fn verify(password: &str, hash: Option<&str>) -> bool {
    if password.len() > PASSWORD_BYTES_MAX {
        return false;
    }
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else {
        return false;
    };
    let is_right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    is_right && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_passes() {
        let hash = hash("correct horse").expect("long enough");
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify("correct horse", Some(&hash)));
        assert!(!verify("correct horsf", Some(&hash)));
        assert!(!verify("correct horse", None));
    }

    #[test]
    fn nobodys_hash_can_be_read() {
        assert!(PasswordHash::new(NOBODY).is_ok());
    }

    #[test]
    fn a_short_password_is_refused() {
        assert!(matches!(hash("1234567"), Err(StoreFault::Password { found: 7 })));
    }
}
