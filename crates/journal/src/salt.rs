//! Salts: bytes that nobody can guess, so that a digest does not give an erased payload away.

use record::header::{Hash, Salt};
use sha2::{Digest, Sha256};
use std::io;

/// A stream of salts, grown from one seed by SHA-256 in counter mode.
pub struct Salts {
    seed: [u8; 32],
    counter: u64,
    spare: Option<Salt>,
}

impl Salts {
    /// Seeded by the operating system.
    pub fn from_system() -> io::Result<Self> {
        let mut seed = [0; 32];
        let mut filled = 0;
        while filled < seed.len() {
            filled += rustix::rand::getrandom(&mut seed[filled..], rustix::rand::GetRandomFlags::empty())?;
        }
        Ok(Salts::seeded(seed))
    }

    /// Seeded by the caller, for simulations: the same seed gives the same salts.
    pub fn seeded(seed: [u8; 32]) -> Self {
        Salts { seed, counter: 0, spare: None }
    }

    /// The next salt.
    pub fn draw(&mut self) -> Salt {
        if let Some(salt) = self.spare.take() {
            return salt;
        }
        let block: Hash =
            Sha256::new().chain_update(self.seed).chain_update(self.counter.to_le_bytes()).finalize().into();
        self.counter += 1;
        let (mut first, mut second) = ([0; 16], [0; 16]);
        first.copy_from_slice(&block[..16]);
        second.copy_from_slice(&block[16..]);
        self.spare = Some(second);
        first
    }
}

impl std::fmt::Debug for Salts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salts")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn salts_differ_and_follow_from_the_seed() {
        let mut salts = Salts::seeded([1; 32]);
        let drawn: Vec<Salt> = (0..100).map(|_| salts.draw()).collect();
        assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 100);
        let mut again = Salts::seeded([1; 32]);
        assert!(drawn.iter().all(|salt| *salt == again.draw()));
        assert_ne!(Salts::from_system().unwrap().draw(), Salts::from_system().unwrap().draw());
    }
}
