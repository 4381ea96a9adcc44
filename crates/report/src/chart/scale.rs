//! Round numbers along an axis.

/// Steps from 0 to at least `most`: how high the axis goes, and how far its marks are apart.
pub(super) fn steps(most: f64) -> (f64, f64) {
    if most.is_nan() || most <= 0.0 {
        return (1.0, 1.0);
    }
    let rough = most / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| factor * power >= rough);
    let step = factor.unwrap_or(10.0) * power;
    ((most / step).ceil() * step, step)
}

/// `1200` as `1.2k`.
pub(super) fn short(value: f64) -> String {
    let (value, unit) = match value.abs() {
        size if size >= 1e9 => (value / 1e9, "G"),
        size if size >= 1e6 => (value / 1e6, "M"),
        size if size >= 1e4 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let text = format!("{value:.2}");
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_are_round() {
        assert_eq!(steps(97.0), (100.0, 20.0));
        assert_eq!(steps(1.0), (1.0, 0.2));
        assert_eq!(steps(0.0), (1.0, 1.0));
        assert_eq!(
            (short(1_200.0), short(12_500.0), short(0.25)),
            ("1200".into(), "12.5k".into(), "0.25".into())
        );
    }

    proptest! {
        #[test]
        fn the_axis_is_high_enough_and_has_few_marks(most in 1e-6_f64..1e12) {
            let (top, step) = steps(most);
            prop_assert!(top >= most * (1.0 - 1e-9));
            prop_assert!((1.0..=6.1).contains(&(top / step)));
        }
    }
}
