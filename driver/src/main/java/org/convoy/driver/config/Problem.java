package org.convoy.driver.config;

import java.util.Optional;

/**
 * One thing that is wrong with a recipe.
 *
 * @param text the key, what was expected and what was got
 * @param location where it stands, {@code conf/x.conf:12} or {@code --set}; empty if nowhere
 * @param suggestion the known name nearest to a wrong one
 */
public record Problem(String text, String location, Optional<String> suggestion) {

  /** A problem without a near match. */
  static Problem at(String location, String text) {
    return new Problem(text, location, Optional.empty());
  }

  @Override
  public String toString() {
    return text
        + (location.isEmpty() ? "" : " (" + location + ")")
        + suggestion.map(name -> ", did you mean " + name + "?").orElse("");
  }
}
