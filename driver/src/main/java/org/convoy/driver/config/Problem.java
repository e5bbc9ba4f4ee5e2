package org.convoy.driver.config;

import java.util.Optional;

/**
 * One mistake in a recipe.
 *
 * @param text the key, the expected and the actual value
 * @param location its location, {@code conf/x.conf:12} or {@code --set}; empty if it has none
 * @param suggestion the known name nearest to a wrong name
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
