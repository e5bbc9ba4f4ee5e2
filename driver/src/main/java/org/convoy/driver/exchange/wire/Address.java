package org.convoy.driver.exchange.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What an executor tells the others at the rendezvous.
 *
 * @param rank its rank
 * @param executorId Spark's id of it
 * @param host where it listens
 * @param port where it listens; 0 when it is alone
 * @param token the run's token, which rank 0 draws; the others send an empty one
 */
record Address(int rank, String executorId, String host, int port, String token) {

  private static final ObjectMapper JSON = new ObjectMapper();

  String encode() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new ExchangeException("cannot write the address of " + this, e);
    }
  }

  static Address decode(String text, int rank) {
    try {
      Address address = JSON.readValue(text, Address.class);
      if (address.rank() != rank) {
        throw new ExchangeException(
            "expected the address of rank " + rank + " at the rendezvous, got " + address);
      }
      return address;
    } catch (JsonProcessingException e) {
      throw new ExchangeException("what rank " + rank + " said at the rendezvous is no address", e);
    }
  }

  /** How errors name an executor. */
  @Override
  public String toString() {
    return "rank " + rank + " (executor " + executorId + " at " + host + ":" + port + ")";
  }
}
