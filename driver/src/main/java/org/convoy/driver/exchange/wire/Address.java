package org.convoy.driver.exchange.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What an executor tells the others at the rendezvous.
 *
 * @param rank its rank
 * @param executorId Spark's id of the executor
 * @param host the host that it listens on
 * @param port the port that it listens on; 0 if there is no other executor
 * @param token the run's token. Rank 0 draws it; the others send an empty one.
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
      throw new ExchangeException(
          "rank " + rank + " sent something else than its address at the rendezvous", e);
    }
  }

  /** How errors name an executor. */
  @Override
  public String toString() {
    return "rank " + rank + " (executor " + executorId + " at " + host + ":" + port + ")";
  }
}
