//! Which timer can be due next. Jobs and people take as long as they take, so all that is known of two timers is
//! what follows from when they were set: a difference bound matrix over the times that are left.
//!
//! **Invariant:** the matrix is closed under the passing of time and canonical: each bound is the tightest.

use record::Key;

/// No bound.
const NONE: i64 = i64::MAX / 4;

/// What is known of the time that is left to each running timer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone {
    timers: Vec<Key>,
    /// Row by row, 0 first: left(row) - left(column) is at most this, milliseconds. The time left to 0 is 0.
    bounds: Vec<i64>,
}

impl Default for Zone {
    fn default() -> Self {
        Zone { timers: Vec::new(), bounds: vec![0] }
    }
}

impl Zone {
    fn size(&self) -> usize {
        self.timers.len() + 1
    }

    fn at(&self, row: usize, column: usize) -> i64 {
        self.bounds.get(row * self.size() + column).copied().unwrap_or(0)
    }

    fn place(&self, timer: Key) -> Option<usize> {
        self.timers.iter().position(|other| *other == timer).map(|at| at + 1)
    }

    /// The same with other timers: each new row or column is a known one, or a new one.
    fn rebuilt(timers: Vec<Key>, bound: impl Fn(usize, usize) -> i64) -> Zone {
        let size = timers.len() + 1;
        let bounds = (0..size * size).map(|cell| bound(cell / size, cell % size)).collect();
        Zone { timers, bounds }
    }

    /// A timer is set now.
    pub(crate) fn arm(&mut self, timer: Key, milliseconds: i64) {
        let left = milliseconds.clamp(0, NONE / 2);
        let known = self.size();
        let mut timers = self.timers.clone();
        timers.push(timer);
        *self = Zone::rebuilt(timers, |row, column| match (row == known, column == known) {
            (true, true) => 0,
            (true, false) => sum(left, self.at(0, column)),
            (false, true) => sum(self.at(row, 0), -left),
            (false, false) => self.at(row, column),
        });
    }

    /// A timer is no more.
    pub(crate) fn disarm(&mut self, timer: Key) {
        let Some(gone) = self.place(timer) else { return };
        let mut timers = self.timers.clone();
        timers.remove(gone - 1);
        let known = |at: usize| if at >= gone { at + 1 } else { at };
        *self = Zone::rebuilt(timers, |row, column| self.at(known(row), known(column)));
    }

    /// Any time may pass before what happens next, as long as no timer is overdue.
    pub(crate) fn elapse(&mut self) {
        let size = self.size();
        self.bounds[1..size].fill(0);
        self.tighten();
    }

    /// The zone in which this timer is due before all others; none where it cannot be. Of those due at one moment the
    /// one that was set first comes first.
    pub(crate) fn fired(&self, timer: Key) -> Option<Zone> {
        let first = self.place(timer)?;
        let mut zone = self.clone();
        let size = zone.size();
        for (other, key) in self.timers.iter().enumerate().filter(|(_, key)| **key != timer) {
            let cell = first * size + other + 1;
            zone.bounds[cell] = zone.bounds[cell].min(if *key < timer { -1 } else { 0 });
        }
        zone.bounds[first * size] = zone.bounds[first * size].min(0);
        zone.tighten();
        let possible = (0..size).all(|at| zone.at(at, at) >= 0);
        zone.disarm(timer);
        possible.then_some(zone)
    }

    /// Only these timers are left.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(Key) -> bool) {
        for timer in self.timers.clone() {
            if !keep(timer) {
                self.disarm(timer);
            }
        }
    }

    /// The bounds between timers in an order that does not depend on their keys.
    pub(crate) fn ordered(&self, timers: &[Key]) -> Vec<i64> {
        let places: Vec<usize> =
            std::iter::once(0).chain(timers.iter().filter_map(|timer| self.place(*timer))).collect();
        places.iter().flat_map(|row| places.iter().map(|column| self.at(*row, *column))).collect()
    }

    fn tighten(&mut self) {
        let size = self.size();
        for middle in 0..size {
            for row in 0..size {
                for column in 0..size {
                    let over = sum(self.at(row, middle), self.at(middle, column));
                    let cell = row * size + column;
                    if over < self.bounds[cell] {
                        self.bounds[cell] = over;
                    }
                }
            }
        }
    }
}

fn sum(left: i64, right: i64) -> i64 {
    if left >= NONE || right >= NONE { NONE } else { left.saturating_add(right).clamp(-NONE, NONE) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Key = Key(1);
    const B: Key = Key(2);
    const C: Key = Key(3);

    fn armed(zone: &Zone, timer: Key, left: i64) -> Zone {
        let mut zone = zone.clone();
        zone.arm(timer, left);
        zone.elapse();
        zone
    }

    #[test]
    fn of_two_that_were_set_together_the_shorter_comes_first() {
        let mut zone = Zone::default();
        zone.arm(A, 3_600_000);
        zone.arm(B, 1_000);
        zone.elapse();
        assert!(zone.fired(A).is_none());
        let mut later = zone.fired(B).expect("B comes first");
        later.elapse();
        assert!(later.fired(A).is_some());
    }

    #[test]
    fn the_order_of_two_that_were_set_apart_is_open_while_it_can_be() {
        let zone = armed(&armed(&Zone::default(), A, 1_000), B, 500);
        assert!(zone.fired(A).is_some() && zone.fired(B).is_some());
        // A longer one that was set later is never due before the shorter one.
        let zone = armed(&armed(&Zone::default(), A, 500), B, 1_000);
        assert!(zone.fired(A).is_some() && zone.fired(B).is_none());
    }

    #[test]
    fn of_two_due_at_one_moment_the_first_comes_first() {
        let mut zone = Zone::default();
        zone.arm(A, 1_000);
        zone.arm(B, 1_000);
        zone.elapse();
        assert!(zone.fired(A).is_some() && zone.fired(B).is_none());
    }

    #[test]
    fn what_a_timer_tells_of_the_time_counts() {
        // C is set when B, after one second, is due; A has nine seconds left then.
        let mut zone = Zone::default();
        zone.arm(A, 10_000);
        zone.arm(B, 1_000);
        zone.elapse();
        let after = zone.fired(B).expect("B comes first");
        let with_c = armed(&after, C, 2_000);
        assert!(with_c.fired(C).is_some() && with_c.fired(A).is_none());
        let with_long_c = armed(&after, C, 9_500);
        assert!(with_long_c.fired(A).is_some() && with_long_c.fired(C).is_none());
    }

    #[test]
    fn a_zone_does_not_depend_on_keys() {
        let one = armed(&armed(&Zone::default(), A, 5), B, 7);
        let other = armed(&armed(&Zone::default(), Key(90), 5), Key(80), 7);
        assert_eq!(one.ordered(&[A, B]), other.ordered(&[Key(90), Key(80)]));
        assert_ne!(one.ordered(&[A, B]), one.ordered(&[B, A]));
        let mut less = one.clone();
        less.retain(|timer| timer == B);
        less.elapse();
        assert_eq!(less.ordered(&[B]), [0, 0, 7, 0]);
    }
}
