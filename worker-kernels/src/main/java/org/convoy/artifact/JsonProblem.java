package org.convoy.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.util.regex.Pattern;

/**
 * Describes what is wrong with a JSON document. The text names the document's keys and no Java
 * class.
 */
public final class JsonProblem {
  /** The full name of a class, in the quotes that Jackson puts around it. */
  private static final Pattern CLASS =
      Pattern.compile(
          "(\\[simple type, )?(class )?`?\\b[a-z]\\w*(\\.\\w+)*\\.(\\w+[$])*([A-Z]\\w*)\\b`?]?");

  /** The parser's internal name of the current token, which does not help a user. */
  private static final Pattern TOKEN = Pattern.compile(" \\(token `[^`]*`\\)");

  private JsonProblem() {}

  /** One line, with the position in the document if it is known. */
  public static String of(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return at(unknown) + "unknown key (a newer version may have written it)";
    } else if (e instanceof InvalidTypeIdException unknown) {
      return at(unknown)
          + (unknown.getTypeId() == null
              ? "nothing that says what it is"
              : "'" + unknown.getTypeId() + "', which this version does not know");
    } else if (e instanceof ValueInstantiationException refused) {
      Throwable cause = refused.getCause() == null ? refused : refused.getCause();
      return at(refused) + reason(cause);
    } else if (e instanceof JsonMappingException mismatch) {
      return at(mismatch) + firstLine(mismatch.getOriginalMessage());
    }
    return firstLine(e.getOriginalMessage());
  }

  /** The complaint of a constructor. A NullPointerException means that a value is missing. */
  public static String reason(Throwable cause) {
    if (cause instanceof NullPointerException) {
      return "a value is missing or null";
    } else if (cause instanceof ArithmeticException) {
      return "a number is too large";
    }
    return firstLine(String.valueOf(cause.getMessage()));
  }

  private static String at(JsonMappingException e) {
    StringBuilder place = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        place.append('[').append(step.getIndex()).append(']');
      } else {
        place.append(place.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return place.isEmpty() ? "" : place + ": ";
  }

  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("nothing");
    return TOKEN.matcher(CLASS.matcher(line).replaceAll("$5")).replaceAll("");
  }
}
