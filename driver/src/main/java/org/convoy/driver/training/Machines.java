package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.convoy.driver.monitor.MachineRecord;
import org.convoy.kernels.Machine;

/**
 * The machines that a run's executors computed with. If they differ, the weights depend on which
 * executor computed which micro-batch, and the slowest executor delays all.
 */
final class Machines {
  private final Map<Machine, Set<String>> hosts = new LinkedHashMap<>();
  private int told = 1;

  /** Records the machine of an executor on a host. */
  void add(String host, Machine machine) {
    hosts.computeIfAbsent(machine, key -> new TreeSet<>()).add(host);
  }

  /** A warning for the user, if there is one that was not given yet. */
  Optional<String> warning() {
    if (hosts.size() <= told) {
      return Optional.empty();
    }
    told = hosts.size();
    StringBuilder text =
        new StringBuilder(
            "executors compute with different processors, kernels or threads: another run may give different weights");
    hosts.forEach(
        (machine, names) ->
            text.append("\n  ")
                .append(String.join(", ", names))
                .append(": ")
                .append(describe(machine)));
    return Optional.of(text.toString());
  }

  private String describe(Machine machine) {
    List<String> parts = new ArrayList<>();
    parts.add(machine.processor());
    parts.add(machine.instructions());
    parts.add(
        machine.kernels().equals(Machine.NO_KERNELS)
            ? "none of Convoy's own kernels, which makes it slow"
            : "kernels for " + machine.kernels());
    parts.add(machine.threads() == 1 ? "1 thread" : machine.threads() + " threads");
    parts.add(machine.library());
    return parts.stream().filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
  }

  /** Every kind of machine with its hosts, in the order of their arrival. */
  List<MachineRecord> records() {
    List<MachineRecord> records = new ArrayList<>();
    hosts.forEach((machine, names) -> records.add(record(names, machine)));
    return records;
  }

  private static MachineRecord record(Collection<String> hosts, Machine machine) {
    return new MachineRecord(
        List.copyOf(hosts),
        machine.processor(),
        machine.instructions(),
        machine.kernels(),
        machine.threads(),
        machine.library());
  }
}
