package org.convoy.driver.exchange.wire;

/**
 * The exchange between executors cannot continue. The mesh that threw this cannot be used again.
 */
public class ExchangeException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ExchangeException(String message) {
    super(message);
  }

  ExchangeException(String message, Throwable cause) {
    super(message, cause);
  }
}
