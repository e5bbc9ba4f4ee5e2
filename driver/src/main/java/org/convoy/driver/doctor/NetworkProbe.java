package org.convoy.driver.doctor;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convoy.driver.doctor.HostReport.Link;
import org.convoy.driver.doctor.HostReport.Network;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.wire.ExchangeException;
import org.convoy.driver.exchange.wire.Mesh;
import org.convoy.driver.exchange.wire.Outgoing;
import org.convoy.driver.exchange.wire.Receive;
import org.convoy.driver.spark.Place;

/**
 * Measures the connections between executors. Of W executors each measures those whose distance in
 * rank is a power of two, one pair after the other, so that pairs do not disturb each other.
 */
final class NetworkProbe {
  private static final int PINGS = 21;
  private static final int TRANSFERS = 3;
  private static final int SMALL = 8;

  private final Exchange exchange;
  private final Mesh mesh;
  private final int bytes;
  private int operation = 1 << 20; // far above the exchange's own numbers

  private NetworkProbe(Exchange exchange, int bytes) {
    this.exchange = exchange;
    this.mesh = exchange.mesh();
    this.bytes = bytes;
  }

  /**
   * Connects to all other executors, which call this too, and measures.
   *
   * @param bytes that are sent at once to measure a rate
   */
  static Network measure(Place place, int bytes) {
    try (Exchange exchange =
        Exchange.open(place.mesh(), place.rank(), place.size(), place::allGather)) {
      return new NetworkProbe(exchange, bytes).measure();
    } catch (ExchangeException e) {
      return Network.failed(String.valueOf(e.getMessage()));
    }
  }

  private Network measure() {
    double ahead = clock();
    List<Link> links = new ArrayList<>();
    for (int distance = 1; distance <= exchange.size() / 2; distance *= 2) {
      for (int first = 0; first < exchange.size(); first++) {
        int second = (first + distance) % exchange.size();
        if (2 * distance == exchange.size() && first >= distance) {
          continue; // the same pair from its other end
        }
        if (exchange.rank() == first) {
          links.add(link(second, true));
        } else if (exchange.rank() == second) {
          links.add(link(first, false));
        }
        operation += PINGS + TRANSFERS;
      }
    }
    exchange.barrier();
    return new Network(mesh.listenedAt(), ahead, links, "");
  }

  /** Seconds that this clock is ahead of rank 0's, as exactly as a barrier lets all go at once. */
  private double clock() {
    exchange.barrier();
    double[][] clocks = exchange.allGather(new double[] {System.currentTimeMillis()});
    return (clocks[exchange.rank()][0] - clocks[0][0]) / 1000;
  }

  private Link link(int other, boolean begins) {
    double latency = median(other, begins, 0, PINGS, SMALL) / 2;
    double there = median(other, begins, PINGS, TRANSFERS, bytes) / 2;
    return new Link(other, latency, bytes / there);
  }

  /** The median time of a message there and back. */
  private double median(int other, boolean begins, int offset, int rounds, int size) {
    ByteBuffer out = ByteBuffer.allocateDirect(size);
    ByteBuffer in = ByteBuffer.allocateDirect(size);
    double[] seconds = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      int number = operation + offset + i;
      Receive receive = Receive.into(number, 0, "a message of the doctor", in.clear());
      mesh.post(other, receive);
      long start = System.nanoTime();
      if (!begins) {
        mesh.await(other, receive);
      }
      mesh.send(other, List.of(new Outgoing(number, 0, out.clear())));
      if (begins) {
        mesh.await(other, receive);
      }
      mesh.awaitSent();
      seconds[i] = Math.max(1, System.nanoTime() - start) * 1e-9;
    }
    Arrays.sort(seconds);
    return seconds[rounds / 2];
  }
}
