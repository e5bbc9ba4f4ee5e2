package org.convoy.settings;

import java.util.function.Supplier;

/**
 * The user asked for something that cannot be done as asked: an option, a setting, a recipe, a
 * folder. The command then ends with exit code 2; any other exception ends it with 1, an {@link
 * IllegalArgumentException} from inside Convoy or a library too. The message stands alone; it names
 * the thing, what was expected and what was got.
 */
public class RequestException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public RequestException(String message) {
    super(message);
  }

  public RequestException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Makes a value of what the user asked for, by code that does not know the user: a registry that
   * is asked for a name, a record that checks its components.
   *
   * @throws RequestException with the message of the {@link IllegalArgumentException} that the code
   *     threw
   */
  public static <T> T asked(Supplier<T> value) {
    try {
      return value.get();
    } catch (RequestException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new RequestException(String.valueOf(e.getMessage()).strip(), e);
    }
  }
}
