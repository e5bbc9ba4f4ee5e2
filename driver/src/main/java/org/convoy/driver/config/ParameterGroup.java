package org.convoy.driver.config;

import java.io.Serializable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.convoy.settings.Checks;

/**
 * How the parameters with matching names are trained.
 *
 * @param match a pattern for full names: {@code *} matches any text, {@code ?} one character,
 *     {@code [12]} or {@code [1-4]} one of these characters
 * @param rate factor of the learning rate
 * @param decay whether weight decay applies, if the optimizer applies it to parameters of this kind
 * @param frozen whether they keep their values
 */
public record ParameterGroup(String match, double rate, boolean decay, boolean frozen)
    implements Serializable {

  /** Checks the rules. */
  public ParameterGroup {
    new Checks()
        .present("match", match, "a pattern for parameter names, for example layer1.*")
        .that(
            wellFormed(match),
            "match",
            "expected a pattern with each [ closed by a ], got \"" + match + "\"")
        .positive("rate", rate)
        .that(
            !frozen || rate == 1,
            "rate",
            "expected no rate for frozen parameters, got " + Checks.number(rate),
            "frozen")
        .done();
  }

  /** Whether the pattern matches the full name of a parameter. */
  public boolean matches(String name) {
    return matches(match, name);
  }

  /** Whether a pattern, as in {@code match}, matches the full name of a parameter. */
  public static boolean matches(String pattern, String name) {
    return pattern(pattern).matcher(name).matches();
  }

  /** Whether a text is a pattern: each [ is closed by a ]. */
  static boolean isPattern(String text) {
    return wellFormed(text);
  }

  private static boolean wellFormed(String match) {
    try {
      pattern(match);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  private static Pattern pattern(String match) {
    StringBuilder regex = new StringBuilder();
    boolean inside = false;
    for (char letter : match.toCharArray()) {
      if (inside) {
        inside = letter != ']';
        regex.append("\\[&^".indexOf(letter) >= 0 ? "\\" + letter : String.valueOf(letter));
      } else if (letter == '[') {
        inside = true;
        regex.append(letter);
      } else if (letter == '*') {
        regex.append(".*");
      } else if (letter == '?') {
        regex.append('.');
      } else {
        regex.append(Pattern.quote(String.valueOf(letter)));
      }
    }
    return Pattern.compile(regex.toString());
  }
}
