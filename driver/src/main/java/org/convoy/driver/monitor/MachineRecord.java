package org.convoy.driver.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Hosts whose executors computed with the same processor, kernels and threads.
 *
 * @param hosts their names
 * @param processor the maker's name of it
 * @param instructions the best vector instructions that kernels used
 * @param kernels for what Convoy's own kernels were compiled; {@code none} where there were none
 * @param threads that kernels of one executor ran on
 * @param library that computed, with its version
 */
public record MachineRecord(
    List<String> hosts,
    String processor,
    String instructions,
    String kernels,
    int threads,
    String library) {

  /** Copies the names. */
  public MachineRecord {
    hosts = List.copyOf(hosts);
  }

  ObjectNode node() {
    ObjectNode node = Json.object();
    ArrayNode names = node.putArray("hosts");
    hosts.forEach(names::add);
    return node.put("processor", processor)
        .put("instructions", instructions)
        .put("kernels", kernels)
        .put("threads", threads)
        .put("library", library);
  }
}
