package org.convoy.driver.exchange;

import java.util.List;
import java.util.Optional;

/**
 * Who takes part in a run of the exchange, as the rendezvous found it.
 *
 * @param rank this executor
 * @param applicationId Spark's application id
 * @param addresses every executor's address, by rank
 */
record Party(int rank, String applicationId, List<Address> addresses) {

  Party {
    addresses = List.copyOf(addresses);
  }

  /** This executor's greeting to another. */
  Hello hello(int to) {
    return new Hello(applicationId, addresses.get(0).token(), rank, to, addresses.size());
  }

  /** Why a caller is not admitted; empty if it is. Only ranks above this one call it. */
  Optional<String> objection(Hello caller) {
    Hello own = hello(rank);
    if (!caller.sameToken(own.token())) {
      return Optional.of("does not know this run's token");
    }
    if (!caller.applicationId().equals(applicationId)) {
      return Optional.of("belongs to another application: " + caller);
    }
    int size = addresses.size();
    if (caller.to() != rank
        || caller.size() != size
        || caller.from() <= rank
        || caller.from() >= size) {
      return Optional.of(
          "has a wrong number: " + caller + ", this is rank " + rank + " of " + size);
    }
    return Optional.empty();
  }
}
