package org.convoy.jobs.rivals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import java.util.Optional;

/**
 * Orders and answers as lines: a mark, then one JSON object. Lines without the mark are what native
 * libraries print.
 */
final class Lines {
  private static final String MARK = "convoy-contender ";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Lines() {}

  static String of(Object message) {
    try {
      return MARK + JSON.writeValueAsString(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + message.getClass() + " as JSON", e);
    }
  }

  /**
   * What a line says.
   *
   * @return empty if the line is not one of the protocol's
   */
  static <T> Optional<T> read(String line, Class<T> type) {
    if (!line.startsWith(MARK)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(line.substring(MARK.length()), type));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "expected %s, got the line %s", type.getSimpleName(), line),
          e);
    }
  }
}
