package org.convoy.driver.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The location of a value, as a problem states it. */
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

  /** A section may be merged from several. Its location is where the user wrote into it. */
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
    // If only an override made the section, its location is the override.
    if (text.startsWith(COMMAND_LINE) || text.startsWith("withValue(")) {
      return COMMAND_LINE;
    }
    Matcher withLine = LINE.matcher(text);
    return withLine.matches() ? withLine.group(1) + ":" + withLine.group(2) : text;
  }
}
