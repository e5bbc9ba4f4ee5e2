package org.convoy.settings;

import java.util.function.Supplier;

/**
 * A request of the user that cannot be carried out: a wrong option, setting, recipe or folder. The
 * command then ends with exit code 2. Any other exception ends it with 1, even an {@link
 * IllegalArgumentException} from inside Convoy or a library. The message is complete: it names the
 * thing, the expected and the actual value.
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
   * Makes a value from the user's request with code that does not throw this exception: a look-up
   * in a registry, or a record that checks its components.
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
