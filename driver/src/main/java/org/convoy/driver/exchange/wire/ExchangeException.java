package org.convoy.driver.exchange.wire;

/** An exchange between executors that cannot go on. The mesh that threw it is of no further use. */
public class ExchangeException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ExchangeException(String message) {
    super(message);
  }

  ExchangeException(String message, Throwable cause) {
    super(message, cause);
  }
}
