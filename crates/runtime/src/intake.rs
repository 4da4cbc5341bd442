//! How many new instances are taken in: as many as come, fewer while the exporter lags behind.

/// Length of the interval in which new instances are counted, milliseconds.
const TICK_MS: i64 = 100;

/// No limit.
const OPEN: u32 = u32::MAX;

/// New instances in a tick that are always possible.
const LEAST: u64 = 10;

/// Counts new instances against a window that shrinks and grows.
#[derive(Debug)]
pub struct Intake {
    window: u32,
    used: u32,
    tick: i64,
}

impl Default for Intake {
    fn default() -> Self {
        Intake { window: OPEN, used: 0, tick: i64::MIN }
    }
}

impl Intake {
    /// True where one more instance may start at `now`, with the exporter `lagging` or not.
    pub fn admit(&mut self, now: i64, lagging: bool) -> bool {
        let tick = now.div_euclid(TICK_MS);
        if tick != self.tick {
            if lagging {
                self.window = (u64::from(self.window.min(self.used)) * 9 / 10).max(LEAST) as u32;
            } else if self.window != OPEN {
                let wider = self.window.saturating_add(self.window / 3).saturating_add(1);
                self.window = if wider > 1 << 20 { OPEN } else { wider };
            }
            self.tick = tick;
            self.used = 0;
        }
        if self.used >= self.window {
            return false;
        }
        self.used += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(intake: &mut Intake, tick: i64, lagging: bool) -> usize {
        (0..1_000).filter(|_| intake.admit(tick * TICK_MS, lagging)).count()
    }

    #[test]
    fn the_window_shrinks_with_the_lag_and_opens_again() {
        let mut intake = Intake::default();
        assert_eq!(admitted(&mut intake, 0, false), 1_000);
        assert_eq!(admitted(&mut intake, 1, true), 900);
        assert_eq!(admitted(&mut intake, 2, true), 810);
        for tick in 3..60 {
            admitted(&mut intake, tick, true);
        }
        assert_eq!(admitted(&mut intake, 60, true), 10, "never closed altogether");
        for tick in 61..100 {
            admitted(&mut intake, tick, false);
        }
        assert_eq!(admitted(&mut intake, 100, false), 1_000);
    }
}
