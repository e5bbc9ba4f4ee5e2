package org.convoy.driver.exchange.wire;

import java.util.List;
import java.util.Optional;

/**
 * The executors that take part in a run of the exchange, as found at the rendezvous.
 *
 * @param rank this executor
 * @param addresses every executor's address, by rank
 * @param handshake the proof of membership that they use
 */
record Membership(int rank, List<Address> addresses, Handshake handshake) {

  Membership {
    addresses = List.copyOf(addresses);
  }

  /** W, the number of executors. */
  int size() {
    return addresses.size();
  }

  /** This executor's call to another. */
  Handshake.Call call(int to) {
    return new Handshake.Call(rank, to, size());
  }

  /** The reason to refuse a caller; empty if it is admitted. Only ranks above this one may call. */
  Optional<String> objection(byte[] challenge, byte[] answer) {
    if (!handshake.proves(challenge, answer)) {
      return Optional.of("does not know this run's token or the application's secret");
    }
    Handshake.Call call = Handshake.caller(answer);
    if (call.to() != rank
        || call.size() != size()
        || call.from() <= rank
        || call.from() >= size()) {
      return Optional.of(
          "has a wrong number: " + call + ", this is rank " + rank + " of " + size());
    }
    return Optional.empty();
  }
}
