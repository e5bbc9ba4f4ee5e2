package org.convoy.driver.config;

import java.io.Serializable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.convoy.settings.Checks;

/**
 * How the parameters of some names are trained.
 *
 * @param match a pattern for whole names: {@code *} stands for any text, {@code ?} for one
 *     character, {@code [12]} or {@code [1-4]} for one of those
 * @param rate what the learning rate is multiplied by
 * @param decay whether they decay where the optimizer has others of their kind decay
 * @param frozen whether they are left as they are
 */
public record ParameterGroup(String match, double rate, boolean decay, boolean frozen)
    implements Serializable {

  /** Checks the rules. */
  public ParameterGroup {
    new Checks()
        .present("match", match, "a pattern for names of parameters, for example layer1.*")
        .that(
            wellFormed(match),
            "match",
            "expected a pattern with each [ closed by a ], got \"" + match + "\"")
        .positive("rate", rate)
        .that(
            !frozen || rate == 1,
            "rate",
            "expected none for parameters that are frozen, got " + Checks.number(rate),
            "frozen")
        .done();
  }

  /** Whether the pattern fits a parameter's whole name. */
  public boolean matches(String name) {
    return pattern(match).matcher(name).matches();
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
