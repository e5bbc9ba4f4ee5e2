package org.convoy.driver.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a value stands, in the words of a problem. */
final class Origins {
  static final String REFERENCE = "convoy-reference.conf";
  static final String COMMAND_LINE = "--set";
  private static final Pattern LINE = Pattern.compile("^(?:merge of )?(.*?): (\\d+)(?:[-,].*)?$");

  private Origins() {}

  /** {@code conf/x.conf:12}, {@code --set}, or empty for a default. */
  static String of(ConfigValue value) {
    if (value instanceof ConfigObject object) {
      return ofSection(object);
    }
    return of(value.origin());
  }

  /** A section may be merged of several; the place that counts is where the user wrote into it. */
  private static String ofSection(ConfigObject section) {
    String own = of(section.origin());
    if (!own.isEmpty()) {
      return own;
    }
    return section.values().stream()
        .map(Origins::of)
        .filter(place -> !place.isEmpty())
        .findFirst()
        .orElse("");
  }

  static String of(ConfigOrigin origin) {
    String text = origin.description();
    if (text.startsWith("merge of ")) {
      text = text.substring("merge of ".length()).split(",")[0];
    }
    if (text.startsWith(REFERENCE)) {
      return "";
    }
    // A section that only an override made is called by how it was made.
    if (text.startsWith(COMMAND_LINE) || text.startsWith("withValue(")) {
      return COMMAND_LINE;
    }
    Matcher withLine = LINE.matcher(text);
    return withLine.matches() ? withLine.group(1) + ":" + withLine.group(2) : text;
  }
}
