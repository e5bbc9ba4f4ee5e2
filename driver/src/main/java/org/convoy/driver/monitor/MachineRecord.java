package org.convoy.driver.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Hosts whose executors computed with the same processor, kernels and threads.
 *
 * @param hosts their names
 * @param processor the processor's name, as its maker writes it
 * @param instructions the best vector instructions that kernels used
 * @param kernels the instructions that Convoy's own kernels were compiled for; {@code none} where
 *     there were none
 * @param threads the number of threads that one executor's kernels ran on
 * @param library the computing library with its version
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
