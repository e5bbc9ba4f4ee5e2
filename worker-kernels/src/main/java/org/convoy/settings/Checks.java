package org.convoy.settings;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the broken rules of one record, so that a compact constructor reports all of them and
 * not only the first. Keys are written as in the recipe.
 */
public final class Checks {
  private final List<InvalidSettings.Complaint> complaints = new ArrayList<>();

  /** The rule {@code value >= least}. */
  public Checks atLeast(String key, long value, long least) {
    return that(value >= least, key, "expected at least " + least + ", got " + value);
  }

  /** The rule {@code least <= value <= most}. */
  public Checks between(String key, long value, long least, long most) {
    return that(
        value >= least && value <= most,
        key,
        "expected a whole number from " + least + " to " + most + ", got " + value);
  }

  /** The rule {@code 0 <= value}, finite. */
  public Checks notNegative(String key, double value) {
    return that(
        value >= 0 && Double.isFinite(value), key, "expected zero or more, got " + number(value));
  }

  /** The rule {@code 0 < value}, finite. */
  public Checks positive(String key, double value) {
    return that(
        value > 0 && Double.isFinite(value), key, "expected more than zero, got " + number(value));
  }

  /** The rule {@code 0 <= value < 1}. */
  public Checks fraction(String key, double value) {
    return that(
        value >= 0 && value < 1,
        key,
        "expected zero or more and less than one, got " + number(value));
  }

  /** The rule {@code 0 <= value <= 1}. */
  public Checks part(String key, double value) {
    return that(value >= 0 && value <= 1, key, "expected from 0 to 1, got " + number(value));
  }

  /** The rule that a text is set; {@code meaning} says what it should be. */
  public Checks present(String key, String value, String meaning) {
    return that(!value.isBlank(), key, "not set, expected " + meaning);
  }

  /** Any rule; {@code text} says the expected and the actual value. */
  public Checks that(boolean holds, String key, String text, String... alsoInvolved) {
    if (!holds) {
      complaints.add(new InvalidSettings.Complaint(key, text, List.of(alsoInvolved)));
    }
    return this;
  }

  /** Throws {@link InvalidSettings} with all complaints, if there are any. */
  public void done() {
    if (!complaints.isEmpty()) {
      throw new InvalidSettings(complaints);
    }
  }

  /** A number without exponent and trailing zeros: 0.0005, 1, 3.2. */
  public static String number(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }
}
